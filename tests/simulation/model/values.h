// The model's numbers and dates: plain integers, 128 bits for products, one function per rule of
// the domain (Values). Written anew on purpose; nothing here is the engine's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace kontor::model {

using Int = std::int64_t;
__extension__ using Wide = __int128;
using Currency = std::uint16_t;  // ISO 4217; 0: not given

// Bounds of the product: a document or a quantity, and a sum of them.
inline constexpr Int kMost = 1'000'000'000'000'000;
inline constexpr Int kSumMost = INT64_MAX / 4;
inline constexpr Int kUnit = 1'000'000;            // of quantity: one base unit
inline constexpr Int kHundredPercent = 1'000'000;  // 10^-4 of a percent

Wide divided(Wide numerator, Wide denominator);  // rounded half away from zero; denominator > 0
Wide net_of(Int quantity, Int unit_price);       // quantity x unit price, in minor units
Wide percent_of(Wide base, Int rate);
// What the first `part` of `whole` units is worth of `amount`.
Int value_of_part(Int amount, Int part, Int whole);
// Parts in proportion to the weights that add up to the total: largest remainder on absolute
// values, ties to the first.
std::vector<Int> split(Int total, const std::vector<Int>& weights);

// Days since 1970-01-01.
using Day = std::int32_t;
Day day_of(int year, int month, int day);
int year_of(Day day);
int month_of(Day day);
int day_of_month(Day day);
Day with_day(Day day, int day_of_month);  // clamped to the month's end
Day month_end(Day day);
Day plus_months(Day day, int months);  // clamped

}  // namespace kontor::model
