#include "projections/hash_set.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>

#include "events/base/assert.h"

namespace kontor {
namespace {

constexpr std::size_t kNewestMax = 1024;
constexpr std::size_t kTimesLarger = 3;  // than the next run: fewer of them to look through
constexpr std::uint64_t kZerosApart = 64;
constexpr std::uint64_t kNotInCache = 1U << 14;  // hashes: smaller runs are there anyhow
constexpr std::uint64_t kHashes = std::uint64_t{1} << HashSet::kHashBits;

std::uint64_t words_for(std::uint64_t bits) {
  return (bits + 63) / 64;
}

// So many that there are one to two values of the high bits for each hash.
std::uint64_t low_bits_for(std::uint64_t count) {
  return std::bit_width(kHashes / count) - 1;
}

}  // namespace

// ---- a run --------------------------------------------------------------------------------------

HashSet::Run::Run(const std::vector<std::uint32_t>& hashes)
    : count_(hashes.size()),
      low_bits_(low_bits_for(count_)),
      low_(words_for(count_ * low_bits_) + 1),  // so that reading two words is in bounds
      high_(words_for(count_ + (kHashes >> low_bits_))) {
  const std::uint64_t mask = (std::uint64_t{1} << low_bits_) - 1;
  for (std::uint64_t i = 0; i < count_; ++i) {
    const std::uint64_t at = i * low_bits_;
    const std::uint64_t low = hashes[i] & mask;
    low_[at / 64] |= low << at % 64;
    if (at % 64 != 0) low_[at / 64 + 1] |= low >> (64 - at % 64);
    const std::uint64_t bit = (hashes[i] >> low_bits_) + i;
    high_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  mark_zeros();
}

std::uint32_t HashSet::Run::low_at(std::uint64_t index) const {
  const std::uint64_t at = index * low_bits_;
  const std::uint64_t mask = (std::uint64_t{1} << low_bits_) - 1;
  std::uint64_t bits = low_[at / 64] >> at % 64;
  if (at % 64 != 0) bits |= low_[at / 64 + 1] << (64 - at % 64);
  return static_cast<std::uint32_t>(bits & mask);
}

void HashSet::Run::mark_zeros() {
  zeros_.assign(1, 0);
  std::uint64_t seen = 0;
  const std::uint64_t bits = count_ + (kHashes >> low_bits_);
  for (std::uint64_t word = 0; word < high_.size(); ++word) {
    std::uint64_t there = ~high_[word];  // zeros as ones
    if (word == bits / 64) there &= (std::uint64_t{1} << bits % 64) - 1;
    const auto count = static_cast<std::uint64_t>(std::popcount(there));
    const std::uint64_t left = kZerosApart - seen % kZerosApart;  // at most one more mark a word
    seen += count;
    if (count < left) continue;
    for (std::uint64_t i = 1; i < left; ++i)
      there &= there - 1;
    const std::uint64_t bit = word * 64 + static_cast<std::uint64_t>(std::countr_zero(there));
    zeros_.push_back(static_cast<std::uint32_t>(bit + 1));
  }
}

std::uint64_t HashSet::Run::behind_zeros(std::uint64_t zeros) const {
  std::uint64_t bit = zeros_[zeros / kZerosApart];
  std::uint64_t left = zeros % kZerosApart;
  if (left == 0) return bit;
  std::uint64_t word = bit / 64;
  std::uint64_t there = ~high_[word] >> bit % 64 << bit % 64;  // zeros as ones, from the bit on
  while (static_cast<std::uint64_t>(std::popcount(there)) < left) {
    left -= static_cast<std::uint64_t>(std::popcount(there));
    there = ~high_[++word];
  }
  for (; left > 1; --left)
    there &= there - 1;
  return word * 64 + static_cast<std::uint64_t>(std::countr_zero(there)) + 1;
}

bool HashSet::Run::contains(std::uint32_t hash) const {
  const std::uint64_t high = hash >> low_bits_;
  const auto low = static_cast<std::uint32_t>(hash & ((std::uint64_t{1} << low_bits_) - 1));
  for (std::uint64_t bit = behind_zeros(high); is_one(bit); ++bit) {
    const std::uint32_t found = low_at(bit - high);
    if (found >= low) return found == low;
  }
  return false;
}

void HashSet::Run::prefetch(std::uint32_t hash, Prefetch step) const {
  const std::uint64_t high = hash >> low_bits_;
  const std::uint32_t* const mark = &zeros_[high / kZerosApart];
  if (step == Prefetch::kSlot) return prefetch_line(mark);
  // About where the bit is: a hash and a zero follow one another.
  const std::uint64_t bit = *mark + 2 * (high % kZerosApart);
  if (step == Prefetch::kRecord) return prefetch_line(&high_[std::min(bit / 64, high_.size() - 1)]);
  const std::uint64_t index = std::min(behind_zeros(high) - high, count_);
  prefetch_line(&low_[index * low_bits_ / 64]);
}

std::vector<std::uint32_t> HashSet::Run::hashes() const {
  std::vector<std::uint32_t> out;
  out.reserve(count_);
  std::uint64_t high = 0;
  for (std::uint64_t bit = 0; out.size() < count_; ++bit) {
    if (is_one(bit)) {
      out.push_back(static_cast<std::uint32_t>(high << low_bits_) | low_at(out.size()));
    } else {
      ++high;
    }
  }
  return out;
}

std::size_t HashSet::Run::memory() const {
  return (low_.size() + high_.size()) * sizeof(std::uint64_t) +
         zeros_.size() * sizeof(std::uint32_t);
}

void HashSet::Run::save(Sink& out) const {
  out.pod(count_);
  out.pods(low_);
  out.pods(high_);
}

void HashSet::Run::load(Source& in) {
  in.pod(count_);
  in.pods(low_);
  in.pods(high_);
  in.expect(count_ > 0 && count_ <= kHashes);
  if (!in.ok()) return;
  low_bits_ = low_bits_for(count_);
  const std::uint64_t bits = count_ + (kHashes >> low_bits_);
  in.expect(low_.size() == words_for(count_ * low_bits_) + 1 && high_.size() == words_for(bits));
  if (!in.ok()) return;
  std::uint64_t ones = 0;
  for (const std::uint64_t word : high_)
    ones += static_cast<std::uint64_t>(std::popcount(word));
  // The last bit is a zero, and so a search for any hash ends.
  const bool ends = !is_one(bits - 1) && (bits % 64 == 0 || high_.back() >> bits % 64 == 0);
  in.expect(ones == count_ && ends);
  if (!in.ok()) return;
  mark_zeros();
  const std::vector<std::uint32_t> all = hashes();
  in.expect(std::adjacent_find(all.begin(), all.end(), std::greater_equal<>()) == all.end());
}

// ---- the set ------------------------------------------------------------------------------------

void HashSet::add(std::uint32_t hash) {
  KONTOR_ASSERT(hash < kHashes);
  const auto place = std::lower_bound(newest_.begin(), newest_.end(), hash);
  if (place != newest_.end() && *place == hash) return;
  newest_.insert(place, hash);
  if (newest_.size() < kNewestMax) return;
  std::vector<std::uint32_t> merged = std::move(newest_);
  newest_.clear();
  while (!runs_.empty() && runs_.back().count() <= kTimesLarger * merged.size()) {
    const std::vector<std::uint32_t> older = runs_.back().hashes();
    runs_.pop_back();
    std::vector<std::uint32_t> both;
    both.reserve(merged.size() + older.size());
    std::set_union(older.begin(), older.end(), merged.begin(), merged.end(),
                   std::back_inserter(both));
    merged = std::move(both);
  }
  runs_.emplace_back(merged);
}

bool HashSet::contains(std::uint32_t hash) const {
  return std::binary_search(newest_.begin(), newest_.end(), hash) ||
         std::any_of(runs_.begin(), runs_.end(),
                     [&](const Run& run) { return run.contains(hash); });
}

void HashSet::prefetch(std::uint32_t hash, Prefetch step) const {
  for (const Run& run : runs_) {
    if (run.count() < kNotInCache) break;
    run.prefetch(hash, step);
  }
}

std::size_t HashSet::memory() const {
  std::size_t bytes = newest_.capacity() * sizeof(std::uint32_t);
  for (const Run& run : runs_)
    bytes += sizeof run + run.memory();
  return bytes;
}

void HashSet::save(Sink& out) const {
  out.pods(newest_);
  out.pod(std::uint64_t{runs_.size()});
  for (const Run& run : runs_)
    run.save(out);
}

void HashSet::load(Source& in) {
  *this = HashSet{};
  in.pods(newest_);
  for (std::uint64_t left = in.size_of_run(24); left > 0 && in.ok(); --left)
    runs_.emplace_back().load(in);
  bool sound = newest_.size() < kNewestMax && std::is_sorted(newest_.begin(), newest_.end()) &&
               (newest_.empty() || newest_.back() < kHashes);
  for (std::size_t i = 1; i < runs_.size(); ++i)
    sound = sound && runs_[i - 1].count() > kTimesLarger * runs_[i].count();
  in.expect(sound);
  if (!in.ok()) *this = HashSet{};
}

}  // namespace kontor
