// Money, quantities, prices and rates as exact integers; products in 128 bits; rounding is named in
// the function. Nothing here wraps: `checked_*` return nothing on overflow, the operators of Minor
// and Quantity assert (a decision has checked before it emits). Rules: domain, Values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "events/base/assert.h"
#include "events/base/strong.h"

namespace kontor {

__extension__ using Int128 = __int128;

template <class Tag>
class Amount {
 public:
  using rep = std::int64_t;  // NOLINT(readability-identifier-naming)
  constexpr Amount() = default;
  constexpr explicit Amount(std::int64_t value) : value_(value) {}
  constexpr std::int64_t value() const { return value_; }
  friend constexpr auto operator<=>(Amount, Amount) = default;

  friend constexpr Amount operator+(Amount a, Amount b) {
    std::int64_t sum = 0;
    KONTOR_ASSERT(!__builtin_add_overflow(a.value_, b.value_, &sum));
    return Amount{sum};
  }
  friend constexpr Amount operator-(Amount a, Amount b) {
    std::int64_t difference = 0;
    KONTOR_ASSERT(!__builtin_sub_overflow(a.value_, b.value_, &difference));
    return Amount{difference};
  }
  constexpr Amount operator-() const { return Amount{0} - *this; }
  constexpr Amount& operator+=(Amount b) { return *this = *this + b; }
  constexpr Amount& operator-=(Amount b) { return *this = *this - b; }

 private:
  std::int64_t value_ = 0;
};

using Minor = Amount<struct MinorTag>;        // money: minor units of a currency known beside it
using Quantity = Amount<struct QuantityTag>;  // 10^-6 of the item's base unit

using UnitPrice = Strong<struct UnitPriceTag, std::int64_t>;     // 10^-4 minor units per base unit
using Percent = Strong<struct PercentTag, std::int32_t>;         // 10^-4 of a percent
using CurrencyCode = Strong<struct CurrencyTag, std::uint16_t>;  // ISO 4217 numeric; 0: none

inline constexpr std::int64_t kQuantityUnit = 1'000'000;  // one base unit
inline constexpr std::int64_t kUnitPriceScale = 10'000;   // of a minor unit
inline constexpr std::int32_t kPercentUnit = 10'000;      // one percent
inline constexpr std::int64_t kHundredPercent = 100LL * kPercentUnit;
inline constexpr std::int64_t kAbsent = INT64_MIN;  // an optional number that is not there

template <class Tag>
constexpr std::optional<Amount<Tag>> checked_add(Amount<Tag> a, Amount<Tag> b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.value(), b.value(), &sum)) return std::nullopt;
  return Amount<Tag>{sum};
}

// numerator / denominator, half away from zero; nothing when it does not fit. denominator > 0.
std::optional<std::int64_t> div_half_away(Int128 numerator, Int128 denominator);

// quantity x unit price, rounded once, half away from zero.
std::optional<Minor> line_net(Quantity quantity, UnitPrice price);

// rate % of base, rounded once, half away from zero.
std::optional<Minor> percent_of(Minor base, Percent rate);

// What the first `part` of `whole` units is worth of `amount`: amount x part / whole, half away
// from zero; all of it at part == whole. A later part is worth the difference of two such values,
// so the last part takes the rest. whole > 0, 0 <= part <= whole.
Minor value_of_part(Minor amount, Quantity part, Quantity whole);

// Splits `total` in proportion to the weights so that the parts add up exactly: largest remainder
// on absolute values, ties to the first part. Weights >= 0, at least one above 0.
std::vector<Minor> split_by_largest_remainder(Minor total, std::span<const std::int64_t> weights);

}  // namespace kontor
