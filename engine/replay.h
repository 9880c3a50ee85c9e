// Replay: folds a log into the state of its books, from nothing or from where another fold ended.
// Every page is checked on the way: checksums, hash tree, numbers, and each body before it is read.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/books.h"
#include "events/base/result.h"
#include "events/log/event_log.h"
#include "events/log/page_chain.h"

namespace kontor {

// Where each book's pages are: the commit that holds a sequence.
struct PagePlace {
  Sequence first;
  CommitNumber commit;
};

struct Replayed {
  std::vector<PageChain> chains;               // by book number
  std::vector<std::vector<PagePlace>> places;  // by book number, ascending
  CommitNumber last;                           // commit that was folded
  std::uint64_t commits = 0;                   // folded by this process
  std::uint64_t events = 0;                    // of them

  std::uint64_t position() const;  // events of all books up to `last`
};

struct ReplayOptions {
  BookNumber book;    // whose sequence `to` is
  Sequence to;        // stop after the decision that holds it; 0: everything
  CommitNumber last;  // stop after this commit; 0: the log's end
  // The pages are known to be what this process, or its recovery, has hashed: no tree is followed,
  // and those of `chains` are left behind.
  bool hashed_before = false;
  bool check_invariants = false;  // after every decision of every book (slow)
};

using ReplayProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;  // commits

// kCorrupt and kNewer name commit, book and sequence, and the cure.
Result<Replayed> replay(const EventLog& log, Books& books, const ReplayOptions& options,
                        const ReplayProgress& progress);

// Goes on behind what `so_far` tells and `books` are. After an error both are of no use.
Status replay_on(const EventLog& log, Books& books, Replayed& so_far, const ReplayOptions& options,
                 const ReplayProgress& progress);

}  // namespace kontor
