// Engine: one shard. Books are decided by one thread, made durable by another, and read back by a
// third; api/ talks to it through jobs (job.h).
//
// Every public function may be called from any thread. stop() ends it: what was accepted is
// decided, made durable and answered; what comes later is `stopping`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/job.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/log/event_log.h"

namespace kontor {

// Wall-clock time for recorded_at, which the engine makes strictly increasing per book; and the
// time that deadlines are held against, which never steps.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
  virtual std::chrono::steady_clock::time_point steady() {
    return std::chrono::steady_clock::now();
  }
};

class SnapshotFiles;
class Views;

struct SnapshotOptions {
  SnapshotFiles* files = nullptr;    // outlives the engine; null: none are used or made
  std::uint64_t events = 1'000'000;  // of all books, from one to the next
  std::uint64_t kept = 2;
  bool at_stop = true;        // make one if a tenth of that has come since the last
  bool idle_priority = true;  // of the thread that makes them
  std::function<void(const std::string&)> note;  // a line for the operator; on any thread
  // Instead of ending the process when the running state is not what replay gives.
  std::function<void(const Error&)> differs;
};

struct EngineOptions {
  std::size_t inbox_commands_max = 65'536;
  std::size_t inbox_bytes_max = 64U << 20;
  std::size_t page_decisions_max = 8'192;  // a group commit closes at this
  std::string server = "kontord";          // version, for LogClaimed
  std::string host;
  // Instead of ending the process when the log cannot be written, for simulations: nothing is
  // appended or answered after it, and the engine is only good for being stopped.
  std::function<void(const Error&)> log_failed;
  SnapshotOptions snapshots;
  // Says which events a settled document has when a command names it; outlives the engine. Null:
  // they are looked for in the log from its birth on.
  const Views* views = nullptr;
  int nice = 0;  // of deciding and committing, beside the process; not allowed: noted
  std::function<void(const std::string&)> note;  // a line for the operator; on any thread
};

// Counters a scrape reads; each is monotonic unless said.
struct CommandCount {
  std::uint16_t kind = 0;
  StatusCode status = StatusCode::kDone;
  std::uint64_t count = 0;
};

// Of the newest one; all zero: there is none.
struct SnapshotStats {
  std::uint64_t commit = 0;
  std::uint64_t position = 0;  // events of all books in it
  std::uint64_t bytes = 0;
  std::int64_t written_at = 0;     // seconds since 1970
  std::uint64_t milliseconds = 0;  // that making it took; 0: an earlier process did
  std::uint64_t made = 0;          // by this process
  std::uint64_t failures = 0;
};

struct EngineStats {
  std::vector<CommandCount> commands;
  std::uint64_t commits = 0;
  std::uint64_t commit_bytes = 0;
  std::uint64_t repeats = 0;
  std::uint64_t overloaded = 0;
  std::uint64_t expired = 0;  // commands and questions whose deadline passed before they began
  std::uint64_t inbox_commands = 0;                   // gauge
  std::vector<std::uint64_t> commit_seconds_buckets;  // counts per bound of commit_bounds()
  double commit_seconds_sum = 0;
  struct BookStats {
    BookNumber number;
    std::string name;
    std::uint64_t last_sequence = 0;  // gauge, durable
    std::uint64_t follow_ups = 0;     // gauge, waiting
    std::uint64_t orders = 0;         // gauge, in memory
    std::uint64_t settled = 0;        // gauge, orders that left it
  };
  std::vector<BookStats> books;
  SnapshotStats snapshots;
};

struct BookInfo {
  BookNumber number;
  std::string name;
  std::uint16_t currency = 0;
  std::uint64_t outcomes_kept = 0;
  Sequence last_sequence;  // durable
};

// Told on the committer's thread that a book is durable up to `last`. Must be short, and must not
// call the engine.
using OnDurable = std::function<void(BookNumber book, Sequence last)>;

class Engine {
 public:
  // Takes the newest good snapshot, replays the log behind it, claims it under a new epoch, and
  // starts the threads. `progress` (may be null) is called now and then with commits replayed and
  // commits in all. The log and clock outlive it.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;
  static Result<std::unique_ptr<Engine>> start(EventLog& log, Clock& clock, EngineOptions options,
                                               const Progress& progress);
  virtual ~Engine() = default;

  // Takes the job, or says why not before any work is done (kOverloaded, kStopping) and leaves it.
  virtual StatusCode submit(std::unique_ptr<Submission>& job) = 0;
  virtual StatusCode ask(std::unique_ptr<Question> question) = 0;
  virtual StatusCode read(LogWork work) = 0;

  // The engine that decides the book, and the book's number there: questions about a book and its
  // history are asked there. Where there is one shard, here. An unknown book's is known nowhere.
  struct Place {
    Engine* engine = nullptr;
    BookNumber book;
  };
  virtual Place place_of(BookNumber book) { return {this, book}; }
  virtual std::uint32_t shard_count() const { return 1; }

  // Calls the listener after each commit, for each book in it, as long as its owner keeps it.
  // (Kept by those that override it.) NOLINTNEXTLINE(performance-unnecessary-value-param)
  virtual void follow(std::weak_ptr<const OnDurable> /*listener*/) {}

  virtual std::vector<BookInfo> books() const = 0;  // durable ones by number, without book 0
  virtual EngineStats stats() const = 0;
  // Makes a snapshot as soon as there is time; nothing where none are made.
  virtual void make_snapshot() {}

  // Upper bounds in seconds of the commit histogram: 10 us times 2^k up to 10 s.
  static const std::vector<double>& commit_bounds();

  virtual void stop() = 0;
};

}  // namespace kontor
