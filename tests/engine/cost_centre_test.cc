// Cost centres of orders (domain: Who is who).
#include <gtest/gtest.h>

#include "tests/support/engine/spending_shop.h"

namespace kontor::test {
namespace {

std::string_view centre_of(const Story& story, std::string_view order) {
  return story.book().orders().cost_centre(story.order(order));
}

TEST(RegisterCostCentre, StatesItAnewAsAWhole) {
  SpendingShop shop;
  shop.given(R"("RegisterCostCentre":{"cost_centre":"bar","company":"acme","owner":"bob",
               "name":"Bar","mandatory":true})");
  const Answer again = shop.when(R"("expected_version":1,"RegisterCostCentre":{"cost_centre":"bar",
                  "company":"acme","status":"inactive"})");
  EXPECT_EQ(again.events, "CostCentreRegistered");
  const Budgets& budgets = shop.book().budgets();
  const CostCentre& bar = budgets.cost_centre(*budgets.find_cost_centre("bar"));
  EXPECT_EQ(bar.status, CostCentreStatus::inactive);
  EXPECT_FALSE(bar.mandatory);
  EXPECT_FALSE(is_set(bar.owner));
  EXPECT_EQ(bar.version, 2U);
  const Answer late = shop.when(
      R"("expected_version":1,"RegisterCostCentre":{"cost_centre":"bar","company":"acme"})");
  EXPECT_EQ(late.reasons, "wrong_version");
}

TEST(RegisterCostCentre, RefusesWhatIsNotKnown) {
  SpendingShop shop;
  EXPECT_EQ(shop.when(R"("RegisterCostCentre":{"cost_centre":"bar","company":"nobody",
                        "owner":"no one"})")
                .reasons,
            "unknown_company unknown_buyer");
}

TEST(PlaceOrder, NamesAnyCostCentreWhileTheBookKnowsNone) {
  SpendingShop shop;
  EXPECT_FALSE(shop.spend("O-1", 1, R"("cost_centre":"whatever")").refused());
  EXPECT_EQ(centre_of(shop, "O-1"), "whatever");
}

TEST(PlaceOrder, RefusesAnUnknownCostCentreOnceTheBookKnowsOne) {
  SpendingShop shop;
  shop.cost_centre("bar");
  EXPECT_EQ(shop.spend("O-1", 1, R"("cost_centre":"whatever")").reasons, "unknown_cost_centre");
  EXPECT_FALSE(shop.spend("O-2", 1, R"("cost_centre":"bar")").refused());
  EXPECT_FALSE(shop.spend("O-3", 1).refused());
}

// E-A12, of a cost centre.
TEST(PlaceOrder, RefusesWithCostCentreInactiveUntilItIsActiveAgain) {
  SpendingShop shop;
  shop.cost_centre("bar", R"(,"status":"inactive")");
  EXPECT_EQ(shop.spend("O-1", 1, R"("cost_centre":"bar")").reasons, "cost_centre_inactive");
  shop.cost_centre("bar");
  EXPECT_FALSE(shop.spend("O-2", 1, R"("cost_centre":"bar")").refused());
}

TEST(PlaceOrder, RefusesTheCostCentreOfAWrongCompanyThatIsNotItsOwnOrAbove) {
  SpendingShop shop;
  shop.given(R"("RegisterCompany":{"company":"works","currency":"EUR","parent":"acme"})");
  shop.given(R"("RegisterCompany":{"company":"other","currency":"EUR"})");
  shop.cost_centre("bar");
  shop.given(R"("RegisterCostCentre":{"cost_centre":"shop","company":"works"})");
  const auto place = [&](std::string_view order, std::string_view company,
                         std::string_view centre) {
    return shop
        .when(R"("PlaceOrder":{"order":")" + std::string(order) + R"(","company":")" +
              std::string(company) + R"(","cost_centre":")" + std::string(centre) +
              R"(","lines":[{"item":"penny","quantity":1}]})")
        .reasons;
  };
  EXPECT_EQ(place("O-1", "works", "bar"), "");
  EXPECT_EQ(place("O-2", "works", "shop"), "");
  EXPECT_EQ(place("O-3", "acme", "shop"), "wrong_company");
  EXPECT_EQ(place("O-4", "other", "bar"), "wrong_company");
}

TEST(PlaceOrder, TakesItsBuyersHomeCostCentreWhereItNamesNone) {
  SpendingShop shop;
  shop.cost_centre("bar");
  shop.cost_centre("lab");
  shop.buyer(R"("cost_centre":"bar")");
  shop.spend("O-1", 1);
  EXPECT_EQ(centre_of(shop, "O-1"), "bar");
  shop.spend("O-2", 1, R"("cost_centre":"lab")");
  EXPECT_EQ(centre_of(shop, "O-2"), "lab");
  shop.buyer(R"("cost_centre":"gone")");
  EXPECT_EQ(shop.spend("O-3", 1).reasons, "unknown_cost_centre");
}

// H4: a mandatory cost centre without a budget refuses, and so does none where one is demanded.
TEST(PlaceOrder, RefusesNoBudgetOfAMandatoryCostCentre) {
  SpendingShop shop;
  shop.cost_centre("bar", R"(,"mandatory":true)");
  constexpr std::string_view kBar = R"("cost_centre":"bar")";
  EXPECT_EQ(shop.spend("O-1", 1, kBar).reasons, "no_budget");
  shop.budget("b", "1.00", R"("bar")", R"(,"valid_from":"2026-03-03","valid_to":"2026-03-04")");
  EXPECT_EQ(shop.spend("O-2", 1, kBar).reasons, "no_budget");
  shop.day("2026-03-03");
  EXPECT_FALSE(shop.spend("O-3", 1, kBar).refused());
  shop.day("2026-03-04");
  EXPECT_FALSE(shop.spend("O-4", 1, kBar).refused());
  shop.budget("b", "1.00", R"("bar")", R"(,"status":"inactive")");
  EXPECT_EQ(shop.spend("O-5", 1, kBar).reasons, "no_budget");
  shop.budget("b", "1.00", R"("bar")", R"(,"valid_to":"2026-03-04")");
  shop.day("2026-03-05");
  EXPECT_EQ(shop.spend("O-6", 1, kBar).reasons, "no_budget");
}

TEST(PlaceOrder, NeedsACostCentreWhereTheCompanyDemandsOne) {
  SpendingShop shop;
  shop.cost_centre("bar");
  shop.given(R"("SetPolicy":{"policy":"spending.cost_centre","value":"required",
               "scope_kind":"company","scope":"acme"})");
  EXPECT_EQ(shop.spend("O-1", 1).reasons, "no_budget");
  EXPECT_FALSE(shop.spend("O-2", 1, R"("cost_centre":"bar")").refused());
  shop.buyer(R"("cost_centre":"bar")");
  EXPECT_FALSE(shop.spend("O-3", 1).refused());
}

TEST(AmendOrder, IsHeldToTheSameCostCentres) {
  SpendingShop shop;
  shop.cost_centre("bar");
  shop.cost_centre("old", R"(,"status":"inactive")");
  shop.spend("O-1", 1);
  const auto amend = [&](std::string_view name, std::string_view centre) {
    return shop
        .when(R"("AmendOrder":{"order":"O-1","amendment":")" + std::string(name) +
              R"(","cost_centre":")" + std::string(centre) + R"("})")
        .reasons;
  };
  EXPECT_EQ(amend("A-1", "nowhere"), "unknown_cost_centre");
  EXPECT_EQ(amend("A-2", "old"), "cost_centre_inactive");
  EXPECT_EQ(amend("A-3", "bar"), "");
}

}  // namespace
}  // namespace kontor::test
