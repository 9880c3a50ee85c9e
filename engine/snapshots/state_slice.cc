#include "engine/snapshots/state_slice.h"

#include <algorithm>

#include <xxhash.h>

#include "events/base/assert.h"
#include "projections/sink.h"

namespace kontor {
namespace {

// What a section costs however little it holds, in bytes that could be hashed meanwhile: a slice of
// many small books must not take longer than one of a large one.
constexpr std::uint64_t kSectionCost = 2'048;

// Hashes a range of what is written, by the count of bytes; passes over the rest.
class RangeSink final : public Sink {
 public:
  RangeSink(XXH3_state_t& hash, std::uint64_t from, std::uint64_t bytes)
      : hash_(hash), skip_(from), left_(bytes) {}

  void write(std::span<const std::byte> bytes) override {
    written_ += bytes.size();
    if (skip_ > 0) {
      const std::uint64_t skipped = std::min<std::uint64_t>(skip_, bytes.size());
      skip_ -= skipped;
      bytes = bytes.subspan(skipped);
    }
    const std::uint64_t taken = std::min<std::uint64_t>(left_, bytes.size());
    if (taken == 0) return;
    XXH3_128bits_update(&hash_, bytes.data(), taken);
    left_ -= taken;
  }
  std::uint64_t written() const { return written_; }
  std::uint64_t left() const { return left_; }

 private:
  XXH3_state_t& hash_;
  std::uint64_t skip_;
  std::uint64_t left_;
  std::uint64_t written_ = 0;
};

struct HashState {
  HashState() : state(XXH3_createState()) {
    KONTOR_ASSERT(state != nullptr && XXH3_128bits_reset(state) == XXH_OK);
  }
  ~HashState() { XXH3_freeState(state); }
  HashState(const HashState&) = delete;
  HashState& operator=(const HashState&) = delete;
  XXH3_state_t* state;
};

}  // namespace

StateSlice hash_slice(const Books& books, const StateCursor& from, std::uint64_t bytes) {
  const HashState hash;
  StateSlice out;
  out.from = from;
  out.next = from;
  if (const Book* const book = books.find(BookNumber{from.book})) {
    out.sequence = book->last_sequence();
  }
  std::uint64_t left = bytes;
  StateCursor& at = out.next;
  while (left > 0 && at.book < books.count()) {
    RangeSink sink(*hash.state, at.offset, left);
    books.find(BookNumber{at.book})->save_section(at.section, sink);
    const std::uint64_t end = at.offset + (left - sink.left());
    left = sink.left() - std::min(sink.left(), kSectionCost);
    at.offset = end;
    // Its length belongs to it: what grew behind the slice is another slice's.
    if (end < sink.written()) break;
    at = at.section + 1 < Book::kSections ? StateCursor{at.book, at.section + 1, 0}
                                          : StateCursor{at.book + 1, 0, 0};
  }
  const XXH128_hash_t digest = XXH3_128bits_digest(hash.state);
  out.hash = {digest.low64, digest.high64};
  return out;
}

}  // namespace kontor
