#include "events/codec/catalog.h"

#include <array>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "events/base/limits.h"
#include "events/base/money.h"
#include "events/codec/bodies.h"
#include "events/codec/body_check.h"
#include "events/json/json.h"
#include "tests/events/json/random_body.h"

namespace kontor {
namespace {

using Body = std::vector<std::byte>;

struct Kind {
  std::uint16_t number;
  const char* name;
  bool is_command;
  bool (*flatbuffers_verify)(const Body&);
};

template <class Table>
bool verified_by_flatbuffers(const Body& body) {
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(body.data()), body.size(),
                                 kBodyDepthMax, 65'536);
  return verifier.VerifyBuffer<Table>(nullptr);
}

#define KONTOR_COMMAND_ROW(name, number) Kind{number, #name, true, &verified_by_flatbuffers<name>},
#define KONTOR_EVENT_ROW(name, number) Kind{number, #name, false, &verified_by_flatbuffers<name>},
constexpr Kind kKinds[] = {KONTOR_COMMANDS(KONTOR_COMMAND_ROW) KONTOR_EVENTS(KONTOR_EVENT_ROW)};
#undef KONTOR_COMMAND_ROW
#undef KONTOR_EVENT_ROW

const ObjectPlan& plan_of(const Kind& kind) {
  return kind.is_command ? *command_plan(kind.number) : *event_plan(kind.number);
}

// Everything that reads a body, so that a sanitizer sees where it reads.
void read_everything(const Kind& kind, const Body& body) {
  if (kind.is_command) {
    const std::string json = write_command_body_json(kind.number, body, no_names());
    EXPECT_TRUE(same_command(kind.number, body, body) || !verify_command(kind.number, body));
    EXPECT_FALSE(json.empty());
  } else {
    EXPECT_FALSE(write_event_json(kind.number, body, no_names()).empty());
    for_each_reference(kind.number, body, [](std::string_view, std::uint64_t) {});
  }
}

Body mutated(Body body, test::Random& random) {
  const std::size_t changes = 1 + random() % 3;
  for (std::size_t i = 0; i < changes && !body.empty(); ++i) {
    std::byte& byte = body[random() % body.size()];
    switch (random() % 4) {
      case 0:
        byte ^= static_cast<std::byte>(1U << (random() % 8));
        break;
      case 1:
        byte = static_cast<std::byte>(random());
        break;
      case 2:
        byte = std::byte{0xFF};
        break;
      default:
        body.resize(body.size() - random() % std::min<std::size_t>(body.size(), 9));
    }
  }
  body.shrink_to_fit();  // a sanitizer then sees the first byte beyond
  return body;
}

class BodyCheckOf : public testing::TestWithParam<Kind> {};

TEST_P(BodyCheckOf, TakesWhatIsWellFormed) {
  test::Random random(GetParam().number);
  for (int round = 0; round < 200; ++round) {
    const Body body = test::random_body(plan_of(GetParam()), random);
    EXPECT_TRUE(check_body(plan_of(GetParam()), body));
    EXPECT_TRUE(GetParam().flatbuffers_verify(body));
  }
}

TEST_P(BodyCheckOf, TakesNothingThatFlatBuffersRefusesAndReadsItSafely) {
  test::Random random(GetParam().number);
  int taken = 0;
  for (int round = 0; round < 3000; ++round) {
    const Body body = mutated(test::random_body(plan_of(GetParam()), random), random);
    if (check_body(plan_of(GetParam()), body)) {
      ++taken;
      ASSERT_TRUE(GetParam().flatbuffers_verify(body)) << "round " << round;
    }
    read_everything(GetParam(), body);
  }
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, 3000);
}

INSTANTIATE_TEST_SUITE_P(Kinds, BodyCheckOf, testing::ValuesIn(kKinds),
                         [](const auto& row) { return std::string(row.param.name); });

// A root of one table with one vector of 24-byte structs at a chosen distance.
Body cancel_with_lines_at(std::size_t shift) {
  flatbuffers::FlatBufferBuilder builder;
  const auto order = builder.CreateString("order");
  const std::array<std::uint8_t, 32> lines{};
  builder.StartVector(lines.size(), 1);
  builder.PushBytes(lines.data(), lines.size());
  const flatbuffers::Offset<flatbuffers::Vector<const CancelLine*>> vector(builder.EndVector(2));
  const auto cancellation = builder.CreateString(std::string(shift, 'x'));  // lies before the lines
  CancelOrderBuilder command(builder);
  command.add_order(order);
  command.add_cancellation(cancellation);
  command.add_lines(vector);
  builder.Finish(command.Finish());
  const auto* const bytes = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {bytes, bytes + builder.GetSize()};
}

TEST(BodyCheck, RefusesMisalignedStructsThatFlatBuffersTakes) {
  int refused = 0;
  for (std::size_t shift = 1; shift <= 8; ++shift) {
    const Body body = cancel_with_lines_at(shift);
    ASSERT_TRUE(verified_by_flatbuffers<CancelOrder>(body));
    const auto* const lines = flatbuffers::GetRoot<CancelOrder>(body.data())->lines();
    const bool aligned = reinterpret_cast<std::uintptr_t>(lines->Data()) % 8 == 0;
    EXPECT_EQ(verify_command(number_of<CancelOrder>, body), aligned);
    refused += aligned ? 0 : 1;
  }
  EXPECT_GT(refused, 0);
}

TEST(BodyCheck, RefusesBytesThatDoNotStartAtAMultipleOfEight) {
  test::Random random(1);
  const Body body = test::random_body(*command_plan(number_of<RejectOrder>), random);
  Body shifted(body.size() + 4);
  std::memcpy(shifted.data() + 4, body.data(), body.size());
  EXPECT_TRUE(verify_command(number_of<RejectOrder>, body));
  EXPECT_FALSE(verify_command(number_of<RejectOrder>, std::span(shifted).subspan(4)));
}

TEST(BodyCheck, RefusesEmptyAndTinyBodies) {
  for (std::size_t size = 0; size < 16; ++size) {
    const Body body(size);
    for (const Kind& kind : kKinds)
      EXPECT_FALSE(check_body(plan_of(kind), body)) << kind.name;
  }
}

// One condition with many names, used as every one of many conditions: small bytes, billions of
// steps for a check that follows each use.
TEST(BodyCheck, RefusesWhatIsSharedToWasteItsTime) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString("x");
  const std::vector<flatbuffers::Offset<flatbuffers::String>> names(50'000, name);
  const auto name_vector = builder.CreateVector(names);
  ConditionBuilder condition(builder);
  condition.add_names(name_vector);
  const std::vector<flatbuffers::Offset<Condition>> conditions(50'000, condition.Finish());
  const auto condition_vector = builder.CreateVector(conditions);
  const auto rule = builder.CreateString("rule");
  SetRuleBuilder command(builder);
  command.add_rule(rule);
  command.add_conditions(condition_vector);
  builder.Finish(command.Finish());
  const auto* const bytes = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  const Body body(bytes, bytes + builder.GetSize());
  ASSERT_LT(body.size(), limits::kCommandBytesMax);
  EXPECT_FALSE(verify_command(number_of<SetRule>, body));
}

TEST(Catalog, FindsNamesAndNumbersBothWays) {
  for (const Kind& kind : kKinds) {
    if (kind.is_command) {
      EXPECT_EQ(command_name(kind.number), kind.name);
      EXPECT_EQ(command_number(kind.name), kind.number);
    } else {
      EXPECT_EQ(event_name(kind.number), kind.name);
      EXPECT_EQ(event_number(kind.name), kind.number);
    }
  }
  EXPECT_EQ(command_name(0), "");
  EXPECT_EQ(event_name(65535), "");
  EXPECT_EQ(command_number("placeOrder"), 0);
  EXPECT_EQ(event_number(""), 0);
  EXPECT_TRUE(is_system_command(number_of<ServeBackorders>));
  EXPECT_FALSE(is_system_command(number_of<PlaceOrder>));
  EXPECT_FALSE(is_system_command(0));
}

TEST(Catalog, KnowsNoBodyOfAnUnknownNumber) {
  const Body body(64);
  EXPECT_FALSE(verify_command(0, body));
  EXPECT_FALSE(verify_command(65535, body));
  EXPECT_FALSE(verify_event(9999, body));
  EXPECT_NE(check_command(9999, body).error().message.find("9999"), std::string::npos);
}

// What a caller that builds its own bytes can get wrong; each row breaks one thing.
class CommandValues : public testing::Test {
 protected:
  template <class Fill>
  std::string wrong(Fill fill) {
    flatbuffers::FlatBufferBuilder builder;
    const auto order = builder.CreateString(order_);
    const auto company = builder.CreateString("ACME");
    const auto address = builder.CreateString(address_);
    const auto names = builder.CreateVectorOfStrings(std::vector<std::string>{"bolt"});
    builder.ForceVectorAlignment(sizeof(PlaceLine) * lines_.size(), 1, 8);
    builder.StartVector(sizeof(PlaceLine) * lines_.size(), 1);
    builder.PushBytes(reinterpret_cast<const std::uint8_t*>(lines_.data()),
                      sizeof(PlaceLine) * lines_.size());
    const flatbuffers::Offset<flatbuffers::Vector<const PlaceLine*>> lines(
        builder.EndVector(lines_.size()));
    PlaceOrderBuilder command(builder);
    command.add_names(names);
    if (!order_.empty()) command.add_order(order);
    command.add_company(company);
    command.add_address(address);
    command.add_lines(lines);
    fill(command);
    builder.Finish(command.Finish());
    const auto* const bytes = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
    const Body body(bytes, bytes + builder.GetSize());
    const Status status = check_command(number_of<PlaceOrder>, body);
    EXPECT_EQ(verify_command(number_of<PlaceOrder>, body), status.ok());
    return status ? "" : status.error().message;
  }
  std::string wrong() {
    return wrong([](PlaceOrderBuilder&) {});
  }

  std::string order_ = "O-1";
  std::string address_;
  std::vector<PlaceLine> lines_{PlaceLine(1'000'000, kAbsent, 0, 0)};
};

TEST_F(CommandValues, AreTakenWhenRight) {
  EXPECT_EQ(wrong(), "");
}

TEST_F(CommandValues, NeedTheirIdentifiers) {
  order_.clear();
  EXPECT_EQ(wrong(), "PlaceOrder.order: not an identifier");
  order_ = std::string(65, 'x');
  EXPECT_EQ(wrong(), "PlaceOrder.order: not an identifier");
}

TEST_F(CommandValues, NeedTextsThatAreTexts) {
  address_ = "a\x01";
  EXPECT_EQ(wrong(), "PlaceOrder.address: not a text");
}

TEST_F(CommandValues, NeedIndexesWithinThePool) {
  lines_.emplace_back(1, kAbsent, 1, 0);
  EXPECT_EQ(wrong(), "PlaceOrder.lines[1].item: beyond the name pool");
}

TEST_F(CommandValues, NeedKnownEnumsDatesAndCurrencies) {
  EXPECT_EQ(wrong([](PlaceOrderBuilder& c) { c.add_settlement(static_cast<Settlement>(9)); }),
            "PlaceOrder.settlement: not a known value");
  EXPECT_EQ(wrong([](PlaceOrderBuilder& c) { c.add_requested_date(2'932'897); }),
            "PlaceOrder.requested_date: not a date of the years 0001 to 9999");
  EXPECT_EQ(wrong([](PlaceOrderBuilder& c) { c.add_currency(1); }),
            "PlaceOrder.currency: not a currency of ISO 4217");
}

TEST_F(CommandValues, NeedVectorsWithinTheirBound) {
  lines_.resize(limits::kLinesMax + 1, lines_.front());
  EXPECT_EQ(wrong(), "PlaceOrder.lines: more than 5000 entries");
}

}  // namespace
}  // namespace kontor
