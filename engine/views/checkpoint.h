// ViewCheckpoint: up to where a view has folded which log. It stands in the same file as the rows
// it speaks of, so that a crash leaves both or neither (events/FORMAT.md, Views).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "events/base/time.h"
#include "events/log/event_log.h"
#include "events/log/page.h"

namespace kontor {

inline constexpr std::uint32_t kViewStoreFormat = 1;

struct ViewCheckpoint {
  std::string view;               // its name
  std::uint32_t view_format = 0;  // of its rows
  std::uint32_t generation = 0;   // of the log
  CommitNumber commit;            // the last one folded
  std::uint64_t events = 0;       // folded, of all books but book 0
  Timestamp recorded_last;        // of the last decision folded
  Hash256 log{};                  // of the bytes of commit 1: which log
  Hash256 last{};                 // of the bytes of `commit`: which history of it
};

std::string write_checkpoint(const ViewCheckpoint& checkpoint);
// Nothing: damaged, or of another format.
std::optional<ViewCheckpoint> read_checkpoint(std::string_view bytes);

// The hash by which a commit is known again. kCorrupt: it is not there.
Result<Hash256> hash_of_commit(const EventLog& log, CommitNumber number);

// Whether a store with this checkpoint goes on in this log: kUsage says why not (another view or
// format, another log, a history that the log does not have); else the log's errors.
Status check_follows(const ViewCheckpoint& checkpoint, const EventLog& log, std::string_view view,
                     std::uint32_t view_format);

}  // namespace kontor
