// The names of documents that left memory lately, of all books of a shard: what the view of the
// documents may not have read yet. Not state: it begins empty with the process, is never saved, and
// keeps the last 4 million, in 8 bytes each. The engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "events/base/ids.h"

namespace kontor {

enum class SettledKind : std::uint8_t;

class RecentlyLeft {
 public:
  static constexpr std::size_t kBlock = 2048;  // names that are sorted, and forgotten, together
  static constexpr std::size_t kBlocks = 2048;

  // What leaves the book from now on is told; what was touched last up to `from` may have left.
  void watch(BookNumber book, Sequence from) { known_behind_[book] = from; }
  // A document left; `touched` is the last event of it.
  void add(BookNumber book, SettledKind kind, std::uint64_t name_hash, Sequence touched);

  // Whether every document of the book that was born behind `position` and has left is among them.
  bool knows_behind(BookNumber book, Sequence position) const;
  // False: no document of that name that was born behind `position` is among them. True also of an
  // older one, and by chance, of one in 2^64.
  bool has_behind(BookNumber book, Sequence position, SettledKind kind,
                  std::string_view name) const;

 private:
  struct Block {
    bool may_have(BookNumber book, Sequence behind) const;

    std::vector<std::uint64_t> keys;         // of name, kind and book
    std::map<BookNumber, Sequence> touched;  // the last event of any of them
  };

  Block newest_;              // keys as they came
  std::deque<Block> blocks_;  // oldest first; keys ascending
  std::map<BookNumber, Sequence> known_behind_;
};

}  // namespace kontor
