#include "projections/outcomes.h"

#include <algorithm>
#include <bit>

#include "book_generated.h"

#include "events/base/assert.h"
#include "projections/fold.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace kontor {
namespace {

constexpr std::size_t kSlotsLeast = 64;
constexpr std::uint64_t kLeavingAhead = 8;  // below what a book keeps at least

}  // namespace

Hash128 outcome_key(std::uint32_t principal, std::string_view id) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(id.data(), id.size(), principal);
  return {hash.low64, hash.high64};
}

void Outcomes::on(const Envelope& /*by*/, const BookOpened& event) {
  KONTOR_ASSERT(added_ <= 1);  // the book's first event: before it is the command that opens it
  if (event.outcomes_kept() != 0) kept_ = event.outcomes_kept();
}

bool Outcomes::remembers_since(Sequence since) const {
  if (added_ <= kept_) return true;
  const KnownOutcome& oldest = ring_[added_ % kept_];
  return since.value() >= oldest.first_sequence - 1;
}

const KnownOutcome* Outcomes::find(const Hash128& key) const {
  if (slots_.empty()) return nullptr;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = home_of(key) & mask; !slots_[i].is_free(); i = (i + 1) & mask) {
    if (slots_[i].home() != home_of(key)) continue;
    const KnownOutcome& known = ring_[slots_[i].number() - 1];
    if (known.key == key) return &known;
  }
  return nullptr;
}

void Outcomes::add(const Hash128& key, const Hash128& content, Sequence first_sequence) {
  const auto place = static_cast<std::uint32_t>(added_ % kept_);
  if (added_ < kept_) {
    if ((ring_.size() + 1) * 2 > slots_.size()) grow();
    ring_.push_back({key, content, first_sequence.value()});
  } else {
    // Those that leave some time from now lie anywhere.
    const KnownOutcome& leaving = ring_[(added_ + kLeavingAhead) % kept_];
    prefetch_line(&slots_[home_of(leaving.key) & (slots_.size() - 1)]);
    forget(place);
    ring_[place] = {key, content, first_sequence.value()};
  }
  insert(place);
  ++added_;
}

void Outcomes::insert(std::uint32_t index) {
  const std::uint32_t home = home_of(ring_[index].key);
  slots_[free_slot(home)] = Slot(home, index + 1);
}

std::size_t Outcomes::free_slot(std::uint32_t home) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = home & mask;
  while (!slots_[i].is_free())
    i = (i + 1) & mask;
  return i;
}

void Outcomes::forget(std::uint32_t index) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = home_of(ring_[index].key) & mask;
  while (slots_[hole].number() != index + 1)
    hole = (hole + 1) & mask;
  for (std::size_t i = (hole + 1) & mask; !slots_[i].is_free(); i = (i + 1) & mask) {
    if (((i - slots_[i].home()) & mask) < ((i - hole) & mask)) continue;
    slots_[hole] = slots_[i];
    hole = i;
  }
  slots_[hole] = Slot{};
}

// A slot knows where the search for its id begins: no outcome is looked at. How many will be kept
// is known: the table grows in few steps, and not beyond what they need.
void Outcomes::grow() {
  const std::vector<Slot> old = std::move(slots_);
  const std::size_t most = std::max(kSlotsLeast, std::bit_ceil(kept_ * 2));
  slots_ = std::vector<Slot>(std::clamp(old.size() * 4, kSlotsLeast, most));
  for (const Slot& slot : old) {
    if (!slot.is_free()) slots_[free_slot(slot.home())] = slot;
  }
  ring_.reserve(std::min<std::size_t>(slots_.size() / 2, kept_));
}

void Outcomes::save(Sink& out) const {
  out.pod(kept_);
  out.pod(added_);
  out.pods(ring_);
}

void Outcomes::load(Source& in) {
  in.pod(kept_);
  in.pod(added_);
  in.pods(ring_);
  if (kept_ < limits::kOutcomesKeptMin || kept_ > limits::kOutcomesKeptMax) return in.fail();
  if (ring_.size() != std::min<std::uint64_t>(added_, kept_)) return in.fail();
  std::size_t size = kSlotsLeast;
  while (size < ring_.size() * 2)
    size *= 2;
  slots_ = std::vector<Slot>(size);
  for (std::uint32_t index = 0; index < ring_.size(); ++index)
    insert(index);
}

Status Outcomes::check_invariants() const {
  if (ring_.size() != std::min<std::uint64_t>(added_, kept_)) {
    return broken("the number of kept outcomes");
  }
  return {};
}

}  // namespace kontor
