// RandomTrade: commands of a seed, valid or not, that make a story long and mixed.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/engine/story.h"

namespace kontor::test {

class RandomTrade {
 public:
  RandomTrade(Story& story, std::uint64_t seed) : story_(story), random_(seed) {}

  void set_up() {
    for (const std::string_view company : {"beta", "gamma"}) {
      story_.given(R"("RegisterCompany":{"company":")" + std::string(company) +
                   R"(","default_payer":")" + (company == "beta" ? "acme" : "gamma") + R"("})");
    }
    story_.limit("gamma", "300.00");
    story_.given(R"("RegisterWarehouse":{"warehouse":"south","regions":["S"],"priority":-1})");
    story_.given(R"("DefineTerms":{"terms":"thirds","lines":[{"kind":"equal"},
        {"kind":"equal","days":30},{"kind":"equal","days":60}]})");
  }

  // The next command, valid or not.
  std::string next() {
    switch (pick(29)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return place();
      case 4:
      case 5:
        return R"("AllocateOrder":{"order":)" + order() + "}";
      case 6:
      case 7:
        return R"("ShipOrder":{"order":)" + order() + R"(,"shipment":)" + fresh("S") + "}";
      case 8:
        return R"("ShipOrder":{"order":)" + order() + R"(,"shipment":)" + fresh("S") +
               R"(,"lines":[{"line":1,"warehouse":"north","quantity":)" + number(9) + "}]}";
      case 9:
      case 10:
        return R"("InvoiceOrder":{"order":)" + order() + R"(,"invoice":)" + new_invoice() + "}";
      case 11:
        return R"("InvoiceOrder":{"order":)" + order() + R"(,"invoice":)" + new_invoice() +
               R"(,"lines":[{"line":1,"quantity":)" + number(5) + "}]}";
      case 12:
      case 13:
        return R"("RecordPayment":{"payment":)" + new_payment() + R"(,"payer":)" + payer() +
               R"(,"amount":")" + number(150) + R"(.37"})";
      case 14:
        return R"("CancelOrder":{"order":)" + order() + "}";
      case 15:
        return R"("CancelOrder":{"order":)" + order() + R"(,"cancellation":)" + fresh("X") +
               R"(,"lines":[{"line":1,"quantity":)" + number(6) + "}]}";
      case 16:
        return R"("actor":"bob",")" + std::string(pick(4) == 0 ? "RejectOrder" : "ApproveOrder") +
               R"(":{"order":)" + order() + "}";
      case 17:
        return R"("ReceiveStock":{"receipt":)" + fresh("R") + R"(,"warehouse":)" +
               (pick(2) == 0 ? "\"north\"" : "\"south\"") + R"(,"lines":)" +
               lines({{item(), number(60)}}) + "}";
      case 18:
        return rare();
      case 19:
        return give_back();
      case 20:
      case 21:
      case 22:
        return settle();
      case 23:
      case 24:
        return credit();
      case 25:
      case 26:
        return amend();
      case 27:
        return keep_back();
      default:
        return R"("ReleaseHold":{"order":)" + order() + "}";
    }
  }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::string number(std::uint64_t most) { return std::to_string(1 + pick(most)); }
  std::string fresh(std::string_view kind) {
    return '"' + std::string(kind) + '-' + std::to_string(++fresh_) + '"';
  }
  std::string order() {  // most often a recent one
    if (orders_ == 0) return "\"none\"";
    const std::uint64_t back =
        pick(4) == 0 ? pick(orders_) : pick(std::min<std::uint64_t>(orders_, 12));
    return "\"O-" + std::to_string(orders_ - back) + '"';
  }
  std::string payer() { return pick(2) == 0 ? "\"acme\"" : "\"gamma\""; }
  std::string item() { return std::string(std::array{"bolt", "nut", "penny"}.at(pick(3))); }

  static std::string quoted(std::string_view kind, std::uint64_t number) {
    return '"' + std::string(kind) + '-' + std::to_string(number) + '"';
  }
  std::string new_payment() { return quoted("P", ++payments_); }
  std::string new_invoice() { return quoted("I", ++invoices_); }
  // One there is, most often a recent one; now and then one there is not.
  template <class Things, class Name>
  std::string one_of(const Things& things, Name name) {
    if (things.empty() || pick(20) == 0) return "\"none\"";
    const std::uint64_t back = pick(std::min<std::uint64_t>(things.size(), 15));
    return '"' + std::string(name(things[things.size() - 1 - back])) + '"';
  }
  std::string payment() {
    const Receivables& all = story_.book().receivables();
    return one_of(all.payment_places(), [&](const Payment& payment) { return all.name(payment); });
  }
  std::string invoice() {
    const Receivables& all = story_.book().receivables();
    return one_of(all.invoice_places(), [&](const Invoice& invoice) { return all.name(invoice); });
  }
  std::string part() { return pick(2) == 0 ? "" : R"(,"amount":")" + number(60) + R"(.11")"; }

  std::string credit_note() {
    const CreditNotes& all = story_.book().credit_notes();
    return one_of(all.places(), [&](const CreditNote& note) { return all.name(note); });
  }
  // A payment, or a credit note.
  std::string source() {
    return pick(2) == 0 ? R"("payment":)" + payment() : R"("credit_note":)" + credit_note();
  }

  std::string credit() {
    if (pick(5) == 0) return R"("CancelCreditNote":{"credit_note":)" + credit_note() + "}";
    static constexpr std::array kFates = {"restock", "scrap", "none"};
    const std::string line = R"({"line":)" + number(2);
    std::string out = R"("IssueCreditNote":{"credit_note":)" + quoted("C", ++credit_notes_) +
                      R"(,"invoice":)" + invoice() + R"(,"warehouse":"north")";
    if (pick(2) == 0) {
      out += R"(,"lines":[)" + line + R"(,"quantity":)" + number(8) + R"(,"disposition":")" +
             kFates.at(pick(3)) + R"("}])";
    }
    if (pick(3) == 0) {
      out += R"(,"returns":[)" + line + R"(,"goods_return":)" +
             one_of(returns_, [](const std::string& name) { return name; }) + "}]";
    }
    if (pick(3) == 0) out += R"(,"amounts":[)" + line + R"(,"amount":")" + number(9) + R"(.03"}])";
    return out + "}";
  }

  // Money that moves between payments, credit notes and invoices, or goes back.
  std::string settle() {
    switch (pick(5)) {
      case 0:
        return R"("ApplyCredit":{"application":)" + fresh("A") + "," + source() + "}";
      case 1:
        return R"("ApplyCredit":{"application":)" + fresh("A") + "," + source() +
               R"(,"invoices":[{"invoice":)" + invoice() + part() + "}]}";
      case 2:
        return R"("UndoApplication":{"undo":)" + fresh("U") + "," + source() + R"(,"invoice":)" +
               invoice() + "}";
      case 3:
        return R"("ReversePayment":{"reversal":)" + fresh("V") + R"(,"payment":)" + payment() +
               part() + "}";
      default:
        return R"("Refund":{"refund":)" + fresh("F") + "," + source() + part() + "}";
    }
  }

  std::string place() {
    static constexpr std::array kCompanies = {"acme", "beta", "gamma"};
    const std::string company = kCompanies.at(pick(3));
    std::string out = R"("PlaceOrder":{"order":"O-)" + std::to_string(++orders_) +
                      R"(","company":")" + company + '"';
    if (company == "acme" && pick(2) == 0) out += R"(,"buyer":"ann")";
    if (pick(3) == 0) out += R"(,"terms":"thirds")";
    if (pick(3) == 0) out += R"(,"region":"S")";
    if (pick(8) == 0) out += R"(,"no_split":true)";
    return out + R"(,"lines":)" + lines({{item(), number(50)}, {item(), number(20)}}) + "}";
  }

  std::string give_back() {
    static constexpr std::array kFates = {"restock", "scrap", "none"};
    returns_.push_back("B-" + std::to_string(returns_.size() + 1));
    return R"("ReturnGoods":{"order":)" + order() + R"(,"return":")" + returns_.back() + '"' +
           R"(,"warehouse":"north","lines":[{"line":)" + number(2) + R"(,"quantity":)" + number(6) +
           R"(,"disposition":")" + kFates.at(pick(3)) + R"("}]})";
  }

  std::string amend() {
    const std::string line = pick(4) == 0 ? R"("item":")" + item() + '"' : R"("line":)" + number(2);
    return R"("AmendOrder":{"order":)" + order() + R"(,"amendment":)" + fresh("A") +
           R"(,"lines":[{)" + line + R"(,"quantity":)" + number(50) + "}]}";
  }

  std::string keep_back() {
    if (pick(2) == 0) return R"("HoldOrder":{"order":)" + order() + "}";
    return R"("ReleaseReservation":{"order":)" + order() + R"(,"release":)" + fresh("F") + "}";
  }

  std::string set(std::string_view key, std::string_view value) {
    return R"("SetPolicy":{"policy":")" + std::string(key) + R"(","value":")" + std::string(value) +
           R"("})";
  }

  std::string rare() {
    switch (pick(10)) {
      case 0:
        return R"("SetCreditLimit":{"company":)" + payer() + R"(,"limit":")" + number(900) +
               R"(.00"})";
      case 1:
        return R"("OpenBusinessDay":{"date":")" +
               format_date(add_days(story_.book().calendar().business_date(),
                                    static_cast<std::int32_t>(pick(20)))) +
               R"("})";
      case 2:
        return set("stock.at",
                   std::array{"placement", "approval", "allocation", "shipment"}.at(pick(4)));
      case 3:
        return set("stock.short",
                   std::array{"backorder", "partial", "refuse", "cancel_rest"}.at(pick(4)));
      case 4:
        return set(
            "credit.at",
            std::array{"placement", "approval", "allocation", "shipment", "invoice"}.at(pick(5)));
      case 5:
        return set("invoice.basis", std::array{"shipped", "ordered"}.at(pick(2)));
      case 7:
        return R"("CountStock":{"count":)" + fresh("K") + R"(,"warehouse":"north","lines":)" +
               lines({{item(), number(200)}}) + "}";
      case 8:
        return set("approval.on_change",
                   std::array{"ask_if_higher", "always_ask", "keep"}.at(pick(3)));
      case 6:
        return R"("SetRule":{"rule":"stop","outcome":"hold","withdrawn":)" +
               std::string(pick(2) == 0 ? "true" : "false") +
               R"(,"conditions":[{"figure":"distinct_items","operator":"ge","count":2}]})";
      default:
        return R"("RegisterWarehouse":{"warehouse":"south","regions":["S"],"status":")" +
               std::string(pick(2) == 0 ? "active" : "inactive") + R"("})";
    }
  }

  Story& story_;
  std::mt19937_64 random_;
  std::uint64_t orders_ = 0;
  std::uint64_t fresh_ = 0;
  std::uint64_t payments_ = 0;
  std::uint64_t invoices_ = 0;
  std::uint64_t credit_notes_ = 0;
  std::vector<std::string> returns_;  // asked for
};

}  // namespace kontor::test
