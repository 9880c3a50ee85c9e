// Asking people: who is asked, who may answer, in which order, and what an answer does.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string by(std::string_view person, std::string_view command, std::string_view order) {
  return R"("actor":")" + std::string(person) + R"(",")" + std::string(command) +
         R"(":{"order":")" + std::string(order) + R"("})";
}

constexpr std::string_view kByAnn = R"("buyer":"ann")";

// 42 bolts are 504.00 with tax, above ann's 500.00.
TEST(PlaceOrder, AsksOverOrderLimitWithTax) {
  Shop shop;
  EXPECT_EQ(shop.place("O-1", "penny", "50000", kByAnn).events,
            "OrderPlaced OrderApproved CreditCommitted");
  const Answer answer = shop.place("O-2", "bolt", "41", R"("buyer":"ann")");
  EXPECT_EQ(answer.status, StatusCode::kDone);
  shop.cancel("O-1");
  const Answer over = shop.place("O-3", "bolt", "42", kByAnn);
  EXPECT_EQ(over.events, "OrderPlaced ApprovalRequested");
  EXPECT_EQ(over.reasons, "over_order_limit");
  EXPECT_EQ(over.grounds.at(0).found, "504.00");
  EXPECT_EQ(over.grounds.at(0).allowed, "500.00");
}

// SAN-1, with a limit of 250.00.
TEST(PlaceOrder, IsPendingAboveTheOrderLimitAndMovesNoGoodsWhileNotApproved) {
  Shop shop;
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","order_limit":"250.00",
               "roles":[{"role":"buyer"}]})");
  EXPECT_TRUE(shop.place("O-1", "penny", "25000", kByAnn).has("OrderApproved"));
  EXPECT_TRUE(shop.place("O-2", "penny", "25001", kByAnn).has("ApprovalRequested"));
  EXPECT_EQ(shop.allocate("O-2").reasons, "not_approved");
  EXPECT_EQ(shop.ship("O-2", "S-2").reasons, "not_approved");
  EXPECT_EQ(shop.invoice("O-2", "I-2").reasons, "not_approved");
  EXPECT_EQ(shop.exposure("acme"), 25000);
  const Answer yes = shop.when(by("bob", "ApproveOrder", "O-2"));
  EXPECT_EQ(yes.events, "ApprovalGranted OrderApproved CreditCommitted");
  EXPECT_EQ(shop.allocate("O-2").events, "StockReserved");
  EXPECT_EQ(shop.exposure("acme"), 50001);

  shop.place("O-3", "penny", "25001", kByAnn);
  const Answer no = shop.when(by("bob", "RejectOrder", "O-3"));
  EXPECT_EQ(no.events, "OrderRejected LinesCancelled OrderCancelled");
  EXPECT_EQ(shop.allocate("O-3").reasons, "not_approved");
  EXPECT_EQ(shop.when(by("bob", "ApproveOrder", "O-3")).reasons, "request_closed");
}

TEST(ApproveOrder, RefusesWhoIsNotAnApprover) {
  Shop shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(R"("RegisterBuyer":{"buyer":"carl","company":"acme","roles":[{"role":"buyer"}]})");
  EXPECT_EQ(shop.when(by("carl", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_EQ(shop.when(by("nobody", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_EQ(shop.when(by("carl", "RejectOrder", "O-1")).reasons, "not_an_approver");
}

TEST(ApproveOrder, RefusesRequestClosedOnceApproved) {
  Shop shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(by("bob", "ApproveOrder", "O-1"));
  EXPECT_EQ(shop.when(by("bob", "ApproveOrder", "O-1")).reasons, "request_closed");
  EXPECT_EQ(shop.when(by("bob", "RejectOrder", "O-1")).reasons, "request_closed");
}

TEST(ApproveOrder, RefusesUnknownOrder) {
  Shop shop;
  EXPECT_EQ(shop.when(by("bob", "ApproveOrder", "O-9")).reasons, "unknown_order");
}

void make_ann_an_approver(Story& shop) {
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","order_limit":"500.00",
               "roles":[{"role":"buyer"},{"role":"approver"}]})");
}

void remove_bob(Story& shop) {
  shop.given(R"("RegisterBuyer":{"buyer":"bob","company":"acme","status":"inactive"})");
}

TEST(ApproveOrder, RefusesSelfApproval) {
  Shop shop;
  make_ann_an_approver(shop);
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_EQ(shop.when(by("ann", "ApproveOrder", "O-1")).reasons, "self_approval");
}

TEST(PlaceOrder, IsApprovedByPlacingItWhereSelfApprovalIsAllowed) {
  Shop shop;
  make_ann_an_approver(shop);
  shop.policy("approval.self", "allowed");
  const Answer answer = shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_EQ(answer.events, "OrderPlaced OrderApproved CreditCommitted");
  EXPECT_NE(answer.body("OrderApproved").find("\"self\""), std::string::npos);
}

TEST(PlaceOrder, RefusesNoApprover) {
  Shop shop;
  remove_bob(shop);
  EXPECT_EQ(shop.place("O-1", "bolt", "42", kByAnn).reasons, "no_approver");
  make_ann_an_approver(shop);
  EXPECT_EQ(shop.place("O-1", "bolt", "42", kByAnn).reasons, "no_approver");
}

TEST(PlaceOrder, IsApprovedByTheSoleHolderOfTheRole) {
  Shop shop;
  make_ann_an_approver(shop);
  shop.policy("approval.self", "sole_holder");
  EXPECT_TRUE(shop.place("O-1", "bolt", "42", kByAnn).has("ApprovalRequested"));
  remove_bob(shop);
  EXPECT_TRUE(shop.place("O-2", "bolt", "42", kByAnn).has("OrderApproved"));
}

// What only the placer may answer is answered by placing; what others may is still asked of them.
TEST(PlaceOrder, AsksTheOtherGroupsWhereThePlacerIsSoleHolderOfOne) {
  Shop shop;
  make_ann_an_approver(shop);
  shop.policy("approval.self", "sole_holder");
  remove_bob(shop);
  shop.given(R"("RegisterBuyer":{"buyer":"cfo","company":"acme","roles":[{"role":"finance"}]})");
  shop.given(R"("SetRule":{"rule":"finance","outcome":"ask",
               "tiers":[{"number":1,"groups":[{"roles":["finance"]}]}],
               "conditions":[{"figure":"order_total_with_tax","amount":"100.00"}]})");
  EXPECT_EQ(shop.place("O-1", "bolt", "42", kByAnn).events,
            "OrderPlaced ApprovalRequested ApprovalGranted");
  EXPECT_EQ(shop.when(by("cfo", "ApproveOrder", "O-1")).events,
            "ApprovalGranted OrderApproved CreditCommitted");
}

void ask_two_tiers(Story& shop) {
  for (const std::string_view person : {"t1", "t2", "t2b"}) {
    shop.given(R"("RegisterBuyer":{"buyer":")" + std::string(person) +
               R"(","company":"acme","roles":[{"role":")" + std::string(person.substr(0, 2)) +
               R"("}]})");
  }
  shop.given(R"("SetRule":{"rule":"tiers","outcome":"ask","tiers":[
               {"number":1,"groups":[{"roles":["t1"]}]},
               {"number":2,"groups":[{"roles":["t2"],"needed":2}]}]})");
}

TEST(ApproveOrder, GoesThroughTiersInSequenceAndRefusesNotThisTier) {
  Shop shop;
  ask_two_tiers(shop);
  EXPECT_EQ(shop.place("O-1", "bolt", "1").reasons, "rule_matched");
  EXPECT_EQ(shop.when(by("t2", "ApproveOrder", "O-1")).reasons, "not_this_tier");
  EXPECT_EQ(shop.when(by("t1", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_EQ(shop.when(by("t2", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_EQ(shop.when(by("t2", "ApproveOrder", "O-1")).reasons, "not_this_tier");
  EXPECT_EQ(shop.when(by("t2b", "ApproveOrder", "O-1")).events,
            "ApprovalGranted OrderApproved CreditCommitted");
}

// Everybody of a group is asked once, however often its rule names a person.
TEST(ApproveOrder, AsksEverybodyOnceThoughARuleNamesAPersonTwice) {
  Shop shop;
  shop.given(R"("RegisterCompany":{"company":"board","currency":"EUR"})");
  for (const std::string_view person : {"eva", "udo"}) {
    shop.given(R"("RegisterBuyer":{"buyer":")" + std::string(person) +
               R"(","company":"board","roles":[{"role":"director"}]})");
  }
  shop.given(R"("SetRule":{"rule":"all","outcome":"ask","tiers":[{"groups":[
               {"people":["eva","udo","eva"],"needed":65535}]}]})");
  shop.place("O-1", "bolt", "1");
  EXPECT_EQ(shop.when(by("eva", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_EQ(shop.when(by("udo", "ApproveOrder", "O-1")).events,
            "ApprovalGranted OrderApproved CreditCommitted");
}

TEST(ApproveOrder, TakesAnyTierWhereTheyAreOpenTogether) {
  Shop shop;
  ask_two_tiers(shop);
  shop.policy("approval.tiers", "together");
  shop.place("O-1", "bolt", "1");
  EXPECT_EQ(shop.when(by("t2", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_EQ(shop.when(by("t2b", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_TRUE(shop.when(by("t1", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ApproveOrder, CountsForAllOfThePersonsGroupsOfTheTier) {
  Shop shop;
  shop.given(R"("RegisterBuyer":{"buyer":"both","company":"acme",
               "roles":[{"role":"a"},{"role":"b"}]})");
  shop.given(R"("SetRule":{"rule":"two","outcome":"ask","tiers":[
               {"number":1,"groups":[{"roles":["a"]},{"roles":["b"]}]}]})");
  shop.place("O-1", "bolt", "1");
  EXPECT_TRUE(shop.when(by("both", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ApproveOrder, KeepsTheRuleAsItWasWhenTheOrderWasPlaced) {
  Shop shop;
  ask_two_tiers(shop);
  shop.place("O-1", "bolt", "1");
  shop.given(R"("SetRule":{"rule":"tiers","outcome":"ask","withdrawn":true,
               "tiers":[{"number":1,"groups":[{"roles":["approver"]}]}]})");
  EXPECT_EQ(shop.when(by("bob", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_EQ(shop.when(by("t1", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_TRUE(shop.place("O-2", "bolt", "1").has("OrderApproved"));
}

TEST(ApproveOrder, IsExaminedAgainAgainstTheLimitThen) {
  Shop shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.place("O-2", "penny", "60000");
  const Answer answer = shop.when(by("bob", "ApproveOrder", "O-1"));
  EXPECT_EQ(answer.events, "ApprovalGranted OrderApproved OrderHeld");
  EXPECT_TRUE(shop.is_held("O-1"));
}

// credit.at = placement reserves credit while approval is pending.
TEST(PlaceOrder, TakesCreditWhilePendingWhereThePolicySaysPlacement) {
  Shop shop;
  shop.policy("credit.at", "placement");
  EXPECT_EQ(shop.place("O-1", "bolt", "42", kByAnn).events,
            "OrderPlaced ApprovalRequested CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 50400);
  EXPECT_TRUE(shop.place("O-2", "penny", "60000").has("OrderHeld"));
  const Answer no = shop.when(by("bob", "RejectOrder", "O-1"));
  EXPECT_EQ(no.events, "OrderRejected LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(no.follow_ups, "HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 60000);
}

TEST(PlaceOrder, IsApprovedByARuleThatSaysSo) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"trusted","outcome":"approve",
               "scope_kind":"buyer","scope":"ann"})");
  EXPECT_TRUE(shop.place("O-1", "bolt", "42", kByAnn).has("OrderApproved"));
}

TEST(PlaceOrder, AsksEveryoneWithoutALimitWherePolicySaysZero) {
  Shop shop;
  shop.given(R"("RegisterBuyer":{"buyer":"carl","company":"acme","roles":[{"role":"buyer"}]})");
  EXPECT_TRUE(shop.place("O-1", "bolt", "1", R"("buyer":"carl")").has("OrderApproved"));
  shop.policy("spending.absent_limit", "zero");
  EXPECT_EQ(shop.place("O-2", "bolt", "1", R"("buyer":"carl")").reasons, "over_order_limit");
}

}  // namespace
}  // namespace kontor::test
