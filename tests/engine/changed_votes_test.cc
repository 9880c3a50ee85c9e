// Votes that change: taken back, turned into a no, given anew in a later tier; and overriding all.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string by(std::string_view person, std::string_view command, std::string_view order,
               std::string_view more = "") {
  return R"("actor":")" + std::string(person) + R"(",")" + std::string(command) +
         R"(":{"order":")" + std::string(order) + "\"" + std::string(more) + "}";
}

std::string person(std::string_view name, std::string_view roles) {
  return R"("RegisterBuyer":{"buyer":")" + std::string(name) + R"(","company":"acme","roles":[)" +
         std::string(roles) + "]}";
}

constexpr std::string_view kByAnn = R"("buyer":"ann")";

// CT-1: tier 1 is a manager; tier 2 (finance or cfo) and legal. max is manager and finance.
class Tiers : public Shop {
 public:
  Tiers() {
    given(person("max", R"({"role":"manager"},{"role":"finance"})"));
    given(person("cfo", R"({"role":"cfo"})"));
    given(person("lea", R"({"role":"legal"})"));
    given(R"("SetRule":{"rule":"large","outcome":"ask","tiers":[
             {"number":1,"groups":[{"roles":["manager"]}]},
             {"number":2,"groups":[{"roles":["finance","cfo"]},{"roles":["legal"]}]}],
             "conditions":[{"figure":"order_total_with_tax","amount":"100.00"}]})");
    place("O-1", "penny", "20000");
  }
  ~Tiers() override = default;
};

TEST(ApproveOrder, CountsAgainInALaterTier) {
  Tiers shop;
  EXPECT_EQ(shop.when(by("lea", "ApproveOrder", "O-1")).reasons, "not_this_tier");
  EXPECT_EQ(shop.when(by("max", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_EQ(shop.when(by("max", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_TRUE(shop.when(by("lea", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// CT-1, step 3: the cfo has said yes, and the manager, who also holds finance, may do so again.
TEST(ApproveOrder, IsTakenWhereTheGroupHasEnoughAndItsTierIsOpen) {
  Tiers shop;
  shop.given(by("max", "ApproveOrder", "O-1"));
  EXPECT_EQ(shop.when(by("cfo", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  const Answer again = shop.when(by("max", "ApproveOrder", "O-1"));
  EXPECT_EQ(again.events, "ApprovalGranted");
  EXPECT_NE(again.body("ApprovalGranted").find(R"("role":"finance")"), std::string::npos);
  EXPECT_EQ(shop.when(by("max", "ApproveOrder", "O-1")).reasons, "not_this_tier");  // once a tier
  EXPECT_EQ(shop.when(by("cfo", "ApproveOrder", "O-1")).reasons, "not_this_tier");
  EXPECT_TRUE(shop.when(by("lea", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// It stands where the other is taken back.
TEST(ApproveOrder, CountsWhereTheYesThatWasEnoughIsTakenBack) {
  Tiers shop;
  shop.given(by("max", "ApproveOrder", "O-1"));
  shop.given(by("cfo", "ApproveOrder", "O-1"));
  shop.given(by("max", "ApproveOrder", "O-1"));
  shop.given(by("cfo", "WithdrawApproval", "O-1"));
  EXPECT_TRUE(shop.when(by("lea", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// Of two groups of a person the one that waits is answered.
TEST(ApproveOrder, AnswersTheGroupThatWaitsBeforeOneThatHasEnough) {
  Tiers shop;
  shop.given(person("max", R"({"role":"manager"},{"role":"finance"},{"role":"legal"})"));
  shop.given(by("max", "ApproveOrder", "O-1"));
  shop.given(by("cfo", "ApproveOrder", "O-1"));
  const Answer last = shop.when(by("max", "ApproveOrder", "O-1"));
  EXPECT_TRUE(last.has("OrderApproved"));
  EXPECT_NE(last.body("ApprovalGranted").find(R"("role":"legal")"), std::string::npos);
}

TEST(RejectOrder, EndsARequestWhateverOthersSaid) {
  Tiers shop;
  shop.given(by("max", "ApproveOrder", "O-1"));
  shop.given(by("cfo", "ApproveOrder", "O-1"));
  const Answer no = shop.when(by("lea", "RejectOrder", "O-1", R"(,"comment":"too dear")"));
  EXPECT_EQ(no.events, "OrderRejected LinesCancelled OrderCancelled");
  EXPECT_NE(no.body("OrderRejected").find("too dear"), std::string::npos);
  const EndedRequest* const ended =
      shop.book().approvals().find_ended(OrderRef{shop.order("O-1").ref});
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(ended->end, ApprovalEnd::rejected);
  EXPECT_EQ(ended->by, "lea");
  EXPECT_EQ(ended->comment, "too dear");
  EXPECT_EQ(ended->votes.size(), 2U);
}

// E-A6: approved, then rejected by the same person while the tier is open.
TEST(RejectOrder, MayFollowOnesOwnApprovalWhileTheTierIsOpen) {
  Tiers shop;
  shop.given(by("max", "ApproveOrder", "O-1"));
  shop.given(by("cfo", "ApproveOrder", "O-1"));
  EXPECT_TRUE(shop.when(by("cfo", "RejectOrder", "O-1")).has("OrderRejected"));
}

TEST(RejectOrder, RefusesNotThisTierOnceTheTierIsDone) {
  Tiers shop;
  shop.given(person("max", R"({"role":"manager"})"));
  shop.given(by("max", "ApproveOrder", "O-1"));
  EXPECT_EQ(shop.when(by("max", "RejectOrder", "O-1")).reasons, "not_this_tier");
}

// E-A6: a late click is told what the request ended as.
TEST(ApproveOrder, IsToldWhatAClosedRequestEndedAs) {
  Tiers shop;
  shop.place("O-2", "penny", "20000");
  shop.place("O-3", "penny", "20000");
  shop.given(by("max", "RejectOrder", "O-1"));
  shop.cancel("O-2");
  for (const std::string_view who : {"max", "cfo", "lea"})
    shop.given(by(who, "ApproveOrder", "O-3"));
  shop.place("O-4", "penny", "1");
  const auto ended_as = [&](std::string_view order) {
    const Answer late = shop.when(by("max", "ApproveOrder", order));
    EXPECT_EQ(late.reasons, "request_closed");
    return late.grounds.at(0).found;
  };
  EXPECT_EQ(ended_as("O-1"), "rejected");
  EXPECT_EQ(ended_as("O-2"), "cancelled");
  EXPECT_EQ(ended_as("O-3"), "approved");
  EXPECT_EQ(ended_as("O-4"), "approved");
  EXPECT_EQ(shop.when(by("max", "WithdrawApproval", "O-3")).reasons, "request_closed");
  EXPECT_EQ(shop.when(by("max", "OverrideApproval", "O-3")).reasons, "request_closed");
}

// E-A7: two approvers act on the same version.
TEST(ApproveOrder, RefusesTheSecondOfTwoWhoActOnOneVersion) {
  Tiers shop;
  shop.given(by("max", "ApproveOrder", "O-1"));
  const std::string version =
      R"("expected_version":)" + std::to_string(shop.order("O-1").version) + ",";
  EXPECT_FALSE(shop.when(version + by("cfo", "ApproveOrder", "O-1")).refused());
  EXPECT_EQ(shop.when(version + by("lea", "ApproveOrder", "O-1")).reasons, "wrong_version");
}

// E-A13: many commands, each with its own answer.
TEST(ApproveOrder, LetsTheOthersOfABulkPassWhereOneIsRefused) {
  Tiers shop;
  shop.given(person("max", R"({"role":"manager"},{"role":"finance"},{"role":"legal"})"));
  int done = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string order = "B-" + std::to_string(i);
    shop.place(order, "penny", "10001");
    if (i == 17) shop.cancel(order);
    done += shop.when(by("max", "ApproveOrder", order)).refused() ? 0 : 1;
  }
  EXPECT_EQ(done, 49);
}

TEST(WithdrawApproval, TakesAYesBackWhileItsTierIsOpen) {
  Tiers shop;
  shop.given(by("max", "ApproveOrder", "O-1"));
  shop.given(by("cfo", "ApproveOrder", "O-1"));
  EXPECT_EQ(shop.when(by("cfo", "WithdrawApproval", "O-1", R"(,"comment":"wait")")).events,
            "ApprovalWithdrawn");
  EXPECT_EQ(shop.when(by("lea", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_TRUE(shop.when(by("cfo", "ApproveOrder", "O-1")).has("OrderApproved"));
}

TEST(WithdrawApproval, RefusesNotThisTierOnceTheTierIsDone) {
  Tiers shop;
  shop.given(by("max", "ApproveOrder", "O-1"));
  EXPECT_EQ(shop.when(by("max", "WithdrawApproval", "O-1")).reasons, "not_this_tier");
  shop.policy("approval.tiers", "together");
  EXPECT_EQ(shop.when(by("max", "WithdrawApproval", "O-1")).events, "ApprovalWithdrawn");
}

TEST(WithdrawApproval, RefusesNothingToWithdraw) {
  Tiers shop;
  EXPECT_EQ(shop.when(by("max", "WithdrawApproval", "O-1")).reasons, "nothing_to_withdraw");
  EXPECT_EQ(shop.when(by("nobody", "WithdrawApproval", "O-1")).reasons, "nothing_to_withdraw");
  EXPECT_EQ(shop.when(by("max", "WithdrawApproval", "O-9")).reasons, "unknown_order");
}

// One person is one voice, also where all tiers are open together.
TEST(ApproveOrder, CountsAPersonOnceInAGroupWhereTiersAreOpenTogether) {
  Shop shop;
  shop.given(person("max", R"({"role":"a"},{"role":"b"})"));
  shop.given(person("eva", R"({"role":"b"})"));
  shop.policy("approval.tiers", "together");
  shop.given(R"("SetRule":{"rule":"two","outcome":"ask","tiers":[
               {"number":1,"groups":[{"roles":["a"]}]},
               {"number":2,"groups":[{"roles":["b"],"needed":2}]}]})");
  shop.place("O-1", "bolt", "1");
  EXPECT_EQ(shop.when(by("max", "ApproveOrder", "O-1")).events, "ApprovalGranted");
  EXPECT_EQ(shop.when(by("max", "ApproveOrder", "O-1")).reasons, "not_this_tier");
  EXPECT_TRUE(shop.when(by("eva", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// ---- placing is approving -----------------------------------------------------------------------

// Where the placer's yes does not suffice, placing gives it, and others are asked for theirs.
TEST(PlaceOrder, GivesThePlacersOwnYesWhereSelfApprovalIsAllowed) {
  Tiers shop;
  shop.given(person("max", R"({"role":"manager"},{"role":"finance"},{"role":"buyer"})"));
  shop.policy("approval.self", "allowed");
  const Answer placed = shop.place("O-2", "penny", "20000", R"("buyer":"max")");
  EXPECT_EQ(placed.events, "OrderPlaced ApprovalRequested ApprovalGranted ApprovalGranted");
  EXPECT_NE(placed.body("ApprovalGranted").find(R"("placed":true)"), std::string::npos);
  EXPECT_TRUE(shop.when(by("lea", "ApproveOrder", "O-2")).has("OrderApproved"));
}

// The placer's yes is given as well where a tier opens later; taken back, it stays so.
TEST(ApproveOrder, GivesThePlacersYesInTheTierItOpens) {
  Tiers shop;
  shop.given(person("fin", R"({"role":"finance"},{"role":"buyer"})"));
  shop.policy("approval.self", "allowed");
  EXPECT_EQ(shop.place("O-2", "penny", "20000", R"("buyer":"fin")").events,
            "OrderPlaced ApprovalRequested");
  EXPECT_EQ(shop.when(by("max", "ApproveOrder", "O-2")).events, "ApprovalGranted ApprovalGranted");
  shop.given(by("fin", "WithdrawApproval", "O-2"));
  EXPECT_EQ(shop.when(by("lea", "ApproveOrder", "O-2")).events, "ApprovalGranted");
  EXPECT_TRUE(shop.when(by("fin", "ApproveOrder", "O-2")).has("OrderApproved"));
}

// M3: settable per role: the orders of this role's people approve themselves.
TEST(PlaceOrder, IsApprovedByPlacingItForTheRoleThatMay) {
  Shop shop;
  shop.given(person("ann", R"({"role":"buyer"},{"role":"approver"},{"role":"lead"})"));
  shop.given(person("bea", R"({"role":"buyer"},{"role":"approver"})"));
  shop.given(R"("SetRule":{"rule":"r","outcome":"ask",
               "tiers":[{"groups":[{"roles":["approver"]}]}]})");
  shop.given(R"("SetPolicy":{"policy":"approval.self","value":"allowed",
               "scope_kind":"role","scope":"lead"})");
  const Answer placed = shop.place("O-1", "penny", "1", kByAnn);
  EXPECT_EQ(placed.events, "OrderPlaced OrderApproved CreditCommitted");
  EXPECT_NE(placed.body("OrderApproved").find(R"("cause":"self")"), std::string::npos);
  EXPECT_EQ(shop.place("O-2", "penny", "1", R"("buyer":"bea")").events,
            "OrderPlaced ApprovalRequested");
  EXPECT_EQ(shop.when(by("bea", "ApproveOrder", "O-2")).reasons, "self_approval");
}

// ---- overriding ---------------------------------------------------------------------------------

TEST(OverrideApproval, StandsForAllWhoAreStillAsked) {
  Tiers shop;
  shop.given(person("boss", R"({"role":"owner","may_override":true})"));
  shop.given(by("max", "ApproveOrder", "O-1"));
  const Answer answer = shop.when(by("boss", "OverrideApproval", "O-1", R"(,"comment":"now")"));
  EXPECT_EQ(answer.events, "ApprovalOverridden OrderApproved CreditCommitted");
  const std::string body = answer.body("ApprovalOverridden");
  EXPECT_NE(body.find(R"("role":"owner")"), std::string::npos) << body;
  EXPECT_NE(body.find(R"("groups_open":2)"), std::string::npos) << body;
  EXPECT_NE(answer.body("OrderApproved").find("overridden"), std::string::npos);
}

TEST(OverrideApproval, RefusesNotPermittedWithoutARoleThatMay) {
  Tiers shop;
  EXPECT_EQ(shop.when(by("max", "OverrideApproval", "O-1")).reasons, "not_permitted");
  EXPECT_EQ(shop.when(by("nobody", "OverrideApproval", "O-1")).reasons, "not_permitted");
  shop.given(R"("RegisterCompany":{"company":"other","currency":"EUR"})");
  shop.given(R"("RegisterBuyer":{"buyer":"boss","company":"other",
               "roles":[{"role":"owner","may_override":true}]})");
  EXPECT_EQ(shop.when(by("boss", "OverrideApproval", "O-1")).reasons, "not_permitted");
}

TEST(OverrideApproval, RefusesSelfApprovalUnlessItIsAllowed) {
  Tiers shop;
  shop.given(person("ann", R"({"role":"buyer"},{"role":"owner","may_override":true})"));
  shop.place("O-2", "penny", "20000", kByAnn);
  EXPECT_EQ(shop.when(by("ann", "OverrideApproval", "O-2")).reasons, "self_approval");
  shop.policy("approval.self", "allowed");
  const Answer answer = shop.when(by("ann", "OverrideApproval", "O-2"));
  EXPECT_NE(answer.body("ApprovalOverridden").find(R"("placed":true)"), std::string::npos);
}

TEST(OverrideApproval, IsThePrincipalsToo) {
  Tiers shop;
  EXPECT_TRUE(shop.when(R"("OverrideApproval":{"order":"O-1"})").has("OrderApproved"));
}

}  // namespace
}  // namespace kontor::test
