// Commands and questions by HTTP, through real sockets to a real engine.
#include "api/web/json_api.h"

#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/client/command_lines.h"
#include "api/client/question_words.h"
#include "api/server.h"
#include "api/site.h"
#include "events/base/limits.h"
#include "tests/api/fake_engine.h"
#include "tests/api/http_peer.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCommands = "/v1/books/shop/commands";

std::string warehouse(const std::string& id) {
  return R"({"id":")" + id + R"(","RegisterWarehouse":{"warehouse":")" + id + R"("}})";
}

std::string refused_limit(const std::string& id) {
  return R"({"id":")" + id + R"(","SetCreditLimit":{"company":"nobody","limit":"1.00"}})";
}

// A site over an engine, and what its server listens on.
class Served {
 public:
  explicit Served(Engine& engine)
      : metrics_(engine, counters_, {0.1}, "test"),
        api_(engine, *questions_, kPatience),
        site_(metrics_, api_) {
    HttpOptions options;
    options.listen = "127.0.0.1:0";
    auto started = HttpServer::start(options, [this](const HttpRequest& request, HttpDone done) {
      site_.answer(request, std::move(done));
    });
    EXPECT_TRUE(started.ok());
    http_ = std::move(started.value());
  }
  std::string address() const { return http_->address(); }

 private:
  ServerCounters counters_;
  Metrics metrics_;
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer();
  JsonApi api_;
  Site site_;
  std::unique_ptr<HttpServer> http_;
};

class TheJsonApi : public testing::Test {
 protected:
  void SetUp() override { live_.open_shop(); }

  std::string address() const { return served_.address(); }
  HttpSaid send(const std::string& body, const std::string& type = "application/json") const {
    return post(address(), kCommands, body, type);
  }

  LiveEngine live_;
  Served served_{live_.engine()};
};

Json problem_in(const HttpSaid& said) {
  EXPECT_EQ(said.header("Content-Type"), "application/problem+json") << said.head << said.body;
  const Json problem = Json::parse(said.body, nullptr, false);
  EXPECT_TRUE(problem.is_object()) << said.body;
  EXPECT_EQ(problem.value("status", 0U), said.status);
  EXPECT_FALSE(problem.value("type", "").empty());
  EXPECT_FALSE(problem.value("title", "").empty());
  EXPECT_FALSE(problem.value("detail", "").empty());
  return problem;
}

TEST_F(TheJsonApi, AnswersOneCommandWithOneAnswer) {
  const HttpSaid said = send(warehouse("east"));
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.header("Content-Type"), "application/json");
  const Json answer = Json::parse(said.body);
  EXPECT_EQ(answer["id"], "east");
  EXPECT_EQ(answer["status"], "done");
  EXPECT_EQ(answer["events"][0]["event"], "WarehouseRegistered");
  EXPECT_GT(answer["sequence"].get<std::uint64_t>(), 0U);
  EXPECT_EQ(send(warehouse("east")).body, said.body) << "a repeat has the first answer";
}

TEST_F(TheJsonApi, AnswersARefusalWithItsReasons) {
  const HttpSaid said = send(refused_limit("no"));
  EXPECT_EQ(said.status, 200U);
  const Json answer = Json::parse(said.body);
  EXPECT_EQ(answer["status"], "refused");
  EXPECT_EQ(answer["reasons"][0]["reason"], "unknown_company");
}

TEST_F(TheJsonApi, AnswersArraysAndLinesInTheirOrderAndForm) {
  const std::string bad = R"({"id":"bad","RegisterWarehouse":{"house":1}})";
  const HttpSaid array = send("[" + warehouse("a") + "," + bad + "," + refused_limit("r") + "]");
  EXPECT_EQ(array.status, 200U);
  const Json answers = Json::parse(array.body);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0]["status"], "done");
  EXPECT_EQ(answers[1]["status"], "malformed");
  EXPECT_EQ(answers[1]["id"], "bad");
  EXPECT_EQ(answers[1]["line"], 2);
  EXPECT_EQ(answers[2]["status"], "refused");

  const HttpSaid lines = send(warehouse("a") + "\n\n" + bad + "\n" + refused_limit("r") + "\n",
                              "application/x-ndjson");
  EXPECT_EQ(lines.status, 200U);
  EXPECT_EQ(lines.header("Content-Type"), "application/x-ndjson");
  std::string expected;
  Json same = answers;
  same[1]["line"] = 3;
  for (const Json& answer : same)
    expected += answer.dump() + "\n";
  EXPECT_EQ(lines.body, expected);
  EXPECT_EQ(send("[]").body, "[]\n");
  EXPECT_EQ(send("\n", "application/x-ndjson").body, "");
}

TEST_F(TheJsonApi, ReadsDecimalMoneyInTheBooksCurrency) {
  const HttpSaid said =
      send(R"({"id":"pay","RecordPayment":{"payment":"P-1","payer":"acme","amount":"12.50"}})");
  EXPECT_EQ(said.status, 200U) << said.body;
}

TEST_F(TheJsonApi, ChecksAnOrderAndWritesNothing) {
  const auto check = [&](const std::string& body) {
    return post(address(), "/v1/books/shop/check", body, "application/json");
  };
  const std::string order =
      R"({"order":"O-1","company":"acme","lines":[{"item":"bolt","quantity":5}]})";
  const Sequence before = live_.engine().books().front().last_sequence;
  const HttpSaid said = check(R"({"CheckOrder":)" + order + "}");
  EXPECT_EQ(said.status, 200U) << said.body;
  const Json told = Json::parse(said.body, nullptr, false);
  EXPECT_EQ(told["status"], "done");
  EXPECT_EQ(told["outcome"], "approved");
  EXPECT_EQ(told["total"], "5.00");
  EXPECT_EQ(told["lines"][0]["missing"], 5) << "nothing has arrived yet: " << said.body;
  EXPECT_EQ(check(R"({"PlaceOrder":)" + order + "}").body, said.body);
  const HttpSaid no = check(R"({"id":"x","CheckOrder":{"order":"O-1","company":"nobody",
                                "lines":[{"item":"bolt","quantity":5}]}})");
  EXPECT_EQ(no.status, 200U);
  const Json refused = Json::parse(no.body, nullptr, false);
  EXPECT_EQ(refused["id"], "x");
  EXPECT_EQ(refused["status"], "refused");
  EXPECT_EQ(refused["reasons"][0]["reason"], "unknown_company");
  EXPECT_EQ(live_.engine().books().front().last_sequence, before);
  EXPECT_EQ(check(warehouse("east")).status, 400U);
  EXPECT_EQ(check(R"({"book":"other","CheckOrder":)" + order + "}").status, 400U);
  EXPECT_EQ(get(address(), "/v1/books/shop/check").status, 405U);
}

TEST_F(TheJsonApi, SaysAsAProblemWhatNeverReachedADecision) {
  const auto expect = [&](const HttpSaid& said, unsigned status, const char* word) {
    EXPECT_EQ(said.status, status) << said.body;
    EXPECT_EQ(problem_in(said).value("kontor_status", ""), word);
  };
  expect(send("{}"), 400, "malformed");
  expect(send("nonsense"), 400, "malformed");
  expect(send("[{}"), 400, "malformed");
  expect(send(""), 400, "malformed");
  expect(send(R"({"RegisterWarehouse":{"warehouse":"w"}})"), 400, "malformed");
  expect(send(R"({"id":"o","OpenBook":{"book":"b","currency":"EUR"}})"), 404, "unknown_book");
  expect(send(R"({"id":"o","book":"other","RegisterWarehouse":{"warehouse":"w"}})"), 404,
         "unknown_book");
  expect(post(address(), "/v1/books/none/commands", warehouse("x")), 404, "unknown_book");
  expect(post(address(), std::string(kCommands) + "?x=1", warehouse("x")), 400, "malformed");
  std::string many = "[{}";
  for (std::size_t i = 0; i < limits::kFrameCommandsMax; ++i)
    many += ",{}";
  expect(send(many + "]"), 413, "too_large");
}

TEST_F(TheJsonApi, NamesTheBooksThereAreWhenOneIsNot) {
  const Json problem = problem_in(get(address(), "/v1/books/none"));
  EXPECT_NE(problem["detail"].get<std::string>().find("'shop'"), std::string::npos) << problem;
}

TEST_F(TheJsonApi, TellsTheAnswerOfAnIdThatWasUsedForSomethingElse) {
  EXPECT_EQ(send(warehouse("twice")).status, 200U);
  const HttpSaid said = send(R"({"id":"twice","RegisterWarehouse":{"warehouse":"other"}})");
  EXPECT_EQ(said.status, 409U);
  const Json problem = problem_in(said);
  EXPECT_EQ(problem["kontor_status"], "id_reused");
  EXPECT_EQ(problem["kontor_class"], "misuse");
  EXPECT_GT(problem["answer"]["sequence"].get<std::uint64_t>(), 0U);
}

TEST_F(TheJsonApi, RefusesMethodsTypesAndSizesItDoesNotTake) {
  const HttpSaid method = say(address(), request_text("PUT", kCommands));
  EXPECT_EQ(method.status, 405U);
  EXPECT_EQ(method.header("Allow"), "POST");
  EXPECT_EQ(say(address(), request_text("POST", "/v1/books/shop/orders")).header("Allow"),
            "GET, HEAD");
  EXPECT_EQ(say(address(), request_text("DELETE", "/v1/books")).header("Allow"), "GET, HEAD, POST");
  const HttpSaid form = send("id=1", "application/x-www-form-urlencoded");
  EXPECT_EQ(form.status, 415U);
  problem_in(form);
  const HttpSaid large =
      say(address(), request_text("POST", kCommands, "Content-Length: 99999999\r\n"));
  EXPECT_EQ(large.status, 413U);
  problem_in(large);
}

// A page of another site may make a browser send, though not read.
TEST_F(TheJsonApi, TakesNoCommandsFromPagesOfOtherSites) {
  const auto from = [&](const std::string& headers) {
    return say(address(),
               request_text("POST", kCommands, headers + "Content-Type: application/json\r\n",
                            warehouse("o")))
        .status;
  };
  EXPECT_EQ(from("Origin: https://evil.example\r\n"), 403U);
  EXPECT_EQ(from("Origin: http://localhost:8080\r\n"), 403U);
  EXPECT_EQ(from("Origin: null\r\n"), 403U);
  EXPECT_EQ(from("Sec-Fetch-Site: cross-site\r\n"), 403U);
  EXPECT_EQ(live_.commands_in_log().find("RegisterWarehouse RegisterWarehouse"), std::string::npos);
  EXPECT_EQ(from("Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n"), 200U);
}

TEST_F(TheJsonApi, AnswersQuestionsWithThePositionTheyWereAnsweredAt) {
  const HttpSaid said = get(address(), "/v1/books/shop/company/acme");
  EXPECT_EQ(said.status, 200U) << said.body;
  const Json answer = Json::parse(said.body);
  EXPECT_EQ(answer["company"], "acme");
  const std::uint64_t position = live_.engine().books().front().last_sequence.value();
  EXPECT_EQ(answer["position"], position);
  EXPECT_EQ(Json::parse(get(address(), "/v1/books/shop").body)["book"], "shop");
  EXPECT_EQ(get(address(), "/v1/books/shop/book").body, get(address(), "/v1/books/shop").body);
}

TEST_F(TheJsonApi, GoesOnWithAListWhereThePageBeforeEnded) {
  ASSERT_EQ(
      send("[" + warehouse("w1") + "," + warehouse("w2") + "," + warehouse("w3") + "]").status,
      200U);
  std::vector<std::string> seen;
  std::string after;
  do {
    const Json page = Json::parse(get(address(), "/v1/books/shop/warehouses?limit=2" + after).body);
    EXPECT_LE(page["warehouses"].size(), 2U);
    for (const Json& row : page["warehouses"])
      seen.push_back(row["warehouse"]);
    after = page.contains("next") ? "&after=" + page["next"].get<std::string>() : "";
  } while (!after.empty());
  EXPECT_EQ(seen.size(), 4U);
}

TEST_F(TheJsonApi, ShowsEventsWithTheirBodies) {
  ASSERT_EQ(send(warehouse("east")).status, 200U);
  const Json answer = Json::parse(get(address(), "/v1/books/shop/events?stream=east").body);
  ASSERT_EQ(answer["events"].size(), 1U) << answer;
  EXPECT_EQ(answer["events"][0]["body"]["warehouse"], "east");
  EXPECT_EQ(get(address(), "/v1/books/shop/events?from=x").status, 400U);
  const Json one = Json::parse(get(address(), "/v1/books/shop/events?from=2&to=2").body);
  EXPECT_EQ(one["events"][0]["sequence"], 2);
}

// The table of words is the command line's: each is answered, or says that the thing is not there.
TEST_F(TheJsonApi, KnowsEveryWordOfTheCommandLine) {
  for (const QuestionWord& word : question_words()) {
    std::string path = "/v1/books/shop/" + std::string(word.word);
    for (const QuestionArgument& argument : word.arguments)
      path += argument.required ? "/nothing%20there" : "";
    const HttpSaid said = get(address(), path);
    if (said.status == 200U) {
      EXPECT_TRUE(Json::parse(said.body).contains("position")) << path;
      continue;
    }
    EXPECT_EQ(said.status, 404U) << path << said.body;
    EXPECT_EQ(problem_in(said)["detail"].get<std::string>().find("it has commands"),
              std::string::npos);
  }
}

TEST_F(TheJsonApi, NamesWhatThereIsWhereAPathOrParameterIsNot) {
  const auto detail = [&](const std::string& path, unsigned status) {
    const HttpSaid said = get(address(), path);
    EXPECT_EQ(said.status, status) << path;
    return problem_in(said)["detail"].get<std::string>();
  };
  EXPECT_NE(detail("/v1/books/shop/nonsense", 404).find("account"), std::string::npos);
  EXPECT_NE(detail("/v1/books/shop/stock", 404).find("/stock/ITEM"), std::string::npos);
  EXPECT_NE(detail("/v1/books/shop/stock/a/b", 404).find("warehouse"), std::string::npos);
  EXPECT_NE(detail("/v1/books/shop/orders?colour=red", 400).find("state"), std::string::npos);
  EXPECT_NE(detail("/v1/books/shop/orders?limit=0", 400).find("1 to 1000"), std::string::npos);
  EXPECT_NE(detail("/v1/books/shop/order/x?as_of=noon", 400).find("noon"), std::string::npos);
  EXPECT_NE(detail("/v1/nothing", 404).find("/v1/books"), std::string::npos);
}

TEST_F(TheJsonApi, ListsTheBooksAndOpensOthers) {
  const Json before = Json::parse(get(address(), "/v1/books").body);
  ASSERT_EQ(before["books"].size(), 1U);
  EXPECT_EQ(before["books"][0]["book"], "shop");
  EXPECT_EQ(before["books"][0]["currency"], "EUR");
  const HttpSaid opened =
      post(address(), "/v1/books", R"({"id":"o-2","OpenBook":{"book":"a/b","currency":"JPY"}})");
  EXPECT_EQ(opened.status, 200U) << opened.body;
  EXPECT_EQ(Json::parse(opened.body)["status"], "done");
  EXPECT_EQ(Json::parse(get(address(), "/v1/books/a%2Fb").body)["currency"], "JPY");
  EXPECT_EQ(post(address(), "/v1/books", warehouse("w")).status, 404U);
}

TEST_F(TheJsonApi, SendsNoBodyToHead) {
  const HttpSaid said = say(address(), request_text("HEAD", "/v1/books/shop"));
  EXPECT_EQ(said.status, 200U);
  EXPECT_TRUE(said.body.empty());
  EXPECT_EQ(said.header("Content-Length"),
            std::to_string(get(address(), "/v1/books/shop").body.size()));
}

TEST_F(TheJsonApi, AnswersWhatIsSentAheadInItsOrder) {
  std::string ahead;
  for (int i = 0; i < 20; ++i) {
    const std::string body = warehouse("p" + std::to_string(i));
    ahead += "POST " + std::string(kCommands) +
             " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
             std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  const std::string all = exchange(address(), ahead + request_text("GET", "/livez"));
  std::size_t at = 0;
  for (int i = 0; i < 20; ++i) {
    at = all.find(R"({"id":"p)" + std::to_string(i) + R"(","status":"done")", at);
    ASSERT_NE(at, std::string::npos) << i << all;
  }
  EXPECT_TRUE(all.ends_with("alive\n"));
}

// What is not durable is not answered, to nobody.
TEST_F(TheJsonApi, AnswersOnlyWhenItIsDurable) {
  live_.gate().close();
  std::string answer;
  std::thread caller([&] { answer = send(warehouse("late")).body; });
  const CommitNumber next{live_.log().tail().last.value() + 1};
  ASSERT_TRUE(live_.gate().wait_for_commit(next));
  EXPECT_TRUE(live_.commands_in_log().find("late") == std::string::npos);
  live_.gate().open();
  caller.join();
  EXPECT_NE(answer.find(R"("status":"done")"), std::string::npos);
}

TEST(TheJsonApiOfABusyServer, SaysWhenToComeAgain) {
  FakeEngine engine;
  const Served served(engine);
  for (const auto& [status, word] : {std::pair{StatusCode::kOverloaded, "overloaded"},
                                     std::pair{StatusCode::kStopping, "stopping"}}) {
    engine.turn_away(1, status);
    const HttpSaid said =
        post(served.address(), "/v1/books/main/commands",
             R"({"id":"a","RecordPayment":{"payment":"P","payer":"c","amount":1}})");
    EXPECT_EQ(said.status, 503U) << said.body;
    EXPECT_EQ(said.header("Retry-After"), "1");
    const Json problem = problem_in(said);
    EXPECT_EQ(problem["kontor_status"], word);
    EXPECT_EQ(problem["kontor_class"], "not_started");
    EXPECT_GT(problem["retry_after_ms"].get<int>(), 0);
  }
  EXPECT_TRUE(engine.decided().empty());
  EXPECT_EQ(get(served.address(), "/v1/books/main/orders").status, 503U)
      << "it answers no questions";
}

}  // namespace
}  // namespace kontor::test
