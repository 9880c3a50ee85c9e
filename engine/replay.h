// Replay: folds a log, from nothing, into the state of its books. Every page is checked on the way:
// checksums, hash tree, numbers, and each body before it is read.
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
  std::uint64_t commits = 0;
  std::uint64_t events = 0;
};

struct ReplayOptions {
  BookNumber book;                // whose sequence `to` is
  Sequence to;                    // stop after the decision that holds it; 0: everything
  bool check_invariants = false;  // after every decision of every book (slow)
};

using ReplayProgress = std::function<void(std::uint64_t done, std::uint64_t of)>;  // commits

// kCorrupt and kNewer name commit, book and sequence, and the cure.
Result<Replayed> replay(const EventLog& log, Books& books, const ReplayOptions& options,
                        const ReplayProgress& progress);

}  // namespace kontor
