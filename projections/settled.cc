#include "projections/settled.h"

#include <algorithm>

#include "events/base/assert.h"
#include "projections/tables.h"

namespace kontor {
namespace {

constexpr std::uint64_t kBirthMax = (std::uint64_t{1} << 39) - 1;

std::uint32_t hash_of(std::string_view name) {
  return static_cast<std::uint32_t>(hash_bytes(name) >> 32);
}

}  // namespace

SettledDocuments::Entry SettledDocuments::entry_at(std::size_t i) const {
  const auto high = static_cast<std::uint8_t>(high_[i] & ~kReopened);
  return {std::uint64_t{high} << 32 | low_[i], (high_[i] & kReopened) != 0};
}

void SettledDocuments::add(std::string_view name, Entry entry) {
  KONTOR_ASSERT(entry.birth != 0 && entry.birth <= kBirthMax);
  if ((count_ + 1) * 8 > hashes_.size() * 7) grow();
  const auto high = static_cast<std::uint8_t>(entry.birth >> 32 | (entry.reopened ? kReopened : 0));
  insert(hash_of(name), static_cast<std::uint32_t>(entry.birth), high);
  ++count_;
}

void SettledDocuments::insert(std::uint32_t hash, std::uint32_t low, std::uint8_t high) {
  std::size_t i = home(hash);
  while (is_used(i))
    i = after(i);
  hashes_[i] = hash;
  low_[i] = low;
  high_[i] = high;
}

void SettledDocuments::move(std::size_t from, std::size_t to) {
  hashes_[to] = hashes_[from];
  low_[to] = low_[from];
  high_[to] = high_[from];
}

void SettledDocuments::erase(std::string_view name, std::uint64_t birth) {
  KONTOR_ASSERT(count_ > 0);
  const std::uint32_t hash = hash_of(name);
  std::size_t hole = home(hash);
  while (hashes_[hole] != hash || entry_at(hole).birth != birth) {
    KONTOR_ASSERT(is_used(hole));
    hole = after(hole);
  }
  // Close the gap: move back every later entry of the run that may stand there.
  for (std::size_t i = after(hole); is_used(i); i = after(i)) {
    if (distance(home(hashes_[i]), i) < distance(hole, i)) continue;
    move(i, hole);
    hole = i;
  }
  hashes_[hole] = 0;
  low_[hole] = 0;
  high_[hole] = 0;
  --count_;
}

// By a quarter: a table that doubles is half empty on the average of its life.
void SettledDocuments::grow() {
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

std::vector<SettledDocuments::Entry> SettledDocuments::find(std::string_view name) const {
  std::vector<Entry> out;
  if (count_ == 0) return out;
  const std::uint32_t hash = hash_of(name);
  for (std::size_t i = home(hash); is_used(i); i = after(i)) {
    if (hashes_[i] == hash) out.push_back(entry_at(i));
  }
  return out;
}

void SettledDocuments::save(Sink& out) const {
  out.pod(count_);
  out.pods(hashes_);
  out.pods(low_);
  out.pods(high_);
}

void SettledDocuments::load(Source& in) {
  in.pod(count_);
  in.pods(hashes_);
  in.pods(low_);
  in.pods(high_);
  in.expect(is_sound());
  if (!in.ok()) *this = SettledDocuments{};
}

bool SettledDocuments::is_sound() const {
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
