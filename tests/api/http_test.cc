#include "api/http.h"

#include <string>

#include <gtest/gtest.h>

#include "api/site.h"
#include "tests/api/fake_engine.h"
#include "tests/api/http_peer.h"

namespace kontor {
namespace {

using test::exchange;

std::string get(const std::string& target, const std::string& method = "GET") {
  return test::request_text(method, target);
}

class TheHttpSide : public testing::Test {
 protected:
  void SetUp() override { serve({}); }

  void serve(HttpOptions options) {
    options.listen = "127.0.0.1:0";
    auto started = HttpServer::start(options, [this](const HttpRequest& request, HttpDone done) {
      site_.answer(request, std::move(done));
    });
    ASSERT_TRUE(started.ok()) << started.error().message;
    http_ = std::move(started.value());
  }

  test::FakeEngine engine_;
  ServerCounters counters_;
  Metrics metrics_{engine_, counters_, {0.1, 1.0}, "kontord test"};
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer();
  JsonApi api_{engine_, *questions_, test::kPatience};
  Site site_{metrics_, api_};
  std::unique_ptr<HttpServer> http_;
};

TEST_F(TheHttpSide, TellsMetricsAsPrometheusText) {
  counters_.connections = 7;
  const std::string answer = exchange(http_->address(), get("/metrics"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK")) << answer;
  EXPECT_NE(answer.find("text/plain; version=0.0.4"), std::string::npos);
  for (const char* line :
       {"kontor_commands_total{command=\"RecordPayment\",outcome=\"done\"} 0",
        "kontor_log_last_sequence{book=\"main\"} 0", "kontor_inbox_commands 0",
        "kontor_connections 7", "kontor_commit_seconds_bucket{le=\"0.1\"} 1",
        "kontor_commit_seconds_bucket{le=\"1\"} 3", "kontor_commit_seconds_bucket{le=\"+Inf\"} 3",
        "kontor_commit_seconds_sum 0.5", "# TYPE kontor_commit_seconds histogram"}) {
    EXPECT_NE(answer.find(line), std::string::npos) << line << "\n" << answer;
  }
}

TEST_F(TheHttpSide, TellsNotMoreSeriesThanABoundHoweverManyBooksThereAre) {
  for (std::uint32_t number = 2; number <= 150; ++number)
    engine_.add_book(number, "book-" + std::to_string(number));
  const std::string answer = exchange(http_->address(), get("/metrics"));
  std::size_t series = 0;
  for (std::size_t at = 0; (at = answer.find("kontor_log_last_sequence{", at)) != std::string::npos;
       ++at)
    ++series;
  EXPECT_EQ(series, 100U);
  EXPECT_NE(answer.find("kontor_books 150\n"), std::string::npos) << answer;
  EXPECT_NE(answer.find("kontor_events 0\n"), std::string::npos) << answer;
}

TEST_F(TheHttpSide, IsReadyOnlyBetweenStartAndStop) {
  EXPECT_TRUE(exchange(http_->address(), get("/livez")).starts_with("HTTP/1.1 200"));
  const std::string before = exchange(http_->address(), get("/readyz"));
  EXPECT_TRUE(before.starts_with("HTTP/1.1 503")) << before;
  EXPECT_NE(before.find("application/problem+json"), std::string::npos);
  site_.set_ready(true);
  EXPECT_TRUE(exchange(http_->address(), get("/readyz?verbose")).starts_with("HTTP/1.1 200"));
}

TEST_F(TheHttpSide, AnswersProblemsInDetail) {
  const std::string missing = exchange(http_->address(), get("/nothing"));
  EXPECT_TRUE(missing.starts_with("HTTP/1.1 404")) << missing;
  EXPECT_NE(missing.find(R"("status":404)"), std::string::npos);
  const std::string method = exchange(http_->address(), get("/metrics", "POST"));
  EXPECT_TRUE(method.starts_with("HTTP/1.1 405")) << method;
  EXPECT_NE(method.find("Allow: GET, HEAD"), std::string::npos);
  const std::string nonsense = exchange(http_->address(), "nonsense\r\n\r\n");
  EXPECT_TRUE(nonsense.starts_with("HTTP/1.1 400")) << nonsense;
}

TEST_F(TheHttpSide, BoundsHeadersAndBodies) {
  const std::string headers = "GET /livez HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n";
  EXPECT_TRUE(exchange(http_->address(), headers).starts_with("HTTP/1.1 431"));
  const std::string body = "POST /livez HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n";
  EXPECT_TRUE(exchange(http_->address(), body).starts_with("HTTP/1.1 413"));
}

TEST_F(TheHttpSide, SendsNoBodyToHeadAndKeepsAConnection) {
  const std::string head = exchange(http_->address(), get("/livez", "HEAD"));
  EXPECT_NE(head.find("Content-Length: 6"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  const std::string two =
      exchange(http_->address(), "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/livez"));
  EXPECT_NE(two.find("alive\nHTTP/1.1 200"), std::string::npos) << two;
}

TEST_F(TheHttpSide, AsksForABodyThatItsCallerHoldsBack) {
  const std::string body = "{}";
  const std::string answer = exchange(
      http_->address(), test::request_text("POST", "/livez", "Expect: 100-continue\r\n", body));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 405")) << answer;
}

TEST_F(TheHttpSide, TakesOnlySoMuchOfLargeBodiesAtATime) {
  HttpOptions options;
  options.bodies_bytes_max = 100;
  serve(options);
  const test::HttpSaid said = test::post(http_->address(), "/v1/books", std::string(200, ' '));
  EXPECT_EQ(said.status, 503U);
  EXPECT_EQ(said.header("Retry-After"), "1");
}

TEST_F(TheHttpSide, TurnsAwayConnectionsOverItsLimit) {
  HttpOptions options;
  options.connections_max = 0;
  serve(options);
  const test::HttpSaid said = test::get(http_->address(), "/livez");
  EXPECT_EQ(said.status, 503U);
  EXPECT_EQ(said.header("Retry-After"), "1");
}

TEST_F(TheHttpSide, AnswersOnlyToNamesOfThisMachine) {
  const auto as = [this](const std::string& host) {
    return test::say(http_->address(),
                     "GET /livez HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n")
        .status;
  };
  EXPECT_EQ(as("Host: localhost:7412\r\n"), 200U);
  EXPECT_EQ(as("Host: 127.0.0.1\r\n"), 200U);
  EXPECT_EQ(as("Host: [::1]:80\r\n"), 200U);
  EXPECT_EQ(as("Host: evil.example:7412\r\n"), 421U);
  EXPECT_EQ(as("Host: 192.168.1.7\r\n"), 421U);
  EXPECT_EQ(as("Host: localhost\r\nHost: evil.example\r\n"), 400U);
  EXPECT_EQ(as(""), 400U);
}

TEST_F(TheHttpSide, EndsAConnectionThatAsksNothing) {
  HttpOptions options;
  options.timeout = std::chrono::milliseconds(20);
  serve(options);
  EXPECT_EQ(exchange(http_->address(), "GET /liv"), "");
}

TEST_F(TheHttpSide, ListensOnLoopbackOnly) {
  HttpOptions options;
  options.listen = "0.0.0.0:0";
  const auto started = HttpServer::start(options, [](const HttpRequest&, const HttpDone&) {});
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().kind, ErrorKind::kUsage);
}

}  // namespace
}  // namespace kontor
