// Words for tests of invoices and credit notes.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {

// Placed, allocated, shipped and billed: O-n, I-n.
inline void billed(Story& shop, std::string_view number, std::string_view item,
                   std::string_view quantity, std::string_view more = "") {
  const std::string n(number);
  shop.place("O-" + n, item, quantity, more);
  shop.allocate("O-" + n);
  shop.ship("O-" + n, "S-" + n);
  ASSERT_EQ(shop.invoice("O-" + n, "I-" + n).status, StatusCode::kDone);
}

inline Answer credit(Story& shop, std::string_view note, std::string_view invoice,
                     std::string_view parts) {
  return shop.when(R"("IssueCreditNote":{"credit_note":")" + std::string(note) +
                   R"(","invoice":")" + std::string(invoice) + R"(",)" + std::string(parts) + "}");
}
// `quantity` of line 1 come back on the shelf of north.
inline std::string back(std::string_view quantity, std::string_view disposition = "restock") {
  return R"("warehouse":"north","lines":[{"line":1,"quantity":)" + std::string(quantity) +
         R"(,"disposition":")" + std::string(disposition) + R"("}])";
}
inline std::string amount(std::string_view net, std::string_view line = "1") {
  return R"("cause":"price","amounts":[{"line":)" + std::string(line) + R"(,"amount":")" +
         std::string(net) + R"("}])";
}
inline std::string named(std::string_view goods_return, std::string_view quantity = "") {
  return R"("returns":[{"line":1,"goods_return":")" + std::string(goods_return) + '"' +
         (quantity.empty() ? "" : R"(,"quantity":)" + std::string(quantity)) + "}]";
}
inline Answer cancel_note(Story& shop, std::string_view note) {
  return shop.when(R"("CancelCreditNote":{"credit_note":")" + std::string(note) + R"("})");
}
inline Answer give_back(Story& shop, std::string_view name, std::string_view quantity) {
  return shop.when(R"("ReturnGoods":{"order":"O-1","return":")" + std::string(name) +
                   R"(","warehouse":"north","lines":[{"line":1,"quantity":)" +
                   std::string(quantity) + R"(,"disposition":"restock"}]})");
}

inline std::int64_t open(const Story& shop, std::string_view invoice) {
  return shop.invoice_of(invoice).open.value();
}
inline std::int64_t rest(const Story& shop, std::string_view note) {
  return shop.credit_note_of(note).unapplied().value();
}
inline std::int64_t total(const Story& shop, std::string_view note) {
  return shop.credit_note_of(note).total.value();
}

}  // namespace kontor::test
