// One run of `kontor bench`: a server, its books and what they need, the measurements, the end.
#pragma once

#include "api/cli/bench_report.h"
#include "events/base/result.h"

namespace kontor::cli {

struct Environment;

// On env.server, or, when that is empty, on a kontord of its own with a fresh data folder.
Result<BenchReport> run_bench_once(Environment& env, const BenchOptions& options);

}  // namespace kontor::cli
