// Small text helpers of the command line.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kontor::cli {

// The candidate closest to `word`, if it is close enough to be what was meant; else empty.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

// 1234567 -> "1,234,567".
std::string with_thousands(std::uint64_t count);
std::string with_thousands(std::int64_t count);

// A decimal text with thousands set apart: "-896812.49" -> "-896,812.49".
std::string with_thousands(std::string_view decimal);

// Seconds with two decimals below 100, else minutes and seconds: "0.53 s", "2 min 05 s".
std::string duration_text(double seconds);

// Columns a terminal needs for UTF-8 text: its code points.
std::size_t columns_of(std::string_view text);

}  // namespace kontor::cli
