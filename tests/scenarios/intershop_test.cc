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

}  // namespace
}  // namespace kontor::test
