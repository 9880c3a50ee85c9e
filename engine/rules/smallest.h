// The smallest value that does it, found by halving.
#pragma once

#include <cstdint>
#include <optional>

namespace kontor {

// The smallest value above `low` that passes, where `high` does and what passes goes on passing;
// `hint`: likely the answer. Nothing: not even `high` passes.
template <class Passes>
std::optional<std::int64_t> smallest(std::int64_t low, std::int64_t high, std::int64_t hint,
                                     Passes passes) {
  if (high <= low || !passes(high)) return std::nullopt;
  if (hint > low && hint < high) {
    (passes(hint) ? high : low) = hint;
    if (high == hint && hint - 1 > low) {
      (passes(hint - 1) ? high : low) = hint - 1;
    }
  }
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (passes(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace kontor
