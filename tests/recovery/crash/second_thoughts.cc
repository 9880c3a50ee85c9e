#include "tests/recovery/crash/second_thoughts.h"

#include <array>
#include <string_view>

#include "events/base/assert.h"

namespace kontor::test {
namespace {

// $: the name of this life; @: a company; #: an item.
constexpr std::array<std::string_view, 16> kLife = {
    R"("PlaceOrder":{"order":"$","company":"@","lines":[{"item":"#","quantity":5}]})",
    R"("HoldOrder":{"order":"$","comment":"site closed"})",
    R"("ReleaseHold":{"order":"$"})",
    R"("AmendOrder":{"order":"$","amendment":"$-a","lines":[{"line":1,"quantity":8}]})",
    R"("AllocateOrder":{"order":"$"})",
    R"("ReleaseReservation":{"order":"$","release":"$-l"})",
    R"("ShipOrder":{"order":"$","shipment":"$-s"})",
    R"("ReturnGoods":{"order":"$","return":"$-r","warehouse":"main",
       "lines":[{"line":1,"quantity":2,"disposition":"restock"}]})",
    R"("InvoiceOrder":{"order":"$","invoice":"$-i"})",
    R"("IssueCreditNote":{"credit_note":"$-c","invoice":"$-i","cause":"price",
       "amounts":[{"line":1,"amount":"1.00"}]})",
    R"("UndoApplication":{"undo":"$-u","credit_note":"$-c","invoice":"$-i"})",
    R"("CancelCreditNote":{"credit_note":"$-c"})",
    R"("RecordPayment":{"payment":"$-p","payer":"@","amount":"3.00","invoices":[{"invoice":"$-i"}]})",
    R"("UndoApplication":{"undo":"$-v","payment":"$-p","invoice":"$-i"})",
    R"("Refund":{"refund":"$-f","payment":"$-p","amount":"1.00"})",
    R"("ReversePayment":{"payment":"$-p","reversal":"$-b"})",
};

std::string filled(std::string_view text, std::string_view name, std::string_view company,
                   std::string_view item) {
  std::string out;
  for (const char c : text) {
    if (c == '$') {
      out += name;
    } else if (c == '@') {
      out += company;
    } else if (c == '#') {
      out += item;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

const CommandText& SecondThoughts::next() {
  const std::string name = prefix_ + std::to_string(life_);
  const std::string body = filled(kLife.at(step_), name, companies_[life_ % companies_.size()],
                                  items_[life_ % items_.size()]);
  const std::string id = name + "-" + std::to_string(step_);
  auto read = read_command_json(R"({"id":")" + id + R"(","actor":"clerk",)" + body + "}",
                                JsonOptions{.default_currency = 978});
  KONTOR_ASSERT(read.ok());  // the text is ours
  command_ = std::move(read.value());
  step_ = (step_ + 1) % kLife.size();
  if (step_ == 0) ++life_;
  return command_;
}

}  // namespace kontor::test
