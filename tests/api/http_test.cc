#include "api/http.h"

#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "api/address.h"
#include "api/site.h"
#include "tests/api/fake_engine.h"

namespace kontor {
namespace {

// Everything the server says to these bytes, until it closes.
std::string exchange(const std::string& address, const std::string& request) {
  const auto parsed = parse_host_port(address, {});
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(parsed.value().port)));
  EXPECT_EQ(inet_pton(AF_INET, parsed.value().host.c_str(), &to.sin_addr), 1);
  const timeval patience{test::kPatience.count(), 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  EXPECT_EQ(send(fd, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return answer;
}

std::string get(const std::string& target, const std::string& method = "GET") {
  return method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

class TheHttpSide : public testing::Test {
 protected:
  void SetUp() override { serve({}); }

  void serve(HttpOptions options) {
    options.listen = "127.0.0.1:0";
    auto started =
        HttpServer::start(options, [this](std::string_view method, std::string_view target) {
          return site_.answer(method, target);
        });
    ASSERT_TRUE(started.ok()) << started.error().message;
    http_ = std::move(started.value());
  }

  test::FakeEngine engine_;
  ServerCounters counters_;
  Metrics metrics_{engine_, counters_, {0.1, 1.0}, "kontord test"};
  Site site_{metrics_};
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
  const std::string body = "POST /livez HTTP/1.1\r\nContent-Length: 999999\r\n\r\n";
  EXPECT_TRUE(exchange(http_->address(), body).starts_with("HTTP/1.1 413"));
}

TEST_F(TheHttpSide, SendsNoBodyToHeadAndKeepsAConnection) {
  const std::string head = exchange(http_->address(), get("/livez", "HEAD"));
  EXPECT_NE(head.find("Content-Length: 6"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  const std::string two =
      exchange(http_->address(), "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" + get("/livez"));
  EXPECT_NE(two.find("alive\nHTTP/1.1 200"), std::string::npos) << two;
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
  const auto started =
      HttpServer::start(options, [](std::string_view, std::string_view) { return HttpReply{}; });
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().kind, ErrorKind::kUsage);
}

}  // namespace
}  // namespace kontor
