// A bounded campaign of the whole engine, its deaths included.
#include "tests/simulation/shard_run.h"

#include <gtest/gtest.h>

#include "tests/simulation/temporary_folder.h"

namespace kontor::test {
namespace {

// How often a snapshot is ready before its process dies is a matter of time, not of the seed: where
// six seeds have not shown enough of it, further ones do.
bool snapshots_were_used(const Coverage& coverage) {
  return coverage.snapshots > 12 && coverage.snapshot_starts > 6;
}

TEST(ShardRun, LosesAndDoublesNothingOverSomeSeeds) {
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= 6 || (seed <= 60 && !snapshots_were_used(coverage));
       ++seed) {
    const auto finding = run_shard({.seed = seed, .commands = 250, .exact = false}, coverage);
    ASSERT_FALSE(finding.has_value())
        << "seed " << finding->seed << ", step " << finding->step << ": " << finding->what << "\n"
        << finding->command;
  }
  EXPECT_GT(coverage.crashes, 12U);
  EXPECT_GT(coverage.resent, 12U);
  EXPECT_GT(coverage.resolves, 12U);
  EXPECT_GT(coverage.fenced, 6U);
  EXPECT_GT(coverage.found_out, 6U) << "instead of being sent again";
  EXPECT_TRUE(snapshots_were_used(coverage))
      << coverage.snapshots << " snapshots, " << coverage.snapshot_starts << " starts from one";
}

TEST(ShardRun, IsFollowedBySubscribersAndAskedAboutThePast) {
  Coverage coverage;
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    const auto finding = run_shard({.seed = seed, .commands = 300}, coverage);
    ASSERT_FALSE(finding.has_value()) << "seed " << seed << ": " << finding->what;
  }
  EXPECT_GT(coverage.feed_events, 500U);
  EXPECT_GT(coverage.feed_cuts, 10U);
  EXPECT_GT(coverage.past_answers, 20U);
  EXPECT_GT(coverage.past_models, 10U);
}

TEST(ShardRun, HasViewsThatSayWhatTheLogAndTheModelSay) {
  Coverage coverage;
  for (std::uint64_t seed = 21; seed <= 24; ++seed) {
    const TemporaryFolder folder(true);
    const auto finding =
        run_shard({.seed = seed, .commands = 250, .views_in = folder.path()}, coverage);
    ASSERT_FALSE(finding.has_value()) << "seed " << seed << ": " << finding->what;
  }
  EXPECT_GT(coverage.view_starts, 8U);
  EXPECT_GT(coverage.view_deaths, 0U);
  EXPECT_GT(coverage.view_stored, 8U);
  EXPECT_GT(coverage.view_fresh, 0U);
}

TEST(ShardRun, IsTheSameForTheSameSeed) {
  Coverage first;
  Coverage second;
  ASSERT_FALSE(run_shard({.seed = 7, .commands = 200}, first).has_value());
  ASSERT_FALSE(run_shard({.seed = 7, .commands = 200}, second).has_value());
  EXPECT_EQ(first.commands, second.commands);
  EXPECT_EQ(first.crashes, second.crashes);
  EXPECT_EQ(first.resent, second.resent);
  EXPECT_EQ(first.found_out, second.found_out);
  EXPECT_EQ(first.fenced, second.fenced);
  EXPECT_EQ(first.refusals, second.refusals);
}

}  // namespace
}  // namespace kontor::test
