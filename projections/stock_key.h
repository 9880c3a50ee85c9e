// The key of what lies of an item in a warehouse.
#pragma once

#include <cstdint>

namespace kontor {

constexpr std::uint64_t stock_key(std::uint32_t item, std::uint32_t warehouse) {
  return (std::uint64_t{item} + 1) << 32 | warehouse;
}

}  // namespace kontor
