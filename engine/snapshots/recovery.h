// Recovery: the state at a start, from the newest good snapshot and the log behind it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "engine/snapshots/snapshot_store.h"

namespace kontor {

struct Recovery {
  Image image;
  SnapshotInfo from;                // commit 0: from nothing
  std::uint64_t from_position = 0;  // events of all books in it
  bool skipped_some = false;        // that were bad
  std::chrono::milliseconds load_took{0};
  std::chrono::milliseconds replay_took{0};
};

// Skips every snapshot that cannot be used, saying so, down to a replay from nothing; the error is
// then the log's. `store` may be null.
using Note = std::function<void(const std::string&)>;
Result<Recovery> recover(const EventLog& log, SnapshotStore* store, const Note& note,
                         const ReplayProgress& progress);

std::string told(const Recovery& recovery);  // a line for the server's log

}  // namespace kontor
