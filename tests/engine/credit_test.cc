// Credit: limits, holds and what releases them, and exposure on its way from order to payment.
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

TEST(PlaceOrder, IsTakenAtTheLimit) {
  Shop shop;
  const Answer answer = shop.place("O-1", "penny", "100000");
  EXPECT_EQ(answer.events, "OrderPlaced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 100000);
}

TEST(PlaceOrder, IsHeldOneCentOverCreditLimit) {
  Shop shop;
  const Answer answer = shop.place("O-1", "penny", "100001");
  EXPECT_EQ(answer.events, "OrderPlaced OrderApproved OrderHeld");
  EXPECT_EQ(answer.reasons, "over_credit_limit");
  EXPECT_EQ(answer.grounds.at(0).found, "1000.01");
  EXPECT_EQ(answer.grounds.at(0).allowed, "1000.00");
  EXPECT_EQ(answer.grounds.at(0).outcome, "hold");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// ERP-3, E-C16.
TEST(Exposure, StaysTheSameFromOrderToDeliveryToInvoice) {
  Shop shop;
  shop.limit("acme", "200.00");
  shop.place("O-1", "penny", "20000");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 20000);
  shop.allocate("O-1");
  const Answer shipped = shop.ship("O-1", "S-1");
  EXPECT_EQ(shipped.events, "GoodsShipped OrderFulfilled");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 20000);
  EXPECT_EQ(shop.exposure("acme"), 20000);
  const Answer billed = shop.invoice("O-1", "I-1");
  EXPECT_EQ(billed.events, "InvoiceIssued");
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 20000);
  EXPECT_EQ(shop.exposure("acme"), 20000);
  shop.pay("P-1", "acme", "200.00");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// A payment makes room: the oldest held order first; a smaller one may overtake what does not fit.
TEST(Hold, IsReleasedByPaymentOldestFirstAndSmallerMayOvertake) {
  Shop shop;
  shop.place("O-1", "penny", "80000");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  EXPECT_TRUE(shop.place("O-2", "penny", "90000").has("OrderHeld"));
  EXPECT_TRUE(shop.place("O-3", "penny", "30000").has("OrderHeld"));
  EXPECT_TRUE(shop.place("O-4", "penny", "25000").has("OrderHeld"));
  const Answer small = shop.pay("P-1", "acme", "100.00");
  EXPECT_EQ(small.follow_ups, "HoldReleased CreditCommitted");  // 70,000 and 30,000 fit exactly
  EXPECT_FALSE(shop.is_held("O-3"));
  EXPECT_TRUE(shop.is_held("O-2"));
  EXPECT_TRUE(shop.is_held("O-4"));
  EXPECT_EQ(shop.exposure("acme"), 100000);
  shop.pay("P-2", "acme", "700.00");
  EXPECT_TRUE(shop.is_held("O-2"));
  EXPECT_FALSE(shop.is_held("O-4"));
  EXPECT_EQ(shop.exposure("acme"), 55000);
}

TEST(Hold, IsReleasedByALimitRaise) {
  Shop shop;
  shop.place("O-1", "penny", "100001");
  const Answer answer = shop.when(R"("SetCreditLimit":{"company":"acme","limit":"1000.01"})");
  EXPECT_EQ(answer.follow_ups, "HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 100001);
}

TEST(Hold, IsReleasedByAPartialCancel) {
  Shop shop;
  shop.place("O-1", "penny", "100001");
  const Answer still = shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"X-0",
      "lines":[{"line":1,"quantity":0}]})");
  EXPECT_EQ(still.reasons, "not_positive");
  const Answer answer = shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"X-1",
      "lines":[{"line":1,"quantity":1}]})");
  EXPECT_EQ(answer.events, "LinesCancelled HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 100000);
}

TEST(Hold, SaysItsNewNeedAfterAPartialCancelThatIsNotEnough) {
  Shop shop;
  shop.place("O-1", "penny", "100003");
  const Answer answer = shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"X-1",
      "lines":[{"line":1,"quantity":1}]})");
  EXPECT_EQ(answer.events, "LinesCancelled OrderHeld");
  shop.limit("acme", "1000.02");
  EXPECT_TRUE(shop.is_taken("O-1"));
}

TEST(Hold, IsReleasedByTheCancelOfAnotherOrder) {
  Shop shop;
  shop.place("O-1", "penny", "60000");
  shop.place("O-2", "penny", "60000");
  EXPECT_TRUE(shop.is_held("O-2"));
  EXPECT_EQ(shop.cancel("O-1").follow_ups, "HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 60000);
}

TEST(Hold, EndsWithTheOrder) {
  Shop shop;
  shop.place("O-1", "penny", "100001");
  EXPECT_EQ(shop.cancel("O-1").events, "LinesCancelled HoldReleased OrderCancelled");
  EXPECT_TRUE(shop.account("acme").held().empty());
  shop.limit("acme", "5000.00");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(Hold, LetsNoGoodsMoveWhileOnHold) {
  Shop shop;
  shop.place("O-1", "penny", "100001");
  EXPECT_EQ(shop.allocate("O-1").reasons, "on_hold");
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "on_hold");
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "on_hold");
}

// E-C17.
TEST(ReleaseHold, TakesTheOrderOverTheLimitAndNamesThePerson) {
  Shop shop;
  shop.place("O-1", "penny", "100001");
  const Answer answer =
      shop.when(R"("actor":"carol","ReleaseHold":{"order":"O-1","expires":"2026-03-09"})");
  EXPECT_EQ(answer.events, "HoldReleased CreditCommitted");
  EXPECT_NE(answer.body("HoldReleased").find("\"carol\""), std::string::npos);
  EXPECT_NE(answer.body("HoldReleased").find("\"2026-03-09\""), std::string::npos);
  EXPECT_EQ(shop.exposure("acme"), 100001);
  EXPECT_TRUE(shop.place("O-2", "penny", "1").has("OrderHeld"));
}

// The order waits for approval as well, so that the release has to last until then.
TEST(ReleaseHold, HoldsTrueThroughTheDayItExpires) {
  for (const auto& [day, taken] : {std::pair{"2026-03-09", true}, std::pair{"2026-03-10", false}}) {
    Shop shop;
    shop.place("O-1", "penny", "100001", R"("buyer":"ann")");
    ASSERT_TRUE(shop.is_held("O-1"));
    shop.given(R"("actor":"carol","ReleaseHold":{"order":"O-1","expires":"2026-03-09"})");
    shop.day(day);
    shop.given(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
    EXPECT_EQ(shop.is_taken("O-1"), taken) << day;
    EXPECT_EQ(shop.is_held("O-1"), !taken) << day;
  }
}

TEST(ReleaseHold, RefusesNotOnHold) {
  Shop shop;
  shop.place("O-1", "penny", "1");
  EXPECT_EQ(shop.when(R"("ReleaseHold":{"order":"O-1"})").reasons, "not_on_hold");
  EXPECT_EQ(shop.when(R"("ReleaseHold":{"order":"O-2"})").reasons, "unknown_order");
}

TEST(ReleaseHold, RefusesDateNotAllowedInThePast) {
  Shop shop;
  shop.place("O-1", "penny", "100001");
  EXPECT_EQ(shop.when(R"("ReleaseHold":{"order":"O-1","expires":"2026-03-01"})").reasons,
            "date_not_allowed");
}

// E-C2: two orders of 600.00 with 1,000.00 available are never both taken.
TEST(Credit, IsNeverTakenTwice) {
  Shop shop;
  shop.place("O-1", "penny", "60000");
  shop.place("O-2", "penny", "60000");
  EXPECT_TRUE(shop.is_taken("O-1"));
  EXPECT_TRUE(shop.is_held("O-2"));
}

// E-C3: a lowered limit undoes nothing.
TEST(Credit, GoesNegativeWhereTheLimitIsLoweredAndHoldsNewOrdersOnly) {
  Shop shop;
  shop.place("O-1", "penny", "60000");
  shop.limit("acme", "500.00");
  EXPECT_EQ(shop.account("acme").available(), Minor{-10000});
  EXPECT_TRUE(shop.is_taken("O-1"));
  EXPECT_TRUE(shop.place("O-2", "penny", "1").has("OrderHeld"));
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.ship("O-1", "S-1").status, StatusCode::kDone);
}

// E-C4: a limit of zero is a limit, no limit is none.
TEST(Credit, TellsALimitOfZeroFromNone) {
  Shop shop;
  shop.limit("acme", "0.00");
  EXPECT_EQ(shop.place("O-1", "penny", "1").reasons, "over_credit_limit");
  const Answer answer = shop.when(R"("SetCreditLimit":{"company":"acme"})");
  EXPECT_EQ(answer.follow_ups, "HoldReleased CreditCommitted");
}

// No credit is a deposit of all of it: what is owed already holds it all the same.
TEST(PlaceOrder, IsHeldForNoCreditLimitWherePolicySaysNone) {
  Shop shop;
  shop.given(R"("SetCreditLimit":{"company":"acme"})");
  shop.place("O-1", "penny", "1");
  shop.policy("credit.absent_limit", "none");
  EXPECT_EQ(shop.place("O-2", "penny", "1").events,
            "OrderPlaced DepositRequested OrderApproved OrderHeld");
  EXPECT_EQ(shop.account("acme").held().size(), 1U);
  shop.policy("credit.absent_limit", "unlimited");
  EXPECT_TRUE(shop.is_taken("O-2"));
  EXPECT_EQ(shop.exposure("acme"), 1);
}

TEST(PlaceOrder, IsHeldForLimitExpiredTheDayAfter) {
  Shop shop;
  shop.given(R"("SetCreditLimit":{"company":"acme","limit":"1000.00","expires":"2026-03-03"})");
  shop.day("2026-03-03");
  EXPECT_TRUE(shop.place("O-1", "penny", "1").has("CreditCommitted"));
  shop.day("2026-03-04");
  EXPECT_EQ(shop.place("O-2", "penny", "1").reasons, "limit_expired");
}

TEST(SetCreditLimit, RefusesCurrencyMismatch) {
  Shop shop;
  EXPECT_EQ(
      shop.when(R"("SetCreditLimit":{"company":"acme","limit":"1.00","currency":"USD"})").reasons,
      "currency_mismatch");
  EXPECT_EQ(shop.when(R"("SetCreditLimit":{"company":"x","limit":"1.00"})").reasons,
            "unknown_company");
  EXPECT_EQ(shop.when(R"("SetCreditLimit":{"company":"acme","limit":"-1.00"})").reasons,
            "invalid_value");
}

TEST(Hold, ForARuleIsReleasedWhenTheRuleIsWithdrawn) {
  Shop shop;
  const std::string rule = R"("SetRule":{"rule":"stop","outcome":"hold","conditions":[
      {"figure":"order_total_with_tax","operator":"ge","amount":"5.00"}])";
  shop.given(rule + "}");
  EXPECT_EQ(shop.place("O-1", "penny", "500").reasons, "rule_matched");
  EXPECT_EQ(shop.when(rule + R"(,"withdrawn":true})").follow_ups, "HoldReleased CreditCommitted");
}

// A move that leaves an order waiting for a rule examines it again: the reason that is gone is not
// told any more, and where none is gone nothing changes.
TEST(Hold, ForMoreThanCreditStaysWhereRoomAloneIsNotEnough) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"stop","outcome":"hold"})");
  EXPECT_EQ(shop.place("O-1", "penny", "100001").reasons, "over_credit_limit rule_matched");
  EXPECT_EQ(shop.pay("P-1", "acme", "50.00").follow_ups, "OrderHeld");
  EXPECT_EQ(shop.pay("P-2", "acme", "50.00").follow_ups, "");
  EXPECT_TRUE(shop.is_held("O-1"));
}

// More held orders than one step looks at: each is examined once, oldest first.
TEST(Hold, OfManyOrdersIsReleasedInSteps) {
  Shop shop;
  shop.limit("acme", "0.00");
  for (int i = 0; i < 150; ++i)
    shop.place("O-" + std::to_string(i), "penny", "1");
  shop.limit("acme", "1.40");
  EXPECT_EQ(shop.exposure("acme"), 140);
  EXPECT_EQ(shop.account("acme").held().size(), 10U);
  EXPECT_TRUE(shop.is_taken("O-139"));
  EXPECT_TRUE(shop.is_held("O-140"));
}

// Released orders reserve at once where stock.at = approval; a step is cut short by its size, so
// that many large orders never make one decision too large.
TEST(Hold, OfManyLargeOrdersIsReleasedInDecisionsOfBoundedSize) {
  Shop shop;
  shop.check_every(100);
  shop.policy("stock.at", "approval");
  shop.limit("acme", "0.00");
  const std::vector<LineText> many(600, LineText{"penny", "2"});
  for (int i = 0; i < 60; ++i) {
    shop.given(R"("PlaceOrder":{"company":"acme","order":"O-)" + std::to_string(i) +
               R"(","lines":)" + lines(many) + "}");
  }
  shop.limit("acme", "100000.00");
  EXPECT_EQ(shop.exposure("acme"), 60 * 1200);
  EXPECT_TRUE(shop.account("acme").held().empty());
}

// Orders that were placed while they did not count yet may not wrap the account later.
TEST(ApproveOrder, IsHeldForAmountOverflowOfTheAccount) {
  Shop shop;
  shop.check_every(2000);
  shop.given(R"("RegisterCompany":{"company":"giant"})");
  shop.policy("price.from", "command");
  shop.given(R"("SetRule":{"rule":"all","outcome":"hold"})");
  for (int i = 0; i < 2400; ++i) {
    shop.given(R"("PlaceOrder":{"company":"giant","order":"G-)" + std::to_string(i) +
               R"(","lines":[{"item":"penny","quantity":1000,"unit_price":"10000000000.00"}]})");
  }
  shop.given(R"("SetRule":{"rule":"all","outcome":"hold","withdrawn":true})");
  EXPECT_EQ(shop.exposure("giant"), 2305LL * 1'000'000'000'000'000);
  EXPECT_EQ(shop.account("giant").held().size(), 95U);
}

TEST(Credit, IsOwedAtTheDefaultPayer) {
  Shop shop;
  shop.given(R"("RegisterCompany":{"company":"branch","parent":"acme","default_payer":"acme"})");
  shop.given(R"("PlaceOrder":{"company":"branch","order":"O-1","lines":[
               {"item":"penny","quantity":100}]})");
  EXPECT_EQ(shop.exposure("acme"), 100);
  EXPECT_EQ(shop.exposure("branch"), 0);
}

TEST(Exposure, OfReceivablesIsKeptByDueDateAndByAge) {
  Shop shop;
  shop.given(R"("DefineTerms":{"terms":"half","lines":[
               {"kind":"percent","percent":50},{"kind":"percent","percent":50,"days":30}]})");
  shop.place("O-1", "penny", "10000", R"("terms":"half")");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  const auto due = shop.account("acme").by_due();
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].amount, Minor{5000});
  EXPECT_EQ(due[1].due, add_days(due[0].due, 30));
  const Date later = add_days(due[0].due, 31);
  const Ageing ageing = shop.account("acme").ageing(later);
  EXPECT_EQ(ageing[1], Minor{5000});
  EXPECT_EQ(ageing[2], Minor{5000});
  EXPECT_EQ(shop.account("acme").ageing(due[0].due)[0], Minor{10000});
}

}  // namespace
}  // namespace kontor::test
