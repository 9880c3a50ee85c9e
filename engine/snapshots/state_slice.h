// Slices of the saved state of all books, small enough to be hashed between two batches: how the
// running state and a replayed copy are compared without holding up who decides
// (ops/adr/0008-snapshots-prove-replay-slice-by-slice.md).
#pragma once

#include <cstdint>

#include "engine/books.h"
#include "engine/snapshots/probe.h"
#include "events/codec/decision.h"
#include "events/log/event_log.h"

namespace kontor {

// A place in what Book::save writes, book after book.
struct StateCursor {
  std::uint32_t book = 0;
  std::uint32_t section = 0;
  std::uint64_t offset = 0;  // in the section
  friend bool operator==(const StateCursor&, const StateCursor&) = default;
};

struct StateSlice {
  StateCursor from;
  StateCursor next;   // where it ended; book == books.count(): the end of the state
  Sequence sequence;  // where the book of `from` stands
  Hash128 hash;
};

// The slice of about `bytes` bytes from there on. Sections that are no vectors of plain records are
// gone through to their end, whatever their size.
StateSlice hash_slice(const Books& books, const StateCursor& from, std::uint64_t bytes);

// Where whoever compares asks the deciding thread for a slice, which it answers where its state is
// exactly what `commit` ends with.
struct SliceWanted {
  StateCursor from;
  std::uint64_t bytes = 0;
};
struct RunningSlice {
  StateSlice slice;
  CommitNumber commit;
};
using StateProbe = Probe<SliceWanted, RunningSlice>;

}  // namespace kontor
