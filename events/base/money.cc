#include "events/base/money.h"

#include <algorithm>
#include <numeric>

namespace kontor {
namespace {

__extension__ using UInt128 = unsigned __int128;

// Without a sign, so that the lowest 128-bit number has a magnitude.
UInt128 magnitude_of(Int128 value) {
  return value < 0 ? ~static_cast<UInt128>(value) + 1 : static_cast<UInt128>(value);
}

}  // namespace

std::optional<std::int64_t> div_half_away(Int128 numerator, Int128 denominator) {
  KONTOR_ASSERT(denominator > 0);
  const auto divisor = static_cast<UInt128>(denominator);
  const UInt128 magnitude = magnitude_of(numerator);
  UInt128 quotient = magnitude / divisor;
  const UInt128 rest = magnitude % divisor;
  if (rest >= divisor - rest) ++quotient;
  const bool negative = numerator < 0;
  const auto limit = static_cast<UInt128>(INT64_MAX) + (negative ? 1 : 0);
  if (quotient > limit) return std::nullopt;
  const auto signed_quotient = static_cast<Int128>(quotient);
  return static_cast<std::int64_t>(negative ? -signed_quotient : signed_quotient);
}

std::optional<Minor> line_net(Quantity quantity, UnitPrice price) {
  const auto net = div_half_away(Int128{quantity.value()} * price.value(),
                                 Int128{kQuantityUnit} * kUnitPriceScale);
  if (!net) return std::nullopt;
  return Minor{*net};
}

std::optional<Minor> percent_of(Minor base, Percent rate) {
  const auto part = div_half_away(Int128{base.value()} * rate.value(), kHundredPercent);
  if (!part) return std::nullopt;
  return Minor{*part};
}

Minor value_of_part(Minor amount, Quantity part, Quantity whole) {
  KONTOR_ASSERT(whole > Quantity{0});
  KONTOR_ASSERT(part >= Quantity{0} && part <= whole);
  if (part == whole) return amount;
  const auto value = div_half_away(Int128{amount.value()} * part.value(), whole.value());
  KONTOR_ASSERT(value.has_value());  // not above the amount itself
  return Minor{*value};
}

std::vector<Minor> split_by_largest_remainder(Minor total, std::span<const std::int64_t> weights) {
  Int128 sum = 0;
  for (const std::int64_t weight : weights) {
    KONTOR_ASSERT(weight >= 0);
    sum += weight;
  }
  KONTOR_ASSERT(sum > 0);

  const bool negative = total < Minor{0};
  const Int128 magnitude = negative ? -Int128{total.value()} : Int128{total.value()};
  std::vector<Int128> parts(weights.size());
  std::vector<Int128> rests(weights.size());
  Int128 left = magnitude;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    parts[i] = magnitude * weights[i] / sum;
    rests[i] = magnitude * weights[i] % sum;
    left -= parts[i];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rests[a] > rests[b]; });
  for (std::size_t i = 0; left > 0; ++i, --left)
    ++parts[order[i]];

  std::vector<Minor> out;
  out.reserve(parts.size());
  for (const Int128 part : parts) {
    out.emplace_back(static_cast<std::int64_t>(negative ? -part : part));
  }
  return out;
}

}  // namespace kontor
