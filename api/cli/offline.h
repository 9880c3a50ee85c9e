// The deciding state from a data folder without a server. The log is opened read-only; a running
// server goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/snapshots/snapshot_store.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/log/event_log.h"

namespace kontor::cli {

struct ReplayedBook {
  BookNumber number;
  std::string name;
  Sequence last;
  std::string digest;  // hexadecimal SHA-256 of its state
};

struct ReplayOutcome {
  std::vector<ReplayedBook> books;
  std::uint64_t commits = 0;
  std::uint64_t events = 0;
  double seconds = 0;
  std::uint64_t snapshots_compared = 0;
  std::vector<std::string> notes;  // of snapshots, for people
};

struct ReplayWish {
  BookNumber book;  // `to` is a sequence of it
  Sequence to;      // 0: everything
  bool check_invariants = false;
  // Begin with the newest good one of these instead of nothing.
  SnapshotFiles* from = nullptr;
  // Hold these against the state at their commits on the way.
  SnapshotFiles* files = nullptr;
  std::vector<SnapshotInfo> compare;
};

using OfflineProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;  // commits

// A shard of a data folder, read-only.
struct OfflineShard {
  std::string label;  // "1"; empty: there is one
  std::uint32_t number = 0;
  std::filesystem::path folder;
};
// Those of the folder, which may also be a single shard's. kNotFound, kUsage, kCorrupt, kNewer.
Result<std::vector<OfflineShard>> offline_shards(const std::string& data);

// Folds the log into the state of its books. kCorrupt, kNewer, kIo.
Result<ReplayOutcome> replay_log(const EventLog& log, const ReplayWish& wish,
                                 const OfflineProgress& progress);

}  // namespace kontor::cli
