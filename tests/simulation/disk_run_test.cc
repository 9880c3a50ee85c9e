// A bounded campaign of the log on a disk that forgets.
#include "tests/simulation/disk_run.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace kontor::test {
namespace {

TEST(DiskRun, KeepsWhatWasAcknowledgedOverSomeSeeds) {
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / ("kontor-disk-run-" + std::to_string(seed));
    std::filesystem::remove_all(folder);
    const auto finding = run_disk({.seed = seed, .commands = 40}, folder, coverage);
    std::filesystem::remove_all(folder);
    ASSERT_FALSE(finding.has_value())
        << "seed " << finding->seed << ", commit " << finding->step << ": " << finding->what;
  }
  EXPECT_GT(coverage.crashes, 8U);
}

}  // namespace
}  // namespace kontor::test
