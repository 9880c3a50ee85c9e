// SnapshotMaker: makes snapshots behind the engine's back. On a thread of its own, at idle
// priority (less so the farther it is behind), it replays from the last snapshot into a private
// copy, compares the copy with the running state slice by slice, and writes the copy down. So each
// snapshot also shows that replay equals running; a difference stops everything.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/committer.h"
#include "engine/engine.h"
#include "engine/snapshots/snapshot_store.h"
#include "engine/snapshots/state_slice.h"

namespace kontor {

class SnapshotMaker {
 public:
  struct Parts {
    const EventLog& log;
    SnapshotStore& store;
    StateProbe& probe;
    std::function<void()> wake_decider;  // a question waits in the probe
    ChainsProbe& chains;
    std::function<void()> wake_committer;  // likewise there
    // Ends the process. Where it returns (a simulation's), nothing is made any more.
    std::function<void(const Error&)> differs;
    int deciding_nice = 0;  // EngineOptions::nice
  };
  SnapshotMaker(Parts parts, const SnapshotOptions& options);
  ~SnapshotMaker() { stop(); }
  SnapshotMaker(const SnapshotMaker&) = delete;
  SnapshotMaker& operator=(const SnapshotMaker&) = delete;

  // `position`: events of all books now, `base`: in the newest good snapshot (0: there is none).
  void start(const SnapshotStats& found, std::uint64_t position);
  void wish();  // makes one now, or another after the one it is making
  // The deciding thread has handed over a commit; events of all books with it.
  void handed_over(std::uint64_t position);
  void durable(CommitNumber last);  // by the committing thread
  void answered() { ring(); }       // the probe has

  // Ends the thread; what was begun is left off.
  void stop();
  // After stop(), when nothing is decided any more: one more, if a tenth of the wanted distance has
  // been covered since the last. On the caller's thread.
  void make_last(const Books& books);
  SnapshotStats stats() const;

 private:
  void run();
  void make();
  Status make_one();
  Status load_base();
  Status catch_up(CommitNumber to);
  Result<bool> compare();  // false: they differ
  Status take_trees();
  Result<RunningSlice> ask(const StateCursor& from);
  void tell(const Status& made, std::chrono::milliseconds took);
  void tell_difference(const RunningSlice& running, const StateSlice& copy);
  bool is_due() const;
  int fitting_nice() const;  // beside the process; the farther behind, the less
  bool leaves_off() const;
  void ring();
  void note(const std::string& text) const;
  // Waits until `ready` or the end; false: the end.
  template <class Ready>
  bool wait(Ready ready);

  Parts parts_;
  const SnapshotOptions& options_;
  std::atomic<std::uint32_t> bell_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> wished_{false};
  static constexpr int kLeastNice = -100;  // below any
  std::atomic<int> nice_{kLeastNice};      // of the thread that makes one, where it may be nice
  std::atomic<std::uint64_t> position_{0};
  std::atomic<std::uint64_t> made_position_{0};
  std::atomic<std::uint64_t> durable_{0};
  const Books* still_ = nullptr;  // the running state, once nobody decides any more
  std::optional<Image> image_;    // the copy, kept when it was left off
  bool differed_ = false;
  mutable std::mutex mutex_;
  SnapshotStats stats_;
  std::thread thread_;
};

}  // namespace kontor
