// why and exposure where goods and money come back: amendments, returns, credit notes, refunds.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "events/base/currency.h"
#include "events/base/money.h"
#include "tests/api/questions/told_engine.h"
#include "tests/support/engine/crediting.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

json told(const Story& story, const ToAsk& to_ask) {
  return json::parse(told_body(story, to_ask), nullptr, false);
}

json why(const Story& story, std::string_view order) {
  return told(story, {.question = Question::why, .name = std::string(order)});
}

// Every move of acme's exposure; it must add up to the account, bucket by bucket.
json moves(const Story& story) {
  json all = told(story, {.question = Question::exposure, .name = "acme", .filter = 1});
  EXPECT_EQ(all["adds_up"], true) << all;
  for (const json& bucket : all["buckets"])
    EXPECT_EQ(bucket["moved"], bucket["account"]) << bucket;
  EXPECT_EQ(all["moves"].size(), all["moves_in_all"].get<std::size_t>());
  return all["moves"];
}

bool has_move_of(const json& moves, std::string_view event) {
  return std::ranges::any_of(moves, [&](const json& move) { return move["event"] == event; });
}

void give_back_one(Story& shop) {
  ASSERT_EQ(give_back(shop, "R-1", "1").status, StatusCode::kDone);
}

TEST(ExposureAnswer, AddsUpOverAnAmendment) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.given(
      R"("AmendOrder":{"order":"O-1","amendment":"A-1","lines":[{"line":1,"quantity":15}]})");
  const std::size_t more = moves(shop).size();
  shop.given(R"("AmendOrder":{"order":"O-1","amendment":"A-2","lines":[{"line":1,"quantity":6}]})");
  const json all = moves(shop);
  EXPECT_GT(all.size(), more);
  for (const json& move : all)
    EXPECT_EQ(move["document"], "order:O-1") << move;
}

TEST(ExposureAnswer, AddsUpOverAReturnBeforeItsInvoice) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  const std::size_t before = moves(shop).size();
  give_back_one(shop);
  EXPECT_GT(moves(shop).size(), before) << "what came back is not counted any more";
}

TEST(ExposureAnswer, AddsUpOverACreditNoteAndItsRefund) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  shop.pay("P-1", "acme", "120.00");
  const std::size_t before = moves(shop).size();
  ASSERT_EQ(credit(shop, "C-1", "I-1", amount("5.00")).status, StatusCode::kDone);
  json all = moves(shop);
  EXPECT_GT(all.size(), before);
  EXPECT_TRUE(has_move_of(all, "CreditNoteIssued")) << all;
  ASSERT_EQ(shop.when(R"("Refund":{"refund":"F-1","credit_note":"C-1"})").status,
            StatusCode::kDone);
  all = moves(shop);
  EXPECT_TRUE(has_move_of(all, "RefundPaid")) << all;
}

TEST(ExposureAnswer, LeavesOutWhatWasCreditedInFullUnlessAllIsAsked) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  billed(shop, "2", "bolt", "1");
  ASSERT_EQ(credit(shop, "C-1", "I-1", amount("100.00")).status, StatusCode::kDone);
  const auto names_of = [&](std::uint64_t filter) {
    std::string out;
    const json answer =
        told(shop, {.question = Question::exposure, .name = "acme", .filter = filter});
    for (const json& move : answer["moves"])
      out += move["document"].get<std::string>() + " ";
    return out;
  };
  EXPECT_EQ(names_of(0).find("I-1 "), std::string::npos) << names_of(0);
  EXPECT_NE(names_of(0).find("I-2 "), std::string::npos) << names_of(0);
  EXPECT_NE(names_of(1).find("I-1 "), std::string::npos) << names_of(1);
}

TEST(WhyAnswer, NamesLessMissingWhenGoodsCameBack) {
  Shop shop;
  shop.place("O-1", "bolt", "80");  // 960.00 of 1,000.00
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.place("O-2", "bolt", "10");
  EXPECT_EQ(why(shop, "O-2")["hold"]["missing"], "80.00");
  give_back_one(shop);  // 12.00
  EXPECT_EQ(why(shop, "O-2")["hold"]["missing"], "68.00");
  ASSERT_EQ(give_back(shop, "R-2", "6").status, StatusCode::kDone);
  EXPECT_FALSE(why(shop, "O-2").contains("hold")) << "released by itself";
}

TEST(WhyAnswer, NamesLessMissingAfterACreditNote) {
  Shop shop;
  billed(shop, "1", "bolt", "80");
  shop.place("O-2", "bolt", "10");
  EXPECT_EQ(why(shop, "O-2")["hold"]["missing"], "80.00");
  ASSERT_EQ(credit(shop, "C-1", "I-1", amount("30.00")).status, StatusCode::kDone);
  const std::string missing = why(shop, "O-2")["hold"]["missing"].get<std::string>();
  EXPECT_EQ(missing, format_money(Minor{8000} - Minor{total(shop, "C-1")}, CurrencyCode{978}));
}

TEST(WhyAnswer, ExplainsAnOrderThatAnAmendmentMadeTooLarge) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  EXPECT_EQ(why(shop, "O-1")["state"], "open");
  shop.given(
      R"("AmendOrder":{"order":"O-1","amendment":"A-1","lines":[{"line":1,"quantity":100}]})");
  const json held = why(shop, "O-1");
  EXPECT_EQ(held["state"], "on_hold") << held;
  EXPECT_EQ(held["hold"]["need"], "1200.00");
  EXPECT_EQ(held["hold"]["reasons"][0]["reason"], "over_credit_limit");
}

}  // namespace
}  // namespace kontor::test
