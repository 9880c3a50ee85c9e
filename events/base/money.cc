#include "events/base/money.h"

#include <algorithm>
#include <numeric>

namespace kontor {
namespace {

Int128 round_half_away(Int128 numerator, Int128 denominator) {
  KONTOR_ASSERT(denominator > 0);
  const bool negative = numerator < 0;
  const Int128 magnitude = negative ? -numerator : numerator;
  Int128 quotient = magnitude / denominator;
  const Int128 rest = magnitude % denominator;
  if (rest >= denominator - rest) ++quotient;
  return negative ? -quotient : quotient;
}

}  // namespace

std::optional<std::int64_t> div_half_away(Int128 numerator, Int128 denominator) {
  const Int128 quotient = round_half_away(numerator, denominator);
  if (quotient > INT64_MAX || quotient < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(quotient);
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
  for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];

  std::vector<Minor> out;
  out.reserve(parts.size());
  for (const Int128 part : parts) {
    out.emplace_back(static_cast<std::int64_t>(negative ? -part : part));
  }
  return out;
}

}  // namespace kontor
