// How books of several shards are told apart by number: the shard stands in the upper bits, so that
// a book's number says where it lies and never depends on what the other shards hold. Books of
// shard 0 have the numbers that they would have in a server of one shard.
//
// Within a shard, in its log and its state, books have their local number.
#pragma once

#include <cstdint>

#include "events/base/ids.h"

namespace kontor {

inline constexpr std::uint32_t kLocalBookBits = 20;  // more than limits::kBooksMax

constexpr std::uint32_t shard_of(BookNumber book) {
  return book.value() >> kLocalBookBits;
}
constexpr BookNumber local_book(BookNumber book) {
  return BookNumber{book.value() & ((1U << kLocalBookBits) - 1)};
}
constexpr BookNumber book_in_shard(std::uint32_t shard, BookNumber local) {
  return BookNumber{shard << kLocalBookBits | local.value()};
}

}  // namespace kontor
