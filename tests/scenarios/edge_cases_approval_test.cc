// Edge cases of approval, E-A1 to E-A15, and what lies beside them.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

struct Approval : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("ann", "acme", "buyer", R"(,"order_limit":"500.00")");
    shop.person("bob", "acme", "approver");
  }
  Scenario shop;
};

// E-A1.
TEST_F(Approval, OfTheOnlyApproversOwnOrderIsByPolicy) {
  shop.person("bob", "acme", "buyer approver", R"(,"order_limit":"500.00")");
  EXPECT_EQ(shop.ordered("O-1", "acme", "bob", "501.00").reasons, "no_approver");
  shop.policy("approval.self", "sole_holder");
  EXPECT_TRUE(shop.ordered("O-2", "acme", "bob", "501.00").has("OrderApproved"));
  shop.person("eva", "acme", "approver");
  EXPECT_TRUE(shop.ordered("O-3", "acme", "bob", "501.00").has("ApprovalRequested"));
  shop.policy("approval.self", "allowed");
  EXPECT_TRUE(shop.ordered("O-4", "acme", "bob", "501.00").has("OrderApproved"));
}

// E-A2.
TEST_F(Approval, IsJudgedByTheRolesOfTheMomentOfTheClick) {
  shop.person("eva", "acme", "approver");
  shop.ordered("O-1", "acme", "ann", "501.00");
  EXPECT_EQ(shop.waits_for("O-1"), "bob or eva");
  shop.person("bob", "acme", "buyer");
  EXPECT_EQ(shop.waits_for("O-1"), "eva");
  EXPECT_EQ(shop.approve("O-1", "bob").reasons, "not_an_approver");
  shop.person("eva", "acme", "approver", R"(,"status":"inactive")");
  EXPECT_EQ(shop.waits_for("O-1"), "");
  EXPECT_EQ(shop.approve("O-1", "eva").reasons, "not_an_approver");
  shop.person("new", "acme", "approver");
  EXPECT_TRUE(shop.approve("O-1", "new").has("OrderApproved"));
}

// E-A3.
TEST_F(Approval, IsAskedByTheRuleAsItWasWhenTheOrderWasPlaced) {
  shop.person("cfo", "acme", "finance");
  shop.ask_above("big", "1000.00", {"finance"});
  shop.place("O-1", "acme", "1000.01");
  shop.ask_above("big", "5000.00", {"approver"});
  EXPECT_EQ(shop.waits_for("O-1"), "cfo");
  EXPECT_EQ(shop.approve("O-1", "bob").reasons, "not_an_approver");
  shop.withdraw("big");
  EXPECT_EQ(shop.waits_for("O-1"), "cfo");
  EXPECT_TRUE(shop.approve("O-1", "cfo").has("OrderApproved"));
  EXPECT_TRUE(shop.place("O-2", "acme", "1000.01").has("OrderApproved"));
}

std::string amend(std::string_view order, std::string_view amendment, std::string_view quantity) {
  return R"("AmendOrder":{"order":")" + std::string(order) + R"(","amendment":")" +
         std::string(amendment) + R"(","lines":[{"line":1,"quantity":")" + std::string(quantity) +
         R"("}]})";
}

// E-A4, the second half: what is dearer by an amendment is asked for anew, by policy never.
TEST_F(Approval, OfADearerPriceIsAskedForAnewUnlessItIsKept) {
  shop.ordered("O-1", "acme", "ann", "501.00");
  shop.approve("O-1", "bob");
  shop.price("goods", "1.10");
  EXPECT_TRUE(shop.when(amend("O-1", "M-1", "500.00")).has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("O-1"), "over_order_limit 550.00 > 500.00");

  shop.price("goods", "1.00");
  shop.ordered("O-2", "acme", "ann", "501.00");
  shop.approve("O-2", "bob");
  shop.policy("approval.on_change", "keep");
  shop.price("goods", "1.10");
  EXPECT_FALSE(shop.when(amend("O-2", "M-2", "500.00")).has("ApprovalRequested"));
  EXPECT_EQ(shop.ask("order O-2")["total"], "550.00");
  EXPECT_EQ(shop.state("O-2"), "open");
}

// E-A5.
TEST_F(Approval, IsVoidWhenTheTotalRisesAndNotWhenItFalls) {
  shop.ordered("O-1", "acme", "ann", "600.00");
  shop.approve("O-1", "bob");
  EXPECT_FALSE(shop.when(amend("O-1", "M-1", "599.99")).has("ApprovalRequested"));
  EXPECT_FALSE(shop.when(amend("O-1", "M-2", "600.00")).has("ApprovalRequested"));
  EXPECT_TRUE(shop.when(amend("O-1", "M-3", "600.01")).has("ApprovalRequested"));
  EXPECT_EQ(shop.state("O-1"), "awaiting_approval");
  shop.policy("approval.on_change", "always_ask");
  shop.approve("O-1", "bob");
  EXPECT_TRUE(shop.when(amend("O-1", "M-4", "550.00")).has("ApprovalRequested"));
}

// E-A6, the late clicks.
TEST_F(Approval, IsClosedForWhoeverClicksTooLate) {
  shop.person("eva", "acme", "approver");
  shop.ordered("O-1", "acme", "ann", "501.00");
  shop.reject("O-1", "bob");
  EXPECT_EQ(shop.approve("O-1", "eva").reasons, "request_closed");
  EXPECT_EQ(shop.approve("O-1", "bob").reasons, "request_closed");
  EXPECT_EQ(shop.state("O-1"), "rejected");
  shop.ordered("O-2", "acme", "ann", "501.00");
  shop.approve("O-2", "bob");
  EXPECT_EQ(shop.reject("O-2", "eva").reasons, "request_closed");
  EXPECT_EQ(shop.state("O-2"), "open");
}

// E-A7.
TEST_F(Approval, OfTwoAtTheSameVersionIsOneAndTheOtherReadsAgain) {
  shop.rule("two", R"("outcome":"ask","tiers":[{"groups":[{"roles":["approver"],"needed":2}]}])");
  shop.person("eva", "acme", "approver");
  shop.place("O-1", "acme", "1.00");
  const auto vote = [&](std::string_view person, int version) {
    return shop.when(R"("actor":")" + std::string(person) + R"(","expected_version":)" +
                     std::to_string(version) + R"(,"ApproveOrder":{"order":"O-1"})");
  };
  const int version = shop.ask("order O-1")["version"];
  EXPECT_EQ(vote("bob", version).events, "ApprovalGranted");
  const Said late = vote("eva", version);
  EXPECT_EQ(late.reasons, "wrong_version");
  EXPECT_EQ(late.json["reasons"][0]["found"], std::to_string(version + 1));
  EXPECT_TRUE(vote("eva", version + 1).has("OrderApproved"));
}

// E-A9.
TEST_F(Approval, IsAskedExactlyAtTheThresholdByTheOperatorsThatIncludeIt) {
  const auto asked = [&](std::string_view op, std::string_view total) {
    shop.rule("threshold",
              R"("outcome":"ask","tiers":[{"groups":[{"roles":["approver"]}]}],
                 "conditions":[{"figure":"order_total_with_tax","amount":"1000.00","operator":")" +
                  std::string(op) + "\"}]");
    const std::string order = std::string(op) + '-' + std::string(total);
    return shop.place(order, "acme", total).has("ApprovalRequested");
  };
  for (const auto& [op, below, at, above] :
       std::initializer_list<std::tuple<const char*, bool, bool, bool>>{
           {"gt", false, false, true},
           {"ge", false, true, true},
           {"lt", true, false, false},
           {"le", true, true, false},
           {"eq", false, true, false}}) {
    EXPECT_EQ(asked(op, "999.99"), below) << op;
    EXPECT_EQ(asked(op, "1000.00"), at) << op;
    EXPECT_EQ(asked(op, "1000.01"), above) << op;
  }
}

// E-A11, cycle and orphan.
TEST_F(Approval, FindsNobodyInATreeThatCannotHaveACycle) {
  shop.company("group");
  shop.company("unit", R"(,"parent":"group")");
  EXPECT_EQ(shop.when(R"("RegisterCompany":{"company":"group","parent":"unit"})").reasons,
            "company_cycle");
  EXPECT_EQ(shop.when(R"("RegisterCompany":{"company":"group","parent":"group"})").reasons,
            "company_cycle");
  shop.person("cara", "unit", "buyer", R"(,"order_limit":"10.00")");
  EXPECT_EQ(shop.ordered("O-1", "unit", "cara", "11.00").reasons, "no_approver");
  shop.person("gina", "group", "approver");  // reaches her own company only
  EXPECT_EQ(shop.ordered("O-2", "unit", "cara", "11.00").reasons, "no_approver");
  shop.person("gina", "group", "approver/company_and_below");
  EXPECT_TRUE(shop.ordered("O-3", "unit", "cara", "11.00").has("ApprovalRequested"));
  shop.company("unit");  // an orphan from here on
  EXPECT_EQ(shop.waits_for("O-3"), "");
  EXPECT_EQ(shop.approve("O-3", "gina").reasons, "not_an_approver");
}

// E-A13.
TEST_F(Approval, InBulkIsOneAnswerPerOrder) {
  for (int i = 1; i <= 50; ++i)
    shop.ordered("O-" + std::to_string(i), "acme", "ann", "501.00");
  shop.cancel("O-17");
  int approved = 0;
  for (int i = 1; i <= 50; ++i) {
    const Said said = shop.approve("O-" + std::to_string(i), "bob");
    if (said.has("OrderApproved")) ++approved;
    EXPECT_EQ(said.reasons, i == 17 ? "request_closed" : "");
  }
  EXPECT_EQ(approved, 49);
  EXPECT_TRUE(shop.ask("approvals").value("approvals", Json::array()).empty());
}

// E-A8, of credit: taken at placement it is reserved while the request is pending.
TEST_F(Approval, PendingTwiceDoesNotCountOnTheSameCredit) {
  shop.limit("acme", "1000.00");
  shop.policy("credit.at", "placement");
  shop.ordered("O-1", "acme", "ann", "600.00");
  shop.ordered("O-2", "acme", "ann", "600.00");
  EXPECT_EQ(shop.held_for("O-1"), "");
  EXPECT_EQ(shop.held_for("O-2"), "over_credit_limit 1200.00 > 1000.00");
  EXPECT_EQ(shop.account("acme", "ordered"), "600.00");
  shop.reject("O-1", "bob");
  EXPECT_EQ(shop.account("acme", "ordered"), "600.00");  // the other one's by now
  shop.approve("O-2", "bob");
  EXPECT_EQ(shop.state("O-2"), "open");
}

TEST_F(Approval, PendingTwiceMeetsTheLimitWhenItComesWhereCreditIsTakenAtApproval) {
  shop.limit("acme", "1000.00");
  shop.ordered("O-1", "acme", "ann", "600.00");
  shop.ordered("O-2", "acme", "ann", "600.00");
  EXPECT_EQ(shop.account("acme", "ordered"), "0.00");
  EXPECT_TRUE(shop.approve("O-2", "bob").has("CreditCommitted"));
  EXPECT_TRUE(shop.approve("O-1", "bob").has("OrderHeld"));
  EXPECT_EQ(shop.held_for("O-1"), "over_credit_limit 1200.00 > 1000.00");
}

// E-A5: part of an order cancelled while it waits is still waited for, and what is left approved.
TEST_F(Approval, OfWhatIsLeftAfterACancellation) {
  shop.ordered("O-1", "acme", "ann", "600.00");
  shop.cancel_part("O-1", "200.00");
  EXPECT_EQ(shop.state("O-1"), "awaiting_approval");
  EXPECT_TRUE(shop.approve("O-1", "bob").has("OrderApproved"));
  EXPECT_EQ(shop.account("acme", "ordered"), "400.00");
}

// E-C17: a release by a person is told with who did it and why.
TEST_F(Approval, AndAReleaseAreToldWithPersonAndReason) {
  shop.limit("acme", "100.00");
  shop.place("O-1", "acme", "200.00");
  EXPECT_TRUE(shop.when(R"("actor":"bob","reason":"paid by phone",
                        "ReleaseHold":{"order":"O-1","expires":"2026-03-05"})")
                  .has("HoldReleased"));
  const Json answer = shop.ask("events");
  const Json* released = nullptr;
  for (const Json& row : answer.at("events")) {
    if (row.at("event") == "HoldReleased") released = &row;
  }
  ASSERT_NE(released, nullptr);
  EXPECT_EQ(released->at("actor"), "bob");
  EXPECT_EQ(released->at("reason"), "paid by phone");
  EXPECT_EQ(released->at("body")["expires"], "2026-03-05");
}

// E-A8, of a budget.
TEST_F(Approval, PendingTwiceDoesNotCountOnTheSameBudget) {
  shop.cost_centre("bar", "acme");
  shop.budget("b", "150.00", "bar");
  shop.ask_over("budget", "over_budget", "approver");
  const std::string_view on_bar = R"(,"cost_centre":"bar")";
  shop.place("O-1", "acme", "200.00", on_bar);
  EXPECT_EQ(shop.asked_for("O-1"), "over_budget 200.00 > 150.00");
  shop.place("O-2", "acme", "200.00", on_bar);
  EXPECT_EQ(shop.asked_for("O-2"), "over_budget 400.00 > 150.00");
  EXPECT_EQ(shop.ask("budget b")["budget"]["reserved"], "400.00");
  shop.reject("O-1", "bob");
  shop.place("O-3", "acme", "100.00", on_bar);
  EXPECT_EQ(shop.asked_for("O-3"), "over_budget 300.00 > 150.00");
}

// E-A10.
TEST_F(Approval, IsAskedForTheSecondHalfOfAnOrderThatWasSplit) {
  shop.person("ann", "acme", "buyer",
              R"(,"order_limit":"1000.00","period_limit":"1000.00","period":"day")");
  shop.ask_over("period-limit", "over_period_limit", "approver");
  EXPECT_TRUE(shop.ordered("O-1", "acme", "ann", "900.00").has("OrderApproved"));
  EXPECT_TRUE(shop.ordered("O-2", "acme", "ann", "900.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("O-2"), "over_period_limit 1800.00 > 1000.00");
  shop.day("2026-03-03");
  EXPECT_TRUE(shop.ordered("O-3", "acme", "ann", "900.00").has("OrderApproved"));
}

// E-A12.
TEST_F(Approval, OfACostCentreThatWasClosedMeanwhileIsRefusedAtTheOrder) {
  shop.cost_centre("bar", "acme");
  EXPECT_TRUE(shop.place("O-1", "acme", "1.00", R"(,"cost_centre":"bar")").done());
  shop.cost_centre("bar", "acme", R"(,"status":"inactive")");
  EXPECT_EQ(shop.place("O-2", "acme", "1.00", R"(,"cost_centre":"bar")").reasons,
            "cost_centre_inactive");
}

// E-A14: reminded and escalated without a decision, and expired.
TEST_F(Approval, ThatNobodyGivesIsRemindedAndExpires) {
  shop.policy("approval.reminder_days", "2");
  shop.policy("approval.expiry_days", "5");
  shop.ordered("O-1", "acme", "ann", "501.00");
  const Json before = shop.ask("events");
  shop.day("2026-03-06");
  EXPECT_EQ(shop.state("O-1"), "awaiting_approval");
  std::string events;
  const Json answer = shop.ask("events");
  for (std::size_t i = before.at("events").size(); i < answer.at("events").size(); ++i)
    events += answer["events"][i]["event"].get<std::string>() + ' ';
  EXPECT_NE(events.find("ApprovalReminded"), std::string::npos) << events;
  shop.day("2026-03-09");
  EXPECT_EQ(shop.state("O-1"), "rejected");
  EXPECT_EQ(shop.approve("O-1", "bob").reasons, "request_closed");
}

// E-A6: a late click is told as what the request ended.
TEST_F(Approval, IsToldWhatTheRequestEndedAsToWhoeverClicksTooLate) {
  shop.ordered("O-1", "acme", "ann", "501.00");
  shop.reject("O-1", "bob");
  const Said late = shop.approve("O-1", "bob");
  EXPECT_EQ(late.reasons, "request_closed");
  EXPECT_EQ(late.json["reasons"][0]["found"], "rejected");
}

// E-A4: the snapshot is kept, or a new total above what was agreed asks again; never silently.
TEST_F(Approval, OfAPriceTakenAtApprovalIsAskedForAnewWhereItHasRisen) {
  shop.policy("price.at", "approval");
  shop.ordered("O-1", "acme", "ann", "501.00");
  shop.price("goods", "1.10");
  EXPECT_TRUE(shop.approve("O-1", "bob").has("ApprovalRequested"));
  EXPECT_EQ(shop.state("O-1"), "awaiting_approval");
  EXPECT_EQ(shop.asked_for("O-1"), "over_order_limit 551.10 > 500.00");
  EXPECT_TRUE(shop.approve("O-1", "bob").has("OrderApproved"));
  EXPECT_EQ(shop.ask("order O-1")["total"], "551.10");
}

}  // namespace
}  // namespace kontor::test
