// Sana Commerce: an order that is not authorised moves no goods; warnings and errors of the shop.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

struct Sana : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("sub", "acme", "buyer", R"(,"order_limit":"250.00")");
    shop.person("main", "acme", "approver");
  }
  Scenario shop;
};

// SAN-1.
TEST_F(Sana, AnOrderAtTheLimitIsNotPending) {
  EXPECT_TRUE(shop.ordered("O-1", "acme", "sub", "250.00").has("OrderApproved"));
  EXPECT_TRUE(shop.allocate("O-1").done());
  EXPECT_TRUE(shop.ship("O-1").done());
}

TEST_F(Sana, APendingOrderMovesNoGoodsUntilItIsApproved) {
  shop.ordered("O-2", "acme", "sub", "250.01");
  EXPECT_EQ(shop.state("O-2"), "awaiting_approval");
  EXPECT_EQ(shop.allocate("O-2").reasons, "not_approved");
  EXPECT_EQ(shop.ship("O-2").reasons, "not_approved");
  EXPECT_EQ(shop.invoice("O-2").reasons, "not_approved");
  shop.approve("O-2", "main");
  EXPECT_TRUE(shop.allocate("O-2").done());
  EXPECT_TRUE(shop.ship("O-2").done());
}

TEST_F(Sana, ADeclinedOrderMovesNoGoodsForGood) {
  shop.ordered("O-3", "acme", "sub", "250.01");
  shop.reject("O-3", "main");
  EXPECT_EQ(shop.allocate("O-3").reasons, "not_approved");
  EXPECT_EQ(shop.approve("O-3", "main").reasons, "request_closed");
  EXPECT_EQ(shop.ship("O-3").reasons, "not_approved");
}

// N2: several levels.
TEST_F(Sana, TheSubAccountsRulesSayHowManyLevelsThereAre) {
  shop.person("head", "acme", "director");
  shop.rule("second-level", R"("outcome":"ask","scope_kind":"buyer","scope":"sub",
            "conditions":[{"figure":"order_total_with_tax","amount":"1000.00"}],
            "tiers":[{"number":2,"groups":[{"roles":["director"]}]}])");
  shop.ordered("O-4", "acme", "sub", "1000.00");
  EXPECT_TRUE(shop.approve("O-4", "main").has("OrderApproved"));
  shop.ordered("O-5", "acme", "sub", "1000.01");
  EXPECT_EQ(shop.waits_for("O-5"), "main");
  EXPECT_EQ(shop.approve("O-5", "main").events, "ApprovalGranted");
  EXPECT_EQ(shop.waits_for("O-5"), "head");
  EXPECT_TRUE(shop.approve("O-5", "head").has("OrderApproved"));
}

// N3: both rules match; the error wins, and says so.
TEST_F(Sana, WarningsTravelAlongAndAnErrorWins) {
  shop.limit("acme", "1000.00");
  shop.withdraw("credit-limit");
  shop.rule("shop-warns", R"("outcome":"warn","conditions":[{"figure":"exposure_over_limit"}])");
  const Said warned = shop.place("O-6", "acme", "1000.01");
  EXPECT_TRUE(warned.done());
  EXPECT_EQ(warned.warnings, "over_credit_limit");
  EXPECT_EQ(shop.state("O-6"), "open");
  shop.cancel("O-6");
  shop.rule("erp-refuses", R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])");
  EXPECT_EQ(shop.place("O-7", "acme", "1000.01").reasons, "refused_by_rule");
  EXPECT_EQ(shop.place("O-8", "acme", "1000.00").warnings, "");
}

// Quick order: what is typed in is checked line by line before anything is placed.
TEST_F(Sana, AQuickOrderIsCheckedWithoutBeingPlaced) {
  const auto typed = [](std::string_view item, std::string_view quantity) {
    return R"("PlaceOrder":{"order":"Q-1","company":"acme","buyer":"sub",
              "lines":[{"item":"goods","quantity":"10.00"},{"item":")" +
           std::string(item) + R"(","quantity":")" + std::string(quantity) + R"("}]})";
  };
  const Json wrong = shop.check(typed("no such thing", "1"));
  EXPECT_EQ(wrong["outcome"], "refused") << wrong.dump();
  EXPECT_EQ(wrong["reasons"][0]["reason"], "unknown_item");
  EXPECT_EQ(wrong["reasons"][0]["line"], 2);
  const Json right = shop.check(typed("goods", "240.00"));
  EXPECT_EQ(right["outcome"], "approved") << right.dump();
  EXPECT_EQ(right["total"], "250.00");
  // What would be asked, and of whom, is told before as well.
  const Json asked = shop.check(typed("goods", "240.01"));
  EXPECT_EQ(asked["outcome"], "asks") << asked.dump();
  EXPECT_EQ(asked["asks"][0]["may"], Json({"main"}));
  EXPECT_EQ(shop.account("acme", "exposure"), "0.00");
  EXPECT_TRUE(shop.when(typed("goods", "240.01")).has("ApprovalRequested"));
  EXPECT_EQ(shop.state("Q-1"), "awaiting_approval");
}

// SAN-4, N4: without an invoice for the prepayment, which is a payment that names the order.
TEST_F(Sana, APrepaymentAndItsOrderNeverCountTwice) {
  shop.limit("acme", "1000.00");
  shop.rule("prepayment", R"("outcome":"deposit","deposit":30,"scope_kind":"company",
            "scope":"acme")");
  shop.place("O-9", "acme", "1000.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
  shop.pay("P-9", "acme", "300.00", R"(,"orders":[{"order":"O-9"}])");
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
  shop.allocate("O-9");
  shop.ship("O-9");
  shop.invoice("O-9");
  EXPECT_EQ(shop.ask("invoice I-O-9")["open"], "700.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
}

}  // namespace
}  // namespace kontor::test
