// SAP Commerce B2B: kinds of limit, approvers up the tree, rejection.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

// SAP-1, the kind per order.
TEST(Hybris, TheOrderLimitHoldsAboveIt) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00")");
  shop.person("chief", "unit", "approver", R"(,"order_limit":"2000.00")");
  EXPECT_TRUE(shop.ordered("O-1", "unit", "buyer", "450.00").has("OrderApproved"));
  EXPECT_TRUE(shop.ordered("O-2", "unit", "buyer", "600.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("O-2"), "over_order_limit 600.00 > 500.00");
  EXPECT_TRUE(shop.approve("O-2", "chief").has("OrderApproved"));
}

// H2, for the limit per order; the period's is the same policy.
TEST(Hybris, AMissingLimitCountsAsZeroOrAsNone) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer");
  shop.person("chief", "unit", "approver");
  EXPECT_TRUE(shop.ordered("O-1", "unit", "buyer", "9000.00").has("OrderApproved"));
  shop.policy("spending.absent_limit", "zero");
  EXPECT_TRUE(shop.ordered("O-2", "unit", "buyer", "0.01").has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("O-2"), "over_order_limit 0.01 > 0.00");
}

// H5.
TEST(Hybris, ARejectionCancelsTheOrder) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00")");
  shop.person("chief", "unit", "approver");
  shop.policy("credit.at", "placement");
  shop.ordered("O-1", "unit", "buyer", "600.00");
  EXPECT_EQ(shop.account("unit", "exposure"), "600.00");
  EXPECT_EQ(shop.reject("O-1", "chief").events,
            "OrderRejected LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(shop.account("unit", "exposure"), "0.00");
  EXPECT_EQ(shop.ship("O-1").reasons, "not_approved");
}

// H5: the seller's limit is none of the buyer's business, and acts after his approval.
TEST(Hybris, TheSellersLimitHoldsWhatTheBuyersSideApproved) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00")");
  shop.person("chief", "unit", "approver");
  shop.limit("unit", "550.00");
  shop.ordered("O-1", "unit", "buyer", "600.00");
  shop.approve("O-1", "chief");
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  EXPECT_EQ(shop.held_for("O-1"), "over_credit_limit 600.00 > 550.00");
  shop.limit("unit", "600.00");
  EXPECT_EQ(shop.state("O-1"), "open");
}

// SAP-1, all three kinds: each its own reason and approver.
TEST(Hybris, EachKindOfLimitHasItsOwnReasonAndApprover) {
  Scenario shop;
  shop.company("unit");
  shop.cost_centre("centre", "unit");
  shop.budget("budget", "10000.00", "centre");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00","period_limit":"1500.00",
              "period":"month","cost_centre":"centre")");
  shop.person("chief", "unit", "approver");
  shop.person("admin", "unit", "admin");
  shop.ask_over("period-limit", "over_period_limit", "approver");
  shop.ask_over("budget", "over_budget", "admin");
  const auto month = [&] { return shop.ask("buyer buyer")["period_taken"].get<std::string>(); };

  EXPECT_TRUE(shop.ordered("O-1", "unit", "buyer", "450.00").has("OrderApproved"));
  EXPECT_EQ(month(), "450.00");
  shop.ordered("O-2", "unit", "buyer", "600.00");
  EXPECT_EQ(shop.asked_for("O-2"), "over_order_limit 600.00 > 500.00");
  EXPECT_TRUE(shop.approve("O-2", "chief").has("OrderApproved"));
  EXPECT_EQ(month(), "1050.00");
  shop.ordered("O-3", "unit", "buyer", "480.00");
  EXPECT_EQ(shop.asked_for("O-3"), "over_period_limit 1530.00 > 1500.00");
  shop.reject("O-3", "chief");
  EXPECT_EQ(month(), "1050.00");

  shop.budget("budget", "1200.00", "centre");
  shop.ordered("O-4", "unit", "buyer", "200.00");
  EXPECT_EQ(shop.asked_for("O-4"), "over_budget 1250.00 > 1200.00");
  EXPECT_EQ(shop.approve("O-4", "chief").reasons, "not_an_approver");
  EXPECT_TRUE(shop.approve("O-4", "admin").has("OrderApproved"));
}

// H4: a cost centre that must have a budget, and a company that must name a cost centre.
TEST(Hybris, ACostCentreWithoutABudgetStopsTheCheckout) {
  Scenario shop;
  shop.company("unit");
  shop.cost_centre("centre", "unit", R"(,"mandatory":true)");
  EXPECT_EQ(shop.place("O-1", "unit", "1.00", R"(,"cost_centre":"centre")").reasons, "no_budget");
  shop.budget("one", "100.00", "centre", R"(,"valid_to":"2026-03-09")");
  EXPECT_TRUE(shop.place("O-2", "unit", "1.00", R"(,"cost_centre":"centre")").done());
  shop.day("2026-03-10");
  EXPECT_EQ(shop.place("O-3", "unit", "1.00", R"(,"cost_centre":"centre")").reasons, "no_budget");
  EXPECT_EQ(shop.place("O-4", "unit", "1.00", R"(,"cost_centre":"other")").reasons,
            "unknown_cost_centre");
}

// H4: an order takes from every valid budget of its cost centre, and one serves several.
TEST(Hybris, AnOrderTakesFromEveryBudgetOfItsCostCentre) {
  Scenario shop;
  shop.company("unit");
  shop.cost_centre("east", "unit");
  shop.cost_centre("west", "unit");
  shop.budget("east-only", "100.00", "east");
  shop.given(R"("SetBudget":{"budget":"both","amount":"500.00","cost_centres":["east","west"]})");
  shop.place("O-1", "unit", "60.00", R"(,"cost_centre":"east")");
  shop.place("O-2", "unit", "30.00", R"(,"cost_centre":"west")");
  EXPECT_EQ(shop.ask("budget east-only")["budget"]["left"], "40.00");
  EXPECT_EQ(shop.ask("budget both")["budget"]["left"], "410.00");
}

// SAP-3: the nearest approver up the tree whose limits cover the order, in the end the root's
// admin.
TEST(Hybris, AsksTheNearestApproverUpTheTreeWhoseLimitCoversTheOrder) {
  Scenario shop;
  shop.company("root");
  shop.company("parent", R"(,"parent":"root")");
  shop.company("unit", R"(,"parent":"parent")");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00")");
  shop.person("unit-chief", "unit", "approver", R"(,"order_limit":"2000.00")");
  shop.person("parent-chief", "parent", "approver/company_and_below",
              R"(,"order_limit":"5000.00")");
  shop.person("root-admin", "root", "admin/company_and_below");
  shop.rule("order-limit", R"("outcome":"ask","conditions":[{"figure":"over_order_limit"}],
            "tiers":[{"groups":[{"climb":true}]}])");
  const auto asks = [&](std::string_view total) {
    shop.ordered(total, "unit", "buyer", total);
    return shop.waits_for(total);
  };
  EXPECT_EQ(asks("2000.00"), "unit-chief");
  EXPECT_EQ(asks("2000.01"), "parent-chief");
  EXPECT_EQ(asks("2500.00"), "parent-chief");
  EXPECT_EQ(asks("5000.00"), "parent-chief");
  EXPECT_EQ(asks("9000.00"), "root-admin");
  EXPECT_EQ(shop.approve("2500.00", "unit-chief").reasons, "not_an_approver");
  EXPECT_TRUE(shop.approve("2500.00", "parent-chief").has("OrderApproved"));
  // E-A2: his own limit is lowered between notification and click.
  shop.person("unit-chief", "unit", "approver", R"(,"order_limit":"1999.99")");
  EXPECT_EQ(shop.waits_for("2000.00"), "parent-chief");
  EXPECT_EQ(shop.approve("2000.00", "unit-chief").reasons, "not_an_approver");
}

// Replenishment: a cart that is ordered again by itself, at the day's price, until its date.
TEST(HybrisReplenishment, OrdersTheCartAgainOnItsDays) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer");
  shop.given(R"("DefineRecurringOrder":{"order":"weekly","company":"unit","buyer":"buyer",
                "every":1,"unit":"week","from":"2026-03-09","until":"2026-03-23",
                "lines":[{"item":"goods","quantity":"10.00"}]})");
  shop.day("2026-03-09");
  shop.price("goods", "0.50");
  shop.day("2026-03-16");
  shop.day("2026-03-30");
  EXPECT_EQ(shop.ask("recurring weekly")["state"], "ended");
  EXPECT_EQ(shop.ask("recurring weekly")["runs"], 3);
  EXPECT_EQ(shop.ask("order weekly-1")["total"], "10.00");
  EXPECT_EQ(shop.ask("order weekly-2")["total"], "5.00");
}

// What cannot be ordered any more stops it, with the reason.
TEST(HybrisReplenishment, StopsWhereARunIsRefused) {
  Scenario shop;
  shop.company("unit");
  shop.given(R"("DefineRecurringOrder":{"order":"weekly","company":"unit","every":1,"unit":"week",
                "from":"2026-03-09","lines":[{"item":"goods","quantity":"10.00"}]})");
  shop.given(R"("RegisterItem":{"item":"goods","tax_category":"exempt","decimals":2,
                "status":"inactive"})");
  shop.day("2026-03-09");
  EXPECT_EQ(shop.ask("recurring weekly")["state"], "failed");
  const std::string events = shop.ask("events weekly").dump();
  EXPECT_NE(events.find("item_inactive"), std::string::npos) << events;
}

// SAP-3 with limits of a period: who has spent his month is passed over.
TEST(HybrisBubbleUp, LooksAtTheApproversPeriodToo) {
  Scenario shop;
  shop.company("parent");
  shop.company("unit", R"(,"parent":"parent")");
  shop.person("buyer", "unit", "buyer");
  shop.person("near", "unit", "approver buyer",
              R"(,"order_limit":"2000.00","period_limit":"6000.00","period":"month")");
  shop.person("far", "parent", "approver/company_and_below", R"(,"order_limit":"5000.00")");
  shop.rule("bubble-up", R"("outcome":"ask","scope_kind":"buyer","scope":"buyer",
            "tiers":[{"groups":[{"climb":true}]}])");
  shop.ordered("O-1", "unit", "buyer", "2000.00");
  EXPECT_EQ(shop.waits_for("O-1"), "near");
  for (const auto* order : {"N-1", "N-2"})
    shop.ordered(order, "unit", "near", "2000.00");
  EXPECT_EQ(shop.waits_for("O-1"), "near");  // 6,000.00 with it
  shop.ordered("N-3", "unit", "near", "0.01");
  EXPECT_EQ(shop.waits_for("O-1"), "far");
  shop.day("2026-04-01");
  EXPECT_EQ(shop.waits_for("O-1"), "near");
  EXPECT_TRUE(shop.approve("O-1", "near").has("OrderApproved"));
}

}  // namespace
}  // namespace kontor::test
