// Which documents have left memory: for each 32 bits of its name's hash and the position of its
// birth, where the log has it. About 11 bytes of memory each. Linear probing in the order of the
// hash, at most 7/8 full; the same operations in the same order give the same bytes.
//
// A name that is not here never left. One that seems to be here may be another name with the same
// 32 bits: whoever asks compares it with the one in the log (engine/gather.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "projections/sink.h"

namespace kontor {

class SettledDocuments {
 public:
  struct Entry {
    std::uint64_t birth = 0;
    bool reopened = false;  // it had been in memory again since it was settled first
  };
  // Births are below 2^39.
  void add(std::string_view name, Entry entry);
  void erase(std::string_view name, std::uint64_t birth);  // of one that is there

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::vector<Entry> find(std::string_view name) const;  // mostly none or one
  template <class Visit>
  void for_each(Visit visit) const {  // visit(entry)
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
      if (is_used(i)) visit(entry_at(i));
    }
  }
  std::size_t memory() const { return hashes_.size() * (sizeof(std::uint32_t) * 2 + 1); }

  void save(Sink& out) const;
  void load(Source& in);

 private:
  static constexpr std::uint8_t kReopened = 0x80;  // of `high_`

  bool is_used(std::size_t i) const { return low_[i] != 0 || high_[i] != 0; }
  Entry entry_at(std::size_t i) const;
  std::size_t home(std::uint32_t hash) const { return std::uint64_t{hash} * hashes_.size() >> 32; }
  std::size_t after(std::size_t i) const { return i + 1 == hashes_.size() ? 0 : i + 1; }
  // How far a place lies behind another one, around the end.
  std::size_t distance(std::size_t from, std::size_t to) const {
    return to >= from ? to - from : to + hashes_.size() - from;
  }
  void insert(std::uint32_t hash, std::uint32_t low, std::uint8_t high);
  void move(std::size_t from, std::size_t to);
  void grow();
  bool is_sound() const;

  std::vector<std::uint32_t> hashes_;
  std::vector<std::uint32_t> low_;  // of the birth
  std::vector<std::uint8_t> high_;  // of the birth, and kReopened; both 0: a free place
  std::uint64_t count_ = 0;
};

}  // namespace kontor
