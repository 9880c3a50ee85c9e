#include "projections/views/keys.h"

#include "events/base/assert.h"

namespace kontor {
namespace {

constexpr unsigned kVarintBits = 7;
constexpr unsigned kVarintShiftMax = 63;
constexpr unsigned kMore = 0x80;

}  // namespace

std::string behind(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF)
    prefix.pop_back();
  KONTOR_ASSERT(!prefix.empty());
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= kMore) {
    out.push_back(static_cast<char>(value | kMore));
    value >>= kVarintBits;
  }
  out.push_back(static_cast<char>(value));
}

std::uint64_t RowReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift <= kVarintShiftMax; shift += kVarintBits) {
    if (!has(1)) return 0;
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & ~kMore) << shift;
    if ((byte & kMore) == 0) return value;
  }
  ok_ = false;
  return 0;
}

}  // namespace kontor
