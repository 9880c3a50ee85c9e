// A run of the RocksDB log on a disk that forgets what was not synced (ForgetfulDisk): commits are
// appended, the power is cut anywhere, and the log is opened again. Every commit that was
// acknowledged is back, byte by byte; at most the one that was on its way is there besides, whole;
// nothing half is.
#pragma once

#include <filesystem>
#include <optional>

#include "tests/simulation/finding.h"

namespace kontor::test {

// `folder`: for the data folder; does not exist yet. plan.commands: commits.
std::optional<Finding> run_disk(const RunPlan& plan, const std::filesystem::path& folder,
                                Coverage& coverage);

}  // namespace kontor::test
