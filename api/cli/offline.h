// The deciding state from a data folder without a server. The log is opened read-only; a running
// server goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

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
};

struct ReplayWish {
  BookNumber book;  // `to` is a sequence of it
  Sequence to;      // 0: everything
  bool check_invariants = false;
};

using OfflineProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;  // commits

// Folds the log into the state of its books, from nothing. kCorrupt, kNewer, kIo.
Result<ReplayOutcome> replay_log(const EventLog& log, const ReplayWish& wish,
                                 const OfflineProgress& progress);

}  // namespace kontor::cli
