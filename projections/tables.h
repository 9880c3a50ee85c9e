// Two dense open-addressing tables: names to ordinals, and 64-bit keys to 32-bit values. Linear
// probing, at most 3/4 full, no tombstones. Same operations in the same order give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "events/base/assert.h"
#include "events/base/ids.h"
#include "projections/prefetch.h"
#include "projections/sink.h"

namespace kontor {

std::uint64_t hash_bytes(std::string_view bytes);
constexpr std::uint64_t hash_key(std::uint64_t key) {  // splitmix64's finisher
  key ^= key >> 30;
  key *= 0xBF58476D1CE4E5B9ULL;
  key ^= key >> 27;
  key *= 0x94D049BB133111EBULL;
  return key ^ (key >> 31);
}

// Names in the order they were first seen; never forgotten. Views stay valid for the table's life.
class NameTable {
 public:
  std::optional<std::uint32_t> find(std::string_view name) const;
  std::uint32_t add(std::string_view name);  // asserts that it is new
  std::uint32_t find_or_add(std::string_view name);
  std::string_view name(std::uint32_t ordinal) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(starts_.size()); }

  // What find(name) will read, asked of memory in two steps with other work in between: its slot,
  // then what that leads to. guess: by 32 bits of the hash only.
  void prefetch(std::string_view name) const;
  std::optional<std::uint32_t> guess(std::string_view name) const;
  void prefetch_text(std::uint32_t ordinal) const { prefetch_line(starts_[ordinal].text); }
  void prefetch_place(std::uint32_t ordinal) const { prefetch_line(&starts_[ordinal]); }

  void save(Sink& out) const;
  void load(Source& in);

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t ordinal = kNoOrdinal;
  };
  struct Place {
    std::uint64_t hash = 0;
    const char* text = nullptr;  // its size, a u64, stands before it
  };
  // Names as they are saved: size and text, back to back.
  struct Chunk {
    std::unique_ptr<char[]> bytes;  // NOLINT(modernize-avoid-c-arrays)
    std::size_t used = 0;
  };
  static constexpr std::size_t kChunkBytes = 64U << 10;
  static constexpr std::size_t kSizeBytes = sizeof(std::uint64_t);

  static std::string_view text_of(const Place& place);
  std::size_t probe(std::string_view name, std::uint64_t hash) const;  // its slot, or a free one
  void grow();
  const char* keep(std::string_view name);
  bool fill_slots();  // from the places; false: a name is there twice

  std::vector<Slot> slots_;
  std::vector<Place> starts_;
  std::vector<Chunk> chunks_;
};

// Key 0 is not a key, and never found.
class KeyTable {
 public:
  std::optional<std::uint32_t> find(std::uint64_t key) const {
    if (key == 0 || slots_.empty()) return std::nullopt;
    for (std::size_t i = hash_key(key) & mask();; i = (i + 1) & mask()) {
      if (slots_[i].key == key) return slots_[i].value;
      if (slots_[i].key == 0) return std::nullopt;
    }
  }
  void set(std::uint64_t key, std::uint32_t value);
  void erase(std::uint64_t key);
  std::size_t size() const { return count_; }
  void prefetch(std::uint64_t key) const {
    if (!slots_.empty()) prefetch_line(&slots_[hash_key(key) & mask()]);
  }

  template <class Visit>
  void for_each(Visit visit) const {  // visit(key, value)
    for (const Slot& slot : slots_) {
      if (slot.key != 0) visit(slot.key, slot.value);
    }
  }

  void save(Sink& out) const;
  void load(Source& in);

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t value = 0;
    std::uint32_t spare = 0;
  };
  std::size_t mask() const { return slots_.size() - 1; }
  bool is_found_at(std::size_t index) const;  // the search for its key ends there
  void grow();

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace kontor
