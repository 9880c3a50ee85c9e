// PlaceOrder: prices, quantities, parties, and everything it refuses, with all reasons at once.
#include <array>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string place(std::string_view rest) {
  return R"("PlaceOrder":{"order":"O-1",)" + std::string(rest) + "}";
}

TEST(PlaceOrder, IsPricedTaxedApprovedAndTaken) {
  Shop shop;
  const Answer answer = shop.when(place(R"("company":"acme","buyer":"ann","lines":[)"
                                        R"({"item":"bolt","quantity":3},)"
                                        R"({"item":"nut","quantity":7}])"));
  EXPECT_EQ(answer.events, "OrderPlaced OrderApproved CreditCommitted");
  const Order& order = shop.order("O-1");
  EXPECT_EQ(order.net, Minor{3175});
  EXPECT_EQ(order.total, Minor{3810});
  EXPECT_EQ(shop.line("O-1", 1).gross + shop.line("O-1", 2).gross, Minor{3810});
}

// Tax is rounded once on the summed net: 3 x 0.25 at 20 % is 0.15, split over the lines.
TEST(PlaceOrder, RoundsTaxOnceOnTheSumAndSpreadsIt) {
  Shop shop;
  shop.when(place(R"("company":"acme","lines":[{"item":"nut","quantity":1},)"
                  R"({"item":"nut","quantity":1},{"item":"nut","quantity":1},)"
                  R"({"item":"nut","quantity":1}])"));
  EXPECT_EQ(shop.order("O-1").total, Minor{120});
  Minor sum;
  for (std::uint32_t i = 1; i <= 4; ++i)
    sum += shop.line("O-1", i).gross;
  EXPECT_EQ(sum, Minor{120});
}

struct Refusal {
  std::string_view name;
  std::string_view given;  // one more command before; empty: none
  std::string_view order;  // of PlaceOrder, after its identifier
  std::string_view reasons;
};

class PlaceOrderRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(PlaceOrderRefuses, AndWritesNothingElse) {
  Shop shop;
  if (!GetParam().given.empty()) shop.given(GetParam().given);
  const Answer answer = shop.when(place(GetParam().order));
  EXPECT_EQ(answer.reasons, GetParam().reasons);
  EXPECT_EQ(answer.events, "CommandRefused");
  EXPECT_TRUE(shop.book().orders().find("O-1") == nullptr || GetParam().name == "OrderExists");
}

constexpr std::string_view kOneBolt = R"("company":"acme","lines":[{"item":"bolt","quantity":1}])";

constexpr auto kRefusals = std::to_array<Refusal>({
    {"UnknownCompany", "", R"("company":"x","lines":[{"item":"bolt","quantity":1}])",
     "unknown_company"},
    {"UnknownItem", "", R"("company":"acme","lines":[{"item":"x","quantity":1}])", "unknown_item"},
    {"UnknownBuyer", "", R"("company":"acme","buyer":"x","lines":[{"item":"bolt","quantity":1}])",
     "unknown_buyer"},
    {"UnknownTerms", "", R"("company":"acme","terms":"x","lines":[{"item":"bolt","quantity":1}])",
     "unknown_terms"},
    {"OrderExists",
     R"("PlaceOrder":{"order":"O-1","company":"acme",
                   "lines":[{"item":"nut","quantity":1}]})",
     kOneBolt, "order_exists"},
    {"ItemInactive",
     R"("RegisterItem":{"item":"bolt","tax_category":"standard","status":"inactive"})", kOneBolt,
     "item_inactive"},
    {"BelowMinimum", R"("RegisterItem":{"item":"bolt","tax_category":"standard","minimum":2})",
     kOneBolt, "below_minimum"},
    {"AboveMaximum", R"("RegisterItem":{"item":"bolt","tax_category":"standard","maximum":2})",
     R"("company":"acme","lines":[{"item":"bolt","quantity":3}])", "above_maximum"},
    {"TooManyDecimals", "", R"("company":"acme","lines":[{"item":"bolt","quantity":"1.5"}])",
     "too_many_decimals"},
    {"NotPositive", "", R"("company":"acme","lines":[{"item":"bolt","quantity":0}])",
     "not_positive"},
    {"NoPrice", R"("RegisterItem":{"item":"new","tax_category":"standard"})",
     R"("company":"acme","lines":[{"item":"new","quantity":1}])", "no_price"},
    {"PriceChanged", "",
     R"("company":"acme","lines":[{"item":"bolt","quantity":1,"unit_price":"9.99"}])",
     "price_changed"},
    {"NoTaxRate", R"("RegisterItem":{"item":"bolt","tax_category":"reduced"})", kOneBolt,
     "no_tax_rate"},
    {"CompanyBlocked", R"("RegisterCompany":{"company":"acme","status":"blocked"})", kOneBolt,
     "company_blocked"},
    {"BuyerInactive",
     R"("RegisterBuyer":{"buyer":"ann","company":"acme","status":"inactive",
                   "roles":[{"role":"buyer"}]})",
     R"("company":"acme","buyer":"ann","lines":[{"item":"bolt","quantity":1}])", "buyer_inactive"},
    {"NotInScope", "", R"("company":"acme","buyer":"bob","lines":[{"item":"bolt","quantity":1}])",
     "not_in_scope"},
    {"PayerNotAllowed", R"("RegisterCompany":{"company":"other"})",
     R"("company":"acme","payer":"other","lines":[{"item":"bolt","quantity":1}])",
     "payer_not_allowed"},
    {"NoRate", R"("RegisterCompany":{"company":"acme","currency":"EUR"})",
     R"("company":"acme","currency":"USD","lines":[{"item":"bolt","quantity":1}])",
     "no_rate no_price"},
    {"DateBeforeOrder", "",
     R"("company":"acme","requested_date":"2026-03-01",
                   "lines":[{"item":"bolt","quantity":1}])",
     "date_before_order"},
    {"AmountOverflow", "",
     R"("company":"acme","lines":[{"item":"bolt","quantity":1000000000},
                   {"item":"bolt","quantity":1000000001}])",
     "amount_overflow"},
    {"TooManyOfNone", "", R"("company":"acme","lines":[])", "too_many"},
    {"AllReasonsOfAllLines", "",
     R"("company":"acme","buyer":"x","lines":[{"item":"bolt","quantity":"1.5"},
                   {"item":"x","quantity":1}])",
     "unknown_buyer too_many_decimals unknown_item"},
});

INSTANTIATE_TEST_SUITE_P(PlaceOrder, PlaceOrderRefuses, testing::ValuesIn(kRefusals),
                         [](const testing::TestParamInfo<Refusal>& row) {
                           return std::string(row.param.name);
                         });

TEST(PlaceOrder, RefusesNegativeTotal) {
  Shop shop;
  shop.policy("price.from", "command");
  const Answer answer = shop.when(
      place(R"("company":"acme","lines":[{"item":"bolt","quantity":1,"unit_price":"-1.00"}])"));
  EXPECT_EQ(answer.reasons, "negative_total");
}

TEST(PlaceOrder, RefusesTermsNotAllowed) {
  Shop shop;
  for (const std::string_view name : {"net30", "net60"}) {
    shop.given(R"("DefineTerms":{"terms":")" + std::string(name) +
               R"(","lines":[{"kind":"percent","percent":100,"days":30}]})");
  }
  shop.given(R"("RegisterCompany":{"company":"acme","terms":"net30","allowed_terms":["net30"]})");
  EXPECT_EQ(shop.place("O-1", "bolt", "1", R"("terms":"net60")").reasons, "terms_not_allowed");
  EXPECT_EQ(shop.place("O-2", "bolt", "1", R"("terms":"net30")").status, StatusCode::kDone);
}

TEST(PlaceOrder, RefusesWrongVersionOfAnOrderThatIsNew) {
  Shop shop;
  const Answer answer = shop.when(
      R"("expected_version":3,"PlaceOrder":{"order":"O-1","company":"acme",
         "lines":[{"item":"bolt","quantity":1}]})");
  EXPECT_EQ(answer.reasons, "wrong_version");
  EXPECT_EQ(answer.grounds.at(0).found, "0");
}

// M7: minimum 6, multiple 6: 5 fails on both, 8 on the multiple, 12 passes.
TEST(PlaceOrder, RefusesNotAMultipleAndBelowMinimumTogether) {
  Shop shop;
  shop.given(
      R"("RegisterItem":{"item":"bolt","tax_category":"standard","minimum":6,"multiple":6})");
  EXPECT_EQ(shop.place("O-5", "bolt", "5").reasons, "below_minimum not_a_multiple");
  EXPECT_EQ(shop.place("O-8", "bolt", "8").reasons, "not_a_multiple");
  EXPECT_EQ(shop.place("O-12", "bolt", "12").status, StatusCode::kDone);
}

// S4: a minimum that is no multiple of the increment is refused when it is set.
TEST(RegisterItem, RefusesQuantityRuleConflict) {
  Shop shop;
  const auto item = [&](std::string_view rest) {
    return shop.when(R"("RegisterItem":{"item":"bolt","tax_category":"standard",)" +
                     std::string(rest) + "}");
  };
  EXPECT_EQ(item(R"("minimum":8,"multiple":6)").reasons, "quantity_rule_conflict");
  EXPECT_EQ(item(R"("minimum":8,"maximum":7)").reasons, "quantity_rule_conflict");
  EXPECT_EQ(item(R"("minimum":12,"multiple":6,"maximum":24)").status, StatusCode::kDone);
}

// E-S9: 0.1 + 0.2 is 0.3.
TEST(PlaceOrder, CountsDecimalQuantitiesExactly) {
  Shop shop;
  shop.given(R"("RegisterItem":{"item":"wire","tax_category":"exempt","decimals":4})");
  shop.given(R"("SetPrice":{"list":"retail","item":"wire",
               "breaks":[{"from_quantity":0,"unit_price":"0.0125"}]})");
  shop.given(R"("ReceiveStock":{"receipt":"R-1","warehouse":"north",
               "lines":[{"item":"wire","quantity":"0.1"},{"item":"wire","quantity":"0.2"}]})");
  shop.place("O-1", "wire", "0.3");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped OrderFulfilled");
  shop.place("O-2", "wire", "1000");
  EXPECT_EQ(shop.order("O-2").total, Minor{1250});
}

// E-M10: many orders of the greatest amount; the sum is refused before it wraps.
TEST(PlaceOrder, RefusesAmountOverflowOfTheAccount) {
  Shop shop;
  shop.check_every(500);
  shop.given(R"("RegisterCompany":{"company":"giant"})");
  shop.policy("price.from", "command");
  Answer answer;
  int placed = 0;
  for (; placed < 3000; ++placed) {
    answer = shop.when(R"("PlaceOrder":{"company":"giant","order":"G-)" + std::to_string(placed) +
                       R"(","lines":[{"item":"penny","quantity":1000,
                          "unit_price":"10000000000.00"}]})");
    if (answer.refused()) break;
  }
  EXPECT_EQ(answer.reasons, "amount_overflow");
  EXPECT_EQ(placed, 2305);  // a quarter of the greatest number, in units of 10^15 cents
  EXPECT_EQ(shop.exposure("giant"), 2305LL * 1'000'000'000'000'000);
}

// Prices: the greatest from-quantity not above the line's, of the first list that has the item.
TEST(PlaceOrder, TakesThePriceOfTheOwnListAndBreak) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"special","item":"bolt","breaks":[
               {"from_quantity":0,"unit_price":"9.00"},{"from_quantity":10,"unit_price":"8.50"}]})");
  shop.given(R"("RegisterCompany":{"company":"acme","price_lists":["special"]})");
  shop.place("O-9", "bolt", "9");
  shop.place("O-10", "bolt", "10");
  shop.place("O-nut", "nut", "4");
  EXPECT_EQ(shop.order("O-9").net, Minor{8100});
  EXPECT_EQ(shop.order("O-10").net, Minor{8500});
  EXPECT_EQ(shop.order("O-nut").net, Minor{100});
}

TEST(PlaceOrder, IsRefusedByRuleWithItsNumbers) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"too-large","outcome":"refuse",
               "conditions":[{"figure":"order_total_with_tax","operator":"gt","amount":"120.00"}]})");
  EXPECT_EQ(shop.place("O-10", "bolt", "10").status, StatusCode::kDone);
  const Answer answer = shop.place("O-11", "bolt", "11");
  EXPECT_EQ(answer.reasons, "refused_by_rule");
  EXPECT_EQ(answer.grounds.at(0).found, "132.00");
  EXPECT_EQ(answer.grounds.at(0).allowed, "120.00");
}

TEST(PlaceOrder, IsWarnedWhereARuleMatched) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"many","outcome":"warn",
               "conditions":[{"figure":"distinct_items","operator":"ge","count":2}]})");
  EXPECT_EQ(shop.place("O-1", "bolt", "1").events, "OrderPlaced OrderApproved CreditCommitted");
  const Answer answer = shop.when(R"("PlaceOrder":{"company":"acme","order":"O-2","lines":)" +
                                  lines({{"bolt", "1"}, {"nut", "1"}}) + "}");
  EXPECT_EQ(answer.events, "OrderPlaced CommandWarned OrderApproved CreditCommitted");
  EXPECT_EQ(answer.reasons, "rule_matched");
}

TEST(PlaceOrder, IsNotRefusedWhereAMoreSpecificScopeExcludesTheRule) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"none","outcome":"refuse"})");
  EXPECT_EQ(shop.place("O-1", "bolt", "1").reasons, "refused_by_rule");
  shop.given(R"("SetRule":{"rule":"but-acme","outcome":"exclude","exclude":"none",
               "scope_kind":"company","scope":"acme"})");
  EXPECT_EQ(shop.place("O-2", "bolt", "1").status, StatusCode::kDone);
}

TEST(PlaceOrder, RefusesDateNotAllowedByPolicy) {
  Shop shop;
  const Answer ahead = shop.when(
      R"("effective_date":"2026-03-03","PlaceOrder":{"order":"O-1","company":"acme",
         "lines":[{"item":"bolt","quantity":1}]})");
  EXPECT_EQ(ahead.reasons, "date_not_allowed");
  shop.policy("effective.days_back", "1");
  const Answer back = shop.when(
      R"("effective_date":"2026-02-28","PlaceOrder":{"order":"O-1","company":"acme",
         "lines":[{"item":"bolt","quantity":1}]})");
  EXPECT_EQ(back.reasons, "date_not_allowed");
}

// M9: currencies without and with three decimals.
TEST(PlaceOrder, CountsCurrenciesByTheirOwnDecimals) {
  struct Row {
    std::string_view currency;
    std::string_view price;
    std::int64_t total;
  };
  for (const Row& row : {Row{"JPY", "120.5", 241}, Row{"KWD", "0.0125", 25}}) {
    Story story;
    story.given(R"("OpenBook":{"book":"b","currency":")" + std::string(row.currency) +
                R"(","first_business_date":"2026-03-02"})");
    story.given(R"("SetTaxRate":{"category":"none","rate":0})");
    story.given(R"("RegisterItem":{"item":"thing","tax_category":"none"})");
    story.given(R"("SetPrice":{"list":"l","item":"thing","currency":")" +
                std::string(row.currency) + R"(","breaks":[{"from_quantity":0,"unit_price":")" +
                std::string(row.price) + R"("}]})");
    story.policy("price.list", "l");
    story.given(R"("RegisterCompany":{"company":"acme"})");
    EXPECT_EQ(story.place("O-1", "thing", "2").status, StatusCode::kDone);
    EXPECT_EQ(story.order("O-1").total, Minor{row.total}) << row.currency;
  }
}

}  // namespace
}  // namespace kontor::test
