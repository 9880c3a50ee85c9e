// BigCommerce B2B Edition: switches, payments over several invoices, and the company tree.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

// BIG-1, the switch limitPurchases.
TEST(BigCommerce, PurchasesOnAccountAreRefusedAboveTheAvailableCredit) {
  Scenario shop;
  shop.company("acme");
  shop.limit("acme", "10000.00");
  shop.rule("credit-limit",
            R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])");
  EXPECT_EQ(shop.place("O-1", "acme", "10000.01").reasons, "refused_by_rule");
  EXPECT_TRUE(shop.place("O-2", "acme", "10000.00").done());
  EXPECT_EQ(shop.place("O-3", "acme", "0.01").reasons, "refused_by_rule");
}

// BIG-1, the switch creditHold: nothing is bought, whatever credit there is.
TEST(BigCommerce, ACreditHoldStopsEveryPurchase) {
  Scenario shop;
  shop.company("acme", R"(,"standing":"hold")");
  shop.limit("acme", "10000.00");
  shop.rule("credit-hold", R"("outcome":"refuse",
            "conditions":[{"figure":"credit_standing","operator":"eq","names":["hold"]}])");
  shop.rule("credit-limit",
            R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])");
  const Said held = shop.when(R"("PlaceOrder":{"order":"O-1","company":"acme",
                                 "lines":[{"item":"goods","quantity":"1.00"}]})",
                              "held");
  EXPECT_EQ(held.reasons, "refused_by_rule");
  EXPECT_EQ(shop.why("held")["command"]["reasons"][0]["rule"], "credit-hold");
  shop.company("acme");
  EXPECT_TRUE(shop.place("O-2", "acme", "10000.00").done());
  EXPECT_EQ(shop.place("O-3", "acme", "0.01").reasons, "refused_by_rule");
}

// B5: a junior's shopping list waits until a senior has said yes to what it would order.
TEST(BigCommerce, AJuniorsListIsApprovedByASenior) {
  Scenario shop;
  shop.company("acme");
  shop.person("junior", "acme", "buyer");
  shop.person("senior", "acme", "buyer approver");
  shop.rule("juniors", R"("outcome":"ask","scope_kind":"buyer","scope":"junior",
            "tiers":[{"groups":[{"roles":["approver"]}]}])");
  shop.given(R"("SaveDraft":{"draft":"list","company":"acme","buyer":"junior",
                "lines":[{"item":"goods","quantity":"30.00"}]})");
  EXPECT_EQ(shop.ask("draft list")["total"], "30.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "0.00");
  EXPECT_TRUE(shop.when(R"("PlaceDraft":{"draft":"list","order":"O-1"})").has("ApprovalRequested"));
  EXPECT_EQ(shop.waits_for("O-1"), "senior");
  EXPECT_TRUE(shop.approve("O-1", "senior").has("OrderApproved"));
}

void bill(Scenario& shop, std::string_view order, std::string_view amount) {
  shop.place(order, "acme", amount);
  shop.allocate(order);
  shop.ship(order);
  EXPECT_TRUE(shop.invoice(order).done());
}

// BIG-3.
TEST(BigCommerce, AnInvoicesBalanceDrivesItsStatus) {
  Scenario shop;
  shop.company("acme");
  bill(shop, "1", "1000.00");
  EXPECT_EQ(shop.ask("invoice I-1")["state"], "open");
  shop.pay("R-1", "acme", "300.00", R"(,"invoices":[{"invoice":"I-1"}])");
  EXPECT_EQ(shop.ask("invoice I-1")["open"], "700.00");
  EXPECT_EQ(shop.ask("invoice I-1")["state"], "part_paid");
  shop.pay("R-2", "acme", "700.00", R"(,"invoices":[{"invoice":"I-1"}])");
  EXPECT_EQ(shop.ask("invoice I-1")["open"], "0.00");
  EXPECT_EQ(shop.ask("invoice I-1")["state"], "paid");
  shop.pay("R-3", "acme", "50.00", R"(,"invoices":[{"invoice":"I-1"}])");
  EXPECT_EQ(shop.ask("payment R-3")["unapplied"], "50.00");
  EXPECT_EQ(shop.account("acme", "unapplied"), "50.00");
}

TEST(BigCommerce, OnePaymentCoversSeveralInvoicesAndReopensThemWhenItGoesBack) {
  Scenario shop;
  shop.company("acme");
  bill(shop, "1", "500.00");
  bill(shop, "2", "250.00");
  shop.pay(
      "R-1", "acme", "650.00",
      R"(,"invoices":[{"invoice":"I-1","amount":"400.00"},{"invoice":"I-2","amount":"250.00"}])");
  EXPECT_EQ(shop.ask("invoice I-1")["open"], "100.00");
  EXPECT_EQ(shop.ask("invoice I-2")["open"], "0.00");
  shop.given(R"("ReversePayment":{"payment":"R-1","reversal":"B-1"})");
  EXPECT_EQ(shop.ask("invoice I-1")["open"], "500.00");
  EXPECT_EQ(shop.ask("invoice I-2")["open"], "250.00");
}

// B2: the terms a company may use are a closed list.
TEST(BigCommerce, TermsComeFromAClosedList) {
  Scenario shop;
  for (const auto* days : {"15", "30", "90"}) {
    shop.given(R"("DefineTerms":{"terms":"net-)" + std::string(days) +
               R"(","lines":[{"kind":"percent","percent":100,"days":)" + days + "}]}");
  }
  shop.company("acme", R"(,"terms":"net-15","allowed_terms":["net-15","net-30"])");
  EXPECT_TRUE(shop.place("O-1", "acme", "1.00", R"(,"terms":"net-30")").done());
  EXPECT_EQ(shop.place("O-2", "acme", "1.00", R"(,"terms":"net-90")").reasons, "terms_not_allowed");
  shop.place("O-3", "acme", "1.00");
  EXPECT_EQ(shop.ask("order O-3")["terms"], "net-15");
}

// B4: the depth of the tree.
TEST(BigCommerce, TheTreeHasAtMostFiveLayers) {
  Scenario shop;
  shop.policy("company.depth_max", "5");
  shop.company("layer-1");
  for (int layer = 2; layer <= 5; ++layer) {
    shop.company("layer-" + std::to_string(layer),
                 R"(,"parent":"layer-)" + std::to_string(layer - 1) + '"');
  }
  EXPECT_EQ(shop.when(R"("RegisterCompany":{"company":"layer-6","parent":"layer-5"})").reasons,
            "tree_too_deep");
}

// B4: permission levels 1, 2 and 3 are own, company, company_and_below.
TEST(BigCommerce, PermissionLevelsSayHowFarARoleReaches) {
  Scenario shop;
  shop.company("group");
  shop.company("subsidiary", R"(,"parent":"group")");
  shop.person("user", "group", "buyer/own");
  shop.person("manager", "group", "buyer approver/company");
  shop.person("head", "group", "buyer approver/company_and_below");
  shop.ask_above("list", "0.00", {"approver"});

  shop.place("G", "group", "10.00");
  EXPECT_EQ(shop.waits_for("G"), "head or manager");
  shop.place("S", "subsidiary", "10.00");
  EXPECT_EQ(shop.waits_for("S"), "head");
  EXPECT_EQ(shop.approve("S", "manager").reasons, "not_an_approver");
  EXPECT_TRUE(shop.approve("S", "head").done());
  EXPECT_EQ(shop.ordered("S-2", "subsidiary", "manager", "10.00").reasons, "not_in_scope");
}

// B5: what a junior asks for, a senior approves, and only then it is an order.
TEST(BigCommerce, AJuniorsOrderWaitsForASenior) {
  Scenario shop;
  shop.company("acme");
  shop.person("junior", "acme", "junior buyer");
  shop.person("senior", "acme", "senior buyer");
  shop.rule("juniors", R"("outcome":"ask","scope_kind":"role","scope":"junior",
            "tiers":[{"groups":[{"roles":["senior"]}]}])");
  EXPECT_TRUE(shop.ordered("O-1", "acme", "junior", "1.00").has("ApprovalRequested"));
  EXPECT_TRUE(shop.ordered("O-2", "acme", "senior", "1.00").has("OrderApproved"));
  EXPECT_TRUE(shop.approve("O-1", "senior").has("OrderApproved"));
}

// BIG-1, the hold of a company: whatever it orders is refused, until it is lifted.
TEST(BigCommerce, ABlockedCompanyBuysNothing) {
  Scenario shop;
  shop.company("acme", R"(,"status":"blocked")");
  shop.limit("acme", "10000.00");
  EXPECT_EQ(shop.place("O-1", "acme", "1.00").reasons, "company_blocked");
  EXPECT_EQ(shop.account("acme", "available"), "10000.00");  // it may look
  shop.company("acme");
  EXPECT_TRUE(shop.place("O-2", "acme", "10000.00").has("CreditCommitted"));
}

// Both switches at once: every reason is told, not the first.
TEST(BigCommerce, RefusesForEveryReasonAtOnce) {
  Scenario shop;
  shop.company("acme", R"(,"status":"blocked")");
  shop.person("gone", "acme", "buyer", R"(,"status":"inactive")");
  const Said said = shop.ordered("O-1", "acme", "gone", "1.005");
  EXPECT_EQ(said.reasons, "company_blocked buyer_inactive too_many_decimals");
}

}  // namespace
}  // namespace kontor::test
