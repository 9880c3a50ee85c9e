// Deposits: how much is asked of an order and why, what they take off its exposure, and what waits
// for them.
#include <gtest/gtest.h>

#include "tests/support/engine/deposit_shop.h"

namespace kontor::test {
namespace {

// ---- asked --------------------------------------------------------------------------------------

// E-M4.
TEST(PlaceOrder, IsAskedForADepositOfTwentyPercentToTheCent) {
  DepositShop shop;
  shop.ask("20");
  const Answer answer = shop.cents("O-1", "123456");
  EXPECT_EQ(answer.events, "OrderPlaced DepositRequested OrderApproved CreditCommitted");
  EXPECT_EQ(shop.asked("O-1"), 24691);
  EXPECT_EQ(shop.lacking("O-1"), 24691);
  EXPECT_EQ(shop.exposure("acme"), 98765);
}

TEST(PlaceOrder, RoundsADepositHalfAwayFromZero) {
  DepositShop shop;
  shop.ask("50");
  shop.cents("O-1", "1");
  EXPECT_EQ(shop.asked("O-1"), 1);
  shop.ask("12.5");
  shop.cents("O-2", "12");
  EXPECT_EQ(shop.asked("O-2"), 2);
  shop.cents("O-3", "11");
  EXPECT_EQ(shop.asked("O-3"), 1);
}

TEST(PlaceOrder, IsNotAskedForADepositThatRoundsToNothing) {
  DepositShop shop;
  shop.ask("0.0001");
  EXPECT_FALSE(shop.cents("O-1", "1000").has("DepositRequested"));
  EXPECT_FALSE(shop.has_deposit("O-1"));
}

TEST(PlaceOrder, IsAskedForADepositOfTheTotalWithTax) {
  DepositShop shop;
  shop.ask("10");
  shop.place("O-1", "bolt", "5");  // 50.00 and 10.00 of tax
  EXPECT_EQ(shop.asked("O-1"), 600);
}

TEST(PlaceOrder, IsAskedForAllOfItBySettlementPrepaid) {
  DepositShop shop;
  const Answer answer = shop.prepaid("O-1", "1000");
  EXPECT_EQ(answer.reasons, "settlement_prepaid");
  EXPECT_EQ(shop.asked("O-1"), 1000);
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.order("O-1").settlement, Settlement::prepaid);
}

TEST(PlaceOrder, IsAskedForTheHighestOfSeveralDeposits) {
  DepositShop shop;
  shop.ask("20", "", "a");
  shop.ask("30", "", "b");
  shop.ask("10", "", "c");
  const Answer answer = shop.cents("O-1", "1000");
  EXPECT_EQ(shop.asked("O-1"), 300);
  ASSERT_EQ(answer.grounds.size(), 1U);
  EXPECT_EQ(answer.grounds[0].name, "b");
  shop.prepaid("O-2", "1000");
  EXPECT_EQ(shop.asked("O-2"), 1000);
}

TEST(PlaceOrder, TellsEveryRuleThatAsksForSoMuch) {
  DepositShop shop;
  shop.ask("30", "", "a");
  shop.ask("30", "", "b");
  EXPECT_EQ(shop.cents("O-1", "1000").grounds.size(), 2U);
  EXPECT_EQ(shop.deposit("O-1").causes.size(), 2U);
}

TEST(PlaceOrder, IsAskedForADepositAtTheBoundaryOfItsRule) {
  DepositShop shop;
  shop.ask("20", R"(,"conditions":[{"figure":"order_total_with_tax","amount":"500.00"}])");
  shop.cents("O-1", "50000");
  EXPECT_FALSE(shop.has_deposit("O-1"));
  shop.cents("O-2", "50001");
  EXPECT_EQ(shop.asked("O-2"), 10000);
}

TEST(PlaceOrder, IsAskedForADepositBySettlementAsAFigure) {
  DepositShop shop;
  shop.given(R"("SetRule":{"rule":"r","outcome":"refuse",
              "conditions":[{"figure":"settlement","operator":"eq","names":["prepaid"]}]})");
  EXPECT_EQ(shop.prepaid("O-1", "1000").reasons, "refused_by_rule");
  EXPECT_TRUE(shop.cents("O-1", "1000").has("OrderPlaced"));
}

TEST(PlaceOrder, IsAskedForAllOfItOfAPayerWithoutCredit) {
  DepositShop shop;
  shop.given(R"("SetCreditLimit":{"company":"acme"})");
  shop.policy("credit.absent_limit", "none");
  const Answer answer = shop.cents("O-1", "1000");
  EXPECT_EQ(answer.events, "OrderPlaced DepositRequested OrderApproved CreditCommitted");
  EXPECT_EQ(answer.reasons, "no_credit_limit");
  EXPECT_EQ(shop.asked("O-1"), 1000);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(PlaceOrder, IsNotAskedForADepositWhereTheLimitIsZero) {
  DepositShop shop;
  shop.limit("acme", "0.00");
  shop.policy("credit.absent_limit", "none");
  EXPECT_EQ(shop.cents("O-1", "1000").reasons, "over_credit_limit");
  EXPECT_FALSE(shop.has_deposit("O-1"));
}

// The deposit is asked before the limit is looked at.
TEST(PlaceOrder, FitsUnderALimitWithItsDeposit) {
  DepositShop shop;
  shop.ask("20");
  shop.limit("acme", "8.00");
  EXPECT_TRUE(shop.cents("O-1", "1000").has("CreditCommitted"));
  EXPECT_EQ(shop.exposure("acme"), 800);
  EXPECT_EQ(shop.cents("O-2", "1").reasons, "over_credit_limit");
}

TEST(PlaceOrder, IsHeldOneCentOverTheLimitWithItsDeposit) {
  DepositShop shop;
  shop.ask("20");
  shop.limit("acme", "7.99");
  EXPECT_TRUE(shop.cents("O-1", "1000").has("OrderHeld"));
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.account("acme").held().begin()->second.need.value(), 800);
}

// What a rule of deposits reads of the payer is so without the deposit that it asks for.
TEST(PlaceOrder, IsAskedForADepositByTheExposureWithoutIt) {
  DepositShop shop;
  shop.ask("100", R"(,"conditions":[{"figure":"exposure_after_order","amount":"9.00"}])");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.asked("O-1"), 1000);
}

TEST(PlaceOrder, AsksPeopleAndForADepositAtOnce) {
  DepositShop shop;
  shop.ask("20");
  const Answer answer = shop.place("O-1", "bolt", "50", R"("buyer":"ann")");
  EXPECT_EQ(answer.events, "OrderPlaced DepositRequested ApprovalRequested");
  EXPECT_EQ(shop.pay_for("P-1", "120.00", "O-1").events, "PaymentReceived DepositApplied");
  EXPECT_EQ(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})").events,
            "ApprovalGranted OrderApproved CreditCommitted");
  EXPECT_EQ(shop.lacking("O-1"), 0);
}

TEST(ApproveOrder, AsksForTheDepositOfARuleOfApproval) {
  DepositShop shop;
  shop.ask("20", R"(,"moment":"approval")");
  EXPECT_EQ(shop.place("O-1", "bolt", "50", R"("buyer":"ann")").events,
            "OrderPlaced ApprovalRequested");
  EXPECT_FALSE(shop.has_deposit("O-1"));
  EXPECT_EQ(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})").events,
            "ApprovalGranted OrderApproved DepositRequested CreditCommitted");
  EXPECT_EQ(shop.asked("O-1"), 12000);
  EXPECT_EQ(shop.exposure("acme"), 48000);
}

TEST(PlaceOrder, IsAskedForTheDepositOfApprovalWhereNobodyIsAsked) {
  DepositShop shop;
  shop.ask("20", R"(,"moment":"approval")");
  shop.ask("10", "", "lower");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.asked("O-1"), 200);
}

// Taken at placement already: the deposit comes off what it counts.
TEST(ApproveOrder, TakesTheDepositOffWhatCountsAlready) {
  DepositShop shop;
  shop.policy("credit.at", "placement");
  shop.ask("20", R"(,"moment":"approval")");
  shop.place("O-1", "bolt", "50", R"("buyer":"ann")");
  EXPECT_EQ(shop.exposure("acme"), 60000);
  shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.exposure("acme"), 48000);
  EXPECT_EQ(shop.deposits(), 12000);
}

TEST(RejectOrder, EndsTheDepositAndGivesItBack) {
  DepositShop shop;
  shop.ask("20");
  shop.place("O-1", "bolt", "50", R"("buyer":"ann")");
  shop.pay_for("P-1", "100.00", "O-1");
  EXPECT_EQ(shop.when(R"("actor":"bob","RejectOrder":{"order":"O-1"})").events,
            "OrderRejected LinesCancelled DepositReleased OrderCancelled");
  EXPECT_EQ(shop.asked("O-1"), 0);
  EXPECT_EQ(shop.unapplied("P-1"), 10000);
}

TEST(PlaceDraft, AsksForTheDepositOfADraftSettledPrepaid) {
  DepositShop shop;
  shop.given(R"("SaveDraft":{"draft":"D-1","company":"acme","settlement":"prepaid",
              "lines":[{"item":"penny","quantity":1000}]})");
  EXPECT_EQ(shop.when(R"("PlaceDraft":{"draft":"D-1","order":"O-1"})").events,
            "OrderPlaced DraftDiscarded DepositRequested OrderApproved CreditCommitted");
  EXPECT_EQ(shop.asked("O-1"), 1000);
  EXPECT_TRUE(shop.when(R"("Reorder":{"order":"O-1","new_order":"O-2"})").has("DepositRequested"));
}

TEST(RecurringOrder, AsksForTheDepositOfEachRun) {
  DepositShop shop;
  const Answer defined = shop.when(R"("DefineRecurringOrder":{"order":"R-1","company":"acme",
      "settlement":"prepaid","every":1,"unit":"month","from":"2026-03-02",
      "lines":[{"item":"penny","quantity":1000}]})");
  EXPECT_EQ(defined.events.find("DepositRequested"), std::string::npos);
  EXPECT_NE(defined.follow_ups.find("DepositRequested"), std::string::npos);
  EXPECT_EQ(shop.asked("R-1-1"), 1000);
}

// ---- exposure -----------------------------------------------------------------------------------

// E-C18: order 1,000.00, deposit 300.00: 700.00 when asked, when paid, and when invoiced.
TEST(Exposure, OfADepositIsTheSameWhenAskedPaidAndInvoiced) {
  DepositShop shop;
  shop.ask("30");
  shop.cents("O-1", "100000");
  EXPECT_EQ(shop.exposure("acme"), 70000);
  EXPECT_EQ(shop.deposits(), 30000);
  shop.pay_for("P-1", "300.00", "O-1");
  EXPECT_EQ(shop.exposure("acme"), 70000);
  EXPECT_EQ(shop.bucket("acme", Bucket::unapplied), 0);
  shop.deliver("O-1");
  EXPECT_EQ(shop.exposure("acme"), 70000);
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.exposure("acme"), 70000);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 70000);
  EXPECT_EQ(shop.deposits(), 0);
}

// E-C18 on account: an advance that names nothing.
TEST(Exposure, OfAnAdvanceOnAccountAndAnOrderIsTheirDifference) {
  DepositShop shop;
  shop.pay("P-1", "acme", "300.00");
  shop.cents("O-1", "100000");
  EXPECT_EQ(shop.exposure("acme"), 70000);
}

TEST(Exposure, NeverFallsBelowNothingByADepositOfAPartThatCounts) {
  DepositShop shop;
  shop.policy("credit.at", "allocation");
  shop.ask("50");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.deposits(), 0);
  shop.pay_for("P-1", "5.00", "O-1");
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.when(R"("AllocateOrder":{"order":"O-1","parts":[{"line":1,"warehouse":"north",
             "quantity":300}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 300);
  EXPECT_EQ(shop.deposits(), 300);
  shop.allocate("O-1");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 1000);
  EXPECT_EQ(shop.deposits(), 500);
}

TEST(Exposure, CountsNoDepositOfAnOrderThatIsHeld) {
  DepositShop shop;
  shop.ask("20");
  shop.limit("acme", "1.00");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.deposits(), 0);
  EXPECT_EQ(shop.pay_for("P-1", "2.00", "O-1").events, "PaymentReceived DepositApplied");
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.limit("acme", "8.00");
  EXPECT_TRUE(shop.is_taken("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 800);
}

TEST(BucketExposure, CountsAnOrderAsOrderedAndItsDepositApart) {
  DepositShop shop;
  shop.ask("20");
  shop.given(R"("SetRule":{"rule":"b","outcome":"warn","conditions":[
              {"figure":"bucket_exposure","bucket":"ordered","amount":"9.99"}]})");
  shop.given(R"("SetRule":{"rule":"c","outcome":"warn","conditions":[
              {"figure":"bucket_exposure","bucket":"deposits","amount":"1.99"}]})");
  const Answer answer = shop.cents("O-1", "1000");
  ASSERT_EQ(answer.grounds.size(), 3U);
  EXPECT_EQ(answer.grounds[1].found, "10.00");
  EXPECT_EQ(answer.grounds[2].found, "2.00");
}

// ---- what waits ---------------------------------------------------------------------------------

TEST(AllocateOrder, RefusesDepositOutstandingUntilTheLastCent) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  const Answer refused = shop.allocate("O-1");
  EXPECT_EQ(refused.reasons, "deposit_outstanding");
  EXPECT_EQ(refused.grounds.at(0).found, "0.00");
  EXPECT_EQ(refused.grounds.at(0).allowed, "2.00");
  EXPECT_EQ(refused.grounds.at(0).evidence.size(), 1U);
  shop.pay_for("P-1", "1.99", "O-1");
  const Answer again = shop.allocate("O-1");
  EXPECT_EQ(again.reasons, "deposit_outstanding");
  EXPECT_EQ(again.grounds.at(0).found, "1.99");
  EXPECT_EQ(again.grounds.at(0).evidence.size(), 2U);
  shop.pay_for("P-2", "0.01", "O-1");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
}

TEST(ShipOrder, RefusesDepositOutstandingOfWhatWasReservedAtPlacement) {
  DepositShop shop;
  shop.policy("stock.at", "placement");
  shop.ask("20");
  EXPECT_TRUE(shop.cents("O-1", "1000").has("StockReserved"));
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "deposit_outstanding");
  shop.pay_for("P-1", "2.00", "O-1");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped OrderFulfilled");
}

TEST(ShipOrder, RefusesDepositOutstandingWhereStockIsTakenAsItLeaves) {
  DepositShop shop;
  shop.policy("stock.at", "shipment");
  shop.ask("20");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "deposit_outstanding");
  shop.pay_for("P-1", "2.00", "O-1");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "StockReserved GoodsShipped OrderFulfilled");
}

TEST(InvoiceOrder, RefusesDepositOutstandingOfWhatHasNotLeft) {
  DepositShop shop;
  shop.policy("invoice.basis", "ordered");
  shop.ask("20");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "deposit_outstanding");
  shop.pay_for("P-1", "2.00", "O-1");
  EXPECT_EQ(shop.invoice("O-1", "I-1").events, "InvoiceIssued");
}

// What has left is billed whatever became of the deposit.
TEST(InvoiceOrder, BillsWhatLeftBeforeTheDepositCameBack) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "2.00", "O-1");
  shop.deliver("O-1");
  shop.reverse("V-1", "P-1");
  EXPECT_EQ(shop.lacking("O-1"), 200);
  EXPECT_EQ(shop.exposure("acme"), 800);
  EXPECT_EQ(shop.invoice("O-1", "I-1").events, "InvoiceIssued");
  EXPECT_EQ(shop.invoice_of("I-1").open.value(), 1000);
  EXPECT_EQ(shop.exposure("acme"), 1000);
  EXPECT_EQ(shop.lacking("O-1"), 0);
}

// A backorder of an order whose deposit came back is passed over, and served when it is there
// again.
TEST(ServeBackorders, PassesOverAnOrderThatLacksItsDeposit) {
  DepositShop shop;
  shop.ask("50");
  shop.place("O-1", "bolt", "150");
  shop.pay_for("P-1", "900.00", "O-1");
  shop.allocate("O-1");
  EXPECT_EQ(shop.waiting("O-1"), 50);
  shop.reverse("V-1", "P-1");
  shop.place("O-2", "bolt", "10", R"("settlement":"prepaid")");
  shop.pay_for("P-2", "120.00", "O-2");
  shop.allocate("O-2");
  EXPECT_EQ(shop.receive("rc-1", "north", "bolt", "20").follow_ups, "StockReserved");
  EXPECT_EQ(shop.reserved("O-1"), 100);
  EXPECT_EQ(shop.reserved("O-2"), 10);
  EXPECT_EQ(shop.pay_for("P-3", "900.00", "O-1").follow_ups, "StockReserved");
  EXPECT_EQ(shop.reserved("O-1"), 110);
}

TEST(ServeBackorders, ServesWhatStockAtLetsReserveBeforeTheDeposit) {
  DepositShop shop;
  shop.policy("stock.at", "approval");
  shop.ask("50");
  shop.place("O-1", "bolt", "150");
  EXPECT_EQ(shop.waiting("O-1"), 50);
  shop.receive("rc-1", "north", "bolt", "50");
  EXPECT_EQ(shop.reserved("O-1"), 150);
}

}  // namespace
}  // namespace kontor::test
