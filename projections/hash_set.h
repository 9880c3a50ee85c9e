// A set of 29-bit hashes that only grows, in 13 to 16 bits each for a quarter of a million of them,
// fewer for more. The newest lie sorted; when they are many, they become a run, and runs are merged
// so that each is larger than the next. A run is an Elias-Fano list: of each hash the low bits as
// they are, and for the high ones the differences, in unary. The same hashes in the same order give
// the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "projections/prefetch.h"
#include "projections/sink.h"

namespace kontor {

class HashSet {
 public:
  static constexpr std::uint32_t kHashBits = 29;

  void add(std::uint32_t hash);
  bool contains(std::uint32_t hash) const;
  void prefetch(std::uint32_t hash,
                Prefetch step) const;  // what contains(hash) reads of large runs
  std::size_t memory() const;

  void save(Sink& out) const;
  void load(Source& in);

 private:
  // Ascending, each once.
  class Run {
   public:
    Run() = default;
    explicit Run(const std::vector<std::uint32_t>& hashes);
    std::uint64_t count() const { return count_; }
    bool contains(std::uint32_t hash) const;
    void prefetch(std::uint32_t hash, Prefetch step) const;
    std::vector<std::uint32_t> hashes() const;
    std::size_t memory() const;
    void save(Sink& out) const;
    void load(Source& in);

   private:
    std::uint32_t low_at(std::uint64_t index) const;
    bool is_one(std::uint64_t bit) const { return (high_[bit / 64] >> bit % 64 & 1) != 0; }
    std::uint64_t behind_zeros(std::uint64_t zeros) const;  // the bit behind so many
    void mark_zeros();

    std::uint64_t count_ = 0;
    std::uint64_t low_bits_ = 0;       // of each hash
    std::vector<std::uint64_t> low_;   // packed
    std::vector<std::uint64_t> high_;  // for each value of the high bits: a one a hash, then a zero
    std::vector<std::uint32_t> zeros_;  // the bit behind every 64th zero; not saved
  };

  std::vector<std::uint32_t> newest_;  // ascending
  std::vector<Run> runs_;              // each larger than the next
};

}  // namespace kontor
