// What a `load` checks of the places that records name, so that nothing in saved bytes leads
// outside of what was loaded, or in a circle.
#pragma once

#include <cstdint>
#include <vector>

#include "events/base/ids.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

inline bool is_run(std::uint32_t first, std::uint32_t count, std::size_t size) {
  return std::uint64_t{first} + count <= size;
}

template <class Id>
bool is_one_of(Id id, std::uint32_t count) {
  return id.value() < count;
}
template <class Id>
bool is_one_of_or_none(Id id, std::uint32_t count) {
  return !is_set(id) || id.value() < count;
}
inline bool is_place_or_none(std::uint32_t index, std::size_t size) {
  return index == kNoOrdinal || index < size;
}

// Whether the index leads from each record's birth to it, and nowhere else.
template <class Record>
bool is_index_of(const KeyTable& index, const std::vector<Record>& records) {
  bool sound = index.size() == records.size();
  index.for_each([&](std::uint64_t key, std::uint32_t value) {
    sound = sound && value < records.size() && records[value].ref == key;
  });
  return sound;
}

// Whether the lists that begin at `heads` (by owner) and the one of free places hold each record
// once. A record without an owner is a free place.
template <class Record>
struct Lists {
  const std::vector<Record>& records;
  std::uint64_t Record::*owner;
  std::uint32_t Record::*next;

  bool are_sound(const KeyTable& heads, std::uint32_t free) const {
    std::size_t seen = 0;
    bool sound = walk(free, 0, seen);
    heads.for_each([&](std::uint64_t key, std::uint32_t head) {
      const std::size_t before = seen;
      sound = sound && walk(head, key, seen) && seen > before;
    });
    return sound && seen == records.size();
  }

 private:
  bool walk(std::uint32_t at, std::uint64_t of, std::size_t& seen) const {
    while (at != kNoOrdinal) {
      if (at >= records.size() || records[at].*owner != of || seen == records.size()) return false;
      ++seen;
      at = records[at].*next;
    }
    return true;
  }
};

}  // namespace kontor
