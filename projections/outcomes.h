// Which command ids have a final outcome: the last N decisions of the book that have an id, by id
// and principal. This is what makes a repeated command a repeat. Folds decisions; of events only
// BookOpened, which says N.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/limits.h"
#include "events/base/result.h"
#include "events/codec/decision.h"
#include "projections/envelope.h"
#include "projections/prefetch.h"
#include "projections/sink.h"

namespace kontor {

struct BookOpened;

struct KnownOutcome {
  Hash128 key;      // XXH3-128 of the id, seeded with the principal
  Hash128 content;  // as in the decision
  std::uint64_t first_sequence = 0;
};

// What identifies a command id; two ids that differ share one only by a collision of 128 bits.
Hash128 outcome_key(std::uint32_t principal, std::string_view id);

class Outcomes {
 public:
  static constexpr std::uint32_t kNumber = 13;

  void on(const Envelope& by, const BookOpened& event);

  const KnownOutcome* find(const Hash128& key) const;
  // Whether no outcome decided after that position is forgotten: an id that was first sent later
  // and is not found was never decided.
  bool remembers_since(Sequence since) const;
  std::uint64_t kept() const { return kept_; }
  void add(const Hash128& key, const Hash128& content, Sequence first_sequence);
  // Asks memory for what find(key) will read.
  void prefetch(const Hash128& key) const {
    if (!slots_.empty()) prefetch_line(&slots_[home_of(key) & (slots_.size() - 1)]);
  }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  // `home` says of nearly every other id that it is not the one looked for, without its outcome.
  // One word, so that many free ones are made at once.
  class Slot {
   public:
    Slot() = default;
    Slot(std::uint32_t home, std::uint32_t number) : word_(std::uint64_t{home} << 32 | number) {}
    // Where the search for it begins, modulo the number of slots.
    std::uint32_t home() const { return static_cast<std::uint32_t>(word_ >> 32); }
    // Index + 1 into ring_; 0: free.
    std::uint32_t number() const { return static_cast<std::uint32_t>(word_); }
    bool is_free() const { return number() == 0; }

   private:
    std::uint64_t word_ = 0;
  };
  static std::uint32_t home_of(const Hash128& key) { return static_cast<std::uint32_t>(key.low); }
  std::size_t free_slot(std::uint32_t home) const;  // the first from there on
  void insert(std::uint32_t index);
  void forget(std::uint32_t index);
  void grow();

  std::vector<KnownOutcome> ring_;  // grows to kept_, then turns
  std::uint64_t kept_ = limits::kOutcomesKept;
  std::uint64_t added_ = 0;  // in all; added_ % kept_ is the next place
  std::vector<Slot> slots_;  // open addressing, linear, at most half full
};

}  // namespace kontor
