// What the disk itself takes to make bytes durable: the floor under every rate and latency here.
#pragma once

#include <cstddef>
#include <string>

#include "api/cli/latency.h"
#include "events/base/result.h"

namespace kontor::cli {

// Appends `bytes` to a new file in `folder` and calls fdatasync, again and again for about half a
// second. The file is removed.
Result<LatencyHistogram> measure_fsync(const std::string& folder, std::size_t bytes);

}  // namespace kontor::cli
