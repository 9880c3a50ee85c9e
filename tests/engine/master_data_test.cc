// Books, companies, people, items, rules, policies and days: what setting them refuses.
#include <array>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

struct Row {
  std::string_view name;
  std::string_view command;
  std::string_view reasons;
};

class Refuses : public testing::TestWithParam<Row> {};

TEST_P(Refuses, AndWritesNothingElse) {
  Shop shop;
  const Answer answer = shop.when(GetParam().command);
  EXPECT_EQ(answer.reasons, GetParam().reasons);
  EXPECT_EQ(answer.events, "CommandRefused");
}

std::string name_of(const testing::TestParamInfo<Row>& row) {
  return std::string(row.param.name);
}

constexpr auto kOfParties = std::to_array<Row>({
    {"RegisterCompanyUnknownCompany", R"("RegisterCompany":{"company":"b","parent":"x"})",
     "unknown_company"},
    {"RegisterCompanyUnknownTerms", R"("RegisterCompany":{"company":"b","terms":"x"})",
     "unknown_terms"},
    {"RegisterCompanyUnknownPriceList", R"("RegisterCompany":{"company":"b","price_lists":["x"]})",
     "unknown_price_list"},
    {"RegisterCompanyCompanyCycle", R"("RegisterCompany":{"company":"acme","parent":"acme"})",
     "company_cycle"},
    {"RegisterCompanyCurrencyFixed", R"("RegisterCompany":{"company":"acme","currency":"USD"})",
     "currency_fixed"},
    {"RegisterBuyerUnknownCompany", R"("RegisterBuyer":{"buyer":"b","company":"x"})",
     "unknown_company"},
    {"RegisterBuyerInvalidValueLimitWithoutPeriod",
     R"("RegisterBuyer":{"buyer":"b","company":"acme","period_limit":"5.00",
               "currency":"EUR"})",
     "invalid_value"},
    {"SetPriceUnknownItem", R"("SetPrice":{"list":"retail","item":"x","breaks":[]})",
     "unknown_item"},
    {"SetPriceCurrencyFixed",
     R"("SetPrice":{"list":"retail","item":"bolt","currency":"USD","breaks":[]})",
     "currency_fixed"},
    {"SetPriceInvalidValueOfBreaks",
     R"("SetPrice":{"list":"retail","item":"bolt","breaks":[
               {"from_quantity":5,"unit_price":"1"},{"from_quantity":5,"unit_price":"2"}]})",
     "invalid_value"},
    {"RegisterItemInvalidValueOfDecimals",
     R"("RegisterItem":{"item":"i","tax_category":"standard","decimals":7})", "invalid_value"},
    {"RegisterItemNotSupportedBundle",
     R"("RegisterItem":{"item":"i","tax_category":"standard","kind":"bundle"})", "not_supported"},
    {"SetTaxRateInvalidValue", R"("SetTaxRate":{"category":"standard","rate":101})",
     "invalid_value"},
    {"RegisterWarehouseInvalidValue",
     R"("RegisterWarehouse":{"warehouse":"w","lead_time_days":-1})", "invalid_value"},
});
INSTANTIATE_TEST_SUITE_P(Parties, Refuses, testing::ValuesIn(kOfParties), name_of);

constexpr auto kOfRules = std::to_array<Row>({
    {"SetRuleUnknownRule", R"("SetRule":{"rule":"r","outcome":"exclude","exclude":"x"})",
     "unknown_rule"},
    {"SetRuleUnknownBuyer",
     R"("SetRule":{"rule":"r","outcome":"ask","tiers":[{"groups":[{"people":["x"]}]}]})",
     "unknown_buyer"},
    {"SetRuleInvalidValueAskAtShipment",
     R"("SetRule":{"rule":"r","outcome":"approve","moment":"shipment"})", "invalid_value"},
    {"SetRuleUnknownAssortment",
     R"("SetRule":{"rule":"r","outcome":"hold","scope_kind":"assortment","scope":"x"})",
     "unknown_assortment"},
    {"DefineAssortmentUnknownItem", R"("DefineAssortment":{"assortment":"a","items":["x"]})",
     "unknown_item"},
    {"DefineAssortmentUnknownCompany", R"("DefineAssortment":{"assortment":"a","companies":["x"]})",
     "unknown_company"},
    {"DefineAssortmentInvalidValue", R"("DefineAssortment":{"assortment":"a","tags":[""]})",
     "invalid_value"},
    {"SetRuleInvalidValueOfADepositOfNothing", R"("SetRule":{"rule":"r","outcome":"deposit"})",
     "invalid_value"},
    {"SetRuleInvalidValueOfADepositBelowNothing",
     R"("SetRule":{"rule":"r","outcome":"deposit","deposit":-1})", "invalid_value"},
    {"SetRuleInvalidValueOfADepositAboveAll",
     R"("SetRule":{"rule":"r","outcome":"deposit","deposit":"100.0001"})", "invalid_value"},
    {"SetRuleInvalidValueOfADepositAtAllocation",
     R"("SetRule":{"rule":"r","outcome":"deposit","deposit":20,"moment":"allocation"})",
     "invalid_value"},
    {"SetRuleInvalidValueOfADepositOfADay",
     R"("SetRule":{"rule":"r","outcome":"deposit","deposit":20,"moment":"day"})", "invalid_value"},
    {"SetRuleInvalidValueOfADepositBesideAHold",
     R"("SetRule":{"rule":"r","outcome":"hold","deposit":20})", "invalid_value"},
    {"SetRuleInvalidValueWithoutTiers", R"("SetRule":{"rule":"r","outcome":"ask"})",
     "invalid_value"},
    {"SetPolicyInvalidValue", R"("SetPolicy":{"policy":"stock.short","value":"x"})",
     "invalid_value"},
    {"SetPolicyNotSupportedYet", R"("SetPolicy":{"policy":"tax.level","value":"line"})",
     "not_supported"},
    {"SetPolicyNotSupportedScope",
     R"("SetPolicy":{"policy":"tax.level","value":"document","scope_kind":"company",
               "scope":"acme"})",
     "not_supported"},
    {"OpenBusinessDayDayNotLater", R"("OpenBusinessDay":{"date":"2026-03-02"})", "day_not_later"},
    {"OpenBusinessDayDayTooFar", R"("OpenBusinessDay":{"date":"2040-03-02"})", "day_too_far"},
    {"OpenBookBookExists", R"("OpenBook":{"book":"shop","currency":"EUR"})", "book_exists"},
    {"OpenBookInvalidValue",
     R"("OpenBook":{"book":"other","currency":"EUR","first_day_of_week":8})", "invalid_value"},
});
INSTANTIATE_TEST_SUITE_P(Rules, Refuses, testing::ValuesIn(kOfRules), name_of);

TEST(RegisterCompany, RefusesTreeTooDeep) {
  Shop shop;
  shop.policy("company.depth_max", "2");
  shop.given(R"("RegisterCompany":{"company":"b","parent":"acme"})");
  const Answer answer = shop.when(R"("RegisterCompany":{"company":"c","parent":"b"})");
  EXPECT_EQ(answer.reasons, "tree_too_deep");
  EXPECT_EQ(answer.grounds.at(0).found, "3");
}

TEST(RegisterCompany, RefusesTreeTooDeepBelowWhatMoves) {
  Shop shop;
  shop.policy("company.depth_max", "3");
  shop.given(R"("RegisterCompany":{"company":"a"})");
  shop.given(R"("RegisterCompany":{"company":"b","parent":"a"})");
  shop.given(R"("RegisterCompany":{"company":"c","parent":"b"})");
  const Answer answer = shop.when(R"("RegisterCompany":{"company":"a","parent":"acme"})");
  EXPECT_EQ(answer.reasons, "tree_too_deep");
  EXPECT_EQ(answer.grounds.at(0).found, "4");
  shop.given(R"("RegisterCompany":{"company":"b","parent":"acme"})");
}

TEST(RegisterCompany, RefusesCompanyCycleThroughItsDescendants) {
  Shop shop;
  shop.given(R"("RegisterCompany":{"company":"b","parent":"acme"})");
  EXPECT_EQ(shop.when(R"("RegisterCompany":{"company":"acme","parent":"b"})").reasons,
            "company_cycle");
}

TEST(RegisterCompany, RefusesCompanyNotSettledToClose) {
  Shop shop;
  shop.place("O-1", "penny", "1");
  const std::string_view close = R"("RegisterCompany":{"company":"acme","status":"closed"})";
  EXPECT_EQ(shop.when(close).reasons, "company_not_settled");
  shop.cancel("O-1");
  EXPECT_EQ(shop.when(close).status, StatusCode::kDone);
}

TEST(RegisterCompany, RefusesWrongVersion) {
  Shop shop;
  const std::string_view command = R"("RegisterCompany":{"company":"acme"})";
  EXPECT_EQ(shop.when(R"("expected_version":1,)" + std::string(command)).reasons,
            "wrong_version");  // its limit was set since
  EXPECT_EQ(shop.when(R"("expected_version":2,)" + std::string(command)).status, StatusCode::kDone);
}

TEST(OpenBusinessDay, OpensTheDaysBetweenOneByOne) {
  Shop shop;
  EXPECT_EQ(shop.when(R"("OpenBusinessDay":{"date":"2026-03-05"})").events,
            "BusinessDayOpened BusinessDayOpened BusinessDayOpened");
}

TEST(SetPolicy, WithoutAValueInheritsAgain) {
  Shop shop;
  shop.policy("stock.short", "partial");
  shop.given(R"("SetPolicy":{"policy":"stock.short"})");
  EXPECT_EQ(shop.book().policies().value(PolicyKey::stock_short), "backorder");
}

TEST(OpenBook, StartsWithTheRulesEveryBookHas) {
  Story story;
  const Answer answer = story.when(R"("OpenBook":{"book":"b","currency":"EUR"})");
  EXPECT_EQ(answer.events, "BookRegistered BookOpened RuleSet RuleSet");
  EXPECT_EQ(story.server().calendar().registered().size(), 1U);
}

}  // namespace
}  // namespace kontor::test
