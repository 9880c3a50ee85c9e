#include "api/cli/bench_report.h"

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

std::string fixed(double value, int decimals) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

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

// Of the log on disk, over all commands it holds.
double log_bytes_per_command(const BenchReport& report) {
  const std::uint64_t commands = report.commands() + report.setup_commands;
  if (!report.own_server || commands == 0) return 0;
  return static_cast<double>(report.log_bytes) / static_cast<double>(commands);
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
          {"companies", o.companies},
          {"items", o.items},
          {"seed", o.seed}};
}

}  // namespace

bool BenchReport::all_done() const {
  return (!mix || mix->done == mix->answered) &&
         (!payments || payments->done == payments->answered);
}

std::uint64_t BenchReport::commands() const {
  return (mix ? mix->answered : 0) + (payments ? payments->answered : 0);
}

void print_bench_report(std::ostream& out, const BenchReport& report) {
  const BenchOptions& o = report.options;
  out << "kontor " << KONTOR_VERSION << ", " << report.server_version << ", "
      << std::thread::hardware_concurrency() << " cores of " << cpu_model() << ", " << kernel()
      << "\n"
      << o.connections << " connections, " << o.in_flight << " commands in flight on each, "
      << o.batch << " a frame; " << with_thousands(std::uint64_t{o.companies}) << " companies, "
      << with_thousands(std::uint64_t{o.items}) << " items, seed " << o.seed << "\n\n";
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
        << fixed(log_bytes_per_command(report), 1) << " per command\n";
  }
  if (report.mix) print_failures(out, "order to cash", *report.mix);
  if (report.payments) print_failures(out, "payments", *report.payments);
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
  json["bytes_per_command"] =
      report.own_server ? Json(log_bytes_per_command(report)) : Json(nullptr);
  json["log_bytes"] = report.log_bytes;
  json["setup_commands"] = report.setup_commands;
  if (report.mix) json["mix"] = drive_json(*report.mix, report.mix_server_cpu);
  if (report.payments) json["payments"] = drive_json(*report.payments, report.payments_server_cpu);
  if (report.floor_before.measured) json["fsync_before"] = floor_json(report.floor_before);
  if (report.floor_after.measured) json["fsync_after"] = floor_json(report.floor_after);
  json["conditions"] = conditions_json(report);
  return json.dump();
}

}  // namespace kontor::cli
