// A shop with deposits, for tests that ask them, pay them and deduct them. An order of n pennies is
// worth n cents.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/engine/story.h"

namespace kontor::test {

class DepositShop : public Shop {
 public:
  DepositShop() { limit("acme", "10000.00"); }

  // Every order is asked for so much; "20" or "12.5".
  void ask(std::string_view percent, std::string_view more = "", std::string_view rule = "d") {
    given(R"("SetRule":{"rule":")" + std::string(rule) + R"(","outcome":"deposit","deposit":")" +
          std::string(percent) + '"' + std::string(more) + "}");
  }
  Answer cents(std::string_view order, std::string_view cents, std::string_view more = "") {
    return place(order, "penny", cents, more);
  }
  Answer prepaid(std::string_view order, std::string_view cents) {
    return place(order, "penny", cents, R"("settlement":"prepaid")");
  }
  // For the deposit of an order; no amount: as much as lacks.
  Answer pay_for(std::string_view payment, std::string_view amount, std::string_view order,
                 std::string_view most = "") {
    return when(R"("RecordPayment":{"payment":")" + std::string(payment) +
                R"(","payer":"acme","amount":")" + std::string(amount) +
                R"(","orders":[{"order":")" + std::string(order) + '"' +
                (most.empty() ? "" : R"(,"amount":")" + std::string(most) + '"') + "}]}");
  }
  Answer cancel_units(std::string_view order, std::string_view name, std::string_view quantity) {
    return when(R"("CancelOrder":{"order":")" + std::string(order) + R"(","cancellation":")" +
                std::string(name) + R"(","lines":[{"line":1,"quantity":)" + std::string(quantity) +
                "}]}");
  }
  Answer bill(std::string_view order, std::string_view invoice, std::string_view quantity) {
    return when(R"("InvoiceOrder":{"order":")" + std::string(order) + R"(","invoice":")" +
                std::string(invoice) + R"(","lines":[{"line":1,"quantity":)" +
                std::string(quantity) + "}]}");
  }
  Answer undo(std::string_view name, std::string_view payment, std::string_view order) {
    return when(R"("UndoApplication":{"undo":")" + std::string(name) + R"(","payment":")" +
                std::string(payment) + R"(","order":")" + std::string(order) + R"("})");
  }
  Answer reverse(std::string_view name, std::string_view payment, std::string_view amount = "") {
    return when(R"("ReversePayment":{"reversal":")" + std::string(name) + R"(","payment":")" +
                std::string(payment) + '"' +
                (amount.empty() ? "" : R"(,"amount":")" + std::string(amount) + '"') + "}");
  }
  void deliver(std::string_view order) {
    allocate(order);
    ship(order, "S-" + std::string(order));
  }

  const Deposit& deposit(std::string_view name) const {
    return *book().deposits().find(OrderRef{order(name).ref});
  }
  bool has_deposit(std::string_view name) const {
    return book().deposits().find(OrderRef{order(name).ref}) != nullptr;
  }
  std::int64_t asked(std::string_view order) const { return deposit(order).asked.value(); }
  std::int64_t received(std::string_view order) const { return deposit(order).received().value(); }
  std::int64_t deducted(std::string_view order) const { return deposit(order).deducted.value(); }
  std::int64_t lacking(std::string_view name) const {
    return deposit(name).lacking(book().orders().unbilled_gross(order(name))).value();
  }
  std::int64_t unapplied(std::string_view payment) const {
    return payment_of(payment).unapplied().value();
  }
  std::int64_t deposits() const { return bucket("acme", Bucket::deposits); }
};

}  // namespace kontor::test
