// why: what would let an order pass that has failed or was refused, or that limits up the company
// tree hold; doing it does.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

// What is told as enough by itself, a semicolon between.
std::string enough(const Json& why) {
  std::string out;
  for (const Json& remedy : why.value("remedies", Json::array())) {
    if (!remedy.value("releases", false)) continue;
    out += (out.empty() ? "" : "; ") + remedy.at("says").get<std::string>();
  }
  return out;
}
std::string together(const Json& why) {
  std::string out;
  for (const Json& set : why.value("together", Json::array()))
    out += (out.empty() ? "" : "; ") + set.at("says").get<std::string>();
  return out;
}

// ---- failed ----

// Two drills are left; kim's three were approved when somebody else had one.
struct WhyFailed : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("kim", "acme", "buyer");
    shop.person("mia", "acme", "manager");
    shop.ask_above("R1", "100.00", {"manager"});
    shop.policy("stock.at", "approval");
    shop.policy("stock.short", "refuse");
    drill("active");
    shop.price("drill", "90.00");
    receive("R-1", 3);
    shop.given(R"("PlaceOrder":{"order":"O-1","company":"acme","buyer":"kim",
                  "lines":[{"item":"drill","quantity":3}]})");
    shop.given(R"("PlaceOrder":{"order":"O-2","company":"acme",
                  "lines":[{"item":"drill","quantity":1}]})");
  }
  void drill(std::string_view status) {
    shop.given(R"("RegisterItem":{"item":"drill","tax_category":"exempt","status":")" +
               std::string(status) + R"("})");
  }
  void receive(std::string_view receipt, int drills) {
    shop.given(R"("ReceiveStock":{"receipt":")" + std::string(receipt) +
               R"(","warehouse":"main","lines":[{"item":"drill","quantity":)" +
               std::to_string(drills) + "}]}");
  }
  Said retry() { return shop.when(R"("RetryOrder":{"order":"O-1"})"); }
  Scenario shop;
};

TEST_F(WhyFailed, TellsWhatLacksAndThatOneMoreIsEnough) {
  ASSERT_TRUE(shop.approve("O-1", "mia").has("OrderFailed"));
  const Json why = shop.why("O-1");
  EXPECT_EQ(why["failure"]["reasons_now"][0]["reason"], "short_stock");
  EXPECT_EQ(enough(why),
            "a cancellation of 1 of line 1 (worth 90.00 EUR); "
            "1 more of item drill that is free for it");
  const Json& stock = why["remedies"][1];
  EXPECT_EQ(stock["kind"], "stock");
  EXPECT_EQ(stock["command"], "ReceiveStock");
  EXPECT_EQ(stock["name"], "drill");
  EXPECT_EQ(stock["quantity"], 1);
  EXPECT_EQ(retry().reasons, "short_stock");
  receive("R-2", 1);
  EXPECT_EQ(shop.why("O-1")["says"], "order O-1 is failed: RetryOrder takes it up again");
  EXPECT_TRUE(retry().has("StockReserved"));
}

TEST_F(WhyFailed, TellsWhatIsToBePutRightTogether) {
  drill("inactive");
  ASSERT_TRUE(shop.approve("O-1", "mia").has("OrderFailed"));
  const Json why = shop.why("O-1");
  EXPECT_EQ(enough(why), "");
  EXPECT_NE(
      together(why).find("1 more of item drill that is free for it, and item drill active again"),
      std::string::npos)
      << together(why);
  drill("active");
  EXPECT_EQ(retry().reasons, "short_stock");
  receive("R-2", 1);
  EXPECT_TRUE(retry().done());
}

TEST_F(WhyFailed, IsReadAsText) {
  shop.approve("O-1", "mia");
  const std::string text = shop.why_text("O-1");
  EXPECT_NE(text.find("RetryOrder passes with any one of:\n"
                      "  - a cancellation of 1 of line 1 (worth 90.00 EUR)\n"
                      "  - 1 more of item drill that is free for it\n"),
            std::string::npos)
      << text;
}

// ---- refused ----

struct WhyRefused : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.limit("acme", "1000.00");
    shop.rule("credit-limit",
              R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])");
    shop.place("O-1", "acme", "960.00");
  }
  Said order(std::string_view id) {
    return shop.when(R"("PlaceOrder":{"order":"O-2","company":"acme",
                        "lines":[{"item":"goods","quantity":"120.00"}]})",
                     id);
  }
  Scenario shop;
};

TEST_F(WhyRefused, TellsWhatLetsTheSameOrderPass) {
  EXPECT_EQ(order("kim-1").reasons, "refused_by_rule");
  const Json why = shop.why("kim-1");
  EXPECT_EQ(why["command"]["done"], false);
  EXPECT_EQ(enough(why), "a payment of 80.00 EUR by acme; a limit of 1080.00 EUR for acme");
  shop.pay("R-1", "acme", "79.99");
  EXPECT_EQ(order("kim-2").reasons, "refused_by_rule");
  EXPECT_EQ(enough(shop.why("kim-1")),
            "a payment of 0.01 EUR by acme; a limit of 1000.01 EUR for acme");
  shop.limit("acme", "1000.01");
  EXPECT_FALSE(shop.why("kim-1").contains("remedies"));
  EXPECT_TRUE(order("kim-3").has("OrderPlaced"));
}

// What is put right shows what else stands in the way; both are told.
TEST_F(WhyRefused, TellsAFactAndTheLimitTogether) {
  shop.given(R"("RegisterItem":{"item":"goods","tax_category":"exempt","decimals":2,
                "status":"inactive"})");
  EXPECT_EQ(order("kim-1").reasons, "item_inactive");
  const Json why = shop.why("kim-1");
  EXPECT_EQ(enough(why), "");
  EXPECT_NE(together(why).find("item goods active again, and a limit of 1080.00 EUR for acme"),
            std::string::npos)
      << together(why);
  shop.given(R"("RegisterItem":{"item":"goods","tax_category":"exempt","decimals":2})");
  EXPECT_EQ(order("kim-2").reasons, "refused_by_rule");
  shop.limit("acme", "1080.00");
  EXPECT_TRUE(order("kim-3").has("OrderPlaced"));
}

TEST_F(WhyRefused, TellsABlockedCompany) {
  shop.cancel("O-1");
  shop.company("acme", R"(,"status":"blocked")");
  EXPECT_EQ(order("kim-1").reasons, "company_blocked");
  EXPECT_EQ(enough(shop.why("kim-1")), "company acme active again");
  shop.company("acme");
  EXPECT_TRUE(order("kim-2").has("OrderPlaced"));
}

// Its name is taken by now, and that is all there is to say.
TEST_F(WhyRefused, TellsThatItHasBeenPlacedSince) {
  order("kim-1");
  shop.limit("acme", "2000.00");
  order("kim-2");
  const Json why = shop.why("kim-1");
  EXPECT_EQ(why["command"]["reasons_now"][0]["reason"], "order_exists");
  EXPECT_FALSE(why.contains("remedies"));
}

TEST_F(WhyRefused, IsReadAsText) {
  order("kim-1");
  const std::string text = shop.why_text("kim-1");
  EXPECT_NE(text.find("The same order passes with any one of:\n"
                      "  - a payment of 80.00 EUR by acme\n"
                      "  - a limit of 1080.00 EUR for acme\n"),
            std::string::npos)
      << text;
}

// ---- limits up the tree ----

struct WhyTree : testing::Test {
  void SetUp() override {
    shop.company("group");
    shop.company("acme", R"(,"parent":"group")");
    shop.company("sister", R"(,"parent":"group")");
    shop.policy("credit.tree", "each");
    shop.limit("group", "1000.00");
    shop.place("S-1", "sister", "700.00");
    shop.limit("acme", "350.00");
  }
  Scenario shop;
};

TEST_F(WhyTree, NamesWhoseLimitHoldsTheOrder) {
  shop.place("O-1", "acme", "340.00");
  const Json why = shop.why("O-1");
  EXPECT_EQ(why["hold"]["limit_of"], "group");
  EXPECT_EQ(why["says"],
            "order O-1 is on_hold: exposure 700.00 and its own 340.00 are 40.00 over the limit of "
            "1000.00 of group; a payment of 40.00 releases it");
  EXPECT_EQ(enough(why),
            "a payment of 40.00 EUR by acme; a limit of 1040.00 EUR for group; "
            "a cancellation of 40 of line 1 (worth 40.00 EUR); a person's release");
  shop.limit("acme", "9000.00");  // not what holds it
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  shop.limit("group", "1039.99");
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  shop.limit("group", "1040.00");
  EXPECT_EQ(shop.state("O-1"), "open");
}

TEST_F(WhyTree, ThePayersPaymentLowersWhatTheGroupCounts) {
  shop.place("O-1", "acme", "340.00");
  shop.pay("R-1", "acme", "39.99");
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  shop.pay("R-2", "acme", "0.01");
  EXPECT_EQ(shop.state("O-1"), "open");
}

TEST_F(WhyTree, TellsBothLimitsWhereBothHoldIt) {
  shop.place("O-1", "acme", "360.00");
  const Json why = shop.why("O-1");
  EXPECT_NE(together(why).find("a limit of 360.00 EUR for acme, and a limit of 1060.00 EUR for "
                               "group"),
            std::string::npos)
      << together(why);
  shop.limit("acme", "360.00");
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  shop.limit("group", "1060.00");
  EXPECT_EQ(shop.state("O-1"), "open");
}

// The account as it was tells the limits up the tree as they were.
TEST_F(WhyTree, AnAccountAsItWasTellsTheLimitsOfThen) {
  const Sequence before = shop.position();
  shop.place("O-1", "acme", "100.00");
  shop.limit("group", "5000.00");
  shop.policy("credit.tree", "own");
  const Json then = shop.ask("account acme", before);
  EXPECT_EQ(then["credit_tree"], "each");
  ASSERT_EQ(then["limits"].size(), 2U) << then.dump();
  EXPECT_EQ(then["limits"][1]["company"], "group");
  EXPECT_EQ(then["limits"][1]["limit"], "1000.00");
  EXPECT_EQ(then["limits"][1]["exposure"], "700.00");
  EXPECT_EQ(then["exposure"], "0.00");
  EXPECT_EQ(shop.ask("account group", before)["tree"][0]["exposure"], "700.00");
  EXPECT_EQ(shop.ask("account acme")["credit_tree"], "own");
}

// And the orders that were held.
TEST_F(WhyTree, AnAccountAsItWasTellsTheOrdersHeldThen) {
  shop.place("O-1", "acme", "340.00");
  const Sequence held = shop.position();
  shop.limit("group", "5000.00");
  ASSERT_EQ(shop.state("O-1"), "open");
  EXPECT_EQ(shop.ask("account acme", held)["held"][0]["order"], "O-1");
  EXPECT_EQ(shop.ask("account acme")["held_count"], 0);
}

}  // namespace
}  // namespace kontor::test
