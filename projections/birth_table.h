// Names to the positions of births, without the names: 32 bits of a name's hash and the birth,
// about 11 bytes each. Linear probing in the order of the hash, at most 7/8 full; the same
// operations in the same order give the same bytes.
//
// A name that is not here is none of them. One that seems to be here may be another name with the
// same 32 bits: whoever asks compares it with the one in the log (engine/gather.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "projections/sink.h"

namespace kontor {

class BirthTable {
 public:
  void add(std::string_view name, std::uint64_t birth);  // below 2^40

  std::size_t size() const { return count_; }
  std::vector<std::uint64_t> find(std::string_view name) const;  // births; mostly none or one
  std::size_t memory() const { return hashes_.size() * (sizeof(std::uint32_t) * 2 + 1); }

  void save(Sink& out) const;
  void load(Source& in);

 private:
  bool is_used(std::size_t i) const { return low_[i] != 0 || high_[i] != 0; }
  std::uint64_t birth_at(std::size_t i) const { return std::uint64_t{high_[i]} << 32 | low_[i]; }
  std::size_t home(std::uint32_t hash) const { return std::uint64_t{hash} * hashes_.size() >> 32; }
  std::size_t after(std::size_t i) const { return i + 1 == hashes_.size() ? 0 : i + 1; }
  void insert(std::uint32_t hash, std::uint32_t low, std::uint8_t high);
  void grow();
  bool is_sound() const;

  std::vector<std::uint32_t> hashes_;
  std::vector<std::uint32_t> low_;  // of the birth
  std::vector<std::uint8_t> high_;  // of the birth; both 0: a free place
  std::uint64_t count_ = 0;
};

}  // namespace kontor
