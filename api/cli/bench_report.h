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
  std::size_t shards = 1;  // of its own server
  std::size_t books = 1;
  std::size_t companies = 1'000;  // of all books
  std::size_t items = 1'000;
  std::uint64_t seed = 1;
  std::string folder = ".";
  bool keep = false;

  // What each book has of them: its part, though never so few items that all wait for one.
  std::size_t companies_of_book() const;
  std::size_t items_of_book() const;
};

struct FsyncFloor {
  bool measured = false;
  LatencyHistogram small;  // 4 KiB
  LatencyHistogram large;  // 256 KiB
};

// What the own server's log wrote, until after its clean end.
struct LogWritten {
  std::uint64_t page_bytes = 0;
  std::uint64_t write_ahead_bytes = 0;
  std::uint64_t table_bytes = 0;  // flushes, compactions, and the flush at the end

  double amplification() const;  // bytes written for each byte of pages; 0: nothing was
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
  std::optional<LogWritten> written;

  double bytes_per_command() const;  // of the data folder, over all commands in it

  bool all_done() const;
  std::uint64_t commands() const;  // of both measurements, answered
};

// "kontor ..., kontord ..., 2 cores of ..., Linux ...\n"
std::string machine_line(const BenchReport& report);
// "2 connections, 8192 commands in flight ...\n"
std::string load_line(const BenchOptions& options);
std::string conditions_json_text(const BenchReport& report);
void print_bench_failures(std::ostream& out, const BenchReport& report);
std::string fixed(double value, int decimals);

void print_bench_report(std::ostream& out, const BenchReport& report);
std::string bench_report_json(const BenchReport& report);

}  // namespace kontor::cli
