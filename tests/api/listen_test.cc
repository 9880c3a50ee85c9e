#include <gtest/gtest.h>

#include "api/server.h"
#include "tests/api/fake_engine.h"

namespace kontor {
namespace {

ServerOptions at(const std::string& address) {
  ServerOptions options;
  options.listen = address;
  return options;
}

TEST(Listen, TakesLoopbackOnlyAndSaysWhenThePortIsTaken) {
  test::FakeEngine engine;
  const auto questions = make_question_answerer();
  const auto start = [&](const std::string& address) {
    return Server::start(engine, *questions, at(address));
  };
  const auto first = start("localhost:0");
  ASSERT_TRUE(first.ok());
  for (const char* open : {"0.0.0.0:0", "192.0.2.1:7411", "[::]:0"}) {
    const auto refused = start(open);
    ASSERT_FALSE(refused.ok()) << open;
    EXPECT_EQ(refused.error().kind, ErrorKind::kUsage);
    EXPECT_NE(refused.error().message.find("TLS"), std::string::npos);
  }
  EXPECT_EQ(start(first.value()->address()).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(start("127.0.0.1:70000").error().kind, ErrorKind::kUsage);
  EXPECT_EQ(start("example.org:7411").error().kind, ErrorKind::kUsage);
}

}  // namespace
}  // namespace kontor
