#include "projections/slot_names.h"

#include <algorithm>

#include "events/base/assert.h"
#include "projections/tables.h"

namespace kontor {
namespace {

std::uint32_t tag_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace

std::size_t SlotNames::probe(std::string_view name, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = tag_of(hash) & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.place == kNoOrdinal) return i;
    if (slot.tag == tag_of(hash) && names_[slot.place] == name) return i;
  }
}

std::optional<std::uint32_t> SlotNames::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[probe(name, hash_bytes(name))];
  if (slot.place == kNoOrdinal) return std::nullopt;
  return slot.place;
}

std::uint32_t SlotNames::add(std::string_view name) {
  KONTOR_ASSERT(!name.empty());
  if ((size() + 1) * 4 > slots_.size() * 3) grow();
  const std::uint64_t hash = hash_bytes(name);
  Slot& slot = slots_[probe(name, hash)];
  KONTOR_ASSERT(slot.place == kNoOrdinal);
  std::uint32_t place = 0;
  if (free_.empty()) {
    place = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
  } else {
    place = free_.back();
    free_.pop_back();
    names_[place] = name;
  }
  slot = {tag_of(hash), place};
  return place;
}

void SlotNames::insert(std::uint32_t place) {
  const std::uint64_t hash = hash_bytes(names_[place]);
  Slot& slot = slots_[probe(names_[place], hash)];
  KONTOR_ASSERT(slot.place == kNoOrdinal);
  slot = {tag_of(hash), place};
}

void SlotNames::erase(std::uint32_t place) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = probe(names_[place], hash_bytes(names_[place]));
  KONTOR_ASSERT(slots_[hole].place == place);
  // Close the gap: move back every later entry of the run that may stand there.
  for (std::size_t i = (hole + 1) & mask; slots_[i].place != kNoOrdinal; i = (i + 1) & mask) {
    if (((i - slots_[i].tag) & mask) < ((i - hole) & mask)) continue;
    slots_[hole] = slots_[i];
    hole = i;
  }
  slots_[hole] = Slot{};
  names_[place] = std::string{};  // gives a long one's memory back
  free_.push_back(place);
}

void SlotNames::prefetch(std::string_view name) const {
  if (!slots_.empty()) prefetch_line(&slots_[tag_of(hash_bytes(name)) & (slots_.size() - 1)]);
}

std::optional<std::uint32_t> SlotNames::guess(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint64_t hash = hash_bytes(name);
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = tag_of(hash) & mask;
  while (slots_[i].place != kNoOrdinal && slots_[i].tag != tag_of(hash))
    i = (i + 1) & mask;
  if (slots_[i].place == kNoOrdinal) return std::nullopt;
  return slots_[i].place;
}

// A slot knows where the search for its name begins: no name is looked at.
void SlotNames::grow() {
  const std::vector<Slot> old = std::move(slots_);
  slots_.assign(std::max<std::size_t>(16, old.size() * 2), Slot{});
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.place == kNoOrdinal) continue;
    std::size_t i = slot.tag & mask;
    while (slots_[i].place != kNoOrdinal)
      i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

void SlotNames::save(Sink& out) const {
  out.pod(std::uint64_t{names_.size()});
  for (const std::string& name : names_)
    out.text(name);
  out.pods(free_);
}

void SlotNames::load(Source& in) {
  *this = SlotNames{};
  const std::uint64_t count = in.size_of_run(sizeof(std::uint64_t));
  if (count >= kNoOrdinal) return in.fail();
  for (std::uint64_t left = count; left > 0 && in.ok(); --left)
    in.text(names_.emplace_back());
  in.pods(free_);
  if (!in.ok()) return;
  std::vector<bool> is_free(names_.size());
  for (const std::uint32_t place : free_) {
    if (place >= names_.size() || is_free[place] || !names_[place].empty()) return in.fail();
    is_free[place] = true;
  }
  std::size_t size = 16;
  while ((names_.size() + 1) * 4 > size * 3)
    size *= 2;
  slots_.assign(size, Slot{});
  for (std::uint32_t place = 0; place < names_.size(); ++place) {
    if (is_free[place]) continue;
    if (names_[place].empty() || find(names_[place])) return in.fail();
    insert(place);
  }
}

}  // namespace kontor
