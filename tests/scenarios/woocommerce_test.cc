// WooCommerce with B2BKing and WholesaleX: sub-accounts under approval, and credit as two numbers.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

// W2.
TEST(WooCommerce, AFlaggedSubAccountNeedsTheMainAccount) {
  Scenario shop;
  shop.company("acme");
  shop.person("flagged", "acme", "buyer");
  shop.person("free", "acme", "buyer");
  shop.person("main", "acme", "admin");
  shop.rule("flag", R"("outcome":"ask","scope_kind":"buyer","scope":"flagged",
            "tiers":[{"groups":[{"roles":["admin"]}]}])");
  EXPECT_TRUE(shop.ordered("O-1", "acme", "free", "50.00").has("OrderApproved"));
  shop.ordered("O-2", "acme", "flagged", "50.00");
  EXPECT_EQ(shop.state("O-2"), "awaiting_approval");
  EXPECT_EQ(shop.waits_for("O-2"), "main");
  EXPECT_EQ(shop.approve("O-2", "free").reasons, "not_an_approver");
  EXPECT_TRUE(shop.approve("O-2", "main").has("OrderApproved"));
  shop.ordered("O-3", "acme", "flagged", "50.00");
  EXPECT_TRUE(shop.reject("O-3", "main").has("OrderRejected"));
}

// WOO-3, the two numbers.
TEST(WooCommerce, CreditIsALimitAndWhatIsConsumedOfIt) {
  Scenario shop;
  shop.company("acme");
  shop.limit("acme", "2000.00");
  shop.rule("credit-limit",
            R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])");
  shop.place("O-1", "acme", "750.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "750.00");
  EXPECT_EQ(shop.account("acme", "available"), "1250.00");
  EXPECT_EQ(shop.place("O-2", "acme", "1300.00").reasons, "refused_by_rule");
  shop.pay("R-1", "acme", "750.00");
  EXPECT_EQ(shop.account("acme", "available"), "2000.00");
}

// WOO-3, by age: blocked after 7 days, although there is credit left.
TEST(WooCommerce, AnUnpaidOrderBlocksTheNextAfterSevenDays) {
  Scenario shop;
  shop.company("acme");
  shop.limit("acme", "2000.00");
  shop.rule("ageing", R"("outcome":"refuse",
            "conditions":[{"figure":"oldest_overdue_days","operator":"gt","days":7}])");
  shop.place("O-1", "acme", "750.00");
  shop.allocate("O-1");
  shop.ship("O-1");
  shop.invoice("O-1");  // due at once
  shop.day("2026-03-09");
  EXPECT_TRUE(shop.place("O-2", "acme", "1.00").done());
  shop.cancel("O-2");
  shop.day("2026-03-10");
  EXPECT_EQ(shop.account("acme", "available"), "1250.00");
  const Said refused = shop.when(R"("PlaceOrder":{"order":"O-3","company":"acme",
                                    "lines":[{"item":"goods","quantity":"1.00"}]})",
                                 "day-8");
  EXPECT_EQ(refused.reasons, "refused_by_rule");
  // What would let it pass is told, and does.
  const Json why = shop.why("day-8");
  EXPECT_EQ(why["remedies"][0]["says"], "a payment of 750.00 EUR by acme");
  EXPECT_EQ(why["remedies"][0]["releases"], true);
  shop.pay("R-1", "acme", "749.99");
  EXPECT_FALSE(shop.place("O-4", "acme", "1.00").done());
  shop.pay("R-2", "acme", "0.01");
  EXPECT_TRUE(shop.place("O-5", "acme", "1.00").done());
}

// Neighbours of WOO-3: to the cent, and in another order of steps.
TEST(WooCommerce, CreditIsExactToTheCent) {
  Scenario shop;
  shop.company("acme");
  shop.limit("acme", "2000.00");
  shop.rule("credit-limit",
            R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])");
  shop.pay("R-1", "acme", "0.01");
  EXPECT_TRUE(shop.place("O-1", "acme", "2000.01").done());
  EXPECT_EQ(shop.account("acme", "available"), "0.00");
  EXPECT_EQ(shop.place("O-2", "acme", "0.01").reasons, "refused_by_rule");
  shop.cancel_part("O-1", "0.01");
  EXPECT_TRUE(shop.place("O-3", "acme", "0.01").done());
}

// E-C2: two orders of 600.00 with 1,000.00 available.
TEST(WooCommerce, OfTwoOrdersThatTogetherAreTooMuchOneIsTaken) {
  Scenario shop;
  shop.company("acme");
  shop.limit("acme", "1000.00");
  EXPECT_TRUE(shop.place("O-1", "acme", "600.00").has("CreditCommitted"));
  EXPECT_TRUE(shop.place("O-2", "acme", "600.00").has("OrderHeld"));
  shop.cancel("O-1");
  EXPECT_EQ(shop.state("O-2"), "open");
}

}  // namespace
}  // namespace kontor::test
