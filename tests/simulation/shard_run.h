// A run of the whole engine: its threads, its group commits, a MemoryEventLog that fails, tears and
// dawdles, and a process that dies and starts again on what the log has. What a crash left without
// an answer is sent again under the same id, or its client asks what became of it.
//
// Checked: every answer is the model's; a decision has one answer for ever; what was acknowledged
// is in the log, once; the state is the model's, before and after every death; the log replays;
// snapshots are made all along, on a disk that forgets and rots, and starts begin with them;
// subscribers, views and copies of the past say what the log and the model say (watch/).
#pragma once

#include <optional>

#include "tests/simulation/finding.h"

namespace kontor::test {

std::optional<Finding> run_shard(const RunPlan& plan, Coverage& coverage);

}  // namespace kontor::test
