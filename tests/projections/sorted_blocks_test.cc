#include "projections/sorted_blocks.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace kontor {
namespace {

struct Pair {
  std::uint32_t owner = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const Pair&, const Pair&) = default;
};

void expect_same(const SortedBlocks<Pair>& blocks, const std::set<Pair>& set) {
  ASSERT_EQ(blocks.size(), set.size());
  EXPECT_EQ(blocks.empty(), set.empty());
  EXPECT_TRUE(std::equal(blocks.begin(), blocks.end(), set.begin(), set.end()));
}

void expect_found_alike(const SortedBlocks<Pair>& blocks, const std::set<Pair>& set, Pair value) {
  EXPECT_EQ(blocks.contains(value), set.contains(value));
  const auto at = blocks.lower_bound(value);
  const auto expected = set.lower_bound(value);
  ASSERT_EQ(at == blocks.end(), expected == set.end());
  if (expected != set.end()) {
    EXPECT_EQ(*at, *expected);
  }
}

TEST(SortedBlocks, AreASet) {
  for (const std::uint32_t owners : {1U, 3U, 400U}) {
    std::mt19937 engine(owners);
    const auto random = [&engine](std::uint32_t below) {
      return static_cast<std::uint32_t>(engine() % below);
    };
    SortedBlocks<Pair> blocks;
    std::set<Pair> set;
    // Grows to some thousands, shrinks to nothing, and again.
    for (int i = 0; i < 60'000; ++i) {
      const Pair value{random(owners), random(20'000)};
      const bool growing = i / 10'000 % 2 == 0;
      if (random(8) != 0 ? growing : !growing) {
        EXPECT_EQ(blocks.insert(value), set.insert(value).second);
      } else {
        const Pair gone = set.empty() ? value : *set.lower_bound(std::min(value, *set.rbegin()));
        EXPECT_EQ(blocks.erase(gone), set.erase(gone) == 1);
        EXPECT_FALSE(blocks.erase(gone));
      }
      expect_found_alike(blocks, set, {random(owners + 1), random(20'000)});
      if (i % 997 == 0) expect_same(blocks, set);
    }
    expect_same(blocks, set);
  }
}

TEST(SortedBlocks, KeepWhatComesInOrderAndGoesInOrder) {
  SortedBlocks<std::uint64_t> blocks;
  constexpr std::uint64_t kMany = 5 * SortedBlocks<std::uint64_t>::kBlock + 7;
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < kMany; ++i)
      EXPECT_TRUE(blocks.insert(i));
    EXPECT_FALSE(blocks.insert(kMany - 1));
    for (std::uint64_t i = 0; i < kMany; ++i) {
      EXPECT_EQ(*blocks.begin(), i);
      EXPECT_TRUE(blocks.erase(i));
      EXPECT_EQ(blocks.lower_bound(0) == blocks.end(), i + 1 == kMany);
    }
    EXPECT_TRUE(blocks.empty());
    EXPECT_EQ(blocks.begin(), blocks.end());
  }
  blocks.insert(3);
  blocks.clear();
  EXPECT_FALSE(blocks.contains(3));
}

}  // namespace
}  // namespace kontor
