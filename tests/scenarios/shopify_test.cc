// Shopify B2B: drafts that the merchant reviews, and quantity rules.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

struct Shopify : testing::Test {
  void SetUp() override {
    shop.company("paris");
    shop.person("pia", "paris", "buyer");
    shop.given(R"("RegisterItem":{"item":"cup","tax_category":"exempt"})");
    shop.price("cup", "2.00");
    shop.given(R"("ReceiveStock":{"receipt":"R-1","warehouse":"main","lines":[
                 {"item":"cup","quantity":100}]})");
  }
  Said draft(std::string_view quantity) {
    return shop.when(R"("SaveDraft":{"draft":"D-1","company":"paris","buyer":"pia",
                        "lines":[{"item":"cup","quantity":)" +
                     std::string(quantity) + "}]}");
  }
  std::string stock(std::string_view figure) {
    const Json value = shop.ask("stock cup")[std::string(figure)];
    return value.is_string() ? value.get<std::string>() : value.dump();
  }
  Scenario shop;
};

// S3: a checkout becomes a draft, whose units are held where the policy says so.
TEST_F(Shopify, ADraftHoldsItsUnitsAndNoCredit) {
  shop.policy("stock.draft", "reserve");
  shop.policy("stock.at", "placement");
  EXPECT_TRUE(draft("30").done());
  EXPECT_EQ(stock("reserved"), "30");
  EXPECT_EQ(stock("salable"), "70");
  EXPECT_EQ(shop.account("paris", "exposure"), "0.00");
  // The merchant sends it on: reserved becomes committed, and nothing is reserved twice.
  EXPECT_TRUE(shop.when(R"("PlaceDraft":{"draft":"D-1","order":"O-1"})").has("OrderPlaced"));
  EXPECT_EQ(stock("reserved"), "30");
  EXPECT_EQ(shop.account("paris", "exposure"), "60.00");
  shop.ship("O-1");
  EXPECT_EQ(stock("on_hand"), "70");
  EXPECT_EQ(stock("reserved"), "0");
}

TEST_F(Shopify, ADraftThatIsDiscardedGivesItsUnitsBack) {
  shop.policy("stock.draft", "reserve");
  draft("30");
  shop.given(R"("DiscardDraft":{"draft":"D-1"})");
  EXPECT_EQ(stock("reserved"), "0");
  EXPECT_EQ(stock("salable"), "100");
}

TEST_F(Shopify, ADraftHoldsNothingWhereThePolicyDoesNotSaySo) {
  draft("30");
  EXPECT_EQ(stock("reserved"), "0");
}

// A draft is priced when it is placed.
TEST_F(Shopify, ADraftIsPlacedAtTheDaysPrice) {
  draft("30");
  shop.price("cup", "3.00");
  shop.given(R"("PlaceDraft":{"draft":"D-1","order":"O-1"})");
  EXPECT_EQ(shop.ask("order O-1")["total"], "90.00");
}

// SHO-4.
TEST_F(Shopify, QuantityRulesAreReportedEachByItsOwnReason) {
  shop.given(R"("RegisterItem":{"item":"cup","tax_category":"exempt","minimum":20,"maximum":100,
                "multiple":10})");
  const auto reasons = [&](std::string_view quantity) {
    return shop
        .when(R"("PlaceOrder":{"company":"paris","order":"Q-)" + std::string(quantity) +
              R"(","lines":[{"item":"cup","quantity":)" + std::string(quantity) + "}]}")
        .reasons;
  };
  EXPECT_EQ(reasons("15"), "below_minimum not_a_multiple");
  EXPECT_EQ(reasons("10"), "below_minimum");
  EXPECT_EQ(reasons("110"), "above_maximum");
  EXPECT_EQ(reasons("30"), "");
  EXPECT_FALSE(shop.when(R"("RegisterItem":{"item":"mug","tax_category":"exempt","minimum":25,
                           "multiple":10})")
                   .done());
}

}  // namespace
}  // namespace kontor::test
