// What kontor bench found, under which conditions, for people and as JSON.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

#include "api/cli/bench_driver.h"
#include "api/cli/latency.h"

namespace kontor::cli {

struct BenchOptions {
  std::size_t connections = 2;
  std::size_t in_flight = 8'192;
  std::size_t batch = 1'024;
  double seconds = 10;
  std::uint64_t lifecycles = 0;
  std::string mix = "both";
  std::size_t companies = 1'000;
  std::size_t items = 1'000;
  std::uint64_t seed = 1;
  std::string folder = ".";
  bool keep = false;
};

struct FsyncFloor {
  bool measured = false;
  LatencyHistogram small;  // 4 KiB
  LatencyHistogram large;  // 256 KiB
};

struct BenchReport {
  BenchOptions options;
  bool own_server = false;
  std::string server_version;
  std::string book;
  std::uint64_t setup_commands = 0;
  std::optional<DriveResult> mix;
  std::optional<DriveResult> payments;
  double mix_server_cpu = 0;
  double payments_server_cpu = 0;
  FsyncFloor floor_before;
  FsyncFloor floor_after;
  std::uint64_t log_bytes = 0;  // of the data folder after a clean end; own server only

  bool all_done() const;
  std::uint64_t commands() const;  // of both measurements, answered
};

void print_bench_report(std::ostream& out, const BenchReport& report);
std::string bench_report_json(const BenchReport& report);

}  // namespace kontor::cli
