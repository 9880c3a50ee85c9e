// Rules of later moments: approval, allocation, shipment, and each new day (domain: One kind of
// rule; what each outcome does: engine/rules/matching.h).
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string rule(std::string_view moment, std::string_view outcome, std::string_view condition = "",
                 std::string_view more = "") {
  std::string out = R"("SetRule":{"rule":"r","moment":")" + std::string(moment) +
                    R"(","outcome":")" + std::string(outcome) + "\"";
  if (!condition.empty()) out += R"(,"conditions":[{)" + std::string(condition) + "}]";
  return out + std::string(more) + "}";
}

constexpr std::string_view kOver = R"("figure":"exposure_over_limit")";
constexpr std::string_view kStanding =
    R"("figure":"credit_standing","operator":"eq","names":["hold"])";

std::string standing(std::string_view word) {
  return R"("RegisterCompany":{"company":"acme","currency":"EUR","standing":")" +
         std::string(word) + "\"}";
}

struct RuleMoments : testing::Test {
  Shop shop;
};

// E-C3: the limit is lowered below the exposure; what was approved ships by such a rule.
TEST_F(RuleMoments, ShipmentHoldsAnApprovedOrderOverTheLimit) {
  shop.given(rule("shipment", "hold", kOver));
  shop.place("O-1", "penny", "50000");
  shop.allocate("O-1");
  shop.limit("acme", "499.99");
  EXPECT_TRUE(shop.is_taken("O-1"));  // undoes nothing
  const Answer held = shop.ship("O-1", "S-1");
  EXPECT_EQ(held.events, "OrderHeld");
  EXPECT_EQ(held.reasons, "over_credit_limit");
  EXPECT_EQ(held.grounds.at(0).found, "500.00");  // counted once
  EXPECT_EQ(shop.ship("O-1", "S-2").reasons, "on_hold");
  EXPECT_EQ(shop.exposure("acme"), 50000);
  EXPECT_EQ(shop.reserved("O-1"), 50000);
  shop.limit("acme", "500.00");
  EXPECT_FALSE(shop.is_held("O-1"));
  EXPECT_TRUE(shop.is_taken("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 50000);
  EXPECT_TRUE(shop.ship("O-1", "S-3").has("GoodsShipped"));
}

TEST_F(RuleMoments, ShipmentHoldIsSatisfiedByAPersonUntilItExpires) {
  shop.given(rule("shipment", "hold", kOver));
  shop.place("O-1", "penny", "50000");
  shop.allocate("O-1");
  shop.limit("acme", "0.00");
  shop.ship("O-1", "S-1");
  shop.given(R"("ReleaseHold":{"order":"O-1","expires":"2026-03-03"})");
  EXPECT_FALSE(shop.is_held("O-1"));
  shop.day("2026-03-04");
  EXPECT_EQ(shop.ship("O-1", "S-2").events, "OrderHeld");
  shop.given(R"("ReleaseHold":{"order":"O-1"})");
  EXPECT_TRUE(shop.ship("O-1", "S-3").has("GoodsShipped"));
}

// The rule of placement has no say over an order that counts already.
TEST_F(RuleMoments, ShipmentHoldEndsWithItsOwnReason) {
  shop.given(rule("shipment", "hold", kStanding));
  shop.place("O-1", "penny", "50000");
  shop.allocate("O-1");
  shop.given(standing("hold"));
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "credit_standing_hold");
  shop.limit("acme", "0.00");
  EXPECT_TRUE(shop.is_held("O-1"));
  EXPECT_EQ(shop.when(standing("good")).follow_ups, "HoldReleased");
  EXPECT_TRUE(shop.ship("O-1", "S-2").has("GoodsShipped"));
}

TEST_F(RuleMoments, ShipmentRefusesAndWarns) {
  shop.given(rule("shipment", "refuse", kStanding));
  shop.place("O-1", "penny", "1");
  shop.allocate("O-1");
  shop.given(standing("hold"));
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "refused_by_rule");
  shop.given(rule("shipment", "warn", kStanding));
  const Answer warned = shop.ship("O-1", "S-2");
  EXPECT_EQ(warned.events, "CommandWarned GoodsShipped OrderFulfilled");
  EXPECT_EQ(warned.reasons, "credit_standing_hold");
}

TEST_F(RuleMoments, AllocationRefusesHoldsAndWarns) {
  shop.place("O-1", "bolt", "1");
  shop.given(rule("allocation", "refuse", kStanding));
  shop.given(standing("hold"));
  EXPECT_EQ(shop.allocate("O-1").reasons, "refused_by_rule");
  shop.given(rule("allocation", "warn", kStanding));
  EXPECT_EQ(shop.allocate("O-1").events, "CommandWarned StockReserved");
  shop.place("O-2", "bolt", "1");
  shop.given(rule("allocation", "hold", kStanding));
  EXPECT_EQ(shop.allocate("O-2").events, "OrderHeld");
  EXPECT_EQ(shop.reserved("O-2"), 0);
  shop.given(standing("good"));
  EXPECT_EQ(shop.allocate("O-2").events, "StockReserved");
}

TEST_F(RuleMoments, AllocationConcernsStockReservedWithoutACommandToo) {
  shop.policy("stock.at", "approval");
  shop.given(standing("hold"));
  shop.given(rule("allocation", "refuse", kStanding));
  EXPECT_EQ(shop.place("O-1", "bolt", "1").events, "OrderPlaced OrderApproved CreditCommitted");
  shop.given(rule("allocation", "hold", kStanding));
  EXPECT_EQ(shop.place("O-2", "bolt", "1").events,
            "OrderPlaced OrderApproved CreditCommitted OrderHeld");
  const Answer freed = shop.when(standing("good"));
  EXPECT_EQ(freed.follow_ups, "HoldReleased StockReserved");
  EXPECT_EQ(shop.reserved("O-2"), 1);
}

TEST_F(RuleMoments, AllocationHoldsABackorderThatWouldGetStock) {
  shop.place("O-1", "bolt", "110");
  shop.limit("acme", "9000.00");
  shop.allocate("O-1");
  ASSERT_EQ(shop.waiting("O-1"), 10);
  shop.given(rule("allocation", "hold", kStanding));
  shop.given(standing("hold"));
  EXPECT_EQ(shop.receive("R-1", "north", "bolt", "50").follow_ups, "OrderHeld");
  EXPECT_EQ(shop.waiting("O-1"), 10);
  EXPECT_EQ(shop.when(standing("good")).follow_ups, "HoldReleased StockReserved");
  EXPECT_EQ(shop.waiting("O-1"), 0);
}

struct AtApproval : RuleMoments {
  void SetUp() override {
    shop.limit("acme", "9000.00");
    shop.place("O-1", "bolt", "60", R"("buyer":"ann")");  // above ann's limit: bob is asked
    shop.given(standing("hold"));
  }
  Answer approve() { return shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})"); }
};

TEST_F(AtApproval, ARuleLetsTheApprovedOrderFail) {
  shop.given(rule("approval", "refuse", kStanding));
  EXPECT_EQ(approve().events, "ApprovalGranted OrderApproved OrderFailed");
  const std::string_view again = R"("RetryOrder":{"order":"O-1"})";
  EXPECT_EQ(shop.when(again).reasons, "refused_by_rule");
  shop.given(standing("good"));
  EXPECT_EQ(shop.when(again).events, "OrderRetried CreditCommitted");
}

TEST_F(AtApproval, ARuleHoldsTheApprovedOrder) {
  shop.given(rule("approval", "hold", kStanding));
  EXPECT_EQ(approve().events, "ApprovalGranted OrderApproved OrderHeld");
  EXPECT_EQ(shop.when(standing("good")).follow_ups, "HoldReleased CreditCommitted");
}

TEST_F(AtApproval, ARuleHoldsAnOrderThatCountsAlready) {
  shop.policy("credit.at", "placement");
  shop.given(standing("good"));
  shop.place("O-2", "bolt", "60", R"("buyer":"ann")");
  ASSERT_TRUE(shop.is_taken("O-2"));
  shop.given(standing("hold"));
  shop.given(rule("approval", "hold", kStanding));
  EXPECT_EQ(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-2"})").events,
            "ApprovalGranted OrderApproved OrderHeld");
  EXPECT_EQ(shop.when(standing("good")).follow_ups, "HoldReleased");
}

TEST_F(AtApproval, ARuleWarnsWithTheLastYes) {
  shop.given(rule("approval", "warn", kStanding));
  EXPECT_EQ(approve().events, "ApprovalGranted OrderApproved CommandWarned CreditCommitted");
}

TEST_F(AtApproval, PlacingIsTheApprovalWhereNobodyIsAsked) {
  shop.given(rule("approval", "refuse", kStanding));
  EXPECT_EQ(shop.place("O-2", "bolt", "1").reasons, "refused_by_rule");
  EXPECT_TRUE(shop.place("O-3", "bolt", "60", R"("buyer":"ann")").has("ApprovalRequested"));
}

TEST_F(RuleMoments, ANewDayHoldsWhatIsOnItsWay) {
  shop.given(rule("day", "hold", R"("figure":"overdue_amount","amount":"0.00")"));
  shop.place("O-1", "penny", "100");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");  // due at once
  shop.place("O-2", "penny", "1");
  shop.place("O-3", "penny", "1");
  shop.cancel("O-3");
  EXPECT_FALSE(shop.is_held("O-2"));
  const Answer day = shop.when(R"("OpenBusinessDay":{"date":"2026-03-03"})");
  EXPECT_EQ(day.follow_ups, "OrderHeld");
  EXPECT_TRUE(shop.is_held("O-2"));
  EXPECT_EQ(shop.allocate("O-2").reasons, "on_hold");
  shop.place("O-4", "penny", "1");  // of this day: looked at when the next one opens
  EXPECT_FALSE(shop.is_held("O-4"));
  shop.day("2026-03-04");
  EXPECT_TRUE(shop.is_held("O-4"));
  shop.pay("P-1", "acme", "1.00");
  EXPECT_FALSE(shop.is_held("O-2"));
  EXPECT_FALSE(shop.is_held("O-4"));
}

TEST_F(RuleMoments, ANewDayLooksAtManyOrdersInParts) {
  shop.check_every(500);
  shop.given(rule("day", "hold", kStanding));
  for (int i = 1; i <= 150; ++i)
    shop.place("O-" + std::to_string(i), "penny", "1");
  shop.given(standing("hold"));
  const std::size_t before = shop.decisions();
  shop.day("2026-03-03");
  EXPECT_GE(shop.decisions(), before + 3);
  for (int i = 1; i <= 150; ++i)
    EXPECT_TRUE(shop.is_held("O-" + std::to_string(i))) << i;
  shop.given(standing("good"));
  for (int i = 1; i <= 150; ++i)
    EXPECT_FALSE(shop.is_held("O-" + std::to_string(i))) << i;
}

TEST_F(RuleMoments, ANewDayOrdersNothingWhereThereIsNoSuchRule) {
  shop.place("O-1", "penny", "1");
  const std::size_t before = shop.decisions();
  shop.day("2026-03-03");
  EXPECT_EQ(shop.decisions(), before + 1);
}

}  // namespace
}  // namespace kontor::test
