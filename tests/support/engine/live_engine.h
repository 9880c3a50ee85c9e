// LiveEngine: the real engine over a memory log, with a clock that a test sets, a gate before the
// disk, and answers kept as they come. For tests of what leaves when, and in which order.
//
//   LiveEngine live;
//   live.open_shop();
//   live.gate().close();                            // the disk takes its time
//   const Ticket ticket = live.submit({R"({"id":"a","RegisterWarehouse":{"warehouse":"east"}})"});
//   EXPECT_FALSE(ticket->here());
//   live.gate().open();
//   EXPECT_EQ(ticket->all().front().status, StatusCode::kDone);
//
// Every wait has a deadline; a test that runs into it fails.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/books.h"
#include "engine/engine.h"
#include "engine/log_reader.h"
#include "events/json/json.h"
#include "events/log/memory_event_log.h"

namespace kontor::test {

inline constexpr std::chrono::seconds kWaitMax{30};

class SetClock final : public Clock {
 public:
  Timestamp now() override { return Timestamp{now_}; }
  void set(std::int64_t nanoseconds) { now_ = nanoseconds; }

  // The time of deadlines goes on by itself, and by this much more.
  std::chrono::steady_clock::time_point steady() override {
    return std::chrono::steady_clock::now() + std::chrono::seconds(ahead_s_.load());
  }
  void advance(std::chrono::seconds time) { ahead_s_ += time.count(); }

 private:
  std::atomic<std::int64_t> ahead_s_{0};
  std::atomic<std::int64_t> now_{1'772'409'600'000'000'000};  // 2026-03-02
};

// Where appends wait while it is closed.
class Gate {
 public:
  void close();
  void open();
  void pass(CommitNumber number);             // by the log
  bool wait_for_commit(CommitNumber number);  // until that append has come to the gate

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  CommitNumber came_;
  bool closed_ = false;
};

// One answer line, as a caller could know it.
struct EngineAnswer {
  StatusCode status = StatusCode::kDone;
  bool repeated = false;
  std::uint64_t sequence = 0;  // of the decision's first event
  std::int64_t recorded_at = 0;
  std::string events;            // names, one blank between
  std::vector<std::byte> bytes;  // of the decision

  friend bool operator==(const EngineAnswer&, const EngineAnswer&) = default;
};
// Without `repeated`: what a repeat has in common with the first answer.
EngineAnswer as_first(EngineAnswer told);

// The answers to one submission, on their way.
class Answers {
 public:
  void put(std::vector<EngineAnswer> told);
  bool here() const;
  std::vector<EngineAnswer> all() const;  // waits; empty when they never came
  std::vector<StatusCode> statuses() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::optional<std::vector<EngineAnswer>> told_;
};
using Ticket = std::shared_ptr<Answers>;

struct SubmitOptions {
  BookNumber book{1};
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  std::uint32_t principal = 0;
};

CommandText command_text(std::string_view json);
std::unique_ptr<Submission> make_submission(const std::vector<CommandText>& commands,
                                            const SubmitOptions& options, const Ticket& ticket);

std::unique_ptr<Submission> make_resolve(const std::vector<std::string>& ids, Sequence since,
                                         const SubmitOptions& options, const Ticket& ticket);

// A question that runs `look` on the engine's thread, and tells when it was asked and answered.
class Look {
 public:
  explicit Look(std::function<void(const Books&)> look) : look_(std::move(look)) {}
  std::unique_ptr<Question> question();
  bool wait_begun() const { return wait(kBegun); }  // looking
  bool wait_asked() const { return wait(kAsked); }  // has looked
  bool wait_answered() const { return wait(kAnswered); }
  bool answered() const;

 private:
  class Asked;
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool begun = false;
    bool asked = false;
    bool answered = false;
  };
  bool wait(bool State::*flag) const;
  static constexpr bool State::*kBegun = &State::begun;
  static constexpr bool State::*kAsked = &State::asked;
  static constexpr bool State::*kAnswered = &State::answered;

  std::function<void(const Books&)> look_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

class LiveEngine {
 public:
  explicit LiveEngine(EngineOptions options = {});
  LiveEngine(std::unique_ptr<MemoryEventLog> log, EngineOptions options);
  ~LiveEngine();
  LiveEngine(const LiveEngine&) = delete;
  LiveEngine& operator=(const LiveEngine&) = delete;

  Engine& engine() { return *engine_; }
  MemoryEventLog& log() { return *log_; }
  SetClock& clock() { return clock_; }
  Gate& gate() { return *gate_; }

  Ticket submit(const std::vector<std::string>& json, const SubmitOptions& options = {});
  Ticket submit_texts(const std::vector<CommandText>& commands, const SubmitOptions& options = {});
  Ticket resolve(const std::vector<std::string>& ids, Sequence since = {},
                 const SubmitOptions& options = {});
  // The answer to one command; waits.
  EngineAnswer ask(std::string_view json, const SubmitOptions& options = {});
  // Book 1 and what is needed to order, allocate and receive bolts. more: of OpenBook, with a comma
  // before it.
  void open_shop(std::string_view more = "");
  // The state of a book, once durable.
  Digest digest(BookNumber book = BookNumber{1});
  std::size_t follow_ups(BookNumber book = BookNumber{1});
  // Ends the engine and starts another on what the disk has.
  void restart();

  // Kinds of the commands in the log of a book, in order: "OpenBook SetTaxRate ...".
  std::string commands_in_log(BookNumber book = BookNumber{1}) const;
  // Calls visit(DecisionView) for each durable decision of the book.
  void for_each_decision(BookNumber book,
                         const std::function<void(const DecisionView&)>& visit) const;

 private:
  void start();

  EngineOptions options_;
  SetClock clock_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::unique_ptr<MemoryEventLog> log_;
  std::unique_ptr<Engine> engine_;
};

// A disk with the first commits of another, as a crash after them leaves it.
std::unique_ptr<MemoryEventLog> first_commits(const MemoryEventLog& of, CommitNumber last);

}  // namespace kontor::test
