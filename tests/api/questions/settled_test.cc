// Questions about an order that has left memory: the answers are what they were.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/api/questions/told_engine.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

class SettledStory : public Story {
 public:
  SettledStory() {
    given(R"("OpenBook":{"book":"shop","currency":"EUR","first_business_date":"2026-03-02",
             "settled_kept":16})");
    given(R"("SetTaxRate":{"category":"exempt","rate":0})");
    given(R"("RegisterItem":{"item":"bolt","tax_category":"exempt"})");
    given(R"("SetPrice":{"list":"retail","item":"bolt",
             "breaks":[{"from_quantity":0,"unit_price":"10.00"}]})");
    policy("price.list", "retail");
    given(R"("RegisterWarehouse":{"warehouse":"north"})");
    receive("opening", "north", "bolt", "100");
    given(R"("RegisterCompany":{"company":"acme","currency":"EUR"})");
    limit("acme", "100.00");
    given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","order_limit":"5.00",
             "roles":[{"role":"buyer"}]})");
    given(R"("RegisterBuyer":{"buyer":"bob","company":"acme","roles":[{"role":"approver"}]})");
    given(R"("actor":"ann","PlaceOrder":{"order":"O-1","company":"acme","buyer":"ann",
             "region":"south","lines":[{"item":"bolt","quantity":2}]})");
    given(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
    allocate("O-1");
    ship("O-1", "S-1");
    invoice("O-1", "I-1");
  }
  void let_it_leave() {
    for (int i = 0; i < 20; ++i)
      limit("acme", "100.00");
    ASSERT_EQ(book().orders().find("O-1"), nullptr);
  }
};

TEST(ASettledOrder, IsShownAsBefore) {
  const std::vector<ToAsk> questions = {{.question = Question::order, .name = "O-1"},
                                        {.question = Question::why, .name = "O-1"},
                                        {.question = Question::events, .name = "O-1"},
                                        {.question = Question::events, .name = "order:O-1"},
                                        {.question = Question::invoice, .name = "I-1"},
                                        {.question = Question::invoices}};
  SettledStory story;
  std::vector<json> before;
  for (const ToAsk& question : questions)
    before.push_back(json::parse(told_body(story, question)));
  EXPECT_TRUE(before[1].contains("approval")) << "why says who was asked";
  EXPECT_EQ(before[4]["order"], "O-1");
  story.let_it_leave();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    json after = json::parse(told_body(story, questions[i]));
    // How far the events were looked through is another position.
    for (json* const told : {&before[i], &after})
      told->erase("scanned_to");
    EXPECT_EQ(after, before[i]) << i;
  }
}

TEST(ASettledOrder, IsShownAsOfAPositionAndCounted) {
  SettledStory story;
  const json before = json::parse(told_body(story, {.question = Question::order, .name = "O-1"}));
  ToldEngine told(story);
  const std::uint64_t position = told.state().last_sequence().value();
  story.let_it_leave();
  const Told then = ask(story, {.question = Question::order, .name = "O-1", .as_of = position});
  ASSERT_EQ(then.status, StatusCode::kDone) << then.message;
  EXPECT_EQ(json::parse(then.body), before);
  EXPECT_EQ(json::parse(told_body(story, {.question = Question::book}))["orders"], 1);
  const json listed = json::parse(told_body(story, {.question = Question::orders}));
  EXPECT_TRUE(listed.value("orders", json::array()).empty()) << "the list is of those in memory";
}

TEST(ASettledOrder, OfAnotherNameIsNotFound) {
  SettledStory story;
  story.let_it_leave();
  EXPECT_EQ(ask(story, {.question = Question::order, .name = "O-2"}).status, StatusCode::kNotFound);
  EXPECT_EQ(ask(story, {.question = Question::why, .name = "O-2"}).status, StatusCode::kNotFound);
}

}  // namespace
}  // namespace kontor::test
