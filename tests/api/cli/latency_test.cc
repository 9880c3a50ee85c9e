#include "api/cli/latency.h"

#include <gtest/gtest.h>

namespace kontor::cli {
namespace {

TEST(LatencyHistogram, GivesPercentilesWithinTwoPercent) {
  LatencyHistogram histogram;
  for (int us = 1; us <= 10'000; ++us)
    histogram.add(std::chrono::microseconds(us));
  EXPECT_NEAR(histogram.percentile_ms(50), 5.0, 0.1);
  EXPECT_NEAR(histogram.percentile_ms(99), 9.9, 0.2);
  EXPECT_DOUBLE_EQ(histogram.max_ms(), 10.0);
  EXPECT_DOUBLE_EQ(histogram.percentile_ms(100), 10.0);
}

TEST(LatencyHistogram, IsExactForSmallValuesAndHoldsTheLargest) {
  LatencyHistogram histogram;
  histogram.add(std::chrono::nanoseconds(3));
  EXPECT_DOUBLE_EQ(histogram.percentile_ms(50), 3e-6);
  histogram.add(std::chrono::nanoseconds(INT64_MAX));
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_DOUBLE_EQ(histogram.percentile_ms(99), static_cast<double>(INT64_MAX) / 1e6);
}

TEST(LatencyHistogram, AddsUpOverMerging) {
  LatencyHistogram a;
  LatencyHistogram b;
  a.add(std::chrono::milliseconds(1));
  b.add(std::chrono::milliseconds(3));
  a.merge(b);
  EXPECT_EQ(a.count(), 2U);
  EXPECT_DOUBLE_EQ(a.max_ms(), 3.0);
}

TEST(LatencyHistogram, IsZeroWhenEmpty) {
  EXPECT_EQ(LatencyHistogram{}.percentile_ms(99), 0);
}

}  // namespace
}  // namespace kontor::cli
