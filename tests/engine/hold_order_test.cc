// HoldOrder: a hold by a person, which only a person ends, whatever else happens to the order.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

constexpr std::string_view kHold = R"("actor":"bob","HoldOrder":{"order":"O-1","comment":"wait"})";
constexpr std::string_view kRelease = R"("ReleaseHold":{"order":"O-1"})";

TEST(HoldOrder, IsHeldByPersonAndGoesOnCounting) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  const Answer answer = shop.when(kHold);
  EXPECT_EQ(answer.events, "OrderHeld");
  EXPECT_EQ(answer.reasons, "held_by_person");
  EXPECT_EQ(answer.grounds.at(0).name, "bob");
  EXPECT_NE(answer.body("OrderHeld").find(R"("comment":"wait")"), std::string::npos);
  EXPECT_TRUE(shop.is_held("O-1"));
  EXPECT_TRUE(shop.is_taken("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 12000);
  EXPECT_EQ(shop.when(kRelease).events, "HoldReleased");
  EXPECT_FALSE(shop.is_held("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 12000);
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
}

TEST(HoldOrder, LeavesNoTraceOnAnOrderThatStillWaitsForApproval) {
  Shop shop;
  ASSERT_TRUE(shop.place("O-1", "bolt", "50", R"("buyer":"ann")").has("ApprovalRequested"));
  shop.given(kHold);
  EXPECT_EQ(shop.order("O-1").credit, CreditState::kHeld);
  EXPECT_EQ(shop.when(kRelease).events, "HoldReleased");
  EXPECT_EQ(shop.order("O-1").credit, CreditState::kNotTaken);
}

TEST(HoldOrder, KeepsAllocationShippingAndBillingBackOnHold) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
               "lines":[{"line":1,"quantity":4,"warehouse":"north"}]})");
  shop.given(kHold);
  EXPECT_EQ(shop.allocate("O-1").reasons, "on_hold");
  EXPECT_EQ(shop.ship("O-1", "S-2").reasons, "on_hold");
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "on_hold");
  EXPECT_EQ(shop.reserved("O-1"), 6);
  shop.given(kRelease);
  EXPECT_EQ(shop.ship("O-1", "S-2").status, StatusCode::kDone);
  EXPECT_EQ(shop.invoice("O-1", "I-1").status, StatusCode::kDone);
}

TEST(HoldOrder, IsNotReleasedByPaymentLimitRuleOrDay) {
  Shop shop;
  shop.place("O-1", "bolt", "84");  // 1,008.00: held for credit
  shop.given(kHold);
  EXPECT_EQ(shop.pay("P-1", "acme", "900.00").follow_ups, "");
  EXPECT_TRUE(shop.is_held("O-1"));
  shop.limit("acme", "100000.00");
  shop.policy("credit.absent_limit", "none");
  shop.day("2026-03-09");
  EXPECT_TRUE(shop.is_held("O-1"));
  EXPECT_FALSE(shop.is_taken("O-1"));
  EXPECT_EQ(shop.when(kRelease).events, "HoldReleased CreditCommitted");
}

// The one beside it is examined as ever.
TEST(HoldOrder, KeepsNobodyElseBack) {
  Shop shop;
  shop.place("O-1", "bolt", "84");
  shop.place("O-2", "bolt", "85");
  shop.given(kHold);
  EXPECT_EQ(shop.pay("P-1", "acme", "900.00").follow_ups, "HoldReleased CreditCommitted");
  EXPECT_TRUE(shop.is_held("O-1"));
  EXPECT_FALSE(shop.is_held("O-2"));
}

TEST(HoldOrder, StaysThroughAnApprovalAndAPartialCancel) {
  Shop shop;
  shop.place("O-1", "bolt", "42", R"("buyer":"ann")");
  shop.given(kHold);
  EXPECT_EQ(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})").events,
            "ApprovalGranted OrderApproved");
  EXPECT_EQ(shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"X-1",
                        "lines":[{"line":1,"quantity":1}]})")
                .events,
            "LinesCancelled");
  EXPECT_TRUE(shop.is_held("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.when(kRelease).events, "HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 49200);
}

TEST(HoldOrder, StaysThroughAPartialCancelOfAnOrderThatCounts) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.given(kHold);
  EXPECT_EQ(shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"X-1",
                        "lines":[{"line":1,"quantity":1}]})")
                .events,
            "LinesCancelled CreditReleased");
  EXPECT_TRUE(shop.is_held("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 10800);
}

TEST(HoldOrder, EndsWithTheOrder) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.given(kHold);
  EXPECT_EQ(shop.cancel("O-1").events, "LinesCancelled CreditReleased HoldReleased OrderCancelled");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_TRUE(shop.account("acme").held().empty());
}

TEST(HoldOrder, EndsWithARejectedOrder) {
  Shop shop;
  shop.place("O-1", "bolt", "42", R"("buyer":"ann")");
  shop.given(kHold);
  EXPECT_TRUE(shop.when(R"("actor":"bob","RejectOrder":{"order":"O-1"})").has("HoldReleased"));
}

// What was delivered stays unbilled until a person lets it go.
TEST(HoldOrder, OutlivesTheGoodsOfAnOrder) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
               "lines":[{"line":1,"quantity":4,"warehouse":"north"}]})");
  shop.given(kHold);
  EXPECT_TRUE(shop.cancel("O-1").has("OrderFulfilled"));
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "on_hold");
  EXPECT_EQ(shop.when(kRelease).events, "HoldReleased");
  EXPECT_EQ(shop.invoice("O-1", "I-1").status, StatusCode::kDone);
}

TEST(HoldOrder, LetsOthersHaveWhatTheOrderWaitsFor) {
  Shop shop;
  shop.limit("acme", "100000.00");
  shop.place("O-1", "bolt", "110");
  shop.allocate("O-1");
  shop.place("O-2", "bolt", "5");
  shop.allocate("O-2");
  shop.given(kHold);
  shop.receive("R-1", "north", "bolt", "8");
  EXPECT_EQ(shop.waiting("O-1"), 10);
  EXPECT_EQ(shop.waiting("O-2"), 0);
  EXPECT_EQ(shop.when(kRelease).follow_ups, "StockReserved");
  EXPECT_EQ(shop.waiting("O-1"), 7);
}

TEST(HoldOrder, TurnsAHoldForCreditIntoOneByAPerson) {
  Shop shop;
  shop.place("O-1", "bolt", "84");
  EXPECT_EQ(shop.when(kHold).reasons, "held_by_person");
  EXPECT_EQ(shop.account("acme").held().size(), 1U);
  EXPECT_TRUE(shop.account("acme").held().begin()->second.forced);
  EXPECT_FALSE(shop.book().credit().may_release(*shop.book().parties().find_company("acme")));
}

TEST(HoldOrder, RefusesOnHoldWhereAPersonHoldsItAlready) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.given(kHold);
  EXPECT_EQ(shop.when(kHold).reasons, "on_hold");
}

TEST(HoldOrder, RefusesOrderClosed) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.cancel("O-1");
  EXPECT_EQ(shop.when(kHold).reasons, "order_closed");
  shop.place("O-2", "bolt", "1");
  shop.allocate("O-2");
  shop.ship("O-2", "S-2");
  EXPECT_EQ(shop.when(R"("HoldOrder":{"order":"O-2"})").reasons, "order_closed");
  EXPECT_EQ(shop.when(R"("HoldOrder":{"order":"O-9"})").reasons, "unknown_order");
}

}  // namespace
}  // namespace kontor::test
