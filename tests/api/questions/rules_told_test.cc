// Rules, assortments and limits in the tree, as people read them.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/api/questions/told_engine.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

json told(const Story& story, const ToAsk& to_ask) {
  return json::parse(told_body(story, to_ask), nullptr, false);
}

std::string sentence(Shop& shop, std::string_view rest) {
  shop.given(R"("SetRule":{"rule":"r",)" + std::string(rest) + "}");
  return told(shop, {.question = Question::rule, .name = "r"})["sentence"];
}

std::string condition(Shop& shop, std::string_view of) {
  return sentence(shop, R"("outcome":"hold","conditions":[{)" + std::string(of) + "}]");
}

TEST(RuleAnswer, SaysEachKindOfThreshold) {
  Shop shop;
  const std::string head = "At placement of any order, when ";
  EXPECT_EQ(condition(shop, R"("figure":"line_price","operator":"ge","amount":"0.25")"),
            head + "the price of a line is at least 0.25 EUR: hold");
  EXPECT_EQ(condition(shop, R"("figure":"weight","count":30000)"),
            head + "its weight in grams is above 30000: hold");
  EXPECT_EQ(condition(shop, R"("figure":"freight","amount":"50.00")"),
            head + "its freight without tax is above 50.00 EUR: hold");
  EXPECT_EQ(condition(shop, R"("figure":"terms","operator":"in","names":["net30","net60"])"),
            head + "its terms is one of net30, net60: hold");
  EXPECT_EQ(condition(shop, R"("figure":"limit_used_percent","percent":80)"),
            head + "the limit used with the order is above 80 %: hold");
  EXPECT_EQ(condition(shop, R"("figure":"limit_expired")"),
            head + "its credit limit has expired: hold");
  EXPECT_EQ(condition(shop, R"("figure":"bucket_exposure","bucket":"delivered","operator":"lt",
                "amount":"5.00","currency":"USD")"),
            head + "its exposure delivered is below 5.00 USD: hold");
  EXPECT_EQ(condition(shop, R"("figure":"oldest_overdue_days","operator":"le","days":61,
                "grace_days":3,"whose":"shared_limit")"),
            head +
                "its oldest overdue amount (after 3 days of grace) is at most 61 days, of the "
                "company whose limit the payer shares: hold");
}

TEST(RuleAnswer, SaysEachScopeAndMoment) {
  Shop shop;
  EXPECT_EQ(sentence(shop, R"("outcome":"hold","moment":"shipment","scope_kind":"item",
                "scope":"bolt")"),
            "At shipment of any order with item bolt: hold");
  EXPECT_EQ(sentence(shop, R"("outcome":"hold","moment":"day","scope_kind":"item_category",
                "scope":"tools")"),
            "On each day any order with an item of category tools: hold");
  EXPECT_EQ(
      sentence(shop, R"("outcome":"refuse","moment":"allocation","scope_kind":"company_and_below",
                "scope":"acme")"),
      "At allocation of any order of company and below acme: refuse");
  EXPECT_EQ(sentence(shop, R"("outcome":"exclude","exclude":"credit-limit","scope_kind":"tag",
                "scope":"vip")"),
            "At placement of any order of tag vip: rule credit-limit does not apply");
}

TEST(RuleAnswer, TellsWhatTheRuleWasBefore) {
  Shop shop;
  sentence(shop, R"("outcome":"hold")");
  sentence(shop, R"("outcome":"warn","withdrawn":true)");
  shop.given(R"("SetRule":{"rule":"other","outcome":"hold"})");
  const json versions = told(shop, {.question = Question::rule, .name = "r"})["versions"];
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0]["version"], 2);
  EXPECT_EQ(versions[0]["sentence"], "At placement of any order: warn - withdrawn");
  EXPECT_EQ(versions[1]["sentence"], "At placement of any order: hold");
}

TEST(AssortmentAnswer, SaysWhatIsInItAndWhoMayOrderIt) {
  Shop shop;
  shop.given(R"("RegisterCompany":{"company":"other","currency":"EUR","assortments":["pros"]})");
  shop.given(
      R"("DefineAssortment":{"assortment":"pros","label":"For the trade","items":["nut","bolt"],
                 "categories":["tools"],"companies":["acme"],"tags":["trade"]})");
  const json one = told(shop, {.question = Question::assortment, .name = "pros"});
  EXPECT_EQ(one["label"], "For the trade");
  EXPECT_EQ(one["items"], (json{"bolt", "nut"}));
  EXPECT_EQ(one["categories"], json::array({"tools"}));
  EXPECT_EQ(one["companies"], json::array({"acme"}));
  EXPECT_EQ(one["tags"], json::array({"trade"}));
  EXPECT_EQ(one["entitled"], json::array({"other"}));
  const json all = told(shop, {.question = Question::assortments})["assortments"];
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["assortment"], "pros");
  EXPECT_EQ(all[0]["items"], 2);
}

TEST(AccountAnswer, AddsUpTheTreeAndTellsTheLimitsItMeets) {
  Shop shop;
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"group"})");
  shop.limit("group", "100.00");
  shop.policy("credit.tree", "each");
  shop.place("O-1", "penny", "2500");
  const json group = told(shop, {.question = Question::account, .name = "group"});
  ASSERT_EQ(group["tree"].size(), 1U);
  EXPECT_EQ(group["tree"][0]["ordered"], "25.00");
  EXPECT_EQ(group["tree"][0]["exposure"], "25.00");
  const json acme = told(shop, {.question = Question::account, .name = "acme"});
  EXPECT_FALSE(acme.contains("tree"));
  EXPECT_EQ(acme["credit_tree"], "each");
  ASSERT_EQ(acme["limits"].size(), 2U);
  EXPECT_EQ(acme["limits"][0]["company"], "acme");
  EXPECT_EQ(acme["limits"][1]["company"], "group");
  EXPECT_EQ(acme["limits"][1]["available"], "75.00");
  shop.place("O-2", "penny", "7501");
  const json held = told(shop, {.question = Question::held_orders})["holds"];
  EXPECT_EQ(held[0]["limit_of"], "group");
  EXPECT_EQ(held[0]["missing"], "0.01");
}

}  // namespace
}  // namespace kontor::test
