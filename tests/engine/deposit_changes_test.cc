// What becomes of a deposit when its order is cancelled, amended or priced anew.
#include <gtest/gtest.h>

#include "tests/support/engine/deposit_shop.h"

namespace kontor::test {
namespace {

// E-M5: fixed when asked.
TEST(CancelOrder, LeavesADepositAsItWasAsked) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "123456");
  shop.pay_for("P-1", "246.91", "O-1");
  EXPECT_EQ(shop.cancel_units("O-1", "C-1", "23456").events, "LinesCancelled CreditReleased");
  EXPECT_EQ(shop.asked("O-1"), 24691);
  EXPECT_EQ(shop.exposure("acme"), 75309);
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.invoice_of("I-1").open.value(), 75309);
}

TEST(CancelOrder, LetsADepositLackNoMoreThanIsLeft) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  shop.cancel_units("O-1", "C-1", "850");
  EXPECT_EQ(shop.asked("O-1"), 200);
  EXPECT_EQ(shop.lacking("O-1"), 150);
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.pay_for("P-1", "2.00", "O-1");
  EXPECT_EQ(shop.received("O-1"), 150);
  EXPECT_EQ(shop.unapplied("P-1"), 50);
  EXPECT_TRUE(shop.allocate("O-1").has("StockReserved"));
}

TEST(CancelOrder, GivesBackWhatADepositHasBeyondWhatIsLeft) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "2.00", "O-1");
  EXPECT_EQ(shop.cancel_units("O-1", "C-1", "800").events, "LinesCancelled CreditReleased");
  EXPECT_EQ(shop.cancel_units("O-1", "C-2", "1").events,
            "LinesCancelled CreditReleased DepositReleased");
  EXPECT_EQ(shop.received("O-1"), 199);
  EXPECT_EQ(shop.unapplied("P-1"), 1);
  EXPECT_EQ(shop.exposure("acme"), -1);
}

TEST(CancelOrder, EndsAnUnpaidDeposit) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.cancel("O-1").events,
            "LinesCancelled CreditReleased DepositReleased OrderCancelled");
  EXPECT_EQ(shop.asked("O-1"), 0);
  EXPECT_EQ(shop.lacking("O-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// E-L5.
TEST(CancelOrder, FreesAnAdvanceForRefundOrAnotherOrder) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  shop.pay_for("P-1", "10.00", "O-1");
  shop.cancel("O-1");
  EXPECT_EQ(shop.unapplied("P-1"), 1000);
  EXPECT_EQ(shop.when(R"("Refund":{"refund":"R-1","payment":"P-1","amount":"4.00"})").events,
            "RefundPaid");
  shop.prepaid("O-2", "600");
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","payment":"P-1",
                       "orders":[{"order":"O-2"}]})")
                .events,
            "DepositApplied");
  EXPECT_EQ(shop.lacking("O-2"), 0);
}

TEST(AmendOrder, AsksForAHigherDepositOfAHigherTotal) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  shop.pay_for("P-1", "10.00", "O-1");
  const Answer answer = shop.when(R"("AmendOrder":{"order":"O-1","amendment":"M-1",
      "lines":[{"line":1,"quantity":1500}]})");
  EXPECT_EQ(answer.events, "OrderAmended DepositRequested CreditCommitted");
  EXPECT_EQ(shop.asked("O-1"), 1500);
  EXPECT_EQ(shop.lacking("O-1"), 500);
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.allocate("O-1").reasons, "deposit_outstanding");
}

TEST(AmendOrder, AsksForNoLowerDepositAndGivesBackTheExcess) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  shop.pay_for("P-1", "10.00", "O-1");
  const Answer answer = shop.when(R"("AmendOrder":{"order":"O-1","amendment":"M-1",
      "lines":[{"line":1,"quantity":400}]})");
  EXPECT_EQ(answer.events, "OrderAmended DepositReleased CreditCommitted");
  EXPECT_EQ(shop.asked("O-1"), 1000);
  EXPECT_EQ(shop.received("O-1"), 400);
  EXPECT_EQ(shop.unapplied("P-1"), 600);
  EXPECT_EQ(shop.exposure("acme"), -600);
  EXPECT_TRUE(shop.allocate("O-1").has("StockReserved"));
}

TEST(AmendOrder, AsksForWhatARuleWantsThatMatchesNow) {
  DepositShop shop;
  shop.ask("20", R"(,"conditions":[{"figure":"order_total_with_tax","amount":"10.00"}])");
  shop.cents("O-1", "1000");
  EXPECT_FALSE(shop.has_deposit("O-1"));
  shop.when(R"("AmendOrder":{"order":"O-1","amendment":"M-1",
             "lines":[{"line":1,"quantity":1001}]})");
  EXPECT_EQ(shop.asked("O-1"), 200);
}

TEST(ApproveOrder, AsksForTheDepositOfTheNewPrice) {
  DepositShop shop;
  shop.policy("price.at", "approval");
  shop.policy("approval.on_change", "keep");
  shop.place("O-1", "bolt", "50", R"("buyer":"ann","settlement":"prepaid")");
  shop.given(R"("SetPrice":{"list":"retail","item":"bolt","breaks":[
              {"from_quantity":1,"unit_price":"20"}]})");
  const Answer answer = shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
  EXPECT_EQ(answer.events,
            "ApprovalGranted OrderRepriced DepositRequested OrderApproved CreditCommitted");
  EXPECT_EQ(shop.asked("O-1"), 120000);
}

}  // namespace
}  // namespace kontor::test
