// Groups that climb: the nearest person up the tree whose own limits cover the order.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string by(std::string_view person, std::string_view command, std::string_view order) {
  return R"("actor":")" + std::string(person) + R"(",")" + std::string(command) +
         R"(":{"order":")" + std::string(order) + R"("})";
}

std::string person(std::string_view name, std::string_view company, std::string_view role,
                   std::string_view limit, std::string_view reach = "company_and_below") {
  std::string out = R"("RegisterBuyer":{"buyer":")" + std::string(name) + R"(","company":")" +
                    std::string(company) + R"(","roles":[{"role":")" + std::string(role) +
                    R"(","reach":")" + std::string(reach) + "\"}]";
  if (!limit.empty()) out += R"(,"order_limit":")" + std::string(limit) + "\"";
  return out + "}";
}

// group over region over unit; everything is asked by climbing. A penny costs 0.01 without tax.
class Tree : public Shop {
 public:
  Tree() {
    given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
    given(R"("RegisterCompany":{"company":"region","currency":"EUR","parent":"group"})");
    given(R"("RegisterCompany":{"company":"unit","currency":"EUR","parent":"region"})");
    given(person("una", "unit", "buyer", "500.00"));
    given(person("uli", "unit", "approver", "2000.00"));
    given(person("rea", "region", "approver", "5000.00"));
    given(person("gus", "group", "admin", "1.00"));
    given(R"("SetRule":{"rule":"climb","outcome":"ask","tiers":[{"groups":[{"climb":true}]}],
             "conditions":[{"figure":"order_total_with_tax","amount":"500.00"}]})");
    given(R"("SetRule":{"rule":"order-limit","outcome":"ask","withdrawn":true,
             "tiers":[{"groups":[{"roles":["approver"]}]}]})");
  }
  ~Tree() override = default;

  Answer order(std::string_view name, std::string_view pennies,
               std::string_view more = R"("buyer":"una")") {
    return when(R"("PlaceOrder":{"order":")" + std::string(name) + R"(","company":"unit",)" +
                std::string(more) + R"(,"lines":[{"item":"penny","quantity":")" +
                std::string(pennies) + R"("}]})");
  }
};

// SAP-3: 2,500.00 is above the unit's approver and within the region's.
TEST(ClimbingGroup, AsksTheParentsApproverWhereTheUnitsLimitDoesNotCoverTheOrder) {
  Tree tree;
  EXPECT_EQ(tree.order("O-1", "250000").events, "OrderPlaced ApprovalRequested");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_EQ(tree.when(by("gus", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  const Answer yes = tree.when(by("rea", "ApproveOrder", "O-1"));
  EXPECT_EQ(yes.events, "ApprovalGranted OrderApproved CreditCommitted");
  EXPECT_NE(yes.body("ApprovalGranted").find(R"("voted_as":"climb","role":"approver")"),
            std::string::npos)
      << yes.body("ApprovalGranted");
}

// SAP-3: nobody covers 9,000.00.
TEST(ClimbingGroup, AsksTheRootsAdminWhereNobodysLimitCoversTheOrder) {
  Tree tree;
  tree.order("O-1", "900000");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("gus", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ClimbingGroup, TakesALimitThatIsJustReached) {
  Tree tree;
  tree.order("O-1", "200000");
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-1")).has("OrderApproved"));
  tree.order("O-2", "200001");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-2")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("rea", "ApproveOrder", "O-2")).has("OrderApproved"));
}

TEST(ClimbingGroup, TakesAnAbsentLimitByPolicy) {
  Tree tree;
  tree.given(person("uwe", "unit", "approver", ""));
  tree.order("O-1", "900000");
  EXPECT_TRUE(tree.when(by("uwe", "ApproveOrder", "O-1")).has("OrderApproved"));
  tree.policy("spending.absent_limit", "zero");
  tree.order("O-2", "900000");
  EXPECT_EQ(tree.when(by("uwe", "ApproveOrder", "O-2")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("gus", "ApproveOrder", "O-2")).has("OrderApproved"));
}

TEST(ClimbingGroup, DoesNotTakeALimitInAnotherCurrency) {
  Tree tree;
  tree.given(R"("RegisterBuyer":{"buyer":"uli","company":"unit","order_limit":"2000.00",
               "currency":"USD","roles":[{"role":"approver"}]})");
  tree.order("O-1", "60000");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("rea", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// E-A11. A person of another branch is not up the tree.
TEST(ClimbingGroup, RefusesNoApproverWhereNobodyUpTheTreeIsLeft) {
  Tree tree;
  tree.given(person("gus", "group", "buyer", ""));
  EXPECT_EQ(tree.order("O-1", "900000").reasons, "no_approver");
  tree.given(R"("RegisterCompany":{"company":"other","currency":"EUR","parent":"group"})");
  tree.given(person("olaf", "other", "approver", ""));
  EXPECT_EQ(tree.order("O-2", "900000").reasons, "no_approver");
  tree.given(person("rea", "region", "approver", "9000.00"));
  EXPECT_EQ(tree.order("O-3", "900000").events, "OrderPlaced ApprovalRequested");
}

// E-A11. A company without a parent is the root of its own tree.
TEST(ClimbingGroup, StopsAtACompanyWithoutParents) {
  Tree tree;
  tree.given(R"("RegisterCompany":{"company":"orphan","currency":"EUR"})");
  const std::string order = R"("PlaceOrder":{"order":"O-1","company":"orphan",
      "lines":[{"item":"penny","quantity":"60000"}]})";
  EXPECT_EQ(tree.when(order).reasons, "no_approver");
  tree.given(person("otto", "orphan", "admin", "1.00", "company"));
  EXPECT_TRUE(tree.when(order).has("ApprovalRequested"));
  EXPECT_TRUE(tree.when(by("otto", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ClimbingGroup, LeavesOutWhoseRoleDoesNotReachTheOrderer) {
  Tree tree;
  tree.given(person("rea", "region", "approver", "5000.00", "company"));
  tree.order("O-1", "250000");
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("gus", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ClimbingGroup, LooksForItsOwnRolesWhereItNamesSome) {
  Tree tree;
  tree.given(person("fred", "region", "finance", "9000.00"));
  tree.given(R"("SetRule":{"rule":"climb","outcome":"ask",
               "tiers":[{"groups":[{"climb":true,"roles":["finance"]}]}]})");
  tree.order("O-1", "60000");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("fred", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ClimbingGroup, AsksTheNearestTwoWhereItNeedsTwo) {
  Tree tree;
  tree.given(R"("SetRule":{"rule":"climb","outcome":"ask",
               "tiers":[{"groups":[{"climb":true,"needed":2}]}]})");
  tree.order("O-1", "60000");
  EXPECT_EQ(tree.when(by("gus", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// E-A2: authority is judged at the moment of the decision.
TEST(ClimbingGroup, IsResolvedAnewWhenALimitIsLowered) {
  Tree tree;
  tree.order("O-1", "150000");
  tree.given(person("uli", "unit", "approver", "1000.00"));
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("rea", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ClimbingGroup, IsResolvedAnewWhenAnApproverLeavesOrLosesTheRole) {
  Tree tree;
  tree.order("O-1", "150000");
  tree.order("O-2", "150000");
  tree.given(person("uli", "unit", "buyer", "2000.00"));
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  tree.given(R"("RegisterBuyer":{"buyer":"rea","company":"region","status":"inactive"})");
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("gus", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// A yes keeps counting although somebody nearer could be asked by now.
TEST(ClimbingGroup, KeepsAYesOfWhoIsNotTheNearestAnyMore) {
  Tree tree;
  tree.given(R"("SetRule":{"rule":"second","outcome":"ask",
               "tiers":[{"groups":[{"people":["bob"]}]}]})");
  tree.order("O-1", "250000");
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  tree.given(person("uwe", "unit", "approver", "9000.00"));
  EXPECT_TRUE(tree.when(by("bob", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// ---- limits of a period -------------------------------------------------------------------------

// uli approves for the unit, orders for it too, and may spend 3,000.00 a month himself.
class Month : public Tree {
 public:
  Month() {
    given(R"("RegisterBuyer":{"buyer":"uli","company":"unit","order_limit":"2000.00",
             "period_limit":"3000.00","period":"month",
             "roles":[{"role":"approver"},{"role":"buyer"}]})");
    policy("spending.absent_limit", "unlimited");
  }
  ~Month() override = default;

  // uli orders for himself, and rea says yes where she is asked.
  void spend(std::string_view name, std::string_view pennies) {
    const Answer placed = order(name, pennies, R"("buyer":"uli")");
    if (placed.has("ApprovalRequested")) given(by("rea", "ApproveOrder", name));
  }
};

TEST(ClimbingGroup, CountsWhatThePersonsPeriodHasTaken) {
  Month tree;
  tree.spend("U-1", "150000");
  tree.order("O-1", "150000");  // 3,000.00 with it: just covered
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-1")).has("OrderApproved"));
  tree.order("O-2", "150001");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-2")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("rea", "ApproveOrder", "O-2")).has("OrderApproved"));
}

TEST(ClimbingGroup, CountsThePeriodOfTheDayOnWhichThePersonAnswers) {
  Month tree;
  tree.spend("U-1", "150001");
  tree.order("O-1", "150000");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  tree.day("2026-03-31");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  tree.day("2026-04-01");
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(ClimbingGroup, NeedsBothLimitsToCoverTheOrder) {
  Month tree;
  tree.given(R"("RegisterBuyer":{"buyer":"uli","company":"unit","order_limit":"2000.00",
               "period_limit":"1000.00","period":"month","roles":[{"role":"approver"}]})");
  tree.order("O-1", "100000");
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-1")).has("OrderApproved"));
  tree.order("O-2", "100001");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-2")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("rea", "ApproveOrder", "O-2")).has("OrderApproved"));
}

// H2: a missing limit of a period counts as zero where the policy says so.
TEST(ClimbingGroup, TakesAnAbsentPeriodLimitByPolicy) {
  Month tree;
  tree.policy("spending.absent_limit", "zero");
  tree.order("O-1", "250000");  // rea has an order limit alone
  EXPECT_EQ(tree.when(by("rea", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(tree.when(by("gus", "ApproveOrder", "O-1")).has("OrderApproved"));
  tree.order("O-2", "150000");  // uli has both
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-2")).has("OrderApproved"));
}

// What is given back makes room again.
TEST(ClimbingGroup, CountsNothingOfWhatThePersonsPeriodGotBack) {
  Month tree;
  tree.spend("U-1", "200000");
  tree.order("O-1", "150000");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  tree.cancel("U-1");
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// What the order itself has taken of the placer's period is not counted twice.
TEST(ClimbingGroup, CountsThePlacersOwnOrderOnce) {
  Month tree;
  tree.order("O-1", "180000", R"("buyer":"uli")");  // waits, and has taken 1,800.00
  tree.policy("approval.self", "allowed");
  EXPECT_TRUE(tree.when(by("uli", "ApproveOrder", "O-1")).has("OrderApproved"));
  EXPECT_EQ(tree.order("O-2", "120000", R"("buyer":"uli")").events,
            "OrderPlaced OrderApproved SpendingTaken CreditCommitted");
  EXPECT_TRUE(tree.order("O-3", "60000", R"("buyer":"uli")").has("ApprovalRequested"));
}

// A period that fills up later takes no yes back, as a lower order limit does.
TEST(ClimbingGroup, KeepsAYesWhosePeriodHasFilledUpSince) {
  Month tree;
  tree.given(R"("SetRule":{"rule":"second","outcome":"ask",
               "tiers":[{"number":2,"groups":[{"people":["bob"]}]}]})");
  tree.order("O-1", "150000");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  tree.order("U-1", "200000", R"("buyer":"uli")");
  EXPECT_TRUE(tree.when(by("bob", "ApproveOrder", "O-1")).has("OrderApproved"));

  tree.order("O-2", "90000");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-2")).events, "ApprovalGranted");
  tree.given(person("uli", "unit", "approver", "800.00"));
  EXPECT_EQ(tree.when(by("bob", "ApproveOrder", "O-2")).reasons, "not_this_tier");
}

TEST(ClimbingGroup, PassesOverThePlacerUnlessPlacingMayApprove) {
  Tree tree;
  EXPECT_EQ(tree.order("O-1", "150000", R"("buyer":"uli")").reasons, "not_in_scope");
  tree.given(R"("RegisterBuyer":{"buyer":"uli","company":"unit","order_limit":"2000.00",
               "roles":[{"role":"approver"},{"role":"buyer"}]})");
  tree.order("O-2", "150000", R"("buyer":"uli")");
  EXPECT_EQ(tree.when(by("uli", "ApproveOrder", "O-2")).reasons, "self_approval");
  EXPECT_TRUE(tree.when(by("rea", "ApproveOrder", "O-2")).has("OrderApproved"));
  tree.policy("approval.self", "sole_holder");
  EXPECT_TRUE(tree.order("O-3", "150000", R"("buyer":"uli")").has("ApprovalRequested"));
  tree.policy("approval.self", "allowed");
  EXPECT_EQ(tree.order("O-4", "150000", R"("buyer":"uli")").events,
            "OrderPlaced OrderApproved CreditCommitted");
}

TEST(SetRule, TakesAGroupThatOnlyClimbs) {
  Shop shop;
  EXPECT_EQ(
      shop.when(R"("SetRule":{"rule":"r","outcome":"ask","tiers":[{"groups":[{}]}]})").reasons,
      "invalid_value");
  EXPECT_FALSE(
      shop.when(R"("SetRule":{"rule":"r","outcome":"ask","tiers":[{"groups":[{"climb":true}]}]})")
          .refused());
}

}  // namespace
}  // namespace kontor::test
