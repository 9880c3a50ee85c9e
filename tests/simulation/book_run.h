// A run close to the decisions: Sequencer, Decider and Books in this process, pages sealed and kept
// in a MemoryEventLog, and the model beside them. One thread; millions of commands.
//
// After every batch answers and state are compared and the invariants checked; now and then, and at
// the end, the log replays to the same digest (invariants after every event) and the state is the
// same after save and load.
#pragma once

#include <optional>

#include "tests/simulation/finding.h"

namespace kontor::test {

std::optional<Finding> run_book(const RunPlan& plan, Coverage& coverage);

}  // namespace kontor::test
