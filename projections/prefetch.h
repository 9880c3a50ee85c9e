// Tables of a year of trade are far larger than what caches hold. Whoever knows some commands ahead
// what will be looked up asks memory for it, a step at a time, with other work in between; each
// step reads what the one before asked for. Changes nothing but time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kontor {

enum class Prefetch : std::uint8_t {
  kSlot,    // where the name is looked for
  kRecord,  // the name's text and the record
  kParts,   // what the record refers to: its lines, its place by birth
};

constexpr std::size_t kCacheLine = 64;

// The empty statement keeps g++ from taking a function that does nothing else for one without
// effect and leaving out its calls.
inline void prefetch_line(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

// Some bytes that are not read in sequence from their beginning.
inline void prefetch_bytes(const void* begin, std::size_t size) {
  const auto* const bytes = static_cast<const char*>(begin);
  for (std::size_t at = 0; at < size; at += kCacheLine)
    prefetch_line(bytes + at);
}

}  // namespace kontor
