// The bytes of rows' keys and values. Keys are compared byte for byte, so numbers are big-endian,
// signed ones with their sign flipped. Values are read in order: LEB128, signed ones zigzag.
//
//   key := kRows book:u32 class:u8 ...            (events/FORMAT.md, Views)
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "events/base/ids.h"
#include "events/base/time.h"

namespace kontor {

// First byte of every row of a view; what is below it is the store's own.
inline constexpr char kRowSpace = 0x10;
inline constexpr std::size_t kRowHeadBytes = 6;  // space, book, class

template <class Number>
void append_big_endian(std::string& out, Number value) {
  for (std::size_t i = sizeof(Number); i-- > 0;)
    out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
}

inline void append_date(std::string& out, Date date) {
  append_big_endian(out, static_cast<std::uint32_t>(date.value()) ^ 0x8000'0000U);
}

inline std::string row_head(BookNumber book, char row_class) {
  std::string out(1, kRowSpace);
  append_big_endian(out, book.value());
  out.push_back(row_class);
  return out;
}

// The first key behind all that begin with `prefix`, which does not end in 0xFF only.
std::string behind(std::string prefix);

void append_varint(std::string& out, std::uint64_t value);
inline void append_signed(std::string& out, std::int64_t value) {
  append_varint(
      out, (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
}
inline void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out += text;
}

// Reads a key or value front to back. What is not there reads as 0, and ok() is false from then on.
class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : left_(bytes) {}

  template <class Number>
  Number big_endian() {
    if (!has(sizeof(Number))) return Number{};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
      value = value << 8U | static_cast<unsigned char>(left_[i]);
    left_.remove_prefix(sizeof(Number));
    return static_cast<Number>(value);
  }
  Date date() {
    return Date{static_cast<std::int32_t>(big_endian<std::uint32_t>() ^ 0x8000'0000U)};
  }
  std::uint64_t varint();
  std::int64_t signed_varint() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
  }
  std::string_view text() { return take(varint()); }
  std::string_view take(std::uint64_t bytes) {
    if (!has(bytes)) return {};
    const std::string_view out = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return out;
  }
  bool at_end() const { return left_.empty(); }
  bool ok() const { return ok_; }

 private:
  bool has(std::uint64_t bytes) {
    ok_ = ok_ && bytes <= left_.size();
    if (!ok_) left_ = {};
    return ok_;
  }

  std::string_view left_;
  bool ok_ = true;
};

}  // namespace kontor
