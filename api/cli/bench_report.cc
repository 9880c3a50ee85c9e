#include "api/cli/bench_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <ostream>
#include <thread>

#include <nlohmann/json.hpp>
#include <sys/utsname.h>

#include "api/cli/table.h"
#include "api/cli/words.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name"))
      return line.substr(std::min(line.find(": ") + 2, line.size()));
  }
  return "unknown";
}

std::string kernel() {
  utsname name{};
  return ::uname(&name) == 0 ? std::string(name.sysname) + " " + name.release : "unknown";
}

double per_command(double amount, const DriveResult& result) {
  return result.answered == 0 ? 0 : amount / static_cast<double>(result.answered);
}

void add_measurement(Table& table, const char* what, const DriveResult& result, double server_cpu) {
  constexpr double kMicroseconds = 1e6;
  table.add({what, with_thousands(static_cast<std::uint64_t>(result.rate())),
             with_thousands(result.answered), fixed(result.seconds, 2),
             fixed(result.latency.percentile_ms(50), 3), fixed(result.latency.percentile_ms(90), 3),
             fixed(result.latency.percentile_ms(99), 3), fixed(result.latency.max_ms(), 3),
             fixed(per_command(static_cast<double>(result.wire_bytes), result), 0),
             fixed(per_command(result.client_cpu_seconds * kMicroseconds, result), 2),
             fixed(per_command(server_cpu * kMicroseconds, result), 2)});
}

void print_failures(std::ostream& out, const char* what, const DriveResult& result) {
  for (const auto& [status, count] : result.by_status) {
    out << what << ": " << with_thousands(count) << ' ' << status << '\n';
  }
  for (const std::string& example : result.examples)
    out << "  for example " << example << '\n';
}

void print_floor(std::ostream& out, const BenchReport& report) {
  Table table({"fdatasync ms", "4 KiB p50", "p99", "256 KiB p50", "p99"});
  const auto row = [&](const char* when, const FsyncFloor& floor) {
    if (!floor.measured) return;
    table.add({when, fixed(floor.small.percentile_ms(50), 3),
               fixed(floor.small.percentile_ms(99), 3), fixed(floor.large.percentile_ms(50), 3),
               fixed(floor.large.percentile_ms(99), 3)});
  };
  row("before", report.floor_before);
  row("after", report.floor_after);
  if (!table.empty()) table.print(out);
}

Json drive_json(const DriveResult& result, double server_cpu) {
  Json json;
  json["per_second"] = result.rate();
  json["answered"] = result.answered;
  json["done"] = result.done;
  json["seconds"] = result.seconds;
  json["p50_ms"] = result.latency.percentile_ms(50);
  json["p90_ms"] = result.latency.percentile_ms(90);
  json["p99_ms"] = result.latency.percentile_ms(99);
  json["max_ms"] = result.latency.max_ms();
  json["wire_bytes_per_command"] = per_command(static_cast<double>(result.wire_bytes), result);
  json["client_cpu_seconds"] = result.client_cpu_seconds;
  json["server_cpu_seconds"] = server_cpu;
  json["not_done"] = result.by_status;
  json["examples"] = result.examples;
  return json;
}

Json floor_json(const FsyncFloor& floor) {
  return {{"p50_ms", floor.small.percentile_ms(50)},
          {"p99_ms", floor.small.percentile_ms(99)},
          {"p50_ms_256_kib", floor.large.percentile_ms(50)},
          {"p99_ms_256_kib", floor.large.percentile_ms(99)}};
}

Json conditions_json(const BenchReport& report) {
  const BenchOptions& o = report.options;
  return {{"cores", std::thread::hardware_concurrency()},
          {"cpu", cpu_model()},
          {"kernel", kernel()},
          {"kontor", KONTOR_VERSION},
          {"server", report.server_version},
          {"own_server", report.own_server},
          {"connections", o.connections},
          {"in_flight", o.in_flight},
          {"batch", o.batch},
          {"shards", o.shards},
          {"books", o.books},
          {"companies", o.companies_of_book() * o.books},
          {"items", o.items_of_book() * o.books},
          {"seed", o.seed}};
}

Json written_json(const LogWritten& written) {
  return {{"page_bytes", written.page_bytes},
          {"write_ahead_bytes", written.write_ahead_bytes},
          {"table_bytes", written.table_bytes}};
}

}  // namespace

std::string fixed(double value, int decimals) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::size_t BenchOptions::companies_of_book() const {
  return std::max<std::size_t>(companies / books, 1);
}

std::size_t BenchOptions::items_of_book() const {
  constexpr std::size_t kItemsMin = 10;
  return std::max(items / books, std::min(items, kItemsMin));
}

double LogWritten::amplification() const {
  if (page_bytes == 0) return 0;
  return static_cast<double>(write_ahead_bytes + table_bytes) / static_cast<double>(page_bytes);
}

double BenchReport::bytes_per_command() const {
  const std::uint64_t all = commands() + setup_commands;
  if (!own_server || all == 0) return 0;
  return static_cast<double>(log_bytes) / static_cast<double>(all);
}

bool BenchReport::all_done() const {
  return (!mix || mix->done == mix->answered) &&
         (!payments || payments->done == payments->answered);
}

std::uint64_t BenchReport::commands() const {
  return (mix ? mix->answered : 0) + (payments ? payments->answered : 0);
}

std::string machine_line(const BenchReport& report) {
  return "kontor " KONTOR_VERSION ", " + report.server_version + ", " +
         std::to_string(std::thread::hardware_concurrency()) + " cores of " + cpu_model() + ", " +
         kernel() + "\n";
}

std::string load_line(const BenchOptions& o) {
  return std::to_string(o.connections) + " connections, " + std::to_string(o.in_flight) +
         " commands in flight on each, " + std::to_string(o.batch) + " a frame; " +
         with_thousands(std::uint64_t{o.books}) +
         (o.books == 1 ? " book, " : " books, each with ") +
         with_thousands(std::uint64_t{o.companies_of_book()}) + " companies and " +
         with_thousands(std::uint64_t{o.items_of_book()}) + " items, seed " +
         std::to_string(o.seed) + "\n";
}

std::string conditions_json_text(const BenchReport& report) {
  return conditions_json(report).dump();
}

void print_bench_failures(std::ostream& out, const BenchReport& report) {
  if (report.mix) print_failures(out, "order to cash", *report.mix);
  if (report.payments) print_failures(out, "payments", *report.payments);
}

void print_bench_report(std::ostream& out, const BenchReport& report) {
  out << machine_line(report) << load_line(report.options) << '\n';
  Table table({"durable", "per second", "commands", "seconds", "p50 ms", "p90 ms", "p99 ms",
               "max ms", "wire bytes", "client us", "server us"});
  if (report.mix) add_measurement(table, "order to cash", *report.mix, report.mix_server_cpu);
  if (report.payments) {
    add_measurement(table, "payments", *report.payments, report.payments_server_cpu);
  }
  table.print(out);
  out << "(latency per frame; bytes and CPU per command)\n\n";
  print_floor(out, report);
  if (report.own_server) {
    out << "log on disk: " << with_thousands(report.log_bytes) << " bytes, "
        << fixed(report.bytes_per_command(), 1) << " per command\n";
  }
  if (report.written) {
    out << "written for " << with_thousands(report.written->page_bytes)
        << " bytes of pages: " << with_thousands(report.written->write_ahead_bytes)
        << " to the write-ahead log, " << with_thousands(report.written->table_bytes)
        << " to tables; write amplification " << fixed(report.written->amplification(), 2) << '\n';
  }
  print_bench_failures(out, report);
}

std::string bench_report_json(const BenchReport& report) {
  Json json;
  const DriveResult& latency = report.mix ? *report.mix : *report.payments;
  json["commands_per_second"] = report.mix ? Json(report.mix->rate()) : Json(nullptr);
  json["payments_per_second"] = report.payments ? Json(report.payments->rate()) : Json(nullptr);
  json["p50_ms"] = latency.latency.percentile_ms(50);
  json["p99_ms"] = latency.latency.percentile_ms(99);
  json["fsync_p50_ms"] = report.floor_before.measured
                             ? Json(report.floor_before.small.percentile_ms(50))
                             : Json(nullptr);
  json["bytes_per_command"] = report.own_server ? Json(report.bytes_per_command()) : Json(nullptr);
  json["log_bytes"] = report.log_bytes;
  json["write_amplification"] =
      report.written ? Json(report.written->amplification()) : Json(nullptr);
  if (report.written) json["log_written"] = written_json(*report.written);
  json["setup_commands"] = report.setup_commands;
  if (report.mix) json["mix"] = drive_json(*report.mix, report.mix_server_cpu);
  if (report.payments) json["payments"] = drive_json(*report.payments, report.payments_server_cpu);
  if (report.floor_before.measured) json["fsync_before"] = floor_json(report.floor_before);
  if (report.floor_after.measured) json["fsync_after"] = floor_json(report.floor_after);
  json["conditions"] = conditions_json(report);
  return json.dump();
}

}  // namespace kontor::cli
