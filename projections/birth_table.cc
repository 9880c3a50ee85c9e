#include "projections/birth_table.h"

#include <algorithm>

#include "events/base/assert.h"
#include "projections/tables.h"

namespace kontor {
namespace {

constexpr std::uint64_t kBirthMax = (std::uint64_t{1} << 40) - 1;

std::uint32_t hash_of(std::string_view name) {
  return static_cast<std::uint32_t>(hash_bytes(name) >> 32);
}

}  // namespace

void BirthTable::add(std::string_view name, std::uint64_t birth) {
  KONTOR_ASSERT(birth != 0 && birth <= kBirthMax);
  if ((count_ + 1) * 8 > hashes_.size() * 7) grow();
  insert(hash_of(name), static_cast<std::uint32_t>(birth), static_cast<std::uint8_t>(birth >> 32));
  ++count_;
}

void BirthTable::insert(std::uint32_t hash, std::uint32_t low, std::uint8_t high) {
  std::size_t i = home(hash);
  while (is_used(i))
    i = after(i);
  hashes_[i] = hash;
  low_[i] = low;
  high_[i] = high;
}

// By a quarter: a table that doubles is half empty on the average of its life.
void BirthTable::grow() {
  const std::vector<std::uint32_t> hashes = std::move(hashes_);
  const std::vector<std::uint32_t> low = std::move(low_);
  const std::vector<std::uint8_t> high = std::move(high_);
  const std::size_t size = std::max<std::size_t>(16, hashes.size() + hashes.size() / 4);
  hashes_.assign(size, 0);
  low_.assign(size, 0);
  high_.assign(size, 0);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (low[i] != 0 || high[i] != 0) insert(hashes[i], low[i], high[i]);
  }
}

std::vector<std::uint64_t> BirthTable::find(std::string_view name) const {
  std::vector<std::uint64_t> out;
  if (count_ == 0) return out;
  const std::uint32_t hash = hash_of(name);
  for (std::size_t i = home(hash); is_used(i); i = after(i)) {
    if (hashes_[i] == hash) out.push_back(birth_at(i));
  }
  return out;
}

void BirthTable::save(Sink& out) const {
  out.pod(count_);
  out.pods(hashes_);
  out.pods(low_);
  out.pods(high_);
}

void BirthTable::load(Source& in) {
  in.pod(count_);
  in.pods(hashes_);
  in.pods(low_);
  in.pods(high_);
  in.expect(is_sound());
  if (!in.ok()) *this = BirthTable{};
}

bool BirthTable::is_sound() const {
  if (low_.size() != hashes_.size() || high_.size() != hashes_.size()) return false;
  std::uint64_t used = 0;
  for (std::size_t i = 0; i < hashes_.size(); ++i)
    used += is_used(i) ? 1U : 0U;
  // A table without a free place would be searched for ever.
  if (used != count_ || count_ * 8 > hashes_.size() * 7) return false;
  // One whose entries are not where they are looked for would lose them: from a free place on, each
  // lies behind its home, and all between the two are used.
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    if (!is_used(i)) continue;
    for (std::size_t at = home(hashes_[i]); at != i; at = after(at)) {
      if (!is_used(at)) return false;
    }
  }
  return true;
}

}  // namespace kontor
