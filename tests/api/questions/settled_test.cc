// Questions about documents that have left memory: the answers are what they were.
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

// ---- bills --------------------------------------------------------------------------------------

class SettledBillsStory : public SettledStory {
 public:
  SettledBillsStory() {
    given(R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-1","cause":"price",
             "amounts":[{"line":1,"amount":"5.00"}]})");
    given(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"15.00",
             "invoices":[{"invoice":"I-1"}]})");
  }
  void let_them_leave() {
    let_it_leave();
    ASSERT_TRUE(book().receivables().invoices().empty());
    ASSERT_TRUE(book().receivables().payments().empty());
    ASSERT_TRUE(book().credit_notes().all().empty());
  }
};

TEST(SettledBills, AreShownAsBefore) {
  const std::vector<ToAsk> questions = {{.question = Question::invoice, .name = "I-1"},
                                        {.question = Question::payment, .name = "P-1"},
                                        {.question = Question::credit_note, .name = "C-1"},
                                        {.question = Question::events, .name = "invoice:I-1"},
                                        {.question = Question::events, .name = "P-1"},
                                        {.question = Question::events, .name = "credit_note:C-1"}};
  SettledBillsStory story;
  std::vector<json> before;
  for (const ToAsk& question : questions)
    before.push_back(json::parse(told_body(story, question)));
  EXPECT_EQ(before[0]["credit_notes"], json::array({"C-1"}));
  EXPECT_EQ(before[1]["applications"][0]["invoice"], "I-1");
  const std::uint64_t position = story.book().last_sequence().value();
  story.let_them_leave();
  for (std::size_t i = 0; i < questions.size(); ++i) {
    json after = json::parse(told_body(story, questions[i]));
    for (json* const told : {&before[i], &after})
      told->erase("scanned_to");
    EXPECT_EQ(after, before[i]) << i;
    if (i >= 3) continue;
    ToAsk then = questions[i];
    then.as_of = position;
    const Told was = ask(story, then);
    EXPECT_EQ(was.position, position);
    EXPECT_EQ(json::parse(was.body), before[i]) << i << " as of when it was there";
  }
}

TEST(SettledBills, AreCountedButNotListed) {
  SettledBillsStory story;
  story.let_them_leave();
  const json book = json::parse(told_body(story, {.question = Question::book}));
  EXPECT_EQ(book["invoices"], 1);
  EXPECT_EQ(book["payments"], 1);
  EXPECT_EQ(book["credit_notes"], 1);
  for (const auto& [question, word] :
       {std::pair{Question::invoices, "invoices"}, std::pair{Question::payments, "payments"},
        std::pair{Question::credit_notes, "credit_notes"}}) {
    const json listed = json::parse(told_body(story, {.question = question}));
    EXPECT_TRUE(listed.value(word, json::array()).empty()) << word;
  }
  EXPECT_EQ(ask(story, {.question = Question::invoice, .name = "I-2"}).status,
            StatusCode::kNotFound);
}

// The note has left, its invoice has not: what it shows of its notes comes from its events.
TEST(SettledBills, AreNamedByAnInvoiceThatIsStillThere) {
  SettledStory story;
  story.given(R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-1","cause":"price",
                 "amounts":[{"line":1,"amount":"5.00"}]})");
  const json before = json::parse(told_body(story, {.question = Question::invoice, .name = "I-1"}));
  story.let_it_leave();
  ASSERT_TRUE(story.book().credit_notes().all().empty());
  ASSERT_FALSE(story.book().receivables().invoices().empty());
  EXPECT_EQ(json::parse(told_body(story, {.question = Question::invoice, .name = "I-1"})), before);
}

}  // namespace
}  // namespace kontor::test
