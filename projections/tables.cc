#include "projections/tables.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace kontor {

std::uint64_t hash_bytes(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string_view NameTable::text_of(const Place& place) {
  std::uint64_t size = 0;
  std::memcpy(&size, place.text - kSizeBytes, kSizeBytes);
  return {place.text, size};
}

std::size_t NameTable::probe(std::string_view name, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.ordinal == kNoOrdinal) return i;
    if (slot.tag != tag) continue;
    if (text_of(starts_[slot.ordinal]) == name) return i;
  }
}

std::optional<std::uint32_t> NameTable::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[probe(name, hash_bytes(name))];
  if (slot.ordinal == kNoOrdinal) return std::nullopt;
  return slot.ordinal;
}

std::uint32_t NameTable::add(std::string_view name) {
  const std::uint32_t next = size();
  const std::uint32_t ordinal = find_or_add(name);
  KONTOR_ASSERT(ordinal == next);
  return ordinal;
}

std::uint32_t NameTable::find_or_add(std::string_view name) {
  if ((starts_.size() + 1) * 4 > slots_.size() * 3) grow();
  const std::uint64_t hash = hash_bytes(name);
  Slot& slot = slots_[probe(name, hash)];
  if (slot.ordinal == kNoOrdinal) {
    slot = {static_cast<std::uint32_t>(hash >> 32), size()};
    starts_.push_back({hash, keep(name)});
  }
  return slot.ordinal;
}

std::string_view NameTable::name(std::uint32_t ordinal) const {
  return text_of(starts_.at(ordinal));
}

void NameTable::prefetch(std::string_view name) const {
  if (!slots_.empty()) prefetch_line(&slots_[hash_bytes(name) & (slots_.size() - 1)]);
}

std::optional<std::uint32_t> NameTable::guess(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint64_t hash = hash_bytes(name);
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  while (slots_[i].ordinal != kNoOrdinal && slots_[i].tag != hash >> 32)
    i = (i + 1) & mask;
  if (slots_[i].ordinal == kNoOrdinal) return std::nullopt;
  return slots_[i].ordinal;
}

void NameTable::grow() {
  const std::size_t size = std::max<std::size_t>(16, slots_.size() * 2);
  slots_.assign(size, Slot{});
  for (std::uint32_t ordinal = 0; ordinal < starts_.size(); ++ordinal) {
    const std::uint64_t hash = starts_[ordinal].hash;
    std::size_t i = hash & (size - 1);
    while (slots_[i].ordinal != kNoOrdinal)
      i = (i + 1) & (size - 1);
    slots_[i] = {static_cast<std::uint32_t>(hash >> 32), ordinal};
  }
}

const char* NameTable::keep(std::string_view name) {
  const std::size_t bytes = kSizeBytes + name.size();
  KONTOR_ASSERT(bytes <= kChunkBytes);
  if (chunks_.empty() || kChunkBytes - chunks_.back().used < bytes) {
    chunks_.push_back({std::make_unique<char[]>(kChunkBytes), 0});  // NOLINT
  }
  Chunk& chunk = chunks_.back();
  char* const place = chunk.bytes.get() + chunk.used;
  const std::uint64_t size = name.size();
  std::memcpy(place, &size, kSizeBytes);
  std::copy(name.begin(), name.end(), place + kSizeBytes);
  chunk.used += bytes;
  return place + kSizeBytes;
}

void NameTable::save(Sink& out) const {
  out.pod(std::uint64_t{starts_.size()});
  for (const Chunk& chunk : chunks_)
    out.write(std::as_bytes(std::span(chunk.bytes.get(), chunk.used)));
}

void NameTable::load(Source& in) {
  *this = NameTable{};
  const std::uint64_t count = in.size_of_run(kSizeBytes);
  if (count >= kNoOrdinal) return in.fail();
  starts_.reserve(count);
  for (std::uint64_t left = count; left > 0 && in.ok(); --left) {
    const std::string_view name = in.text();
    if (name.size() > kChunkBytes - kSizeBytes) return in.fail();
    starts_.push_back({hash_bytes(name), keep(name)});
  }
  if (in.ok() && !fill_slots()) in.fail();
}

bool NameTable::fill_slots() {
  if (starts_.empty()) return true;
  std::size_t size = 16;
  while (starts_.size() * 4 > size * 3)
    size *= 2;
  slots_.assign(size, Slot{});
  // Every slot is somewhere else in memory: it is asked for well before it is needed.
  constexpr std::uint32_t kAhead = 16;
  for (std::uint32_t ordinal = 0; ordinal < starts_.size(); ++ordinal) {
    if (ordinal + kAhead < starts_.size()) {
      prefetch_line(&slots_[starts_[ordinal + kAhead].hash & (size - 1)]);
    }
    const std::uint64_t hash = starts_[ordinal].hash;
    Slot& slot = slots_[probe(text_of(starts_[ordinal]), hash)];
    if (slot.ordinal != kNoOrdinal) return false;
    slot = {static_cast<std::uint32_t>(hash >> 32), ordinal};
  }
  return true;
}

void KeyTable::set(std::uint64_t key, std::uint32_t value) {
  KONTOR_ASSERT(key != 0);
  if ((count_ + 1) * 4 > slots_.size() * 3) grow();
  for (std::size_t i = hash_key(key) & mask();; i = (i + 1) & mask()) {
    if (slots_[i].key == key) {
      slots_[i].value = value;
      return;
    }
    if (slots_[i].key == 0) {
      slots_[i] = {key, value, 0};
      ++count_;
      return;
    }
  }
}

void KeyTable::erase(std::uint64_t key) {
  KONTOR_ASSERT(!slots_.empty());
  std::size_t hole = hash_key(key) & mask();
  while (slots_[hole].key != key) {
    KONTOR_ASSERT(slots_[hole].key != 0);
    hole = (hole + 1) & mask();
  }
  // Close the gap: move back every later entry of the run that may stand there.
  for (std::size_t i = (hole + 1) & mask(); slots_[i].key != 0; i = (i + 1) & mask()) {
    const std::size_t home = hash_key(slots_[i].key) & mask();
    if (((i - home) & mask()) < ((i - hole) & mask())) continue;
    slots_[hole] = slots_[i];
    hole = i;
  }
  slots_[hole] = Slot{};
  --count_;
}

void KeyTable::grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(std::max<std::size_t>(16, old.size() * 2), Slot{});
  for (const Slot& slot : old) {
    if (slot.key == 0) continue;
    std::size_t i = hash_key(slot.key) & mask();
    while (slots_[i].key != 0)
      i = (i + 1) & mask();
    slots_[i] = slot;
  }
}

void KeyTable::save(Sink& out) const {
  out.pod(std::uint64_t{count_});
  out.pods(slots_);
}

void KeyTable::load(Source& in) {
  std::uint64_t count = 0;
  in.pod(count);
  in.pods(slots_);
  count_ = count;
  const auto used =
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.key != 0; });
  in.expect(slots_.empty() || std::has_single_bit(slots_.size()));
  // A table without a free slot would be searched for ever.
  in.expect(count_ == static_cast<std::size_t>(used) && count_ * 4 <= slots_.size() * 3);
  // One whose keys are not where they are looked for would lose them.
  for (std::size_t i = 0; i < slots_.size() && in.ok(); ++i)
    in.expect(slots_[i].key == 0 || is_found_at(i));
  if (!in.ok()) *this = KeyTable{};
}

bool KeyTable::is_found_at(std::size_t index) const {
  const std::uint64_t key = slots_[index].key;
  std::size_t at = hash_key(key) & mask();
  while (slots_[at].key != 0 && slots_[at].key != key)
    at = (at + 1) & mask();
  return at == index;
}

}  // namespace kontor
