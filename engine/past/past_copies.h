// PastCopies: private copies of the state as it was at some position, for questions that no view
// answers. On a thread of its own each is loaded from the newest good snapshot before the position
// and brought there by replay, while the engine goes on; then it answers as a running book does. A
// copy is kept for a while, so that the pages of one list come from one copy. How many there are,
// what they take and how many questions wait is bounded; beyond that questions are turned away.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "engine/snapshots/snapshot_store.h"
#include "engine/status.h"
#include "events/log/event_log.h"

namespace kontor {

// A position at which a book stood: the last event of a decision, and the commit that holds it.
struct PastPlace {
  BookNumber book;
  Sequence at;
  CommitNumber commit;  // 0: not known, no snapshot is used

  friend bool operator==(const PastPlace&, const PastPlace&) = default;
};

// Told once, either way, on the copies' thread. Must be short.
class PastQuestion {
 public:
  virtual ~PastQuestion() = default;
  virtual void answer(const Book& then) = 0;
  // kDeadlineExpired, kOverloaded, kStopping; kTooLarge: this copy never fits; kReadOnly: the log
  // cannot be read.
  virtual void refuse(StatusCode status, const std::string& why) = 0;

  // Not answered after it, and no copy is made for it alone.
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

struct PastOptions {
  std::size_t copies_max = 2;            // being made and kept
  std::uint64_t bytes_max = 2ULL << 30;  // of all copies, about
  std::size_t waiting_max = 256;         // questions
  // Since it was last asked; less where another position is asked for and there is no room.
  std::chrono::milliseconds kept{30'000};
  std::uint64_t slice_commits = 16;  // folded before it looks up
  int nice = 0;                      // of the thread, beside the process: somebody waits for it
  std::function<void(const std::string&)> say;  // the server's log; may be null
  std::function<void()> slice;                  // for tests: called before each one; may be null
};

// Why a question was not answered.
struct PastRefusal {
  StatusCode status;
  std::string why;
};

struct PastStats {
  std::uint64_t copies = 0;   // gauge: that answer
  std::uint64_t making = 0;   // gauge: being made, or waiting to be
  std::uint64_t waiting = 0;  // gauge: questions
  std::uint64_t bytes = 0;    // gauge, about
  std::uint64_t made = 0;
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;  // for want of room
  std::uint64_t expired = 0;  // their deadline passed
  std::uint64_t failures = 0;
  std::uint64_t milliseconds = 0;  // that making them took
};

class PastCopies {
 public:
  // Log and files outlive it; files: null: copies begin with the log.
  PastCopies(const EventLog& log, SnapshotFiles* files, PastOptions options);
  ~PastCopies() { stop(); }
  PastCopies(const PastCopies&) = delete;
  PastCopies& operator=(const PastCopies&) = delete;

  // Takes the question, or leaves it and says why not: kOverloaded, kStopping. Everything up to the
  // place is durable.
  std::optional<PastRefusal> ask(const PastPlace& place, std::unique_ptr<PastQuestion>& question);
  // What waits is told that the server is stopping. Later questions are not taken.
  void stop();
  PastStats stats() const;

 private:
  using Clock = std::chrono::steady_clock;
  // `image` and what is below it are the thread's, the rest is under mutex_.
  struct Copy {
    explicit Copy(const PastPlace& of) : place(of) {}

    PastPlace place;
    bool ready = false;
    std::deque<std::unique_ptr<PastQuestion>> waiting;
    Clock::time_point used = Clock::now();
    std::uint64_t bytes = 0;
    Image image;
    bool begun = false;
    std::uint64_t measured = 0;  // events folded when `bytes` was found
    Clock::time_point begun_at;
    Clock::time_point said;
  };
  using CopyPtr = std::unique_ptr<Copy>;

  void run();
  // Each does one thing and says whether there was any; with the lock held, released meanwhile.
  bool answer_one(std::unique_lock<std::mutex>& lock);
  bool refuse_late(std::unique_lock<std::mutex>& lock);
  bool make_some(std::unique_lock<std::mutex>& lock);
  bool drop_old(std::unique_lock<std::mutex>& lock);

  // The thread, without the lock. Nothing: it goes on.
  std::optional<PastRefusal> advance(Copy& copy);
  void load_base(Copy& copy);
  bool try_snapshot(Copy& copy, const SnapshotStore& store, const SnapshotInfo& info);
  std::optional<PastRefusal> fold_slice(Copy& copy);
  std::optional<PastRefusal> measure(Copy& copy);
  bool is_there(const Copy& copy) const;
  bool is_wanted(const Copy& copy) const;  // by anyone who still waits
  void tell_progress(Copy& copy);
  void tell_made(Copy& copy);

  // With the lock held.
  Copy* find(const PastPlace& place);
  CopyPtr take_out(const Copy* copy);
  // Of those that nobody asks just now the one not asked for longest; null: there is none.
  const Copy* oldest_idle() const;
  bool make_way();  // for one more copy; false: all are in use
  std::uint64_t bytes_of_all() const;
  Clock::time_point next_look() const;
  void say(const std::string& text) const {
    if (options_.say) options_.say(text);
  }

  const EventLog& log_;
  SnapshotFiles* files_;
  const PastOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<CopyPtr> copies_;   // the oldest first
  std::vector<CopyPtr> dropped_;  // to be freed by the thread, which may just answer from one
  std::size_t waiting_ = 0;
  PastStats counted_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace kontor
