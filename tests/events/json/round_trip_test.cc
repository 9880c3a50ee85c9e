#include <gtest/gtest.h>

#include "events/codec/catalog.h"
#include "events/json/body_reader.h"
#include "events/json/json.h"
#include "tests/events/json/random_body.h"

namespace kontor {
namespace {

constexpr int kRounds = 300;
constexpr std::uint64_t kSeed = 20260310;

struct Kind {
  std::uint16_t number;
  const char* name;
};

#define KONTOR_ROW(name, number) Kind{number, #name},
constexpr Kind kCommands[] = {KONTOR_COMMANDS(KONTOR_ROW)};
constexpr Kind kEvents[] = {KONTOR_EVENTS(KONTOR_ROW)};
#undef KONTOR_ROW

class RoundTrip : public testing::TestWithParam<Kind> {};

TEST_P(RoundTrip, OfACommandThroughJsonSaysTheSame) {
  const ObjectPlan& plan = *command_plan(GetParam().number);
  test::Random random(kSeed + GetParam().number);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<std::byte> body = test::random_body(plan, random);
    const Status status = check_command(GetParam().number, body);
    ASSERT_TRUE(status.ok()) << status.error().message;

    const std::string json = write_command_body_json(GetParam().number, body, no_names());
    const auto document = JsonDocument::parse(json);
    ASSERT_TRUE(document.ok()) << document.error().message << "\n" << json;
    const auto again = read_body(plan, *document, document->root(), {});
    ASSERT_TRUE(again.ok()) << again.error().message << "\n" << json;

    EXPECT_TRUE(verify_command(GetParam().number, *again)) << json;
    EXPECT_EQ(write_command_body_json(GetParam().number, *again, no_names()), json);
    EXPECT_TRUE(same_command(GetParam().number, body, *again)) << json;
  }
}

// Two random commands differ exactly where their JSON does.
TEST_P(RoundTrip, OfTwoCommandsTellsThemApart) {
  const ObjectPlan& plan = *command_plan(GetParam().number);
  test::Random random(kSeed + GetParam().number);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<std::byte> a = test::random_body(plan, random);
    const std::vector<std::byte> b = test::random_body(plan, random);
    const bool same = write_command_body_json(GetParam().number, a, no_names()) ==
                      write_command_body_json(GetParam().number, b, no_names());
    EXPECT_EQ(same_command(GetParam().number, a, b), same);
  }
}

INSTANTIATE_TEST_SUITE_P(Commands, RoundTrip, testing::ValuesIn(kCommands),
                         [](const auto& row) { return std::string(row.param.name); });

class EventJson : public testing::TestWithParam<Kind> {};

TEST_P(EventJson, IsJsonWithoutControlCharacters) {
  test::Random random(kSeed + GetParam().number);
  for (int round = 0; round < kRounds; ++round) {
    const auto body = test::random_body(*event_plan(GetParam().number), random);
    ASSERT_TRUE(verify_event(GetParam().number, body));
    const std::string json = write_event_json(GetParam().number, body, no_names());
    EXPECT_TRUE(JsonDocument::parse(json).ok()) << json;
    EXPECT_EQ(json.find('\n'), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Events, EventJson, testing::ValuesIn(kEvents),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace kontor
