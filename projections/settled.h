// What the state keeps of documents of one kind that have left memory: a set of 29 bits of their
// names' hashes, and how many they are. Where the log has them, an index on disk says
// (engine/gather.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "projections/birth_table.h"
#include "projections/hash_set.h"
#include "projections/recently_left.h"
#include "projections/sink.h"

namespace kontor {

// The kinds of documents that leave when they are settled.
enum class SettledKind : std::uint8_t { kOrder, kInvoice, kPayment, kCreditNote };
inline constexpr std::size_t kSettledKinds = 4;

class SettledDocuments {
 public:
  // One left. again: it had come back before. touched: the last event of it.
  void add(std::string_view name, std::uint64_t birth, bool again, Sequence touched);
  void came_back() { --count_; }  // one of them

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  // False: none of that name has left. True also of those that have come back, and by chance: of
  // one name in 2,000 when 2^18 have left, of one in 32 when 2^24 have.
  bool may_have(std::string_view name) const;
  void prefetch(std::string_view name, Prefetch step) const;  // what may_have(name) reads
  // Of one that is not in memory: whether it had come back before it left last.
  bool left_again(std::string_view name, std::uint64_t birth) const;
  std::size_t memory() const { return names_.memory() + again_.memory(); }
  // Tells `recently` of those that leave from now on; it outlives this. Null: nobody.
  void tell(RecentlyLeft* recently, BookNumber book, SettledKind kind) {
    told_ = {recently, book, kind};
  }

  void save(Sink& out) const;
  void load(Source& in);

 private:
  HashSet names_;
  BirthTable again_;
  std::uint64_t count_ = 0;

  struct Told {
    RecentlyLeft* recently = nullptr;
    BookNumber book;
    SettledKind kind = SettledKind::kOrder;
  };
  Told told_;  // not saved
};

}  // namespace kontor
