// commercetools: approval flows of tiers of AND of OR, versions, and rules inherited by divisions.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

constexpr std::string_view kFlow =
    R"("outcome":"ask",
       "conditions":[{"figure":"order_total_with_tax","operator":"gt","amount":"50000.00"}],
       "tiers":[{"number":1,"groups":[{"roles":["manager"]}]},
                {"number":2,"groups":[{"roles":["finance","cfo"]},{"roles":["legal"]}]}])";

struct Commercetools : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("mia", "acme", "manager finance");
    shop.person("carl", "acme", "cfo");
    shop.person("lea", "acme", "legal");
    shop.rule("flow", kFlow);
  }
  Scenario shop;
};

// CT-1.
TEST_F(Commercetools, TiersGoInSequenceAndEachGroupOfATierMustSayYes) {
  EXPECT_TRUE(shop.place("O-1", "acme", "50000.00").has("OrderApproved"));
  EXPECT_TRUE(shop.place("O-2", "acme", "50001.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.waits_for("O-2"), "mia");
  EXPECT_EQ(shop.approve("O-2", "lea").reasons, "not_this_tier");

  shop.approve("O-2", "mia");
  EXPECT_EQ(shop.waits_for("O-2"), "carl or mia, lea");
  shop.approve("O-2", "carl");
  EXPECT_EQ(shop.state("O-2"), "awaiting_approval");
  EXPECT_EQ(shop.waits_for("O-2"), "lea");
  EXPECT_TRUE(shop.approve("O-2", "lea").has("OrderApproved"));
}

TEST_F(Commercetools, APersonWhoApprovedMayApproveAgainInALaterTier) {
  shop.place("O-1", "acme", "50001.00");
  EXPECT_EQ(shop.approve("O-1", "mia").events, "ApprovalGranted");  // as manager
  EXPECT_EQ(shop.approve("O-1", "mia").events, "ApprovalGranted");  // as finance
  EXPECT_EQ(shop.waits_for("O-1"), "lea");
  EXPECT_TRUE(shop.approve("O-1", "lea").has("OrderApproved"));
}

TEST_F(Commercetools, ARejectionEndsItWhateverWasApproved) {
  shop.place("O-1", "acme", "50001.00");
  for (const auto* person : {"mia", "carl"})
    EXPECT_TRUE(shop.approve("O-1", person).done());
  EXPECT_TRUE(shop.reject("O-1", "lea").has("OrderRejected"));
  EXPECT_EQ(shop.state("O-1"), "rejected");
}

// E-A7.
TEST_F(Commercetools, TheSecondOfTwoAtTheSameVersionReadsAgain) {
  shop.place("O-1", "acme", "50001.00");
  shop.approve("O-1", "mia");
  const std::string version = std::to_string(shop.ask("order O-1")["version"].get<int>());
  const auto vote = [&](std::string_view person) {
    return shop.when(R"("actor":")" + std::string(person) + R"(","expected_version":)" + version +
                     R"(,"ApproveOrder":{"order":"O-1"})");
  };
  EXPECT_TRUE(vote("carl").done());
  EXPECT_EQ(vote("lea").reasons, "wrong_version");
  EXPECT_TRUE(shop.approve("O-1", "lea").has("OrderApproved"));
}

// C2: a threshold in another currency without a rate counts as matched, not as the same number.
TEST_F(Commercetools, AThresholdHasACurrency) {
  shop.rule("flow", R"("outcome":"ask","tiers":[{"groups":[{"roles":["manager"]}]}],
            "conditions":[{"figure":"order_total_with_tax","amount":"50000.00","currency":"USD"}])");
  EXPECT_TRUE(shop.place("O-1", "acme", "1.00").has("ApprovalRequested"));
  shop.rule("flow", std::string(kFlow) + R"(,"withdrawn":true)");
  EXPECT_TRUE(shop.place("O-2", "acme", "1.00").has("OrderApproved"));
}

// What gives way does not match without a rate.
TEST_F(Commercetools, AThresholdThatCannotBeComparedApprovesNothing) {
  shop.rule("small", R"("outcome":"approve",
            "conditions":[{"figure":"order_total_with_tax","operator":"lt","amount":"90000.00",
                           "currency":"USD"}])");
  EXPECT_TRUE(shop.place("O-1", "acme", "50001.00").has("ApprovalRequested"));
  shop.rule("small", R"("outcome":"approve",
            "conditions":[{"figure":"order_total_with_tax","operator":"lt","amount":"90000.00"}])");
  EXPECT_TRUE(shop.place("O-2", "acme", "50001.00").has("OrderApproved"));
}

// C3: ExplicitAndFromParent is company_and_below, Explicit is company.
TEST(CommercetoolsDivisions, InheritAParentsRuleOnlyWhereItSaysSo) {
  for (const bool below : {true, false}) {
    Scenario shop;
    shop.company("group");
    shop.company("division", R"(,"parent":"group")");
    shop.person("gina", "group", "manager/company_and_below");
    shop.ask_above("flow", "100.00", {"manager"},
                   std::string(R"(,"scope":"group","scope_kind":)") +
                       (below ? R"("company_and_below")" : R"("company")"));
    EXPECT_TRUE(shop.place("O-1", "group", "100.01").has("ApprovalRequested"));
    EXPECT_EQ(shop.place("O-2", "division", "100.01").has("ApprovalRequested"), below);
  }
}

// Rules of equal tiers merge: every group of a tier is asked before the next.
TEST_F(Commercetools, TiersOfSeveralRulesAreMergedByTheirNumber) {
  shop.rule("small", R"("outcome":"ask","tiers":[{"number":1,"groups":[{"roles":["legal"]}]},
                                                  {"number":3,"groups":[{"roles":["cfo"]}]}])");
  shop.place("O-1", "acme", "50001.00");
  EXPECT_EQ(shop.waits_for("O-1"), "mia, lea");
  shop.approve("O-1", "lea");
  EXPECT_EQ(shop.approve("O-1", "carl").reasons, "not_this_tier");
  shop.approve("O-1", "mia");
  EXPECT_EQ(shop.waits_for("O-1"), "carl or mia, lea");
  shop.approve("O-1", "lea");
  shop.approve("O-1", "carl");
  EXPECT_EQ(shop.waits_for("O-1"), "carl");  // tier 3, which his yes to tier 2 does not answer
  EXPECT_TRUE(shop.approve("O-1", "carl").has("OrderApproved"));
}

TEST_F(Commercetools, TiersMayBeOpenTogether) {
  shop.policy("approval.tiers", "together");
  shop.place("O-1", "acme", "50001.00");
  EXPECT_EQ(shop.waits_for("O-1"), "mia, carl or mia, lea");
  shop.approve("O-1", "lea");
  EXPECT_TRUE(shop.approve("O-1", "mia").has("OrderApproved"));
}

TEST_F(Commercetools, AFlowEmbedsTheRuleThatMatched) {
  shop.place("O-1", "acme", "50001.00");
  const Json before = shop.why("O-1")["approval"]["reasons"];
  shop.ask_above("flow", "1.00", {"legal"});
  EXPECT_EQ(shop.why("O-1")["approval"]["reasons"], before);
  EXPECT_EQ(before[0]["allowed"], "50000.00");
}

// E-A6: a yes turned into a no while its tier is open, or taken back.
TEST_F(Commercetools, AYesMayBecomeANoWhileItsTierIsOpen) {
  shop.place("O-1", "acme", "50001.00");
  shop.approve("O-1", "mia");
  shop.approve("O-1", "carl");
  EXPECT_TRUE(
      shop.when(R"("actor":"carl","WithdrawApproval":{"order":"O-1"})").has("ApprovalWithdrawn"));
  EXPECT_EQ(shop.waits_for("O-1"), "carl or mia, lea");
  shop.approve("O-1", "carl");
  EXPECT_TRUE(shop.reject("O-1", "carl").has("OrderRejected"));
  EXPECT_EQ(shop.approve("O-1", "lea").reasons, "request_closed");
}

}  // namespace
}  // namespace kontor::test
