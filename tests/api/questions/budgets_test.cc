// Questions about cost centres, budgets and what buyers have spent.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/api/questions/told_engine.h"
#include "tests/support/engine/spending_shop.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

json told(const Story& story, const ToAsk& to_ask) {
  return json::parse(told_body(story, to_ask), nullptr, false);
}

struct BudgetAnswers : testing::Test {
  void SetUp() override {
    shop.cost_centre("bar", R"(,"name":"Bar","owner":"bob","mandatory":true)");
    shop.cost_centre("lab");
    shop.budget("b", "100.00", R"("bar","lab")", R"(,"valid_to":"2026-03-31")");
    shop.budget("l", "50.00", R"("lab")", R"(,"valid_from":"2026-04-01")");
    shop.buyer(R"("period_limit":"80.00","period":"month")");
    shop.ask("budget", "over_budget", "approver");
    shop.spend("O-1", 6000, R"("cost_centre":"bar")");
    shop.spend("O-2", 5000, R"("cost_centre":"bar")");  // waits: 110.00 of 100.00
  }
  SpendingShop shop;
};

TEST_F(BudgetAnswers, SayWhatWasTakenWhatWaitsAndWhatIsLeft) {
  const json answer = told(shop, {.question = Question::budget, .name = "b"});
  const json& budget = answer["budget"];
  EXPECT_EQ(budget["budget"], "b");
  EXPECT_EQ(budget["amount"], "100.00");
  EXPECT_EQ(budget["taken"], "110.00");
  EXPECT_EQ(budget["reserved"], "50.00");
  EXPECT_EQ(budget["left"], "-10.00");
  EXPECT_EQ(budget["currency"], "EUR");
  EXPECT_EQ(budget["valid_to"], "2026-03-31");
  EXPECT_EQ(budget["valid_today"], true);
  EXPECT_EQ(answer["cost_centres"], json({"bar", "lab"}));
  EXPECT_EQ(answer["version"], 1);
}

TEST_F(BudgetAnswers, ListBudgetsOfAllOrOfOneCostCentre) {
  EXPECT_EQ(told(shop, {.question = Question::budgets})["budgets"].size(), 2U);
  const json bars = told(shop, {.question = Question::budgets, .name = "bar"});
  ASSERT_EQ(bars["budgets"].size(), 1U);
  EXPECT_EQ(bars["budgets"][0]["budget"], "b");
  const json labs = told(shop, {.question = Question::budgets, .name = "lab"});
  ASSERT_EQ(labs["budgets"].size(), 2U);
  EXPECT_EQ(labs["budgets"][1]["valid_today"], false);
}

TEST_F(BudgetAnswers, SayWhoseACostCentreIs) {
  const json centre = told(shop, {.question = Question::cost_centre, .name = "bar"});
  EXPECT_EQ(centre["name"], "Bar");
  EXPECT_EQ(centre["company"], "acme");
  EXPECT_EQ(centre["owner"], "bob");
  EXPECT_EQ(centre["mandatory"], true);
  EXPECT_EQ(centre["budgets"][0]["left"], "-10.00");
  const json list = told(shop, {.question = Question::cost_centres, .name = "acme"});
  ASSERT_EQ(list["cost_centres"].size(), 2U);
  EXPECT_EQ(list["cost_centres"][1]["cost_centre"], "lab");
  EXPECT_EQ(list["cost_centres"][1]["budgets"], 2);
}

TEST_F(BudgetAnswers, SayWhatABuyersPeriodHasTaken) {
  const json ann = told(shop, {.question = Question::buyer, .name = "ann"});
  EXPECT_EQ(ann["period_start"], "2026-03-01");
  EXPECT_EQ(ann["period_taken"], "110.00");
  EXPECT_EQ(ann["period_left"], "-30.00");
  shop.day("2026-04-02");
  const json later = told(shop, {.question = Question::buyer, .name = "ann"});
  EXPECT_EQ(later["period_start"], "2026-04-01");
  EXPECT_EQ(later["period_taken"], "0.00");
  EXPECT_FALSE(told(shop, {.question = Question::buyer, .name = "bob"}).contains("period_taken"));
}

// The events that a budget's figure is made of.
TEST_F(BudgetAnswers, AreExplainedByTheStreamOfTheBudget) {
  shop.reject("bob", "O-2");
  const json events = told(shop, {.question = Question::events, .name = "budget:b"});
  ASSERT_EQ(events["events"].size(), 4U);
  EXPECT_EQ(events["events"][0]["event"], "BudgetSet");
  EXPECT_EQ(events["events"][1]["event"], "SpendingTaken");
  EXPECT_EQ(events["events"][2]["event"], "SpendingTaken");
  EXPECT_EQ(events["events"][3]["event"], "SpendingReturned");
}

TEST_F(BudgetAnswers, AreNotFoundUnderOtherNames) {
  EXPECT_EQ(ask(shop, {.question = Question::budget, .name = "x"}).status, StatusCode::kNotFound);
  EXPECT_EQ(ask(shop, {.question = Question::cost_centre, .name = "x"}).status,
            StatusCode::kNotFound);
  EXPECT_EQ(ask(shop, {.question = Question::budgets, .name = "x"}).status, StatusCode::kNotFound);
}

}  // namespace
}  // namespace kontor::test
