// Policies by scope: the most specific wins (domain: One kind of rule, One notion of when).
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "engine/rules/policy.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string setting(std::string_view policy, std::string_view value, std::string_view kind,
                    std::string_view scope) {
  std::string out = R"("SetPolicy":{"policy":")" + std::string(policy) + '"';
  if (!value.empty()) out += R"(,"value":")" + std::string(value) + '"';
  out += R"(,"scope_kind":")" + std::string(kind) + R"(","scope":")" + std::string(scope) + "\"}";
  return out;
}

struct PolicyScope : testing::Test {
  void SetUp() override {
    shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
    shop.given(
        R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"group","default_payer":"group",
                 "tags":["gold","north"],"company_class":"A"})");
    shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","category":"screws"})");
  }
  std::string in_force(PolicyKey key, bool with_buyer = true, std::string_view item = "") {
    PolicyContext context;
    context.company = *shop.book().parties().find_company("acme");
    if (with_buyer) context.buyer = *shop.book().parties().find_buyer("ann");
    if (!item.empty()) context.item = *shop.book().catalogue().find_item(item);
    return std::string(policy_in_force(shop.book(), key, context).value);
  }
  Shop shop;
};

// Each of these is more specific than all before it.
TEST_F(PolicyScope, IsTheMoreSpecificTheMoreItWins) {
  const auto key = PolicyKey::approval_self;
  EXPECT_EQ(in_force(key), "forbidden");
  shop.policy("approval.self", "allowed");
  EXPECT_EQ(in_force(key), "allowed");
  std::string_view next = "forbidden";
  for (const auto& [kind, scope] :
       std::initializer_list<std::pair<const char*, const char*>>{{"company_class", "A"},
                                                                  {"tag", "north"},
                                                                  {"tag", "gold"},
                                                                  {"company_and_below", "group"},
                                                                  {"company_and_below", "acme"},
                                                                  {"company", "acme"},
                                                                  {"role", "buyer"},
                                                                  {"buyer", "ann"}}) {
    shop.given(setting("approval.self", next, kind, scope));
    EXPECT_EQ(in_force(key), next) << kind << ' ' << scope;
    next = next == "allowed" ? "forbidden" : "allowed";
  }
  EXPECT_EQ(in_force(key, false), "allowed");  // company acme: nobody in particular is asked about
}

TEST_F(PolicyScope, AsksTheItemFirstThenItsCategory) {
  shop.given(setting("stock.short", "cancel_rest", "buyer", "ann"));
  shop.given(setting("stock.short", "partial", "item_category", "screws"));
  EXPECT_EQ(in_force(PolicyKey::stock_short, true, "bolt"), "partial");
  shop.given(setting("stock.short", "refuse", "item", "bolt"));
  EXPECT_EQ(in_force(PolicyKey::stock_short, true, "bolt"), "refuse");
  EXPECT_EQ(in_force(PolicyKey::stock_short, true, "nut"), "cancel_rest");
}

TEST_F(PolicyScope, IsInheritedAgainWithoutAValue) {
  shop.given(setting("credit.absent_limit", "none", "company", "acme"));
  EXPECT_EQ(in_force(PolicyKey::credit_absent_limit), "none");
  shop.given(setting("credit.absent_limit", "", "company", "acme"));
  EXPECT_EQ(in_force(PolicyKey::credit_absent_limit), "unlimited");
}

TEST_F(PolicyScope, TellsWhereTheValueComesFrom) {
  shop.given(setting("price.list", "special", "company_and_below", "group"));
  const CompanyId acme = *shop.book().parties().find_company("acme");
  const PolicyInForce found = policy_in_force(shop.book(), PolicyKey::price_list, {acme});
  EXPECT_EQ(found.value, "special");
  EXPECT_EQ(found.kind, ScopeKind::company_and_below);
  EXPECT_EQ(found.scope, "group");
  ASSERT_NE(found.setting, nullptr);
  EXPECT_EQ(found.setting->set_at, shop.book().last_sequence());
}

// Two lines, two fates: one item is never backordered.
TEST_F(PolicyScope, DecidesShortStockLineByLine) {
  shop.given(setting("stock.short", "cancel_rest", "item", "nut"));
  shop.given(R"("PlaceOrder":{"order":"O-1","company":"group","lines":[
               {"item":"bolt","quantity":120},{"item":"nut","quantity":1200}]})");
  EXPECT_EQ(shop.allocate("O-1").events,
            "StockReserved LineBackordered LinesCancelled CreditReleased");
  EXPECT_EQ(shop.waiting("O-1", 1), 20);
  EXPECT_EQ(shop.waiting("O-1", 2), 0);
  EXPECT_EQ(shop.units(shop.line("O-1", 2).cancelled), 200);
}

TEST_F(PolicyScope, RefusesTheLineWhoseItemMayNotWait) {
  shop.given(setting("stock.short", "refuse", "item", "nut"));
  shop.given(R"("PlaceOrder":{"order":"O-1","company":"group","lines":[
               {"item":"bolt","quantity":120},{"item":"nut","quantity":1200}]})");
  const Answer answer = shop.allocate("O-1");
  EXPECT_EQ(answer.reasons, "short_stock");
  EXPECT_EQ(answer.grounds.at(0).line, 2U);
}

TEST_F(PolicyScope, OfABuyerWhoMayNotOrderStillTellsWhatElseIsWrong) {
  shop.given(setting("price.from", "command", "company", "acme"));
  shop.given(setting("price.from", "list", "buyer", "ann"));
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","status":"inactive",
               "roles":[{"role":"buyer"}]})");
  EXPECT_EQ(shop.when(R"("PlaceOrder":{"order":"O-1","company":"acme","buyer":"ann",
                         "lines":[{"item":"bolt","quantity":1,"unit_price":"9.99"}]})")
                .reasons,
            "buyer_inactive price_changed");
}
TEST_F(PolicyScope, OfAPayerHoldsForWhoeverOrders) {
  shop.given(setting("credit.absent_limit", "none", "company", "group"));
  EXPECT_TRUE(shop.when(R"("PlaceOrder":{"order":"O-1","company":"acme",
                         "lines":[{"item":"bolt","quantity":1}]})")
                  .has("DepositRequested"));
  shop.given(setting("credit.absent_limit", "", "company", "group"));
  EXPECT_FALSE(shop.when(R"("PlaceOrder":{"order":"O-2","company":"acme",
                          "lines":[{"item":"bolt","quantity":1}]})")
                   .has("DepositRequested"));
}

TEST_F(PolicyScope, OfATagReachesThePayerThatGetsIt) {
  shop.given(setting("credit.absent_limit", "none", "tag", "cash"));
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR","tags":["cash"]})");
  EXPECT_TRUE(shop.when(R"("PlaceOrder":{"order":"O-1","company":"acme",
                         "lines":[{"item":"bolt","quantity":1}]})")
                  .has("DepositRequested"));
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
  EXPECT_FALSE(shop.when(R"("PlaceOrder":{"order":"O-2","company":"acme",
                          "lines":[{"item":"bolt","quantity":1}]})")
                   .has("DepositRequested"));
}

TEST_F(PolicyScope, RefusesNotSupportedWhereAPolicyHasNoSuchScope) {
  EXPECT_EQ(shop.when(setting("company.depth_max", "3", "company", "acme")).reasons,
            "not_supported");
  EXPECT_EQ(shop.when(setting("credit.absent_limit", "none", "buyer", "ann")).reasons,
            "not_supported");
  EXPECT_EQ(shop.when(setting("approval.self", "allowed", "item", "bolt")).reasons,
            "not_supported");
}

TEST_F(PolicyScope, RefusesInvalidValueAndUnknownNamesOfAScope) {
  EXPECT_EQ(shop.when(setting("approval.self", "allowed", "company", "nobody")).reasons,
            "unknown_company");
  EXPECT_EQ(shop.when(setting("approval.self", "allowed", "buyer", "nobody")).reasons,
            "unknown_buyer");
  EXPECT_EQ(shop.when(setting("stock.short", "partial", "item", "nothing")).reasons,
            "unknown_item");
  EXPECT_EQ(shop.when(setting("approval.self", "allowed", "tag", "")).reasons, "invalid_value");
  EXPECT_EQ(shop.when(setting("approval.self", "allowed", "book", "acme")).reasons,
            "invalid_value");
}

}  // namespace
}  // namespace kontor::test
