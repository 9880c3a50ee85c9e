// Scopes of rules: items, categories, assortments; and which scope may take out a rule of another
// (domain: One kind of rule). Assortments: who may order what (domain: What is sold).
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string scoped(std::string_view name, std::string_view outcome, std::string_view kind,
                   std::string_view scope, std::string_view more = "") {
  return R"("SetRule":{"rule":")" + std::string(name) + R"(","outcome":")" + std::string(outcome) +
         R"(","scope_kind":")" + std::string(kind) + R"(","scope":")" + std::string(scope) + "\"" +
         std::string(more) + "}";
}

struct RuleScopes : testing::Test {
  void SetUp() override {
    shop.limit("acme", "90000.00");
    shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","category":"screws"})");
    shop.given(R"("RegisterItem":{"item":"nut","tax_category":"standard","category":"screws"})");
    shop.given(R"("DefineAssortment":{"assortment":"small","items":["penny"],
                   "categories":["screws"],"companies":["acme"]})");
  }
  Answer place(std::string_view order, const std::vector<LineText>& ordered) {
    return shop.when(R"("PlaceOrder":{"company":"acme","order":")" + std::string(order) +
                     R"(","lines":)" + lines(ordered) + "}");
  }
  Shop shop;
};

TEST_F(RuleScopes, OfAnItemConcernOrdersWithALineOfIt) {
  shop.given(scoped("r", "refuse", "item", "bolt"));
  EXPECT_EQ(place("O-1", {{"nut", "1"}}).reasons, "");
  EXPECT_EQ(place("O-2", {{"nut", "1"}, {"bolt", "1"}}).reasons, "refused_by_rule");
}

TEST_F(RuleScopes, OfACategoryAndAnAssortment) {
  shop.given(scoped("r", "refuse", "item_category", "screws"));
  EXPECT_EQ(place("O-1", {{"penny", "1"}}).reasons, "");
  EXPECT_EQ(place("O-2", {{"penny", "1"}, {"nut", "1"}}).reasons, "refused_by_rule");
  shop.given(scoped("r", "refuse", "assortment", "small"));
  EXPECT_EQ(place("O-3", {{"penny", "1"}}).reasons, "refused_by_rule");
  EXPECT_EQ(place("O-4", {{"nut", "1"}}).reasons, "refused_by_rule");
  shop.given(R"("DefineAssortment":{"assortment":"small","items":["bolt"],"tags":["none"]})");
  EXPECT_EQ(place("O-5", {{"nut", "1"}}).reasons, "");
}

TEST_F(RuleScopes, OfAnItemLookAtItsLinesOnly) {
  shop.given(scoped("r", "refuse", "item", "nut",
                    R"(,"conditions":[{"figure":"line_price","amount":"1.00"}])"));
  EXPECT_EQ(place("O-1", {{"bolt", "1"}, {"nut", "1"}}).reasons, "");  // the bolt costs 10.00
  shop.given(scoped("r", "refuse", "item", "nut",
                    R"(,"conditions":[{"figure":"order_total_with_tax","amount":"10.00"}])"));
  EXPECT_EQ(place("O-2", {{"bolt", "1"}, {"nut", "1"}}).reasons, "refused_by_rule");  // the order
}

TEST_F(RuleScopes, AHeldOrderFollowsTheCategoryOfItsItem) {
  shop.given(scoped("r", "hold", "item_category", "screws"));
  EXPECT_TRUE(place("O-1", {{"bolt", "1"}}).has("OrderHeld"));
  shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","category":"bolts"})");
  EXPECT_TRUE(shop.is_taken("O-1"));
}

// Each scope takes out rules of those below it in the list, and of none above.
TEST_F(RuleScopes, OnlyAMoreSpecificOneTakesARuleOut) {
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
  shop.given(R"("RegisterCompany":{"company":"middle","currency":"EUR","parent":"group"})");
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"middle",
                 "tags":["gold","north"],"company_class":"A"})");
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","roles":[{"role":"buyer"},
                 {"role":"boss"}]})");
  const std::vector<std::pair<std::string, std::string>> scopes = {{"item", "bolt"},
                                                                   {"item_category", "screws"},
                                                                   {"assortment", "small"},
                                                                   {"buyer", "ann"},
                                                                   {"role", "buyer"},
                                                                   {"role", "boss"},
                                                                   {"company", "acme"},
                                                                   {"company_and_below", "acme"},
                                                                   {"company_and_below", "middle"},
                                                                   {"company_and_below", "group"},
                                                                   {"tag", "gold"},
                                                                   {"tag", "north"},
                                                                   {"company_class", "A"}};
  int number = 0;
  for (std::size_t of = 0; of < scopes.size(); ++of) {
    shop.given(scoped("r", "refuse", scopes[of].first, scopes[of].second));
    for (std::size_t by = 0; by < scopes.size(); ++by) {
      shop.given(scoped("x", "exclude", scopes[by].first, scopes[by].second, R"(,"exclude":"r")"));
      const Answer answer =
          shop.place("O-" + std::to_string(++number), "bolt", "1", R"("buyer":"ann")");
      EXPECT_EQ(answer.refused(), by >= of)
          << scopes[of].second << " excluded for " << scopes[by].second;
    }
  }
}

TEST_F(RuleScopes, AnExclusionTakesOutRulesOfOtherMomentsToo) {
  shop.given(R"("SetRule":{"rule":"stop","outcome":"refuse","moment":"shipment"})");
  shop.place("O-1", "bolt", "1");
  shop.allocate("O-1");
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "refused_by_rule");
  shop.given(scoped("x", "exclude", "company", "acme", R"(,"exclude":"stop")"));
  EXPECT_TRUE(shop.ship("O-1", "S-2").has("GoodsShipped"));
}

// CT-3: a rule of the parent concerns its divisions, or only itself.
TEST_F(RuleScopes, OfAParentReachItsDivisionsOnlyWhereTheySaySo) {
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"group"})");
  shop.given(scoped("r", "refuse", "company", "group"));
  EXPECT_EQ(place("O-1", {{"bolt", "1"}}).reasons, "");
  shop.given(scoped("r", "refuse", "company_and_below", "group"));
  EXPECT_EQ(place("O-2", {{"bolt", "1"}}).reasons, "refused_by_rule");
}

// ---- assortments

struct AssortmentsOfItems : testing::Test {
  void SetUp() override {
    shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
    shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"group"})");
    shop.given(R"("RegisterCompany":{"company":"other","currency":"EUR"})");
  }
  std::string reasons(std::string_view item) {
    return shop.place("O-" + std::to_string(++orders), item, "1").reasons;
  }
  void define(std::string_view name, std::string_view more) {
    shop.given(R"("DefineAssortment":{"assortment":")" + std::string(name) + "\"," +
               std::string(more) + "}");
  }
  Shop shop;
  int orders = 0;
};

TEST_F(AssortmentsOfItems, RefuseWhatIsNotInAssortment) {
  EXPECT_EQ(reasons("bolt"), "");  // in none: open to all
  define("pros", R"("items":["bolt"],"companies":["other"])");
  EXPECT_EQ(reasons("bolt"), "not_in_assortment");
  EXPECT_EQ(reasons("nut"), "");
  define("all", R"("items":["bolt"],"companies":["acme"])");  // one of them is enough
  EXPECT_EQ(reasons("bolt"), "");
}

TEST_F(AssortmentsOfItems, AreOpenToThoseEntitledByNameTagParentOrTheirOwnWord) {
  define("pros", R"("items":["bolt"],"companies":["group"])");
  EXPECT_EQ(reasons("bolt"), "");  // acme is below
  define("pros", R"("items":["bolt"],"tags":["trade"])");
  EXPECT_EQ(reasons("bolt"), "not_in_assortment");
  const std::string acme =
      R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"group")";
  shop.given(acme + R"(,"tags":["new","trade"]})");
  EXPECT_EQ(reasons("bolt"), "");
  shop.given(acme + R"(,"assortments":["pros"]})");
  EXPECT_EQ(reasons("bolt"), "");
  shop.given(acme + "}");
  EXPECT_EQ(reasons("bolt"), "not_in_assortment");
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR","assortments":["pros"]})");
  EXPECT_EQ(reasons("bolt"), "");
}

TEST_F(AssortmentsOfItems, HoldEveryItemOfTheirCategories) {
  shop.given(R"("RegisterItem":{"item":"nut","tax_category":"standard","category":"screws"})");
  define("screws", R"("categories":["screws"],"companies":["other"])");
  EXPECT_EQ(reasons("nut"), "not_in_assortment");
  EXPECT_EQ(reasons("bolt"), "");
  define("screws", R"("categories":[],"companies":["other"])");  // nothing is in it any more
  EXPECT_EQ(reasons("nut"), "");
}

TEST_F(AssortmentsOfItems, AreAskedWhenAnOrderIsAmended) {
  shop.place("A-1", "nut", "1");
  define("pros", R"("items":["bolt"],"companies":["other"])");
  EXPECT_EQ(shop.when(R"("AmendOrder":{"order":"A-1","amendment":"M-1","lines":[
                 {"item":"bolt","quantity":1}]})")
                .reasons,
            "not_in_assortment");
}

TEST_F(AssortmentsOfItems, AreStatedAnewAsAWhole) {
  define("pros", R"("label":"first","items":["bolt","nut"],"companies":["other"])");
  define("pros", R"("label":"second","items":["nut"],"tags":["x"])");
  const Assortments& all = shop.book().catalogue().assortments();
  const Assortment& pros = all.get(*all.find("pros"));
  EXPECT_EQ(pros.version, 2U);
  EXPECT_EQ(pros.label, "second");
  EXPECT_EQ(pros.items.size(), 1U);
  EXPECT_TRUE(pros.companies.empty());
  EXPECT_EQ(reasons("bolt"), "");
  EXPECT_EQ(shop.when(R"("expected_version":1,"DefineAssortment":{"assortment":"pros"})").reasons,
            "wrong_version");
}

}  // namespace
}  // namespace kontor::test
