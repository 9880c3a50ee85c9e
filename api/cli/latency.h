// LatencyHistogram: counts of durations with a relative error below 2 %, in constant memory. A
// value.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace kontor::cli {

class LatencyHistogram {
 public:
  void add(std::chrono::nanoseconds duration);
  void merge(const LatencyHistogram& other);
  std::uint64_t count() const { return count_; }
  double percentile_ms(double percent) const;  // 0 when empty; an upper bound
  double max_ms() const;

 private:
  // Values share their highest bit (row) and the six bits after it (column).
  static constexpr int kColumnBits = 6;
  static constexpr std::size_t kColumns = std::size_t{1} << kColumnBits;
  static constexpr std::size_t kRows = 64 - kColumnBits + 1;

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t upper_bound(std::size_t bucket);

  std::array<std::uint64_t, kRows * kColumns> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace kontor::cli
