// Questions about what is wanted but not ordered: drafts, templates, recurring orders; and what an
// order would come to.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/client/command_lines.h"
#include "tests/api/questions/told_engine.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

json told(const Story& story, const ToAsk& to_ask) {
  return json::parse(told_body(story, to_ask), nullptr, false);
}

std::string draft(const std::string& name, const std::string& more) {
  return R"("SaveDraft":{"draft":")" + name + R"(","company":"acme",)" + more + "}";
}

TEST(DraftAnswers, SayWhatIsWantedAndWhatIsReservedForIt) {
  Shop shop;
  shop.policy("stock.draft", "reserve");
  shop.given(draft("D-1", R"("buyer":"ann","cost_centre":"","region":"N","buyer_reference":"PO 7",
                             "requested_date":"2026-05-01",
                             "lines":[{"item":"bolt","quantity":5},{"item":"nut","quantity":2}])"));
  const json answer = told(shop, {.question = Question::draft, .name = "D-1"});
  EXPECT_EQ(answer["draft"], "D-1");
  EXPECT_EQ(answer["company"], "acme");
  EXPECT_EQ(answer["buyer"], "ann");
  EXPECT_EQ(answer["region"], "N");
  EXPECT_EQ(answer["buyer_reference"], "PO 7");
  EXPECT_EQ(answer["requested_on"], "2026-05-01");
  EXPECT_EQ(answer["total"], "60.60");
  ASSERT_EQ(answer["lines"].size(), 2U);
  EXPECT_EQ(answer["lines"][0]["item"], "bolt");
  EXPECT_EQ(answer["lines"][0]["quantity"], 5);
  EXPECT_EQ(answer["lines"][0]["reserved"], 5);
  EXPECT_EQ(answer["version"], 1);
}

TEST(DraftAnswers, HaveNoTotalWhereALineHasNoPrice) {
  Shop shop;
  shop.given(R"("RegisterItem":{"item":"washer","tax_category":"standard"})");
  shop.given(draft("D-1", R"("lines":[{"item":"washer","quantity":1}])"));
  const json answer = told(shop, {.question = Question::draft, .name = "D-1"});
  EXPECT_FALSE(answer.contains("total"));
}

TEST(DraftAnswers, ListThemByTheirFirstSaveInPages) {
  Shop shop;
  for (const char* const name : {"D-2", "D-1", "D-3"})
    shop.given(draft(name, R"("lines":[{"item":"bolt","quantity":1}])"));
  shop.given(draft("D-2", R"("lines":[{"item":"bolt","quantity":2}])"));  // stays first
  const Told first = ask(shop, {.question = Question::drafts, .limit = 2});
  const json rows = json::parse(first.body, nullptr, false)["drafts"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["draft"], "D-2");
  EXPECT_EQ(rows[0]["version"], 2);
  EXPECT_EQ(rows[1]["draft"], "D-1");
  ASSERT_FALSE(first.next.empty());
  const Told rest = ask(shop, {.question = Question::drafts, .after = first.next, .limit = 2});
  const json others = json::parse(rest.body, nullptr, false)["drafts"];
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0]["draft"], "D-3");
  EXPECT_EQ(rest.next, "");
  EXPECT_EQ(told(shop, {.question = Question::drafts, .name = "acme"})["drafts"].size(), 3U);
  EXPECT_EQ(ask(shop, {.question = Question::drafts, .name = "x"}).status, StatusCode::kNotFound);
}

TEST(DraftAnswers, AreGoneWhenTheyArePlacedOrDiscarded) {
  Shop shop;
  for (const char* const name : {"D-1", "D-2"})
    shop.given(draft(name, R"("buyer":"ann","lines":[{"item":"bolt","quantity":1}])"));
  shop.given(R"("DiscardDraft":{"draft":"D-1"})");
  shop.given(R"("PlaceDraft":{"draft":"D-2","order":"O-1"})");
  for (const char* const name : {"D-1", "D-2"})
    EXPECT_EQ(ask(shop, {.question = Question::draft, .name = name}).status, StatusCode::kNotFound);
  EXPECT_EQ(told(shop, {.question = Question::order, .name = "O-1"})["total"], "12.00");
}

TEST(TemplateAnswers, SayTheLinesAndWhoseTheyAre) {
  Shop shop;
  shop.given(R"("DefineTemplate":{"template":"T-1","label":"Monday","company":"acme",
                "lines":[{"item":"nut","quantity":3}]})");
  shop.given(R"("DefineTemplate":{"template":"T-2","lines":[{"item":"bolt","quantity":1}],
                "withdrawn":true})");
  const json one = told(shop, {.question = Question::template_, .name = "T-1"});
  EXPECT_EQ(one["label"], "Monday");
  EXPECT_EQ(one["company"], "acme");
  EXPECT_EQ(one["lines"][0]["item"], "nut");
  EXPECT_EQ(one["lines"][0]["quantity"], 3);
  const json all = told(shop, {.question = Question::templates})["templates"];
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1]["template"], "T-2");
  EXPECT_EQ(all[1]["withdrawn"], true);
  EXPECT_EQ(ask(shop, {.question = Question::template_, .name = "x"}).status,
            StatusCode::kNotFound);
}

std::string recurring(const std::string& more) {
  return R"("DefineRecurringOrder":{"order":"R","company":"acme","buyer":"ann",)" + more +
         R"(,"lines":[{"item":"bolt","quantity":2}]})";
}

TEST(RecurringAnswers, SayTheScheduleTheNextRunAndTheLastOrder) {
  Shop shop;
  shop.given(recurring(R"("every":1,"unit":"month","from":"2026-03-31","count":3)"));
  const json before = told(shop, {.question = Question::recurring, .name = "R"});
  EXPECT_EQ(before["state"], "running");
  EXPECT_EQ(before["next"], "2026-03-31");
  EXPECT_EQ(before["total"], "24.00");
  EXPECT_EQ(before["count"], 3);
  shop.given(R"("OpenBusinessDay":{"date":"2026-04-01"})");
  const json after = told(shop, {.question = Question::recurring, .name = "R"});
  EXPECT_EQ(after["runs"], 1);
  EXPECT_EQ(after["last_order"], "R-1");
  const json run = told(shop, {.question = Question::order, .name = "R-1"});
  EXPECT_EQ(run["run_of"], "R");
  const json defined = told(shop, {.question = Question::order, .name = "R"});
  EXPECT_EQ(run["run_of_at"], defined["placed_at"]);
  EXPECT_FALSE(defined.contains("run_of")) << "it is no run itself";
  EXPECT_EQ(after["next"], "2026-04-30") << "clamped to the month's end, counted from the 31st";
}

TEST(RecurringAnswers, SayWhyOneDoesNotRun) {
  Shop shop;
  shop.given(recurring(R"("every":1,"unit":"day","from":"2026-03-03","count":1)"));
  shop.given(R"("OpenBusinessDay":{"date":"2026-03-04"})");
  EXPECT_EQ(told(shop, {.question = Question::recurring, .name = "R"})["state"], "ended");
  shop.given(recurring(R"("every":1,"unit":"day","from":"2026-03-05")"));
  shop.given(R"("StopRecurringOrder":{"order":"R"})");
  const json stopped = told(shop, {.question = Question::recurring, .name = "R"});
  EXPECT_EQ(stopped["state"], "stopped");
  EXPECT_FALSE(stopped.contains("next"));
  const json all = told(shop, {.question = Question::recurrings})["recurrings"];
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["order"], "R");
  EXPECT_EQ(all[0]["unit"], "day");
}

TEST(RecurringAnswers, AreOfRecurringOrdersOnly) {
  Shop shop;
  shop.given(draft("D-1", R"("buyer":"ann","lines":[{"item":"bolt","quantity":1}])"));
  shop.given(R"("PlaceDraft":{"draft":"D-1","order":"O-1"})");
  EXPECT_EQ(ask(shop, {.question = Question::recurring, .name = "O-1"}).status,
            StatusCode::kNotFound);
}

// ---- check -------------------------------------------------------------------------------------

TEST(CheckLine, TakesPlaceOrderAndCheckOrderAlike) {
  JsonOptions euro;
  euro.default_currency = 978;
  const std::string body =
      R"({"order":"O-1","company":"acme","lines":[{"item":"b","quantity":1}]})";
  const auto place = read_check_line(R"({"PlaceOrder":)" + body + "}", euro);
  const auto check = read_check_line(R"({"CheckOrder":)" + body + "}", euro);
  ASSERT_TRUE(place.ok() && check.ok());
  EXPECT_EQ(place->kind, check->kind);
  EXPECT_TRUE(std::ranges::equal(place->body, check->body));
}

TEST(CheckLine, RefusesOtherCommandsAndTwoAtOnce) {
  const auto other = read_check_line(R"({"DiscardDraft":{"draft":"D-1"}})", {});
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().message.find("only PlaceOrder and CheckOrder"), std::string::npos);
  const auto two = read_check_line(R"({"CheckOrder":{},"PlaceOrder":{}})", {});
  ASSERT_FALSE(two.ok());
  EXPECT_NE(two.error().message.find("exactly one key"), std::string::npos);
  EXPECT_FALSE(read_check_line("[]", {}).ok());
  EXPECT_FALSE(read_check_line("nonsense", {}).ok());
}

}  // namespace
}  // namespace kontor::test
