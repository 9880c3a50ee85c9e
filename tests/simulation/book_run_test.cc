// A bounded campaign of every commit: some seeds, each a world of its own.
#include "tests/simulation/book_run.h"

#include <gtest/gtest.h>

namespace kontor::test {
namespace {

TEST(BookRun, AgreesWithTheModelOverSomeSeeds) {
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const auto finding = run_book({.seed = seed, .commands = 400, .exact = false}, coverage);
    ASSERT_FALSE(finding.has_value())
        << "seed " << finding->seed << ", step " << finding->step << ": " << finding->what << "\n"
        << finding->command << "\nops/simulate --first " << seed << " --seeds 1";
  }
  EXPECT_GT(coverage.done, coverage.commands / 4);
  EXPECT_GT(coverage.refused, coverage.commands / 10);
  EXPECT_GT(coverage.fenced, 10U);
  EXPECT_GT(coverage.too_old, 0U);
}

}  // namespace
}  // namespace kontor::test
