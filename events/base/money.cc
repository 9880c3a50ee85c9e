#include "events/base/money.h"

#include <algorithm>

namespace kontor {
namespace {

__extension__ using UInt128 = unsigned __int128;

// Without a sign, so that the lowest 128-bit number has a magnitude.
UInt128 magnitude_of(Int128 value) {
  return value < 0 ? ~static_cast<UInt128>(value) + 1 : static_cast<UInt128>(value);
}

struct Quotient {
  UInt128 value = 0;
  UInt128 rest = 0;
};

struct Share {
  UInt128 rest = 0;
  Int128 part = 0;
  std::uint32_t place = 0;
};

// One division each: of 128 bits only where the numbers need them, which takes many times as long.
Quotient divide(UInt128 numerator, UInt128 divisor) {
  if ((numerator >> 64) == 0 && (divisor >> 64) == 0) {
    const auto narrow = static_cast<std::uint64_t>(numerator);
    const auto by = static_cast<std::uint64_t>(divisor);
    return {narrow / by, narrow % by};
  }
  const UInt128 quotient = numerator / divisor;
  return {quotient, numerator - quotient * divisor};
}

}  // namespace

std::optional<std::int64_t> div_half_away(Int128 numerator, Int128 denominator) {
  KONTOR_ASSERT(denominator > 0);
  const auto divisor = static_cast<UInt128>(denominator);
  Quotient out = divide(magnitude_of(numerator), divisor);
  if (out.rest >= divisor - out.rest) ++out.value;
  const bool negative = numerator < 0;
  const auto limit = static_cast<UInt128>(INT64_MAX) + (negative ? 1 : 0);
  if (out.value > limit) return std::nullopt;
  const auto signed_quotient = static_cast<Int128>(out.value);
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
  if (part == Quantity{0}) return Minor{0};
  const auto value = div_half_away(Int128{amount.value()} * part.value(), whole.value());
  KONTOR_ASSERT(value.has_value());  // not above the amount itself
  return Minor{*value};
}

std::vector<Minor> split_by_largest_remainder(Minor total, std::span<const std::int64_t> weights) {
  if (weights.size() == 1 && weights.front() > 0) return {total};
  Int128 sum = 0;
  for (const std::int64_t weight : weights) {
    KONTOR_ASSERT(weight >= 0);
    sum += weight;
  }
  KONTOR_ASSERT(sum > 0);

  const bool negative = total < Minor{0};
  const UInt128 magnitude = magnitude_of(total.value());
  auto left = static_cast<Int128>(magnitude);
  std::vector<Share> shares;
  shares.reserve(weights.size());
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    const Quotient part =
        divide(magnitude * static_cast<UInt128>(weights[i]), static_cast<UInt128>(sum));
    shares.push_back({part.rest, static_cast<Int128>(part.value), i});
    left -= shares.back().part;
  }
  if (left > 0) {  // the largest rests get one more each; of equal ones the first
    std::sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) {
      return a.rest != b.rest ? a.rest > b.rest : a.place < b.place;
    });
    for (std::size_t i = 0; left > 0; ++i, --left)
      ++shares[i].part;
  }
  std::vector<Minor> out(shares.size());
  for (const Share& share : shares)
    out[share.place] = Minor{static_cast<std::int64_t>(negative ? -share.part : share.part)};
  return out;
}

}  // namespace kontor
