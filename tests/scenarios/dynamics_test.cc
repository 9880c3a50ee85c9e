// Dynamics 365 and SAP FSCM: blocking rules with exclusions, held orders examined again, and the
// parts of an exposure.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

void bill(Scenario& shop, std::string_view company, std::string_view order,
          std::string_view amount) {
  shop.place(order, company, amount);
  shop.allocate(order);
  shop.ship(order);
  EXPECT_TRUE(shop.invoice(order).done());
}

// Blocks: more than 61 days overdue, and credit used above 80 %. K may be late by up to 100 days.
struct Dynamics : testing::Test {
  void SetUp() override {
    for (const auto* company : {"J", "K"}) {
      shop.company(company);
      shop.limit(company, "100000.00");
      bill(shop, company, std::string(company) + "-old", "3000.00");
    }
    shop.place("J-open", "J", "72000.00");
    shop.place("K-open", "K", "37000.00");
    shop.day("2026-05-11");  // 70 days later
    shop.withdraw("credit-limit");
    shop.rule("overdue", R"("outcome":"hold",
              "conditions":[{"figure":"oldest_overdue_days","operator":"gt","days":61}])");
    shop.rule("used", R"("outcome":"hold",
              "conditions":[{"figure":"limit_used_percent","operator":"gt","percent":80}])");
    shop.rule("K-may-be-late", R"("outcome":"exclude","exclude":"overdue","scope_kind":"company",
              "scope":"K",
              "conditions":[{"figure":"oldest_overdue_days","operator":"le","days":100}])");
  }
  std::string reasons_now(std::string_view order) {
    std::string out;
    const Json why = shop.why(order);
    if (!why.contains("hold")) return out;
    for (const Json& row : why["hold"]["reasons_now"])
      out += (out.empty() ? "" : " ") + row.at("rule").get<std::string>();
    return out;
  }
  Scenario shop;
};

// D365-1.
TEST_F(Dynamics, HoldsForEveryReasonAndClearsThemOneByOne) {
  shop.place("J-1", "J", "10000.00");
  EXPECT_EQ(shop.state("J-1"), "on_hold");
  EXPECT_EQ(reasons_now("J-1"), "overdue used");
  shop.place("K-1", "K", "10000.00");  // 50 % used, and excluded
  EXPECT_EQ(shop.state("K-1"), "open");

  shop.pay("R-1", "J", "3000.00", R"(,"invoices":[{"invoice":"I-J-old"}])");
  EXPECT_EQ(shop.state("J-1"), "on_hold");
  EXPECT_EQ(reasons_now("J-1"), "used");
  EXPECT_EQ(shop.why("J-1")["remedies"][1]["says"], "a limit of 102500.00 EUR for J");
  shop.limit("J", "120000.00");
  EXPECT_EQ(shop.state("J-1"), "open");
}

// Step 6: what a person holds only a person releases, with a reason.
TEST_F(Dynamics, KeepsAForcedHoldUntilAPersonReleasesIt) {
  shop.place("J-1", "J", "10000.00");
  shop.given(R"("reason":"credit review","HoldOrder":{"order":"J-1"})");
  shop.pay("R-1", "J", "3000.00", R"(,"invoices":[{"invoice":"I-J-old"}])");
  shop.limit("J", "120000.00");
  EXPECT_EQ(shop.state("J-1"), "on_hold");
  EXPECT_EQ(shop.why("J-1")["hold"]["forced"], true);
  shop.given(R"("reason":"reviewed","ReleaseHold":{"order":"J-1"})");
  EXPECT_EQ(shop.state("J-1"), "open");
  EXPECT_NE(shop.ask("events order:J-1").dump().find("reviewed"), std::string::npos);
}

// The exclusion ends where its own condition does.
TEST_F(Dynamics, HoldsTheExcludedCustomerOnceItIsLateByMore) {
  shop.day("2026-06-10");  // 100 days
  shop.place("K-1", "K", "1.00");
  EXPECT_EQ(shop.state("K-1"), "open");
  shop.day("2026-06-11");
  shop.place("K-2", "K", "1.00");
  EXPECT_EQ(shop.state("K-2"), "on_hold");
  EXPECT_EQ(reasons_now("K-2"), "overdue");
}

// An exclusion works from a more specific scope only.
TEST_F(Dynamics, LeavesARuleInForceThatAnExclusionOfTheSameScopeNames) {
  shop.rule("all-may-be-late", R"("outcome":"exclude","exclude":"overdue")");
  shop.place("J-1", "J", "1.00");
  EXPECT_EQ(reasons_now("J-1"), "overdue");
}

// FSCM-1 without its horizon: open items, what is delivered and not billed, and open orders.
TEST(Fscm, CountsItemsDeliveriesAndOrdersTogether) {
  Scenario shop;
  shop.company("acme");
  shop.limit("acme", "100000.00");
  bill(shop, "acme", "items", "40000.00");
  for (const auto& [order, amount] : std::initializer_list<std::pair<const char*, const char*>>{
           {"billing", "5000.00"}, {"deliveries", "10000.00"}}) {
    shop.place(order, "acme", amount);
    shop.allocate(order);
    shop.ship(order);
  }
  shop.place("orders", "acme", "20000.00");
  const Json account = shop.ask("account acme");
  EXPECT_EQ(account["receivable"], "40000.00");
  EXPECT_EQ(account["delivered"], "15000.00");
  EXPECT_EQ(account["ordered"], "20000.00");
  EXPECT_EQ(account["exposure"], "75000.00");
  shop.place("next", "acme", "25000.00");
  EXPECT_EQ(shop.state("next"), "open");
  shop.place("one-more", "acme", "0.01");
  EXPECT_EQ(shop.held_for("one-more"), "over_credit_limit 100000.01 > 100000.00");
}

}  // namespace
}  // namespace kontor::test
