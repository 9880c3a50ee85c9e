// When an order takes from budgets and its buyer's period: budget.at (domain: One notion of when).
#include <gtest/gtest.h>

#include "tests/support/engine/spending_shop.h"

namespace kontor::test {
namespace {

constexpr std::string_view kBar = R"("cost_centre":"bar")";

struct SpendingAt : testing::Test {
  void SetUp() override {
    shop.cost_centre("bar");
    shop.budget("b", "1000.00", R"("bar")");
    shop.buyer(R"("period_limit":"1000.00","period":"month")");
  }
  void ask_everybody() {
    shop.given(R"("SetRule":{"rule":"all","outcome":"ask",
                 "tiers":[{"number":1,"groups":[{"roles":["approver"]}]}]})");
  }
  void ship_part(std::string_view shipment, int cents) {
    shop.given(R"("ShipOrder":{"order":"O-1","shipment":")" + std::string(shipment) +
               R"(","lines":[{"line":1,"warehouse":"north","quantity":)" + std::to_string(cents) +
               "}]}");
  }
  void invoice_part(std::string_view invoice, int cents) {
    shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":")" + std::string(invoice) +
               R"(","lines":[{"line":1,"quantity":)" + std::to_string(cents) + "}]}");
  }
  Answer retry(std::string_view order) {
    return shop.when(R"("RetryOrder":{"order":")" + std::string(order) + R"("})");
  }
  SpendingShop shop;
};

// E-T8: created in March, approved in April: the policy says which month's it is.
TEST_F(SpendingAt, PlacementTakesOfTheMonthItWasPlacedIn) {
  ask_everybody();
  EXPECT_EQ(shop.spend("O-1", 4000, kBar).events, "OrderPlaced ApprovalRequested SpendingTaken");
  EXPECT_EQ(shop.spent(), 4000);
  shop.day("2026-04-01");
  EXPECT_FALSE(shop.approve("bob", "O-1").has("SpendingTaken"));
  EXPECT_EQ(shop.spent(), 0);
  EXPECT_EQ(shop.taken("b"), 4000);
}

TEST_F(SpendingAt, ApprovalTakesOfTheMonthItWasApprovedIn) {
  shop.policy("budget.at", "approval");
  ask_everybody();
  EXPECT_EQ(shop.spend("O-1", 4000, kBar).events, "OrderPlaced ApprovalRequested");
  EXPECT_EQ(shop.taken("b"), 0);
  shop.day("2026-04-01");
  EXPECT_EQ(shop.approve("bob", "O-1").events,
            "ApprovalGranted OrderApproved SpendingTaken CreditCommitted");
  EXPECT_EQ(shop.spent(), 4000);
  EXPECT_EQ(shop.taken("b"), 4000);
}

// Two that fit alone, and not together.
TEST_F(SpendingAt, ApprovalFailsWhatNoLongerFits) {
  shop.policy("budget.at", "approval");
  shop.rule("budget", "over_budget", "refuse");
  ask_everybody();
  EXPECT_FALSE(shop.spend("O-1", 60000, kBar).refused());
  EXPECT_FALSE(shop.spend("O-2", 60000, kBar).refused());
  EXPECT_TRUE(shop.approve("bob", "O-1").has("SpendingTaken"));
  const Answer failed = shop.approve("bob", "O-2");
  EXPECT_EQ(failed.events, "ApprovalGranted OrderApproved OrderFailed");
  EXPECT_EQ(failed.reasons, "over_budget");
  EXPECT_EQ(failed.grounds.at(0).found, "1200.00");
  EXPECT_EQ(shop.taken("b"), 60000);
  EXPECT_EQ(retry("O-2").reasons, "over_budget");
  shop.budget("b", "1200.00", R"("bar")");
  EXPECT_TRUE(retry("O-2").has("SpendingTaken"));
  EXPECT_EQ(shop.taken("b"), 120000);
}

TEST_F(SpendingAt, ApprovalNeedsThePeopleWhomAnExcessSinceThenWouldAsk) {
  shop.policy("budget.at", "approval");
  shop.ask("limit", "over_period_limit", "approver");
  ask_everybody();
  shop.spend("O-1", 60000);
  shop.spend("O-2", 60000);
  shop.spend("O-3", 100001);  // whom it asks, it has asked
  shop.approve("bob", "O-1");
  EXPECT_EQ(shop.approve("bob", "O-2").reasons, "over_period_limit");
  EXPECT_TRUE(shop.approve("bob", "O-3").has("SpendingTaken"));
  EXPECT_EQ(shop.spent(), 160001);
}

TEST_F(SpendingAt, OverridingStandsForThePeopleAnExcessAsked) {
  shop.policy("budget.at", "approval");
  shop.ask("limit", "over_period_limit", "approver");
  EXPECT_EQ(shop.spend("O-1", 100001).reasons, "over_period_limit");
  EXPECT_EQ(shop.when(R"("OverrideApproval":{"order":"O-1"})").events,
            "ApprovalOverridden OrderApproved SpendingTaken CreditCommitted");
  EXPECT_EQ(shop.spent(), 100001);
}

// What was billed ahead stays spent, and waits for nobody any more.
TEST_F(SpendingAt, WhatStaysOfAnOrderWhoseRequestExpiredIsNotReserved) {
  shop.policy("invoice.basis", "ordered");
  shop.policy("approval.expiry_days", "1");
  shop.spend("O-1", 4000, kBar);
  invoice_part("I-1", 1000);
  ask_everybody();
  EXPECT_TRUE(shop.when(R"("AmendOrder":{"order":"O-1","amendment":"A-1",
                           "lines":[{"line":0,"item":"penny","quantity":1000}]})")
                  .has("ApprovalRequested"));
  EXPECT_EQ(shop.reserved_of("b"), 5000);
  shop.day("2026-03-09");
  EXPECT_EQ(shop.taken("b"), 1000);
  EXPECT_EQ(shop.reserved_of("b"), 0);
}

// E-A12: disabled or expired in between.
TEST_F(SpendingAt, ApprovalLooksAtCostCentreAndBudgetOfTheDay) {
  shop.policy("budget.at", "approval");
  ask_everybody();
  shop.cost_centre("bar", R"(,"mandatory":true)");
  shop.budget("b", "1000.00", R"("bar")", R"(,"valid_to":"2026-03-02")");
  shop.spend("O-1", 100, kBar);
  shop.cost_centre("bar", R"(,"mandatory":true,"status":"inactive")");
  EXPECT_EQ(shop.approve("bob", "O-1").reasons, "cost_centre_inactive");
  shop.cost_centre("bar", R"(,"mandatory":true)");
  shop.day("2026-03-03");
  EXPECT_EQ(retry("O-1").reasons, "no_budget");
  shop.budget("b", "1000.00", R"("bar")");
  EXPECT_TRUE(retry("O-1").has("SpendingTaken"));
}

// It counts nowhere while it has failed.
TEST_F(SpendingAt, PlacementGivesBackWhatFails) {
  ask_everybody();
  shop.spend("O-1", 4000, kBar);
  shop.given(R"("RegisterItem":{"item":"penny","tax_category":"exempt","status":"inactive"})");
  EXPECT_EQ(shop.approve("bob", "O-1").events,
            "ApprovalGranted OrderApproved OrderFailed SpendingReturned");
  EXPECT_EQ(shop.taken("b"), 0);
  EXPECT_EQ(shop.spent(), 0);
  shop.given(R"("RegisterItem":{"item":"penny","tax_category":"exempt"})");
  EXPECT_TRUE(retry("O-1").has("SpendingTaken"));
  EXPECT_EQ(shop.taken("b"), 4000);
}

TEST_F(SpendingAt, ApprovalTakesAtOnceWhatNobodyIsAskedAbout) {
  shop.policy("budget.at", "approval");
  EXPECT_EQ(shop.spend("O-1", 4000, kBar).events,
            "OrderPlaced OrderApproved SpendingTaken CreditCommitted");
}

TEST_F(SpendingAt, ApprovalKeepsWhatWasTakenWhileAnAmendmentIsAskedAbout) {
  shop.policy("budget.at", "approval");
  shop.spend("O-1", 4000, kBar);
  ask_everybody();
  const Answer amended = shop.when(
      R"("AmendOrder":{"order":"O-1","amendment":"A-1","lines":[{"line":1,"quantity":5000}]})");
  EXPECT_TRUE(amended.has("ApprovalRequested"));
  EXPECT_EQ(shop.taken("b"), 4000);
  shop.approve("bob", "O-1");
  EXPECT_EQ(shop.taken("b"), 5000);
}

TEST_F(SpendingAt, ShipmentTakesPartByPartAndThePartsAddUp) {
  shop.policy("budget.at", "shipment");
  shop.given(R"("RegisterItem":{"item":"third","tax_category":"exempt"})");
  shop.given(R"("SetPrice":{"list":"retail","item":"third",
               "breaks":[{"from_quantity":0,"unit_price":"0.3333"}]})");
  shop.given(R"("ReceiveStock":{"receipt":"r","warehouse":"north",
               "lines":[{"item":"third","quantity":3}]})");
  shop.place("O-1", "third", "3", R"("buyer":"ann","cost_centre":"bar")");
  EXPECT_EQ(shop.taken("b"), 0);
  shop.allocate("O-1");
  ship_part("S-1", 1);
  EXPECT_EQ(shop.taken("b"), 33);
  shop.day("2026-04-01");
  ship_part("S-2", 1);
  EXPECT_EQ(shop.taken("b"), 67);
  ship_part("S-3", 1);
  EXPECT_EQ(shop.taken("b"), 100);
  EXPECT_EQ(shop.spent(), 67) << "of April";
}

TEST_F(SpendingAt, ShipmentGivesBackWhatComesBackUnbilled) {
  shop.policy("budget.at", "shipment");
  shop.spend("O-1", 1000, kBar);
  shop.allocate("O-1");
  ship_part("S-1", 600);
  shop.given(R"("ReturnGoods":{"order":"O-1","return":"R-1","warehouse":"north",
               "lines":[{"line":1,"quantity":100,"disposition":"restock"}]})");
  EXPECT_EQ(shop.taken("b"), 500);
  EXPECT_FALSE(shop.cancel("O-1").has("SpendingReturned")) << "what is open was not taken";
}

TEST_F(SpendingAt, InvoiceTakesWhatIsBilled) {
  shop.policy("budget.at", "invoice");
  shop.spend("O-1", 1000, kBar);
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.taken("b"), 0);
  invoice_part("I-1", 300);
  EXPECT_EQ(shop.taken("b"), 300);
  invoice_part("I-2", 700);
  EXPECT_EQ(shop.taken("b"), 1000);
  shop.given(R"("IssueCreditNote":{"credit_note":"N-1","invoice":"I-1","warehouse":"north",
               "lines":[{"line":1,"quantity":100,"disposition":"restock"}]})");
  EXPECT_EQ(shop.taken("b"), 900);
}

TEST_F(SpendingAt, PaymentTakesWhatIsPaidAndGivesBackWhatBounces) {
  shop.policy("budget.at", "payment");
  shop.spend("O-1", 1000, kBar);
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.taken("b"), 0);
  EXPECT_EQ(shop.pay("P-1", "acme", "4.00").events, "PaymentReceived PaymentApplied SpendingTaken");
  EXPECT_EQ(shop.taken("b"), 400);
  shop.day("2026-04-01");
  EXPECT_TRUE(shop.pay("P-2", "acme", "10.00").has("SpendingTaken"));
  EXPECT_EQ(shop.taken("b"), 1000);
  EXPECT_EQ(shop.spent(), 600);
  EXPECT_EQ(shop.when(R"("ReversePayment":{"reversal":"V-1","payment":"P-1"})").events,
            "PaymentUnapplied SpendingReturned PaymentReversed");
  EXPECT_EQ(shop.taken("b"), 600);
  EXPECT_EQ(shop.spent(), 200);
  EXPECT_TRUE(shop.when(R"("UndoApplication":{"undo":"U-1","payment":"P-2","invoice":"I-1"})")
                  .has("SpendingReturned"));
  EXPECT_EQ(shop.taken("b"), 0);
}

TEST_F(SpendingAt, PaymentIsNotMadeByACreditNote) {
  shop.policy("budget.at", "payment");
  shop.spend("O-1", 1000, kBar);
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  EXPECT_FALSE(shop.when(R"("IssueCreditNote":{"credit_note":"N-1","invoice":"I-1",
                           "amounts":[{"line":1,"amount":"1.00"}]})")
                   .has("SpendingTaken"));
  shop.pay("P-1", "acme", "100.00");
  EXPECT_EQ(shop.taken("b"), 900);
}

TEST_F(SpendingAt, AnotherTimeThanBeforeTakesNothingTwice) {
  shop.spend("O-1", 1000, kBar);
  shop.policy("budget.at", "shipment");
  shop.allocate("O-1");
  ship_part("S-1", 400);
  EXPECT_EQ(shop.taken("b"), 1000);
  shop.cancel("O-1");
  EXPECT_EQ(shop.taken("b"), 400);
  shop.policy("budget.at", "payment");
  shop.invoice("O-1", "I-1");
  shop.pay("P-1", "acme", "4.00");
  EXPECT_EQ(shop.taken("b"), 400);
}

TEST_F(SpendingAt, AllocationIsNotSupported) {
  EXPECT_EQ(shop.when(R"("SetPolicy":{"policy":"budget.at","value":"allocation"})").reasons,
            "not_supported");
}

// Its own limits decide who is asked when it is placed, whenever it takes.
TEST_F(SpendingAt, ALaterTimeIsLookedAtWhenPlacedAsIfItTookNow) {
  shop.policy("budget.at", "invoice");
  shop.rule("limit", "over_period_limit", "refuse");
  EXPECT_EQ(shop.spend("O-1", 100001).reasons, "refused_by_rule");
  EXPECT_FALSE(shop.spend("O-2", 100000).refused());
  EXPECT_FALSE(shop.spend("O-3", 100000).refused()) << "O-2 has taken nothing yet";
}

}  // namespace
}  // namespace kontor::test
