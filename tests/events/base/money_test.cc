#include "events/base/money.h"

#include <array>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace kontor {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

std::vector<std::int64_t> split(std::int64_t total, std::vector<std::int64_t> weights) {
  std::vector<std::int64_t> out;
  for (const Minor part : split_by_largest_remainder(Minor{total}, weights)) {
    out.push_back(part.value());
  }
  return out;
}

using Parts = std::vector<std::int64_t>;

TEST(DivHalfAway, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(div_half_away(5, 2), 3);
  EXPECT_EQ(div_half_away(-5, 2), -3);
  EXPECT_EQ(div_half_away(4, 3), 1);
  EXPECT_EQ(div_half_away(5, 3), 2);
  EXPECT_EQ(div_half_away(-4, 3), -1);
  EXPECT_EQ(div_half_away(-5, 3), -2);
  EXPECT_EQ(div_half_away(0, 7), 0);
}

TEST(DivHalfAway, ReachesBothEndsAndReturnsNothingBeyond) {
  EXPECT_EQ(div_half_away(Int128{kMax} * 3, 3), kMax);
  EXPECT_EQ(div_half_away(Int128{kMin} * 3, 3), kMin);
  EXPECT_EQ(div_half_away(Int128{kMax} + 1, 1), std::nullopt);
  EXPECT_EQ(div_half_away(Int128{kMin} - 1, 1), std::nullopt);
  EXPECT_EQ(div_half_away(Int128{kMax} * 2 + 1, 2), std::nullopt);  // .5 above the maximum
}

TEST(DivHalfAway, TakesTheLowestNumerator) {
  const Int128 lowest = Int128{kMin} * (Int128{1} << 64);
  EXPECT_EQ(div_half_away(lowest, Int128{1} << 64), kMin);
  EXPECT_EQ(div_half_away(lowest, 1), std::nullopt);
}

TEST(LineNet, IsQuantityTimesPriceRoundedOnce) {
  // 3 x 0.0125 EUR = 0.0375 EUR: 4 cents
  EXPECT_EQ(line_net(Quantity{3 * kQuantityUnit}, UnitPrice{12'500}), Minor{4});
  EXPECT_EQ(line_net(Quantity{-3 * kQuantityUnit}, UnitPrice{12'500}), Minor{-4});
  EXPECT_EQ(line_net(Quantity{2'500'000}, UnitPrice{1'230'000}), Minor{308});  // 2.5 x 1.23 = 3.075
  EXPECT_EQ(line_net(Quantity{1}, UnitPrice{1}), Minor{0});
}

TEST(LineNet, ReturnsNothingOnOverflow) {
  EXPECT_EQ(line_net(Quantity{kMax}, UnitPrice{kMax}), std::nullopt);
  EXPECT_EQ(line_net(Quantity{kMin}, UnitPrice{kMax}), std::nullopt);
  EXPECT_EQ(line_net(Quantity{kQuantityUnit}, UnitPrice{kMax}), Minor{kMax / kUnitPriceScale + 1});
}

TEST(PercentOf, RoundsOnceHalfAway) {
  EXPECT_EQ(percent_of(Minor{547}, Percent{20 * kPercentUnit}), Minor{109});  // 1.094
  EXPECT_EQ(percent_of(Minor{250}, Percent{55'000}), Minor{14});              // 0.1375
  EXPECT_EQ(percent_of(Minor{-250}, Percent{55'000}), Minor{-14});
  EXPECT_EQ(percent_of(Minor{50}, Percent{kPercentUnit}), Minor{1});  // 0.005: away
  EXPECT_EQ(percent_of(Minor{kMax}, Percent{200 * kPercentUnit}), std::nullopt);
}

TEST(ValueOfPart, LetsTheLastPartTakeTheRest) {
  const Minor amount{1000};
  const Quantity whole{3};
  const Minor first = value_of_part(amount, Quantity{1}, whole);
  const Minor second = value_of_part(amount, Quantity{2}, whole) - first;
  const Minor third = value_of_part(amount, Quantity{3}, whole) - first - second;
  EXPECT_EQ(first, Minor{333});
  EXPECT_EQ(second, Minor{334});
  EXPECT_EQ(third, Minor{333});
  EXPECT_EQ(value_of_part(Minor{kMin}, Quantity{1}, Quantity{1}), Minor{kMin});
  EXPECT_EQ(value_of_part(Minor{kMin}, Quantity{0}, Quantity{1}), Minor{0});
}

TEST(SplitByLargestRemainder, GivesTiesToTheFirstPart) {
  EXPECT_EQ(split(10'000, {1, 1, 1}), (Parts{3334, 3333, 3333}));
  EXPECT_EQ(split(-10'000, {1, 1, 1}), (Parts{-3334, -3333, -3333}));
  EXPECT_EQ(split(5, {1, 1}), (Parts{3, 2}));
}

TEST(SplitByLargestRemainder, GivesCentsToTheLargestRemainders) {
  EXPECT_EQ(split(547, {50, 25, 25}), (Parts{273, 137, 137}));
  EXPECT_EQ(split(547, {70, 30}), (Parts{383, 164}));
  EXPECT_EQ(split(-547, {70, 30}), (Parts{-383, -164}));
  EXPECT_EQ(split(1, {0, 1}), (Parts{0, 1}));
  EXPECT_EQ(split(0, {3, 4}), (Parts{0, 0}));
}

TEST(SplitByLargestRemainder, TakesTheExtremes) {
  EXPECT_EQ(split(kMin, {1}), (Parts{kMin}));
  EXPECT_EQ(split(kMax, {kMax, kMax}), (Parts{kMax / 2 + 1, kMax / 2}));
  EXPECT_EQ(split(kMin, {kMax, 0}), (Parts{kMin, 0}));
}

TEST(SplitByLargestRemainder, AlwaysAddsUp) {
  std::mt19937_64 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::int64_t> weights(1 + random() % 9);
    for (std::int64_t& weight : weights)
      weight = static_cast<std::int64_t>(random() % 1000);
    weights.front() += 1;
    const auto total = static_cast<std::int64_t>(random());
    Int128 sum = 0;
    const Int128 weight_sum = std::accumulate(weights.begin(), weights.end(), Int128{0});
    const std::vector<std::int64_t> parts = split(total, weights);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      sum += parts[i];
      const Int128 off = Int128{parts[i]} * weight_sum - Int128{total} * weights[i];
      EXPECT_TRUE(off < weight_sum && off > -weight_sum) << "part " << i << " of " << total;
    }
    EXPECT_TRUE(sum == total) << total;
  }
}

TEST(CheckedAdd, ReturnsNothingOnOverflow) {
  EXPECT_EQ(checked_add(Minor{kMax}, Minor{0}), Minor{kMax});
  EXPECT_EQ(checked_add(Minor{kMax}, Minor{1}), std::nullopt);
  EXPECT_EQ(checked_add(Minor{kMin}, Minor{-1}), std::nullopt);
}

TEST(MoneyDeathTest, StopsWhereAnUncheckedSumOverflows) {
  EXPECT_DEATH(Minor{kMax} + Minor{1}, "assertion failed");
  EXPECT_DEATH(-Minor{kMin}, "assertion failed");
}

}  // namespace
}  // namespace kontor
