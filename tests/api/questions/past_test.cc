// Questions about the past: each answer as of a position is what the present one was there.
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/api/questions/told_engine.h"
#include "tests/support/engine/random_trade.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

// A question and the answer there was at a position.
struct Remembered {
  ToAsk to_ask;
  std::string body;
};

void remember(ToldEngine& engine, const Story& story, std::vector<Remembered>& out) {
  const Book& book = story.book();
  const auto ask_now = [&](Question question, std::string_view name) {
    ToAsk to_ask{.question = question, .name = std::string(name)};
    const Told told = ask(engine, to_ask);
    ASSERT_EQ(told.status, StatusCode::kDone) << told.message;
    to_ask.as_of = told.position;
    out.push_back({to_ask, told.body});
  };
  for (const Order& order : book.orders().all())
    ask_now(Question::order, book.orders().name(order));
  for (const Invoice& invoice : book.receivables().invoices())
    ask_now(Question::invoice, book.receivables().name(invoice));
  for (const Payment& payment : book.receivables().payments())
    ask_now(Question::payment, book.receivables().name(payment));
  for (const CreditNote& note : book.credit_notes().all())
    ask_now(Question::credit_note, book.credit_notes().name(note));
}

TEST(ThePast, OfADocumentIsWhatThePresentWasThere) {
  Shop shop;
  RandomTrade trade(shop, 20261123);
  trade.set_up();
  shop.check_every(50);
  std::vector<Remembered> remembered;
  // How soon there is a document of every kind hangs on the compiler's order of evaluation.
  std::set<Question> kinds;
  for (int step = 1; step <= 180 || (kinds.size() < 4 && step <= 2000); ++step) {
    shop.when(trade.next());
    if (step % 45 != 0) continue;
    ToldEngine engine(shop);
    remember(engine, shop, remembered);
    for (const Remembered& now : remembered)
      kinds.insert(now.to_ask.question);
  }
  ASSERT_GT(remembered.size(), 50U);
  std::map<Question, int> asked;
  ToldEngine engine(shop);
  for (const Remembered& then : remembered) {
    const Told told = ask(engine, then.to_ask);
    ASSERT_EQ(told.status, StatusCode::kDone) << told.message;
    EXPECT_EQ(told.position, then.to_ask.as_of);
    ASSERT_EQ(told.body, then.body) << "as of " << then.to_ask.as_of;
    ++asked[then.to_ask.question];
  }
  EXPECT_EQ(asked.size(), 4U) << "orders, invoices, payments, credit notes";
}

// What the entries do not know.
json without_holds(json account) {
  for (const char* const key :
       {"held", "held_count", "moves", "effective_to", "limits", "credit_tree"})
    account.erase(key);
  return account;
}

TEST(ThePast, OfAnAccountIsWhatThePresentWasThere) {
  Shop shop;
  RandomTrade trade(shop, 20261124);
  trade.set_up();
  shop.check_every(50);
  std::vector<Remembered> remembered;
  for (int step = 1; step <= 200; ++step) {
    shop.when(trade.next());
    if (step % 10 != 0) continue;
    ToldEngine engine(shop);
    for (const char* const company : {"acme", "gamma", "beta"}) {
      ToAsk to_ask{.question = Question::account, .name = company};
      const Told told = ask(engine, to_ask);
      to_ask.as_of = told.position;
      remembered.push_back({to_ask, told.body});
    }
  }
  ToldEngine engine(shop);
  for (const Remembered& then : remembered) {
    const Told told = ask(engine, then.to_ask);
    ASSERT_EQ(told.status, StatusCode::kDone) << told.message;
    EXPECT_EQ(told.position, then.to_ask.as_of);
    ASSERT_EQ(without_holds(json::parse(told.body)), without_holds(json::parse(then.body)))
        << then.to_ask.name << " as of " << then.to_ask.as_of;
  }
}

TEST(ThePast, OfWhatCameLaterOrLiesAheadIsNotFound) {
  Shop shop;
  shop.place("O-1", "bolt", "1");
  const std::uint64_t before = shop.order("O-1").ref - 1;
  const Told early = ask(shop, {.question = Question::order, .name = "O-1", .as_of = before});
  EXPECT_EQ(early.status, StatusCode::kNotFound);
  EXPECT_NE(early.message.find("there was no order 'O-1' at position " + std::to_string(before)),
            std::string::npos)
      << early.message;
  const Told ahead = ask(shop, {.question = Question::order, .name = "O-1", .as_of = 1'000'000});
  EXPECT_EQ(ahead.status, StatusCode::kNotFound);
  EXPECT_NE(ahead.message.find("behind the end"), std::string::npos) << ahead.message;
  const Told unknown = ask(shop, {.question = Question::payment, .name = "P-9", .as_of = 3});
  EXPECT_EQ(unknown.status, StatusCode::kNotFound);
}

TEST(ThePast, OfWhatNeedsACopyIsNotAnsweredWithoutCopies) {
  const Shop shop;
  for (const Question question : {Question::stock, Question::orders, Question::why}) {
    const Told told = ask(shop, {.question = question, .name = "bolt", .as_of = 3});
    EXPECT_EQ(told.status, StatusCode::kUnknownQuestion);
    EXPECT_NE(told.message.find("keeps no copies of the past"), std::string::npos) << told.message;
  }
}

TEST(ThePast, IsNotAnsweredOfWhatIsAskedByPositionsAlready) {
  const Shop shop;
  for (const Question question : {Question::events, Question::pages, Question::documents}) {
    const Told told = ask(shop, {.question = question, .as_of = 3});
    EXPECT_EQ(told.status, StatusCode::kUnknownQuestion);
    EXPECT_NE(told.message.find("about the present only"), std::string::npos) << told.message;
  }
}

TEST(DocumentsAnswer, HasEveryDocumentPageByPage) {
  Shop shop;
  shop.place("O-1", "bolt", "1");
  shop.place("O-2", "bolt", "1");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  shop.pay("P-1", "acme", "12.00");
  std::string names;
  std::string after;
  do {
    const Told page =
        ask(shop, {.question = Question::documents, .name = "acme", .after = after, .limit = 3});
    ASSERT_EQ(page.status, StatusCode::kDone) << page.message;
    const json body = json::parse(page.body);
    for (const json& row : body["documents"])
      names += row["document"].get<std::string>() + "=" + row["state"].get<std::string>() + " ";
    after = page.next;
  } while (!after.empty());
  EXPECT_EQ(names, "O-1=fulfilled O-2=open I-1=paid P-1=settled ");
}

TEST(DocumentsAnswer, RefusesAWordThatIsNone) {
  const Shop shop;
  const Told told = ask(shop, {.question = Question::documents, .second = "parcel"});
  EXPECT_EQ(told.status, StatusCode::kMalformed);
  EXPECT_NE(told.message.find("order, invoice, payment, credit_note"), std::string::npos)
      << told.message;
}

}  // namespace
}  // namespace kontor::test
