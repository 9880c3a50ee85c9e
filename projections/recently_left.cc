#include "projections/recently_left.h"

#include <algorithm>
#include <utility>

#include "projections/settled.h"
#include "projections/tables.h"

namespace kontor {
namespace {

std::uint64_t key_of(BookNumber book, SettledKind kind, std::uint64_t name_hash) {
  return name_hash ^ hash_key(std::uint64_t{book.value()} << 8U | static_cast<std::uint8_t>(kind));
}

}  // namespace

void RecentlyLeft::add(BookNumber book, SettledKind kind, std::uint64_t name_hash,
                       Sequence touched) {
  newest_.keys.push_back(key_of(book, kind, name_hash));
  Sequence& last = newest_.touched[book];
  last = std::max(last, touched);
  if (newest_.keys.size() < kBlock) return;
  std::ranges::sort(newest_.keys);
  blocks_.push_back(std::exchange(newest_, {}));
  if (blocks_.size() <= kBlocks) return;
  for (const auto& [of, forgotten] : blocks_.front().touched) {
    Sequence& known = known_behind_[of];
    known = std::max(known, forgotten);
  }
  blocks_.pop_front();
}

// One that was not touched behind a position was not born behind it either.
bool RecentlyLeft::knows_behind(BookNumber book, Sequence position) const {
  const auto known = known_behind_.find(book);
  return known != known_behind_.end() && known->second <= position;
}

bool RecentlyLeft::Block::may_have(BookNumber book, Sequence behind) const {
  const auto last = touched.find(book);
  return last != touched.end() && last->second > behind;
}

bool RecentlyLeft::has_behind(BookNumber book, Sequence position, SettledKind kind,
                              std::string_view name) const {
  const std::uint64_t key = key_of(book, kind, hash_bytes(name));
  const auto has = [&](const Block& block) {
    return block.may_have(book, position) && std::ranges::binary_search(block.keys, key);
  };
  return std::ranges::find(newest_.keys, key) != newest_.keys.end() ||
         std::ranges::any_of(blocks_, has);
}

}  // namespace kontor
