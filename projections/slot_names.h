// Names of things that come and go: each has a place, and the place of one that went is taken by a
// later one. The same operations in the same order give the same places.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "projections/prefetch.h"
#include "projections/sink.h"

namespace kontor {

class SlotNames {
 public:
  std::optional<std::uint32_t> find(std::string_view name) const;
  std::uint32_t add(std::string_view name);  // asserts that it is new, and not empty
  void erase(std::uint32_t place);           // of one that is there
  // Valid until that name is erased.
  std::string_view name(std::uint32_t place) const { return names_[place]; }

  std::size_t size() const { return names_.size() - free_.size(); }
  std::size_t places() const { return names_.size(); }  // with those that are free
  // What find(name) will read, asked of memory in two steps with other work in between: its slot,
  // then its text. guess: by 32 bits of the hash only.
  void prefetch(std::string_view name) const;
  std::optional<std::uint32_t> guess(std::string_view name) const;
  void prefetch_text(std::uint32_t place) const { prefetch_line(&names_[place]); }

  void save(Sink& out) const;
  void load(Source& in);

 private:
  struct Slot {
    std::uint32_t tag = 0;  // of the name's hash; where the search for it begins, modulo the slots
    std::uint32_t place = kNoOrdinal;
  };
  std::size_t probe(std::string_view name, std::uint64_t hash) const;  // its slot, or a free one
  void insert(std::uint32_t place);
  void grow();

  std::vector<Slot> slots_;  // open addressing, linear, at most 3/4 full
  std::deque<std::string> names_;
  std::vector<std::uint32_t> free_;  // the last one is taken first
};

}  // namespace kontor
