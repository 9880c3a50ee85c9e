#include "api/cli/latency.h"

#include <algorithm>
#include <bit>

namespace kontor::cli {
namespace {

constexpr double kNanosecondsPerMs = 1e6;

}  // namespace

std::size_t LatencyHistogram::bucket_of(std::uint64_t value) {
  if (value < kColumns) return value;
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - kColumnBits;
  const std::uint64_t column = (value >> shift) - kColumns;
  return (static_cast<std::size_t>(shift) + 1) * kColumns + column;
}

std::uint64_t LatencyHistogram::upper_bound(std::size_t bucket) {
  const std::size_t row = bucket / kColumns;
  const std::uint64_t column = bucket % kColumns;
  if (row == 0) return column;
  return ((kColumns + column + 1) << (row - 1)) - 1;
}

void LatencyHistogram::add(std::chrono::nanoseconds duration) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  ++buckets_[bucket_of(value)];
  ++count_;
  max_ = std::max(max_, value);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

double LatencyHistogram::percentile_ms(double percent) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(static_cast<double>(count_) * percent / 100);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > wanted) {
      return static_cast<double>(std::min(upper_bound(i), max_)) / kNanosecondsPerMs;
    }
  }
  return max_ms();
}

double LatencyHistogram::max_ms() const {
  return static_cast<double>(max_) / kNanosecondsPerMs;
}

}  // namespace kontor::cli
