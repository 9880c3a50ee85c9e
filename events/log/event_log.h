// EventLog: the one thing Kontor must not lose. An append-only row of commits, numbered from 1
// without gaps; a commit is the pages of one group commit, durable as a whole or not there at all.
//
// One writer at a time: who claims the log raises its epoch, and an append under a lower epoch is
// refused for ever (kFenced). Threads: append from one thread; reads from any, at the same time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "events/base/result.h"
#include "events/base/strong.h"

namespace kontor {

using CommitNumber = Strong<struct CommitTag, std::uint64_t>;  // from 1; 0: before the first
using Epoch = Strong<struct EpochTag, std::uint64_t>;          // from 1; 0: never claimed

struct LogTail {
  CommitNumber last;  // 0: empty
  Epoch epoch;
};

class EventLog {
 public:
  virtual ~EventLog() = default;

  // The last durable commit, and the highest epoch ever appended under.
  virtual LogTail tail() const = 0;

  // Appends `commit` (pages back to back, all headers sealed with this epoch and number) as number
  // after + 1, and returns when it is durable. Claiming is appending under tail().epoch + 1.
  //   kFenced: epoch is below the log's; nothing was written.
  //   kUsage:  `after` is not the last commit, epoch skips ahead by more than 1, or the bytes are
  //   not
  //            pages of that epoch and number; nothing was written.
  //   kIo:     unknown whether it was written. The log refuses every later append; the process
  //   stops.
  virtual Status append(Epoch epoch, CommitNumber after, std::span<const std::byte> commit) = 0;

  // Calls visit(number, bytes) for each commit from `from` to `to` (or the tail, when lower), in
  // order, until it returns false. Bytes are 8-aligned, as appended, not checked beyond the store's
  // own checksums, and valid only during the call. A missing number is kCorrupt.
  using Visitor = std::function<bool(CommitNumber, std::span<const std::byte>)>;
  virtual Status read(CommitNumber from, CommitNumber to, const Visitor& visit) const = 0;

  // Ends cleanly: whatever the store keeps to tell a clean end from a crash is written. Appends
  // after it are refused (kUsage).
  virtual Status close() = 0;
};

}  // namespace kontor
