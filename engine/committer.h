// Committer: the thread that makes batches durable, one at a time, and only then lets their answers
// go. A failed append ends the process: what the disk holds is not known any more.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/batch.h"
#include "engine/directory.h"
#include "engine/followers.h"
#include "engine/reader.h"
#include "engine/snapshots/probe.h"
#include "events/log/event_log.h"
#include "events/log/page_chain.h"

namespace kontor {

// 10 us times 2^k up to 10 s.
inline constexpr std::size_t kCommitBounds = 21;

struct CommitStats {
  std::uint64_t commits = 0;
  std::uint64_t bytes = 0;
  double seconds_sum = 0;
  std::array<std::uint64_t, kCommitBounds + 1> buckets{};
};

// Where what the pages add up to is asked for, as far as the log is durable. nullopt: an append
// failed.
struct ChainsWanted {};
using ChainsProbe = Probe<ChainsWanted, std::optional<LogChains>>;

class Committer {
 public:
  // Ends the process. Where it returns (a simulation's), nothing is appended or answered after it.
  using Fatal = std::function<void(const Error&)>;
  using Idle = std::function<void()>;  // called when a batch is done

  struct Parts {
    EventLog& log;
    Directory& directory;
    Reader& reader;
    Followers& followers;
    ChainsProbe& probe;
    int nice = 0;  // of the thread, where the system allows it; EngineOptions::nice
  };
  Committer(Parts parts, std::vector<PageChain> chains, Epoch epoch, Fatal fatal, Idle idle);
  ~Committer() { stop(); }
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void start();
  void stop();  // after the batch it has, if any

  bool idle() const;  // would take a batch at once
  // Hands the batch over and gives an empty one back. Waits while another one is being committed.
  std::unique_ptr<Batch> hand_over(std::unique_ptr<Batch> batch);
  // A question waits in the probe: wakes the thread, or answers it where the thread has ended.
  void look_at_probe();
  void wait_until_idle();  // until all that was handed over is durable, or an append failed
  CommitStats stats() const;

 private:
  void run();
  void answer_probe();
  void commit(Batch& batch);
  void append(Batch& batch);
  void answer(Batch& batch);

  Parts parts_;
  std::vector<PageChain> chains_;  // by book number
  Epoch epoch_;
  Fatal fatal_;
  Idle idle_;
  AlignedBuffer scratch_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::unique_ptr<Batch> waiting_;  // handed over
  std::unique_ptr<Batch> spare_;    // done, to be given back
  bool busy_ = false;
  bool failed_ = false;  // an append did; the committing thread's
  bool stopping_ = false;
  bool ended_ = false;  // the thread has
  CommitStats stats_;
  std::thread thread_;
};

}  // namespace kontor
