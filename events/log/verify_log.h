// verify_log: walks a log from its first commit to its tail and checks everything that can be
// checked without knowing what events mean: what `kontor verify` and tests call.
//
// Per page: checksums, structure, commit number. Per book: page numbers from 1, sequences, recorded
// times, watermarks, tree size and root computed again. Per decision: texts, command and event
// bodies. Over all: no commit missing, epochs rising one by one, generations never falling.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "events/log/event_log.h"
#include "events/log/page.h"

namespace kontor {

struct BookReport {
  BookNumber book;
  std::uint64_t pages = 0;
  std::uint64_t decisions = 0;  // also the size of its tree
  std::uint64_t events = 0;     // also its last sequence
  std::uint64_t bytes = 0;
  Hash256 tree_root{};
};

struct LogReport {
  std::uint64_t commits = 0;
  std::uint64_t pages = 0;
  std::uint64_t decisions = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  Epoch epoch;
  std::vector<BookReport> books;  // by number
};

// The first thing that is wrong.
struct LogFinding {
  ErrorKind kind = ErrorKind::kCorrupt;  // or kNewer, kIo
  CommitNumber commit;
  std::optional<BookNumber> book;  // none: the commit as a whole
  std::uint64_t page_number = 0;   // 0: not known
  std::string what;                // and where: says commit, book and page too
  std::string cure;

  std::string text() const;  // what, and what to do
};

struct LogVerification {
  LogReport report;  // of what was checked before the finding
  std::optional<LogFinding> finding;
};

// Reads up to the tail at the time of the call, about as fast as SHA-256 goes. `progress` (may be
// null) is called about every hundredth of the way.
using VerifyProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;
LogVerification verify_log(const EventLog& log, const VerifyProgress& progress);

// Whether the command's and all events' kinds, versions and bodies, and the texts, are what this
// version knows and understands. The decision passed check_decision. kCorrupt, kNewer.
Status verify_decision(const DecisionView& decision);

}  // namespace kontor
