// why: what would release an order is told, and doing it releases the order; one cent, one unit or
// one day less does not.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

std::string says(const Json& remedies) {
  std::string out;
  for (const Json& remedy : remedies)
    out += (out.empty() ? "" : "; ") + remedy.at("says").get<std::string>();
  return out;
}

// The first remedy of a kind; null: there is none.
Json remedy(const Json& why, std::string_view kind) {
  for (const Json& row : why.value("remedies", Json::array())) {
    if (row.at("kind") == kind) return row;
  }
  return {};
}

// 960.00 billed of a limit of 1,000.00, and an order of 120.00 that is 80.00 too much.
struct Why : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.limit("acme", "1000.00");
    shop.place("O-1", "acme", "960.00");
    shop.allocate("O-1");
    shop.ship("O-1");
    shop.invoice("O-1");
    shop.place("O-2", "acme", "120.00");
    ASSERT_EQ(shop.state("O-2"), "on_hold");
  }
  Scenario shop;
};

TEST_F(Why, TellsEveryWayOutOfAHold) {
  const Json why = shop.why("O-2");
  EXPECT_EQ(says(why["remedies"]),
            "a payment of 80.00 EUR by acme; a limit of 1080.00 EUR for acme; "
            "a cancellation of 80 of line 1 (worth 80.00 EUR); a person's release");
  for (const Json& row : why["remedies"]) {
    EXPECT_EQ(row["releases"], true) << row["says"];
    EXPECT_EQ(row["clears"], Json({1})) << row["says"];
  }
  EXPECT_FALSE(why.contains("together"));
  EXPECT_EQ(why["hold"]["reasons_now"][0]["rule"], "credit-limit");
  EXPECT_EQ(why["hold"]["reasons_now"][0]["sentence"], shop.ask("rule credit-limit")["sentence"]);
}

TEST_F(Why, ThePaymentReleasesAndOneCentLessDoesNot) {
  const Json payment = remedy(shop.why("O-2"), "payment");
  EXPECT_EQ(payment["company"], "acme");
  EXPECT_EQ(payment["amount"], "80.00");
  shop.pay("R-1", "acme", "79.99");
  EXPECT_EQ(shop.state("O-2"), "on_hold");
  EXPECT_EQ(remedy(shop.why("O-2"), "payment")["amount"], "0.01");
  shop.pay("R-2", "acme", "0.01");
  EXPECT_EQ(shop.state("O-2"), "open");
  EXPECT_FALSE(shop.why("O-2").contains("remedies"));
}

TEST_F(Why, TheLimitReleasesAndOneCentLessDoesNot) {
  EXPECT_EQ(remedy(shop.why("O-2"), "limit")["amount"], "1080.00");
  shop.limit("acme", "1079.99");
  EXPECT_EQ(shop.state("O-2"), "on_hold");
  shop.limit("acme", "1080.00");
  EXPECT_EQ(shop.state("O-2"), "open");
}

TEST_F(Why, TheCancellationReleasesAndOneCentLessDoesNot) {
  const Json cancellation = remedy(shop.why("O-2"), "cancellation");
  EXPECT_EQ(cancellation["lines"], Json::parse(R"([{"line":1,"quantity":80}])"));
  shop.cancel_part("O-2", "79.99");
  EXPECT_EQ(shop.state("O-2"), "on_hold");
  shop.cancel_part("O-2", "0.01");
  EXPECT_EQ(shop.state("O-2"), "open");
}

TEST_F(Why, APersonsReleaseReleases) {
  EXPECT_TRUE(shop.when(R"("ReleaseHold":{"order":"O-2"})").done());
  EXPECT_EQ(shop.state("O-2"), "open");
}

TEST_F(Why, OnlyAPersonReleasesWhatAPersonHeld) {
  shop.limit("acme", "5000.00");
  ASSERT_EQ(shop.state("O-2"), "open");
  shop.given(R"("HoldOrder":{"order":"O-2"})");
  EXPECT_EQ(says(shop.why("O-2")["remedies"]), "a person's release");
}

// What is sold in whole pieces is cancelled in whole pieces: the fewest that are enough.
TEST_F(Why, ACancellationIsOfWholeUnitsOfTheLineWhereTheLeastIsLost) {
  shop.item("crate", "45.00");
  shop.item("box", "30.00");
  shop.cancel("O-2");
  shop.given(R"("PlaceOrder":{"order":"O-3","company":"acme","lines":[
               {"item":"crate","quantity":2},{"item":"box","quantity":3}]})");  // 180.00, 140.00
                                                                                // over
  // Neither line alone is enough, and what is left is still an order.
  EXPECT_EQ(remedy(shop.why("O-3"), "cancellation")["says"],
            "a cancellation of 2 of line 1 and 2 of line 2 (worth 150.00 EUR)");
  shop.limit("acme", "1065.00");  // 75.00 over
  EXPECT_EQ(remedy(shop.why("O-3"), "cancellation")["says"],
            "a cancellation of 2 of line 1 (worth 90.00 EUR)");
  shop.limit("acme", "1080.00");  // 60.00 over
  EXPECT_EQ(remedy(shop.why("O-3"), "cancellation")["says"],
            "a cancellation of 2 of line 2 (worth 60.00 EUR)");
  shop.given(R"("CancelOrder":{"order":"O-3","cancellation":"X-1",
               "lines":[{"line":2,"quantity":1}]})");
  EXPECT_EQ(shop.state("O-3"), "on_hold");
  shop.given(R"("CancelOrder":{"order":"O-3","cancellation":"X-2",
               "lines":[{"line":2,"quantity":1}]})");
  EXPECT_EQ(shop.state("O-3"), "open");
}

TEST_F(Why, WhatHasNoSmallerPartIsNotCancelledToReleaseIt) {
  shop.item("machine", "120.00");
  shop.cancel("O-2");
  shop.given(R"("PlaceOrder":{"order":"O-3","company":"acme",
               "lines":[{"item":"machine","quantity":1}]})");
  ASSERT_EQ(shop.state("O-3"), "on_hold");
  EXPECT_EQ(remedy(shop.why("O-3"), "cancellation"), Json());
}

// Held orders are looked at again oldest first: what frees the room for this one frees it for those
// before it.
TEST_F(Why, AnOlderOrderTakesItsPartOfAPaymentFirst) {
  shop.place("O-3", "acme", "60.00");  // needs 20.00 more than there is, O-2 needs 80.00
  EXPECT_EQ(remedy(shop.why("O-2"), "payment")["amount"], "80.00");
  EXPECT_EQ(remedy(shop.why("O-3"), "payment")["amount"], "20.00");
  shop.place("O-4", "acme", "100.00");
  shop.place("O-5", "acme", "110.00");
  // 70.00 would be enough for it alone; but those before it take their 120.00, 60.00 and 100.00
  // first.
  EXPECT_EQ(remedy(shop.why("O-5"), "payment")["amount"], "350.00");
  shop.pay("R-1", "acme", "349.99");
  EXPECT_EQ(shop.state("O-5"), "on_hold");
  EXPECT_EQ(shop.state("O-4"), "open");
  shop.pay("R-2", "acme", "0.01");
  EXPECT_EQ(shop.state("O-5"), "open");
}

// ---- several reasons ----

TEST_F(Why, SaysWhatEachRemedyClearsAndWhatDoesItTogether) {
  shop.rule("trial", R"("outcome":"hold","scope_kind":"company","scope":"acme",
            "valid_to":"2026-03-20","conditions":[{"figure":"order_total_with_tax",
            "operator":"ge","amount":"120.00"}])");
  const Json why = shop.why("O-2");
  EXPECT_EQ(shop.held_for("O-2"),
            "over_credit_limit 1080.00 > 1000.00, rule_matched 120.00 > 120.00");
  const Json payment = remedy(why, "payment");
  EXPECT_EQ(payment["clears"], Json({1}));
  EXPECT_EQ(payment["releases"], false);
  const Json date = remedy(why, "date");
  EXPECT_EQ(date["date"], "2026-03-21");
  EXPECT_EQ(date["clears"], Json({2}));
  EXPECT_EQ(date["releases"], false);
  EXPECT_EQ(why["together"][0]["says"], "a payment of 80.00 EUR by acme, and the day 2026-03-21");

  shop.pay("R-1", "acme", "80.00");
  EXPECT_EQ(shop.state("O-2"), "on_hold");
  EXPECT_EQ(says(shop.why("O-2")["remedies"]), "the day 2026-03-21; a person's release");
  shop.day("2026-03-20");
  EXPECT_EQ(shop.state("O-2"), "on_hold");
  shop.day("2026-03-21");
  EXPECT_EQ(shop.state("O-2"), "open");
}

// Two thresholds of the same figure: the smaller payment clears one of them, the larger both.
TEST_F(Why, NamesThePaymentOfEachReason) {
  shop.rule("own-threshold", R"("outcome":"hold","conditions":[{"figure":"exposure_after_order",
            "operator":"ge","amount":"950.00"}])");
  const Json why = shop.why("O-2");
  std::string payments;
  for (const Json& row : why["remedies"]) {
    if (row["kind"] != "payment") continue;
    payments += row["amount"].get<std::string>() + (row["releases"] ? " releases, " : " clears, ");
  }
  EXPECT_EQ(payments, "80.00 clears, 130.01 releases, ");  // ge: one cent more
  shop.pay("R-1", "acme", "130.00");
  EXPECT_EQ(shop.state("O-2"), "on_hold");
  shop.pay("R-2", "acme", "0.01");
  EXPECT_EQ(shop.state("O-2"), "open");
}

TEST_F(Why, AnExpiredLimitAndNoLimitAtAllAreRaisedLikeAnyOther) {
  shop.limit("acme", "1080.00", R"(,"expires":"2026-03-10")");
  EXPECT_EQ(shop.state("O-2"), "open");
  shop.day("2026-03-11");
  shop.place("O-3", "acme", "10.00");
  EXPECT_EQ(shop.held_for("O-3"), "limit_expired 1090.00 > 0.00");
  EXPECT_EQ(remedy(shop.why("O-3"), "limit")["amount"], "1090.00");
  shop.limit("acme", "1090.00");
  EXPECT_EQ(shop.state("O-3"), "open");
}

// ---- people ----

struct WhyApproval : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("mia", "acme", "manager");
    shop.person("max", "acme", "manager");
    shop.person("cora", "acme", "cfo");
  }
  Scenario shop;
};

TEST_F(WhyApproval, NamesWhoseYesIsEnough) {
  shop.ask_above("R1", "100.00", {"manager"});
  shop.place("O-1", "acme", "100.01");
  const Json why = shop.why("O-1");
  EXPECT_EQ(says(why["remedies"]), "the approval of mia or max (tier 1)");
  EXPECT_EQ(why["remedies"][0]["releases"], true);
  EXPECT_EQ(why["remedies"][0]["people"], Json({"mia", "max"}));
  EXPECT_EQ(why["remedies"][0]["wanted"], 1);
  shop.approve("O-1", "max");
  EXPECT_EQ(shop.state("O-1"), "open");
}

TEST_F(WhyApproval, NamesAllWhoAreStillMissing) {
  shop.rule("R1",
            R"("outcome":"ask","tiers":[{"number":1,"groups":[{"roles":["manager"],"needed":2}]},
                                              {"number":2,"groups":[{"roles":["cfo"]}]}])");
  shop.place("O-1", "acme", "1.00");
  EXPECT_EQ(shop.why("O-1")["together"][0]["says"],
            "the approval of 2 of mia or max (tier 1), and the approval of cora (tier 2)");
  shop.approve("O-1", "mia");
  EXPECT_EQ(shop.why("O-1")["together"][0]["says"],
            "the approval of mia or max (tier 1), and the approval of cora (tier 2)");
  shop.approve("O-1", "max");
  const Json why = shop.why("O-1");
  EXPECT_FALSE(why.contains("together"));
  EXPECT_EQ(says(why["remedies"]), "the approval of cora (tier 2)");
  EXPECT_EQ(why["remedies"][0]["releases"], true);
}

// An approval does not lift a hold, nor a payment the request.
TEST_F(WhyApproval, AndAHoldAreBothToBeSatisfied) {
  shop.limit("acme", "50.00");
  shop.ask_above("R1", "100.00", {"cfo"});
  shop.place("O-1", "acme", "100.01");
  const Json why = shop.why("O-1");
  for (const Json& row : why["remedies"])
    EXPECT_EQ(row["releases"], false) << row["says"];
  EXPECT_EQ(why["together"][0]["says"],
            "the approval of cora (tier 1), and a payment of 50.01 EUR by acme");
  shop.approve("O-1", "cora");
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  EXPECT_EQ(remedy(shop.why("O-1"), "payment")["releases"], true);
  shop.pay("R-1", "acme", "50.01");
  EXPECT_EQ(shop.state("O-1"), "open");
}

// ---- as people read it ----

TEST_F(Why, IsReadAsText) {
  const std::string text = shop.why_text("O-2");
  const std::string sentence = shop.ask("rule credit-limit")["sentence"];
  const auto after = [&](std::string_view words) { return text.substr(text.find(words)); };
  EXPECT_TRUE(text.starts_with("order O-2 is on_hold: ")) << text;
  EXPECT_TRUE(
      after("  (1) ").starts_with("  (1) over_credit_limit: company acme, 1080.00 EUR against "
                                  "1000.00 EUR (rule credit-limit set at "))
      << text;
  EXPECT_NE(text.find("\n      " + sentence + '\n'), std::string::npos) << text;
  EXPECT_TRUE(after("It is released").starts_with(R"(It is released by any one of:
  - a payment of 80.00 EUR by acme
  - a limit of 1080.00 EUR for acme
  - a cancellation of 80 of line 1 (worth 80.00 EUR)
  - a person's release
)")) << text;
}

TEST_F(Why, IsReadAsTextWhereItTakesMoreThanOneThing) {
  shop.rule("trial", R"("outcome":"hold","valid_to":"2026-03-20",
            "conditions":[{"figure":"order_total_with_tax","operator":"ge","amount":"120.00"}])");
  const std::string text = shop.why_text("O-2");
  EXPECT_NE(text.find("\n  (2) rule_matched: order trial, "), std::string::npos) << text;
  EXPECT_NE(text.find(R"(
It is released by any one of:
  - a person's release
or by all of one of:
  - a payment of 80.00 EUR by acme, and the day 2026-03-21
)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\nNot enough by itself: a payment of 80.00 EUR by acme clears (1)\n"),
            std::string::npos)
      << text;
}

// A refused placement has no order; its id answers.
TEST_F(Why, AnswersForARefusedCommand) {
  shop.rule("credit-limit",
            R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])");
  const Said refused = shop.when(
      R"("PlaceOrder":{"order":"O-3","company":"acme","lines":[{"item":"goods","quantity":"50.00"}]})",
      "kim-1");
  EXPECT_EQ(refused.reasons, "refused_by_rule");
  const Json why = shop.why("kim-1");
  EXPECT_EQ(why["command"]["command"], "PlaceOrder");
  EXPECT_EQ(why["command"]["done"], false);
  EXPECT_EQ(why["command"]["reasons"][0]["rule"], "credit-limit");
  EXPECT_EQ(why["command"]["reasons"][0]["sentence"], shop.ask("rule credit-limit")["sentence"]);
}

}  // namespace
}  // namespace kontor::test
