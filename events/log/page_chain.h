// PageChain: what the pages of one book so far add up to, and what the next one must go on from.
// The committer seals pages against it, replay and verify follow the log with it.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/log/event_log.h"
#include "events/log/merkle.h"
#include "events/log/page.h"

namespace kontor {

// A value (about 2 KiB), one per book; one thread at a time.
struct PageChain {
  BookNumber book;
  std::uint64_t pages = 0;  // page number of the last one
  std::uint64_t decisions = 0;
  Sequence last_sequence;      // of the last event; 0: none
  Sequence durable_watermark;  // the next page's header tells it; whoever knows moves it on
  Timestamp last_recorded{std::numeric_limits<std::int64_t>::min()};
  MerkleFrontier tree;

  // Goes on over a page read from the log: checks that it is this book's next page (numbers,
  // sequences, recorded times strictly rising, watermark), hashes its decisions and compares tree
  // size and root. kCorrupt says what differs; the chain is then as before.
  Status follow(const PageView& page);

  // The same without hashing, for pages that this process has sealed or followed before. `tree` is
  // left as it is, and behind, until the caller puts the one of `decisions` leaves in its place.
  Status follow_unhashed(const PageView& page);
};

// Those of all books, at one commit.
struct LogChains {
  CommitNumber last;
  std::vector<PageChain> chains;  // by book number
};

}  // namespace kontor
