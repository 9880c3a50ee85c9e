// Drives workloads over several connections, each with so many commands in flight, and measures.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/cli/bench_workload.h"
#include "api/cli/latency.h"
#include "api/client/client.h"

namespace kontor::cli {

struct DriveOptions {
  std::size_t in_flight = 8'192;  // commands of one connection
  std::size_t batch = 1'024;      // commands of one frame
  double seconds = 10;            // nothing new is begun after; 0: until the workloads end
};

struct DriveResult {
  std::uint64_t answered = 0;
  std::uint64_t done = 0;
  std::uint64_t repeated = 0;
  std::map<std::string, std::uint64_t> by_status;  // of those not done
  std::vector<std::string> examples;               // of answers not done
  std::uint64_t wire_bytes = 0;                    // sent
  double seconds = 0;
  double client_cpu_seconds = 0;
  LatencyHistogram latency;  // per frame, from handing it over to its answers

  double rate() const { return seconds > 0 ? static_cast<double>(answered) / seconds : 0; }
};

// `book`: which of the books it is for, from 0.
using MakeWorkload =
    std::function<std::unique_ptr<Workload>(std::uint32_t connection, std::uint32_t book)>;
// Commands answered so far; called now and then on the caller's thread.
using DriveProgress = std::function<void(std::uint64_t answered)>;

// One workload per client and book; the frames of a client go to the books in turn. Returns when
// every command is answered. Errors: a client that fails.
Result<DriveResult> drive(const std::vector<std::unique_ptr<Client>>& clients,
                          const std::vector<BookNumber>& books, const MakeWorkload& make,
                          const DriveOptions& options, const DriveProgress& progress);

}  // namespace kontor::cli
