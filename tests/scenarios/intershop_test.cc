// Intershop: the buyer's limits, the cost centre's owner, and who may approve what he ordered.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

struct Intershop : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("B", "acme", "buyer", R"(,"order_limit":"500.00")");
    shop.person("P", "acme", "approver");
    shop.person("Q", "acme", "approver");
  }
  Scenario shop;
};

// I1, the part of the order limit: neither exceeded means no approval, and any one of two decides.
TEST_F(Intershop, AnyOneApproverDecidesAboveTheOrderLimit) {
  EXPECT_TRUE(shop.ordered("O-1", "acme", "B", "500.00").has("OrderApproved"));
  EXPECT_TRUE(shop.ordered("O-2", "acme", "B", "500.01").has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("O-2"), "over_order_limit 500.01 > 500.00");
  EXPECT_EQ(shop.waits_for("O-2"), "P or Q");
  EXPECT_TRUE(shop.approve("O-2", "P").has("OrderApproved"));
  EXPECT_EQ(shop.approve("O-2", "Q").reasons, "request_closed");
}

TEST_F(Intershop, ARejectionOfAnyOneEndsTheOrder) {
  shop.ordered("O-1", "acme", "B", "600.00");
  EXPECT_TRUE(shop.when(R"("actor":"Q","RejectOrder":{"order":"O-1","comment":"too dear"})")
                  .has("OrderRejected"));
  EXPECT_EQ(shop.state("O-1"), "rejected");
  EXPECT_EQ(shop.approve("O-1", "P").reasons, "request_closed");
}

// INT-5.
TEST_F(Intershop, SelfApprovalIsASwitch) {
  shop.person("B", "acme", "buyer approver", R"(,"order_limit":"500.00")");
  shop.person("P", "acme", "approver", R"(,"status":"inactive")");

  shop.policy("approval.self", "allowed");
  EXPECT_TRUE(shop.ordered("O-1", "acme", "B", "600.00").has("OrderApproved"));

  shop.policy("approval.self", "forbidden");
  EXPECT_TRUE(shop.ordered("O-2", "acme", "B", "600.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.waits_for("O-2"), "Q");
  EXPECT_EQ(shop.approve("O-2", "B").reasons, "self_approval");
  EXPECT_TRUE(shop.approve("O-2", "Q").has("OrderApproved"));
}

// The switch is looked at when a person decides, not when he was asked.
TEST_F(Intershop, SelfApprovalIsJudgedWhenThePersonDecides) {
  shop.person("B", "acme", "buyer approver", R"(,"order_limit":"500.00")");
  shop.ordered("O-1", "acme", "B", "600.00");
  shop.policy("approval.self", "allowed", "company", "acme");
  EXPECT_TRUE(shop.approve("O-1", "B").has("OrderApproved"));
}

// Other currencies: without decimals, and with three.
TEST(IntershopLimits, AreExactInEveryCurrency) {
  for (const auto& [currency, at, above] :
       std::initializer_list<std::tuple<const char*, const char*, const char*>>{
           {"JPY", "500", "501"}, {"KWD", "500.000", "500.001"}, {"EUR", "500.00", "500.01"}}) {
    Scenario shop({.currency = currency});
    shop.company("acme");
    shop.person("B", "acme", "buyer", R"(,"order_limit":")" + std::string(at) + '"');
    shop.person("P", "acme", "approver");
    shop.given(R"("RegisterItem":{"item":"fine","tax_category":"exempt","decimals":3})");
    shop.price("fine", "1");
    const auto order = [](std::string_view name, std::string_view quantity) {
      return R"("PlaceOrder":{"company":"acme","buyer":"B","order":")" + std::string(name) +
             R"(","lines":[{"item":"fine","quantity":")" + std::string(quantity) + R"("}]})";
    };
    EXPECT_TRUE(shop.when(order("O-1", at)).has("OrderApproved")) << currency;
    EXPECT_TRUE(shop.when(order("O-2", above)).has("ApprovalRequested")) << currency;
  }
}

// A limit in a currency that the order cannot be compared with is taken for exceeded.
TEST(IntershopLimits, InAnotherCurrencyWithoutARateAreAskedAbout) {
  Scenario shop;
  shop.company("acme");
  shop.person("B", "acme", "buyer", R"(,"order_limit":"500.00","currency":"USD")");
  shop.person("P", "acme", "approver");
  EXPECT_TRUE(shop.ordered("O-1", "acme", "B", "1.00").has("ApprovalRequested"));
}

// INT-1.
TEST(IntershopBudget, IsOfAMonthAndShownIncludingThisOrder) {
  Scenario shop;
  shop.company("acme");
  shop.person("B", "acme", "buyer",
              R"(,"order_limit":"500.00","period_limit":"1000.00","period":"month")");
  shop.person("P", "acme", "approver");
  shop.person("Q", "acme", "approver");
  shop.ask_over("period-limit", "over_period_limit", "approver");
  const auto spent = [&] { return shop.ask("buyer B")["period_taken"].get<std::string>(); };

  shop.day("2026-03-03");
  EXPECT_TRUE(shop.ordered("O-1", "acme", "B", "400.00").has("OrderApproved"));
  EXPECT_EQ(spent(), "400.00");
  shop.day("2026-03-08");
  EXPECT_TRUE(shop.ordered("O-2", "acme", "B", "450.00").has("OrderApproved"));
  EXPECT_EQ(spent(), "850.00");

  shop.day("2026-03-20");
  EXPECT_TRUE(shop.ordered("O-3", "acme", "B", "200.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.state("O-3"), "awaiting_approval");
  EXPECT_EQ(shop.asked_for("O-3"), "over_period_limit 1050.00 > 1000.00");
  EXPECT_EQ(shop.ask("buyer B")["period_left"], "-50.00");
  EXPECT_EQ(shop.waits_for("O-3"), "P or Q");

  EXPECT_TRUE(shop.approve("O-3", "P").has("OrderApproved"));
  EXPECT_EQ(shop.approve("O-3", "Q").reasons, "request_closed");
  EXPECT_EQ(spent(), "1050.00");
  shop.day("2026-04-01");
  EXPECT_EQ(spent(), "0.00");
}

// ---- the cost centre's owner ----

// I1: who owns the cost centre is asked first, then any one approver.
struct IntershopOwner : Intershop {
  void SetUp() override {
    Intershop::SetUp();
    shop.person("C", "acme", "clerk");
    shop.cost_centre("CC", "acme", R"(,"owner":"C")");
    shop.rule("owner-first", R"("outcome":"ask",
              "conditions":[{"figure":"cost_centre","operator":"in","names":["CC"]}],
              "tiers":[{"number":1,"groups":[{"cost_centre_owner":true}]}])");
    shop.rule("order-limit", R"("outcome":"ask","conditions":[{"figure":"over_order_limit"}],
              "tiers":[{"number":2,"groups":[{"roles":["approver"]}]}])");
  }
  std::string waiting_for(std::string_view person) {
    std::string out;
    const Json answer = shop.ask("approvals " + std::string(person));
    for (const Json& row : answer.value("approvals", Json::array()))
      out += (out.empty() ? "" : " ") + row.at("order").get<std::string>();
    return out;
  }
  Said order(std::string_view name, std::string_view total) {
    return shop.ordered(name, "acme", "B", total, R"(,"cost_centre":"CC")");
  }
};

// INT-2.
TEST_F(IntershopOwner, IsAskedBeforeTheApprovers) {
  EXPECT_TRUE(order("O-1", "600.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.waits_for("O-1"), "C");
  EXPECT_EQ(waiting_for("C"), "O-1");
  EXPECT_EQ(waiting_for("P"), "");
  EXPECT_EQ(shop.approve("O-1", "P").reasons, "not_this_tier");
  EXPECT_EQ(shop.approve("O-1", "C").events, "ApprovalGranted");
  EXPECT_EQ(shop.waits_for("O-1"), "P or Q");
  EXPECT_EQ(waiting_for("C"), "");
  EXPECT_EQ(waiting_for("Q"), "O-1");
  EXPECT_TRUE(shop.approve("O-1", "Q").has("OrderApproved"));
  EXPECT_EQ(shop.ask("order O-1")["state"], "open");
}

TEST_F(IntershopOwner, EndsTheOrderByANoAndNobodyElseIsAsked) {
  order("O-1", "600.00");
  EXPECT_TRUE(shop.reject("O-1", "C").has("OrderRejected"));
  EXPECT_EQ(shop.state("O-1"), "rejected");
  EXPECT_EQ(waiting_for("P"), "");
  EXPECT_EQ(shop.approve("O-1", "P").reasons, "request_closed");
}

// Neither of the two checks: no approval. One of them: that one's people alone.
TEST_F(IntershopOwner, IsOneOfTwoIndependentChecks) {
  EXPECT_TRUE(shop.ordered("O-1", "acme", "B", "500.00").has("OrderApproved"));
  shop.ordered("O-2", "acme", "B", "500.01");
  EXPECT_EQ(shop.waits_for("O-2"), "P or Q");
  order("O-3", "500.00");
  EXPECT_EQ(shop.waits_for("O-3"), "C");
  EXPECT_TRUE(shop.approve("O-3", "C").has("OrderApproved"));
}

TEST_F(IntershopOwner, IsWhoeverOwnsItWhenTheAnswerComes) {
  order("O-1", "100.00");
  shop.person("D", "acme", "clerk");
  shop.cost_centre("CC", "acme", R"(,"owner":"D")");
  EXPECT_EQ(shop.waits_for("O-1"), "D");
  EXPECT_EQ(shop.approve("O-1", "C").reasons, "not_an_approver");
  const Said yes = shop.approve("O-1", "D");
  EXPECT_TRUE(yes.has("OrderApproved"));
  const Json events = shop.ask("events order:O-1");
  EXPECT_NE(events.dump().find("cost_centre_owner"), std::string::npos);
}

// A centre of the group, owned by somebody of another branch of it.
TEST_F(IntershopOwner, SeesWhatWaitsForHimWhereverHeWorks) {
  shop.company("group");
  shop.company("north", R"(,"parent":"group")");
  shop.company("south", R"(,"parent":"group")");
  shop.person("N", "north", "buyer");
  shop.person("S", "south", "clerk");
  shop.cost_centre("shared", "group", R"(,"owner":"S")");
  shop.rule("owner-first", R"("outcome":"ask",
            "conditions":[{"figure":"cost_centre","operator":"in","names":["CC","shared"]}],
            "tiers":[{"number":1,"groups":[{"cost_centre_owner":true}]}])");
  shop.ordered("O-1", "north", "N", "1.00", R"(,"cost_centre":"shared")");
  EXPECT_EQ(waiting_for("S"), "O-1");
  EXPECT_EQ(waiting_for("C"), "");
  EXPECT_TRUE(shop.approve("O-1", "S").has("OrderApproved"));
}

TEST_F(IntershopOwner, IsSaidInTheRulesSentence) {
  const std::string sentence = shop.ask("rule owner-first")["sentence"];
  EXPECT_NE(sentence.find("ask 1 of the cost centre's owner (tier 1)"), std::string::npos)
      << sentence;
}

// ---- recurring orders ----

struct IntershopRecurring : Intershop {
  void SetUp() override {
    Intershop::SetUp();
    shop.rule("recurring", R"("outcome":"ask","conditions":[{"figure":"recurring"}],
              "tiers":[{"groups":[{"roles":["approver"]}]}])");
  }
  Said define(std::string_view amount) {
    return shop.when(R"("DefineRecurringOrder":{"order":"R","company":"acme","buyer":"B",
                        "every":1,"unit":"week","from":"2026-03-09",
                        "lines":[{"item":"goods","quantity":")" +
                     std::string(amount) + R"("}]})");
  }
};

// I2, INT-3: also inside the limits, once, and for all runs.
TEST_F(IntershopRecurring, AlwaysNeedsApprovalOnce) {
  EXPECT_TRUE(shop.ordered("O-1", "acme", "B", "400.00").has("OrderApproved"));
  EXPECT_TRUE(define("400.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.waits_for("R"), "P or Q");
  shop.day("2026-03-10");  // not approved yet: the run of the 9th is not made up for
  EXPECT_TRUE(shop.approve("R", "P").has("OrderApproved"));
  shop.day("2026-03-16");
  shop.day("2026-03-23");
  EXPECT_EQ(shop.ask("recurring R")["runs"], 2);
  EXPECT_EQ(shop.state("R-1"), "open");
  EXPECT_EQ(shop.state("R-2"), "open");
  EXPECT_EQ(shop.account("acme", "exposure"), "1200.00");
}

TEST_F(IntershopRecurring, ARejectionEndsItBeforeItRuns) {
  define("400.00");
  EXPECT_TRUE(shop.reject("R", "Q").has("OrderRejected"));
  shop.day("2026-03-23");
  EXPECT_EQ(shop.ask("recurring R")["state"], "rejected");
  EXPECT_EQ(shop.account("acme", "exposure"), "0.00");
}

// E-A15: a rule that is set later asks nobody about runs that were agreed to; a higher price does.
TEST_F(IntershopRecurring, AsksAgainForAHigherPriceAndNotForALaterRule) {
  define("400.00");
  shop.approve("R", "P");
  shop.ask_above("later", "10.00", {"approver"});
  shop.day("2026-03-09");
  EXPECT_EQ(shop.state("R-1"), "open");
  shop.price("goods", "1.01");
  shop.day("2026-03-16");
  EXPECT_EQ(shop.state("R-2"), "awaiting_approval");
  EXPECT_TRUE(shop.approve("R-2", "Q").has("OrderApproved"));
  shop.price("goods", "0.99");
  shop.day("2026-03-23");
  EXPECT_EQ(shop.state("R-3"), "open");
}

TEST_F(IntershopRecurring, KeepsWhatWasAgreedWhereThePolicySaysSo) {
  define("400.00");
  shop.approve("R", "P");
  shop.policy("approval.on_change", "keep");
  shop.price("goods", "1.01");
  shop.day("2026-03-09");
  EXPECT_EQ(shop.state("R-1"), "open");
  EXPECT_EQ(shop.ask("order R-1")["total"], "404.00");
}

}  // namespace
}  // namespace kontor::test
