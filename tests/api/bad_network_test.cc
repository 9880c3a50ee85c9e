// Client and server over a network that cuts, delays, duplicates and reorders: every command ends
// once, its effect is there once, and what was answered is what the log says.
#include <map>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "api/client/client.h"
#include "api/questions/question.h"
#include "api/server.h"
#include "events/codec/catalog.h"
#include "tests/support/api/proxy.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

using std::chrono::milliseconds;

constexpr BookNumber kBook{1};
constexpr std::chrono::seconds kPatience{50};

// What a caller was told, and how often.
struct Outcome {
  int answers = 0;
  StatusCode status = StatusCode::kDone;
  std::uint64_t sequence = 0;
  std::int64_t recorded_at = 0;
  std::vector<std::uint16_t> events;
};

// What the log says of one id.
struct Logged {
  int decisions = 0;
  StatusCode status = StatusCode::kDone;
  std::uint64_t sequence = 0;
  std::int64_t recorded_at = 0;
  std::vector<std::uint16_t> events;
};

StatusCode status_of(const DecisionView& decision) {
  if (decision.header().command_kind == number_of<FenceCommand>) return StatusCode::kFenced;
  return decision.refused() ? StatusCode::kRefused : StatusCode::kDone;
}

class BadNetwork : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    live_.open_shop();
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    auto started = Server::start(live_.engine(), *questions_, std::move(options));
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(started.value());
  }

  std::unique_ptr<Client> connect(const std::string& address, ClientOptions options) const {
    EXPECT_TRUE(parse_server(address, options).ok());
    options.backoff_first = milliseconds(1);
    options.backoff_max = milliseconds(10);
    options.frame_commands = 5;
    auto client = Client::connect(std::move(options));
    EXPECT_TRUE(client.ok()) << client.error().message;
    return std::move(client.value());
  }

  // Commands of which every seventh is refused. The answers land in told_.
  void submit(Client& client, const std::string& prefix, int count) {
    for (int i = 0; i < count; ++i) {
      const std::string id = prefix + std::to_string(i);
      const std::string json =
          i % 7 == 0
              ? R"({"id":")" + id + R"(","SetCreditLimit":{"company":"nobody","limit":"1.00"}})"
              : R"({"id":")" + id + R"(","RegisterWarehouse":{"warehouse":")" + id + R"("}})";
      const CommandText text = command_text(json);
      const Status queued =
          client.submit(kBook, to_send(text), [this, id](const Answer& a) { put(id, a); });
      ASSERT_TRUE(queued.ok()) << queued.error().message;
    }
  }

  void put(const std::string& id, const Answer& answer) {
    const std::lock_guard lock(mutex_);
    Outcome& told = told_[id];
    ++told.answers;
    told.status = answer.status;
    told.sequence = answer.sequence.value();
    told.recorded_at = answer.recorded_at.value();
    told.events.assign(answer.events.begin(), answer.events.end());
  }

  std::map<std::string, Logged> logged() const {
    std::map<std::string, Logged> out;
    live_.for_each_decision(kBook, [&out](const DecisionView& decision) {
      Logged& entry = out[std::string(decision.id())];
      ++entry.decisions;
      entry.status = status_of(decision);
      entry.sequence = decision.header().first_sequence;
      entry.recorded_at = decision.header().recorded_at;
      entry.events.clear();
      decision.for_each_event(
          [&entry](const EventView& event) { entry.events.push_back(event.header.kind); });
    });
    return out;
  }

  // Every command was answered once, and final answers are what the log has, once.
  void expect_told_is_logged(std::size_t commands) {
    const std::map<std::string, Logged> log = logged();
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(told_.size(), commands);
    for (const auto& [id, told] : told_) {
      EXPECT_EQ(told.answers, 1) << id;
      const auto found = log.find(id);
      const StatusClass is = class_of(told.status);
      if (is != StatusClass::kDone && is != StatusClass::kRefused) continue;
      ASSERT_NE(found, log.end()) << id << ": " << status_word(told.status) << ", not in the log";
      EXPECT_EQ(found->second.decisions, 1) << id;
      EXPECT_EQ(found->second.status, told.status) << id;
      EXPECT_EQ(found->second.sequence, told.sequence) << id;
      EXPECT_EQ(found->second.recorded_at, told.recorded_at) << id;
      EXPECT_EQ(found->second.events, told.events) << id;
    }
  }

  bool wait_for_repeats(std::uint64_t count) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (live_.engine().stats().repeats < count) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::map<StatusCode, int> tally() {
    const std::lock_guard lock(mutex_);
    std::map<StatusCode, int> out;
    for (const auto& [id, told] : told_)
      ++out[told.status];
    return out;
  }

  LiveEngine live_;
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer();
  std::unique_ptr<Server> server_;
  std::mutex mutex_;
  std::map<std::string, Outcome> told_;
};

TEST_P(BadNetwork, EveryCommandIsDecidedOnceWhenThereIsTime) {
  Mischief mischief;
  mischief.cut = 40;
  mischief.cut_inside = 40;
  mischief.hold = 150;
  mischief.twice = 150;
  Proxy proxy(server_->address(), GetParam(), mischief);
  const auto client = connect(proxy.address(), {});
  submit(*client, "c", 1'500);
  ASSERT_TRUE(client->wait_idle(kPatience)) << "seed " << GetParam();
  const std::map<StatusCode, int> seen = tally();
  EXPECT_EQ(seen.size(), 2U) << "done and refused, nothing else";
  EXPECT_EQ(seen.at(StatusCode::kRefused), 215);
  expect_told_is_logged(1'500);
  const MischiefDone done = proxy.done();
  EXPECT_GT(done.cuts, 0U);
  EXPECT_GT(done.held, 0U);
  EXPECT_GT(done.twice, 0U);
}

// Short deadlines and answers that come too late: the client asks what became of its commands, and
// what it then says holds, whatever still arrives.
TEST_P(BadNetwork, WhatIsUnknownAtTheDeadlineIsResolvedAndStaysSo) {
  Mischief mischief;
  mischief.cut = 40;
  mischief.cut_inside = 30;
  mischief.hold = 100;
  mischief.hold_long = 150;
  mischief.twice = 100;
  Proxy proxy(server_->address(), GetParam(), mischief);
  ClientOptions hurried;
  hurried.deadline = milliseconds(400);
  const auto client = connect(proxy.address(), hurried);
  for (int round = 0; round < 3; ++round) {
    submit(*client, "r" + std::to_string(round) + "-", 150);
    ASSERT_TRUE(client->wait_idle(kPatience)) << "seed " << GetParam();
  }
  ASSERT_TRUE(proxy.calm()) << "what was held has reached the server";
  EXPECT_GT(proxy.done().held_long, 0U);
  EXPECT_GT(server_->counters().resolves.load(), 0U) << "the client asked by itself";
  expect_told_is_logged(450);

  // The rest is unknown or was not started. Asked now, none of it stays so.
  const auto direct = connect(server_->address(), {});
  std::map<std::string, Outcome> open;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, told] : told_) {
      const StatusClass is = class_of(told.status);
      if (is == StatusClass::kUnknown || is == StatusClass::kNotStarted) open.emplace(id, told);
    }
  }
  for (const auto& [id, told] : open) {
    const auto outcome = direct->resolve_and_wait(kBook, id, Sequence{});
    ASSERT_TRUE(outcome.ok());
    EXPECT_TRUE(class_of(outcome->status) == StatusClass::kDone ||
                class_of(outcome->status) == StatusClass::kRefused)
        << id << ' ' << status_word(outcome->status);
    const std::lock_guard lock(mutex_);
    told_[id] = {1, outcome->status, outcome->sequence.value(), outcome->recorded_at.value(),
                 outcome->events};
  }
  expect_told_is_logged(450);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BadNetwork, testing::Range<std::uint64_t>(1, 6));

using OneBadNetwork = BadNetwork;

// The whole story at once, without dice: the first copy of a command never arrives in time, the
// client is told that it is fenced, and when the copy does arrive it does nothing.
TEST_P(OneBadNetwork, ACommandThatArrivesAfterItsFenceDoesNothing) {
  Mischief mischief;
  mischief.hold_long = 1'000;  // everything but hellos
  Proxy proxy(server_->address(), GetParam(), mischief);
  ClientOptions hurried;
  hurried.deadline = milliseconds(2'000);
  const auto client = connect(proxy.address(), hurried);
  SubmitFrame frame(kBook);  // whole: a frame still being filled waits for answers to those before
  for (int i = 0; i < 8; ++i) {
    const std::string id = "late-" + std::to_string(i);
    const CommandText text =
        command_text(R"({"id":")" + id + R"(","RegisterWarehouse":{"warehouse":")" + id + R"("}})");
    ASSERT_TRUE(frame.add(to_send(text)));
  }
  const auto put_all = [this](std::span<const Answer> all) {
    for (std::size_t i = 0; i < all.size(); ++i)
      put("late-" + std::to_string(i), all[i]);
  };
  ASSERT_TRUE(client->send(std::move(frame), put_all).ok());
  ASSERT_TRUE(client->wait_idle(kPatience));
  ASSERT_EQ(tally(), (std::map<StatusCode, int>{{StatusCode::kConnectionLost, 8}}))
      << "neither the commands nor the question passed";
  const auto direct = connect(server_->address(), {});
  std::vector<std::uint64_t> fences;
  for (int i = 0; i < 8; ++i) {
    const auto fence = direct->resolve_and_wait(kBook, "late-" + std::to_string(i), Sequence{});
    ASSERT_TRUE(fence.ok());
    EXPECT_EQ(fence->status, StatusCode::kFenced);
    fences.push_back(fence->sequence.value());
  }
  ASSERT_TRUE(proxy.calm());
  ASSERT_TRUE(wait_for_repeats(8)) << "all have arrived by now";
  const CommandText again =
      command_text(R"({"id":"late-1","RegisterWarehouse":{"warehouse":"late-1"}})");
  const auto answer = direct->submit_and_wait(kBook, to_send(again));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, StatusCode::kFenced);
  EXPECT_EQ(answer->sequence.value(), fences[1]);
  for (const auto& [id, entry] : logged()) {
    if (id.starts_with("late-")) {
      EXPECT_EQ(entry.status, StatusCode::kFenced) << id;
      EXPECT_EQ(entry.decisions, 1) << id;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Once, OneBadNetwork, testing::Values(std::uint64_t{1}));

}  // namespace
}  // namespace kontor::test
