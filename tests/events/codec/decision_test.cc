#include "events/codec/decision.h"

#include <functional>

#include <gtest/gtest.h>

#include "tests/events/log/log_script.h"

namespace kontor {
namespace {

using test::append_decision;
using test::DecisionParts;

DecisionParts example() {
  DecisionParts parts = test::register_items("Hammer", 3);
  parts.on_behalf_of = "bob";
  parts.reason = "catalogue";
  parts.correlation_id = "trip-7";
  return parts;
}

AlignedBuffer bytes_of(const DecisionParts& parts) {
  AlignedBuffer out;
  append_decision(parts, Sequence{5}, Timestamp{100}, out);
  return out;
}

// The example after a change of its header.
Status check_with(const std::function<void(DecisionHeader&)>& change) {
  AlignedBuffer bytes = bytes_of(example());
  DecisionHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  change(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return check_decision(bytes.bytes());
}

void expect_corrupt(const Status& status) {
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kCorrupt) << status.error().message;
}

void expect_newer(const Status& status) {
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kNewer) << status.error().message;
  EXPECT_NE(status.error().message.find("later one"), std::string::npos) << status.error().message;
}

TEST(Decision, IsReadBackAsItWasWritten) {
  const DecisionParts parts = example();
  const AlignedBuffer bytes = bytes_of(parts);
  const Status status = check_decision(bytes.bytes());
  ASSERT_TRUE(status.ok()) << status.error().message;
  const DecisionView view(bytes.data());
  EXPECT_EQ(view.id(), "register-Hammer");
  EXPECT_EQ(view.actor(), "ann");
  EXPECT_EQ(view.on_behalf_of(), "bob");
  EXPECT_EQ(view.reason(), "catalogue");
  EXPECT_EQ(view.correlation_id(), "trip-7");
  EXPECT_EQ(view.bytes().size(), bytes.size());
  EXPECT_TRUE(std::equal(view.command().begin(), view.command().end(), parts.command.begin(),
                         parts.command.end()));
  std::size_t count = 0;
  view.for_each_event([&](const EventView& event) {
    EXPECT_EQ(event.sequence, Sequence{5 + count});
    EXPECT_EQ(event.subject(), 5 + count);
    EXPECT_EQ(event.header.kind, parts.events[count].kind);
    EXPECT_TRUE(std::equal(event.body.begin(), event.body.end(), parts.events[count].body.begin(),
                           parts.events[count].body.end()));
    ++count;
  });
  EXPECT_EQ(count, 3U);
}

TEST(Decision, MayHaveNoStringsAndNoCommandBytes) {
  DecisionParts parts = example();
  parts.id = parts.actor = parts.on_behalf_of = parts.reason = parts.correlation_id = "";
  parts.command.clear();
  EXPECT_TRUE(check_decision(bytes_of(parts).bytes()).ok());
}

TEST(Decision, IsRefusedAtEveryLengthButItsOwn) {
  const AlignedBuffer bytes = bytes_of(example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    expect_corrupt(check_decision(bytes.bytes().first(size)));
  }
  AlignedBuffer longer(bytes.bytes());
  std::memset(longer.grow(8), 0, 8);
  expect_corrupt(check_decision(longer.bytes()));
}

TEST(Decision, IsRefusedWhenMisaligned) {
  const AlignedBuffer bytes = bytes_of(example());
  AlignedBuffer shifted;
  shifted.resize(4);
  shifted.append(bytes.bytes());
  expect_corrupt(check_decision(shifted.bytes().subspan(4)));
}

TEST(Decision, OfALaterFormatIsNewerNotDamaged) {
  expect_newer(check_with([](DecisionHeader& h) { h.format = 2; }));
  expect_newer(check_with([](DecisionHeader& h) { h.flags = 2; }));
  expect_newer(check_with([](DecisionHeader& h) { h.outcome = DecisionOutcome{2}; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.format = 0; }));
}

TEST(Decision, WithHostileCountsIsCorrupt) {
  expect_corrupt(check_with([](DecisionHeader& h) { h.event_count = 0; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.event_count = 2; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.event_count = 4; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.event_count = 0xFFFF'FFFF; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.command_bytes = 0xFFFF'FFFF; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.command_bytes = 0xFFFF'FFF8; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.bytes = 0xFFFF'FFF8; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.bytes -= 8; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.id_bytes = 65; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.actor_bytes = 255; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.on_behalf_of_bytes = 65; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.reason_bytes = 255; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.first_sequence = 0; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.first_sequence = ~std::uint64_t{0} - 1; }));
  expect_corrupt(check_with([](DecisionHeader& h) { h.spare[1] = 1; }));
}

TEST(Decision, WithAHostileEventHeaderIsNotRead) {
  const DecisionParts parts = example();
  AlignedBuffer bytes = bytes_of(parts);
  const DecisionView view(bytes.data());
  const auto command_end =
      static_cast<std::size_t>(view.command().data() - bytes.data()) + view.command().size();
  const std::size_t at = padded(command_end);
  const auto with_event = [&](const std::function<void(EventHeader&)>& change) {
    EventHeader event;
    std::memcpy(&event, bytes.data() + at, sizeof event);
    const EventHeader before = event;
    change(event);
    std::memcpy(bytes.data() + at, &event, sizeof event);
    Status status = check_decision(bytes.bytes());
    std::memcpy(bytes.data() + at, &before, sizeof before);
    return status;
  };
  expect_corrupt(with_event([](EventHeader& e) { e.length = 0xFFFF'FFFF; }));
  expect_corrupt(with_event([](EventHeader& e) { e.length = 0xFFFF'FFF8; }));
  expect_corrupt(with_event([](EventHeader& e) { e.length += 8; }));
  expect_corrupt(with_event([](EventHeader& e) { e.kind = 0; }));
  expect_newer(with_event([](EventHeader& e) { e.flags = 1; }));
  EXPECT_TRUE(check_decision(bytes.bytes()).ok());
}

TEST(Decision, MustBePaddedWithZeros) {
  DecisionParts parts = example();
  parts.id = "1";
  parts.actor = parts.on_behalf_of = parts.reason = parts.correlation_id = "";
  parts.events[2].body.resize(parts.events[2].body.size() + 1);  // so that 7 zeros follow
  AlignedBuffer bytes = bytes_of(parts);
  ASSERT_TRUE(check_decision(bytes.bytes()).ok());
  for (const std::size_t at : {sizeof(DecisionHeader) + 1, bytes.size() - 1}) {
    bytes.data()[at] = std::byte{1};
    expect_corrupt(check_decision(bytes.bytes()));
    bytes.data()[at] = std::byte{0};
  }
}

TEST(Traceparent, IsReadAndWrittenAsTheRecommendationSays) {
  constexpr std::string_view kText = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  TraceContext trace;
  ASSERT_TRUE(parse_traceparent(kText, trace));
  EXPECT_EQ(trace.trace_id[0], 0x4b);
  EXPECT_EQ(trace.span_id[7], 0xb7);
  EXPECT_EQ(trace.flags, 1);
  EXPECT_EQ(format_traceparent(trace), kText);
  EXPECT_EQ(format_traceparent(TraceContext{}), "");
}

TEST(Traceparent, IsRefusedWhenItIsAnythingElse) {
  for (const std::string_view text : {
           "",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
       }) {
    TraceContext trace;
    trace.flags = 9;
    EXPECT_FALSE(parse_traceparent(text, trace)) << text;
    EXPECT_EQ(trace.flags, 9) << "left untouched";
  }
}

}  // namespace
}  // namespace kontor
