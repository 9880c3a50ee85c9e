// Questions about a book's history: events, why, exposure.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/api/questions/told_engine.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

json told(const Story& story, const ToAsk& to_ask) {
  return json::parse(told_body(story, to_ask), nullptr, false);
}

std::string last_command_id(const Story& story) {
  std::string id;
  story.for_each_decision([&](BookNumber, const DecisionView& decision) {
    if (!decision.id().empty()) id = decision.id();
  });
  return id;
}

// ---- events
// --------------------------------------------------------------------------------------

TEST(EventsAnswer, HasEveryEventInOrder) {
  const Shop shop;
  const json events = told(shop, {.question = Question::events, .limit = 1000})["events"];
  ASSERT_EQ(events.size(), shop.book().last_sequence().value());
  EXPECT_EQ(events[0]["event"], "BookOpened");
  EXPECT_EQ(events[0]["sequence"], 1);
  EXPECT_EQ(events[0]["command"], "OpenBook");
  EXPECT_EQ(json::parse(events[0]["body"].get<std::string>())["book"], "shop");
}

TEST(EventsAnswer, OfAnOrderAreItsBirthAndWhatNamesIt) {
  Shop shop;
  shop.place("O-1", "bolt", "1");
  shop.place("O-2", "bolt", "1");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  const json events = told(shop, {.question = Question::events, .name = "O-1"})["events"];
  ASSERT_GE(events.size(), 4U);
  EXPECT_EQ(events[0]["event"], "OrderPlaced");
  bool shipped = false;
  for (const json& event : events) {
    const json body = json::parse(event["body"].get<std::string>());
    EXPECT_EQ(body["order"], "O-1") << event;
    shipped = shipped || event["event"] == "GoodsShipped";
  }
  EXPECT_TRUE(shipped);
}

TEST(EventsAnswer, GoesOnWhereThePageEnded) {
  const Shop shop;
  const auto last = shop.book().last_sequence().value();
  std::string after;
  std::uint64_t seen = 0;
  do {
    const Told page = ask(shop, {.question = Question::events, .after = after, .limit = 4});
    ASSERT_EQ(page.status, StatusCode::kDone) << page.message;
    ASSERT_TRUE(json::parse(page.body).contains("events")) << page.body << page.next;
    const json body = json::parse(page.body);
    for (const json& event : body["events"])
      EXPECT_EQ(event["sequence"], ++seen);
    after = page.next;
    ASSERT_LE(seen, last);
  } while (!after.empty());
  EXPECT_EQ(seen, last);
}

TEST(EventsAnswer, AsksWhichThingIsMeant) {
  Shop shop;
  shop.place("acme", "bolt", "1");  // an order with the company's name
  const Told which = ask(shop, {.question = Question::events, .name = "acme"});
  EXPECT_EQ(which.status, StatusCode::kMalformed);
  EXPECT_NE(which.message.find("order:acme"), std::string::npos) << which.message;
  const json events = told(shop, {.question = Question::events, .name = "company:acme"})["events"];
  EXPECT_EQ(events[0]["event"], "CompanyRegistered");
  EXPECT_EQ(ask(shop, {.question = Question::events, .name = "nobody"}).status,
            StatusCode::kNotFound);
}

// ---- why
// -----------------------------------------------------------------------------------------

TEST(WhyAnswer, NamesThePaymentThatReleasesAHeldOrder) {
  Shop shop;
  shop.place("O-1", "bolt", "80");  // 960.00
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  shop.place("O-2", "bolt", "10");  // 120.00
  const json why = told(shop, {.question = Question::why, .name = "O-2"});
  EXPECT_EQ(why["state"], "on_hold");
  const json& hold = why["hold"];
  EXPECT_EQ(hold["exposure"], "960.00");
  EXPECT_EQ(hold["limit"], "1000.00");
  EXPECT_EQ(hold["need"], "120.00");
  EXPECT_EQ(hold["missing"], "80.00");
  ASSERT_EQ(hold["reasons"].size(), 1U);
  EXPECT_EQ(hold["reasons"][0]["reason"], "over_credit_limit");
  EXPECT_EQ(hold["reasons"][0]["allowed"], "1000.00");

  shop.pay("P-1", "acme", "79.99");
  EXPECT_EQ(told(shop, {.question = Question::why, .name = "O-2"})["hold"]["missing"], "0.01");
  shop.pay("P-2", "acme", "0.01");
  const json released = told(shop, {.question = Question::why, .name = "O-2"});
  EXPECT_EQ(released["state"], "open");
  EXPECT_FALSE(released.contains("hold"));
}

TEST(WhyAnswer, SaysWhoMayStillApprove) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"big","outcome":"ask","conditions":[
      {"figure":"order_total_with_tax","operator":"gt","amount":"100.00"}],
      "tiers":[{"number":1,"groups":[{"people":["bob"]}]}]})");
  shop.place("O-1", "bolt", "10", R"("buyer":"ann")");
  const json why = told(shop, {.question = Question::why, .name = "O-1"});
  EXPECT_EQ(why["state"], "awaiting_approval");
  EXPECT_EQ(why["approval"]["waits"], true);
  EXPECT_EQ(why["approval"]["groups"][0]["may"], json({"bob"}));
  ASSERT_EQ(why["approval"]["reasons"].size(), 1U);
  const json& reason = why["approval"]["reasons"][0];
  EXPECT_EQ(reason["rule"], "big");
  EXPECT_EQ(reason["found"], "120.00");
  EXPECT_EQ(reason["allowed"], "100.00");
}

TEST(WhyAnswer, TellsTheReasonsOfARefusedCommand) {
  Shop shop;
  const Answer refused = shop.place("O-1", "anvil", "1");
  ASSERT_TRUE(refused.refused());
  const std::string id = last_command_id(shop);
  const json why = told(shop, {.question = Question::why, .name = id});
  EXPECT_EQ(why["command"]["command"], "PlaceOrder");
  EXPECT_EQ(why["command"]["done"], false);
  ASSERT_EQ(why["command"]["reasons"].size(), 1U);
  EXPECT_EQ(why["command"]["reasons"][0]["reason"], "unknown_item");
  EXPECT_EQ(why["command"]["reasons"][0]["line"], 1);
  EXPECT_EQ(ask(shop, {.question = Question::why, .name = "never"}).status, StatusCode::kNotFound);
}

// ---- exposure
// ------------------------------------------------------------------------------------

TEST(ExposureAnswer, AddsUpToTheAccountMoveByMove) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.place("O-2", "bolt", "5");
  shop.place("O-3", "bolt", "7");
  shop.cancel("O-3");
  shop.invoice("O-1", "I-1");
  shop.pay("P-1", "acme", "20.00");
  const json exposure = told(shop, {.question = Question::exposure, .name = "acme"});
  EXPECT_EQ(exposure["adds_up"], true);
  EXPECT_EQ(exposure["exposure"], "160.00");
  for (const json& bucket : exposure["buckets"])
    EXPECT_EQ(bucket["moved"], bucket["account"]) << bucket;
  EXPECT_GE(exposure["settled_documents"].get<int>(), 1);
  for (const json& move : exposure["moves"])
    EXPECT_NE(move["document"], "order:O-3") << "a settled order is left out";

  const json all = told(shop, {.question = Question::exposure, .name = "acme", .filter = 1});
  EXPECT_EQ(all["moves"].size(), all["moves_in_all"].get<std::size_t>());
  EXPECT_GT(all["moves"].size(), exposure["moves"].size());
}

}  // namespace
}  // namespace kontor::test
