// Budgets: what orders take of them and give back (domain: Who is who, One notion of when).
#include <gtest/gtest.h>

#include "tests/support/engine/spending_shop.h"

namespace kontor::test {
namespace {

constexpr std::string_view kBar = R"("cost_centre":"bar")";

struct BudgetOf : testing::Test {
  void SetUp() override {
    shop.cost_centre("bar");
    shop.cost_centre("lab");
  }
  SpendingShop shop;
};

TEST_F(BudgetOf, SeveralCostCentresIsTakenFromByAllOfThem) {
  shop.budget("b", "100.00", R"("bar","lab")");
  EXPECT_EQ(shop.spend("O-1", 6000, kBar).events,
            "OrderPlaced OrderApproved SpendingTaken CreditCommitted");
  shop.spend("O-2", 1000, R"("cost_centre":"lab")");
  shop.spend("O-3", 1000);
  EXPECT_EQ(shop.taken("b"), 7000);
}

TEST_F(BudgetOf, OneCostCentreIsTakenFromBesideAllItsOtherBudgets) {
  shop.budget("a", "100.00", R"("bar")");
  shop.budget("b", "50.00", R"("bar")", R"(,"valid_to":"2026-03-02")");
  shop.budget("late", "50.00", R"("bar")", R"(,"valid_from":"2026-03-03")");
  shop.budget("off", "50.00", R"("bar")", R"(,"status":"inactive")");
  shop.spend("O-1", 3000, kBar);
  EXPECT_EQ(shop.taken("a"), 3000);
  EXPECT_EQ(shop.taken("b"), 3000);
  EXPECT_EQ(shop.taken("late"), 0);
  EXPECT_EQ(shop.taken("off"), 0);
  shop.day("2026-03-03");
  shop.spend("O-2", 500, kBar);
  EXPECT_EQ(shop.taken("a"), 3500);
  EXPECT_EQ(shop.taken("b"), 3000);
  EXPECT_EQ(shop.taken("late"), 500);
}

// E-A8: two requests of 200.00 against 150.00.
TEST_F(BudgetOf, AnOrderThatWaitsIsReservedSoThatTheNextSeesIt) {
  shop.budget("b", "150.00", R"("bar")");
  shop.ask("budget", "over_budget", "approver");
  const Answer first = shop.spend("O-1", 20000, kBar);
  EXPECT_EQ(first.reasons, "over_budget");
  EXPECT_EQ(first.grounds.at(0).found, "200.00");
  EXPECT_EQ(first.grounds.at(0).allowed, "150.00");
  EXPECT_EQ(shop.taken("b"), 20000);
  EXPECT_EQ(shop.reserved_of("b"), 20000);
  EXPECT_EQ(shop.spend("O-2", 20000, kBar).grounds.at(0).found, "400.00");
  EXPECT_EQ(shop.reserved_of("b"), 40000);
  shop.approve("bob", "O-1");
  EXPECT_EQ(shop.reserved_of("b"), 20000);
  shop.reject("bob", "O-2");
  EXPECT_EQ(shop.reserved_of("b"), 0);
  EXPECT_EQ(shop.taken("b"), 20000);
}

TEST_F(BudgetOf, ACostCentreIsOverBudgetByOneCent) {
  shop.budget("b", "100.00", R"("bar")");
  shop.rule("budget", "over_budget", "refuse");
  EXPECT_FALSE(shop.spend("O-1", 4000, kBar).refused());
  EXPECT_EQ(shop.spend("O-2", 6001, kBar).reasons, "refused_by_rule");
  EXPECT_FALSE(shop.spend("O-3", 6000, kBar).refused());
}

TEST_F(BudgetOf, SeveralNamesTheOneExceededByMost) {
  shop.budget("a", "100.00", R"("bar")");
  shop.budget("b", "50.00", R"("bar")");
  shop.ask("budget", "over_budget", "approver");
  const Answer asked = shop.spend("O-1", 12000, kBar);
  EXPECT_EQ(asked.grounds.at(0).allowed, "50.00");
}

TEST_F(BudgetOf, AnAmountThatIsChangedKeepsWhatWasTaken) {
  shop.budget("b", "100.00", R"("bar")");
  shop.spend("O-1", 9000, kBar);
  shop.budget("b", "80.00", R"("bar","lab")");
  EXPECT_EQ(shop.taken("b"), 9000);
  shop.rule("budget", "over_budget", "refuse");
  EXPECT_EQ(shop.spend("O-2", 1, R"("cost_centre":"lab")").reasons, "refused_by_rule");
  shop.budget("b", "90.01", R"("bar","lab")");
  EXPECT_FALSE(shop.spend("O-3", 1, R"("cost_centre":"lab")").refused());
}

TEST_F(BudgetOf, ACancelledPartComesBack) {
  shop.budget("b", "100.00", R"("bar")");
  shop.spend("O-1", 3000, kBar);
  shop.given(R"("CancelOrder":{"order":"O-1","cancellation":"C-1",
               "lines":[{"line":1,"quantity":1000}]})");
  EXPECT_EQ(shop.taken("b"), 2000);
  shop.cancel("O-1");
  EXPECT_EQ(shop.taken("b"), 0);
}

TEST_F(BudgetOf, AnAmendedOrderTakesOrGivesBackTheDifference) {
  shop.budget("b", "100.00", R"("bar")");
  shop.spend("O-1", 3000, kBar);
  const auto amend = [&](std::string_view name, std::string_view what) {
    return shop.when(R"("AmendOrder":{"order":"O-1","amendment":")" + std::string(name) + R"(",)" +
                     std::string(what) + "}");
  };
  EXPECT_TRUE(amend("A-1", R"("lines":[{"line":1,"quantity":5000}])").has("SpendingTaken"));
  EXPECT_EQ(shop.taken("b"), 5000);
  EXPECT_TRUE(amend("A-2", R"("lines":[{"line":1,"quantity":1000}])").has("SpendingReturned"));
  EXPECT_EQ(shop.taken("b"), 1000);
  shop.rule("budget", "over_budget", "refuse");
  EXPECT_EQ(amend("A-3", R"("lines":[{"line":1,"quantity":10001}])").reasons, "refused_by_rule");
  EXPECT_FALSE(amend("A-4", R"("lines":[{"line":1,"quantity":10000}])").refused());
  EXPECT_EQ(shop.taken("b"), 10000);
}

// 130 bolts at 12.00 with tax are wanted and 100 are there: the rest is cancelled in the same step.
TEST_F(BudgetOf, AnAmendedOrderOfWhichAPartIsCancelledAtOnceTakesWhatIsLeftOfIt) {
  shop.policy("stock.at", "placement");
  shop.policy("stock.short", "cancel_rest");
  shop.budget("b", "10000.00", R"("bar")");
  shop.place("O-1", "bolt", "50", kBar);
  EXPECT_EQ(shop.taken("b"), 60000);
  shop.given(R"("AmendOrder":{"order":"O-1","amendment":"A-1",
                "lines":[{"line":1,"quantity":130}]})");
  EXPECT_EQ(shop.reserved("O-1"), 100);
  EXPECT_EQ(shop.taken("b"), 120000);
}

TEST_F(BudgetOf, ACostCentreThatIsAmendedIsGivenBackToAndTheOtherTakenFrom) {
  shop.budget("b", "100.00", R"("bar")");
  shop.budget("l", "100.00", R"("lab")");
  shop.spend("O-1", 3000, kBar);
  const Answer moved =
      shop.when(R"("AmendOrder":{"order":"O-1","amendment":"A-1","cost_centre":"lab"})");
  EXPECT_TRUE(moved.has("SpendingReturned"));
  EXPECT_EQ(shop.taken("b"), 0);
  EXPECT_EQ(shop.taken("l"), 3000);
}

// Of several budgets that were valid at different times, the newest taken comes back first.
TEST_F(BudgetOf, WhatComesBackGoesToTheBudgetsItWasTakenFrom) {
  shop.budget("a", "100.00", R"("bar")", R"(,"valid_to":"2026-03-02")");
  shop.spend("O-1", 3000, kBar);
  shop.day("2026-03-03");
  shop.budget("b", "100.00", R"("bar")");
  shop.given(R"("AmendOrder":{"order":"O-1","amendment":"A-1",
               "lines":[{"line":1,"quantity":4000}]})");
  EXPECT_EQ(shop.taken("a"), 3000);
  EXPECT_EQ(shop.taken("b"), 1000);
  shop.given(R"("CancelOrder":{"order":"O-1","cancellation":"C-1",
               "lines":[{"line":1,"quantity":1500}]})");
  EXPECT_EQ(shop.taken("a"), 2500);
  EXPECT_EQ(shop.taken("b"), 0);
  shop.cancel("O-1");
  EXPECT_EQ(shop.taken("a"), 0);
}

TEST_F(BudgetOf, GoodsThatComeBackGiveBackOnceTheyWillNotBePaid) {
  shop.budget("b", "100.00", R"("bar")");
  shop.spend("O-1", 1000, kBar);
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.given(R"("ReturnGoods":{"order":"O-1","return":"R-1","warehouse":"north",
               "lines":[{"line":1,"quantity":100,"disposition":"restock"}]})");
  EXPECT_EQ(shop.taken("b"), 900) << "never billed";
  shop.invoice("O-1", "I-1");
  shop.given(R"("ReturnGoods":{"order":"O-1","return":"R-2","warehouse":"north",
               "lines":[{"line":1,"quantity":200,"disposition":"restock"}]})");
  EXPECT_EQ(shop.taken("b"), 900) << "billed, and not credited yet";
  shop.given(R"("IssueCreditNote":{"credit_note":"N-1","invoice":"I-1",
               "returns":[{"goods_return":"R-2","line":1}]})");
  EXPECT_EQ(shop.taken("b"), 700);
  shop.given(R"("CancelCreditNote":{"credit_note":"N-1"})");
  EXPECT_EQ(shop.taken("b"), 900);
}

TEST_F(BudgetOf, WhatIsVoidedComesBack) {
  shop.budget("b", "100.00", R"("bar")");
  shop.policy("invoice.basis", "ordered");
  shop.spend("O-1", 1000, kBar);
  shop.invoice("O-1", "I-1");
  shop.given(R"("IssueCreditNote":{"credit_note":"N-1","invoice":"I-1",
               "lines":[{"line":1,"quantity":400,"disposition":"none"}]})");
  EXPECT_EQ(shop.taken("b"), 600);
}

TEST_F(BudgetOf, AnotherCurrencyIsNotTakenFromAndCountsAsExceeded) {
  shop.budget("usd", "100.00", R"("bar")", R"(,"currency":"USD")");
  shop.ask("budget", "over_budget", "approver");
  const Answer asked = shop.spend("O-1", 1, kBar);
  EXPECT_EQ(asked.reasons, "over_budget");
  EXPECT_EQ(shop.taken("usd"), 0);
}

TEST_F(BudgetOf, AHeldOrderReleasesItWhenItsAmountIsRaised) {
  shop.budget("b", "100.00", R"("bar")");
  shop.rule("budget", "over_budget", "hold");
  shop.spend("O-1", 12000, kBar);
  EXPECT_TRUE(shop.is_held("O-1"));
  shop.budget("b", "119.99", R"("bar")");
  EXPECT_TRUE(shop.is_held("O-1"));
  shop.budget("b", "120.00", R"("bar")");
  EXPECT_TRUE(shop.is_taken("O-1"));
}

TEST(SetBudget, RefusesWhatMakesNoBudget) {
  SpendingShop shop;
  shop.cost_centre("bar");
  const auto set = [&](std::string_view what) {
    return shop.when(R"("SetBudget":{"budget":"b",)" + std::string(what) + "}").reasons;
  };
  EXPECT_EQ(set(R"("amount":"1.00","cost_centres":["nowhere"])"), "unknown_cost_centre");
  EXPECT_EQ(set(R"("amount":"-0.01","cost_centres":["bar"])"), "invalid_value");
  EXPECT_EQ(set(R"("amount":"1.00","cost_centres":[])"), "too_many");
  EXPECT_EQ(set(R"("amount":"1.00","cost_centres":["bar"],"valid_from":"2026-03-02",
                  "valid_to":"2026-03-01")"),
            "invalid_value");
  EXPECT_EQ(set(R"("amount":"1.00","cost_centres":["bar","bar"],"valid_from":"2026-03-02",
                  "valid_to":"2026-03-02")"),
            "");
}

TEST(SetBudget, GivesACostCentreAtMostSixteenBudgets) {
  SpendingShop shop;
  shop.cost_centre("bar");
  for (int i = 0; i < 16; ++i)
    shop.budget("b" + std::to_string(i), "1.00", R"("bar")");
  EXPECT_EQ(
      shop.when(R"("SetBudget":{"budget":"c","amount":"1.00","cost_centres":["bar"]})").reasons,
      "too_many");
  shop.budget("b7", "2.00", R"("bar")");
}

TEST(SetBudget, ChangesItsCurrencyOnlyWhileNothingWasTaken) {
  SpendingShop shop;
  shop.cost_centre("bar");
  shop.budget("b", "1.00", R"("bar")", R"(,"currency":"USD")");
  shop.budget("b", "1.00", R"("bar")", R"(,"currency":"EUR")");
  shop.spend("O-1", 10, kBar);
  EXPECT_EQ(shop.when(R"("SetBudget":{"budget":"b","amount":"1.00","currency":"USD",
                        "cost_centres":["bar"]})")
                .reasons,
            "currency_fixed");
  shop.budget("b", "2.00", R"("bar")");
}

}  // namespace
}  // namespace kontor::test
