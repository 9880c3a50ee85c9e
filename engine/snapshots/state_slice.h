// Slices of the saved state of all books, small enough to be hashed between two batches: how the
// running state and a replayed copy are compared without holding up who decides
// (ops/adr/0008-snapshots-prove-replay-slice-by-slice.md).
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/books.h"
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

// Where whoever compares asks the deciding thread for a slice. Nobody waits for a lock in it.
class StateProbe {
 public:
  struct Answer {
    StateSlice slice;
    CommitNumber commit;  // after which the state was like that
  };

  // By the asking thread; one question at a time.
  void ask(const StateCursor& from, std::uint64_t bytes) {
    from_ = from;
    bytes_ = bytes;
    state_.store(State::kAsked, std::memory_order_release);
  }
  bool answered() const { return state_.load(std::memory_order_acquire) == State::kAnswered; }
  Answer take() {
    state_.store(State::kQuiet, std::memory_order_relaxed);
    return answer_;
  }

  // By the deciding thread, where the state is exactly what `commit` ends with.
  bool asked() const { return state_.load(std::memory_order_acquire) == State::kAsked; }
  void answer(const Books& books, CommitNumber commit) {
    answer_ = {hash_slice(books, from_, bytes_), commit};
    state_.store(State::kAnswered, std::memory_order_release);
  }

 private:
  enum class State : std::uint8_t { kQuiet, kAsked, kAnswered };

  std::atomic<State> state_{State::kQuiet};
  StateCursor from_;
  std::uint64_t bytes_ = 0;
  Answer answer_;
};

}  // namespace kontor
