// Directory: which commit holds which sequence of which book, for what is durable. Derived from the
// log; the committer adds, the reader looks up. Thread-safe.
#pragma once

#include <cstdint>
#include <shared_mutex>
#include <vector>

#include "engine/replay.h"
#include "events/base/ids.h"
#include "events/log/event_log.h"

namespace kontor {

class Directory {
 public:
  void start(std::vector<std::vector<PagePlace>> places, const std::vector<PageChain>& chains);
  // A page became durable.
  void add(BookNumber book, Sequence first, Sequence last, CommitNumber commit);

  Sequence last_sequence(BookNumber book) const;
  CommitNumber last_commit() const;
  // The commit whose page holds the sequence; 0: none does.
  CommitNumber find(BookNumber book, Sequence sequence) const;

 private:
  mutable std::shared_mutex mutex_;
  std::vector<std::vector<PagePlace>> places_;
  std::vector<Sequence> last_;
  CommitNumber last_commit_;
};

}  // namespace kontor
