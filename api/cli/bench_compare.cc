#include "api/cli/bench_compare.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "api/cli/table.h"
#include "api/cli/words.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kValuesMax = 20;
constexpr double kPercent = 100;

struct NumberOption {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::function<void(BenchOptions&, std::uint64_t)> set;
};

const std::map<std::string, NumberOption>& number_options() {
  static const std::map<std::string, NumberOption> kOptions = {
      {"connections", {1, 1'000, [](BenchOptions& o, std::uint64_t n) { o.connections = n; }}},
      {"in-flight", {1, 1'000'000, [](BenchOptions& o, std::uint64_t n) { o.in_flight = n; }}},
      {"batch", {1, 8'192, [](BenchOptions& o, std::uint64_t n) { o.batch = n; }}},
      {"lifecycles",
       {1, std::numeric_limits<std::uint32_t>::max(),
        [](BenchOptions& o, std::uint64_t n) { o.lifecycles = n; }}},
      {"shards", {1, 64, [](BenchOptions& o, std::uint64_t n) { o.shards = n; }}},
      {"books", {1, 10'000, [](BenchOptions& o, std::uint64_t n) { o.books = n; }}},
      {"companies", {1, 10'000'000, [](BenchOptions& o, std::uint64_t n) { o.companies = n; }}},
      {"items", {1, 10'000'000, [](BenchOptions& o, std::uint64_t n) { o.items = n; }}},
      {"seed",
       {0, std::numeric_limits<std::uint64_t>::max(),
        [](BenchOptions& o, std::uint64_t n) { o.seed = n; }}},
  };
  return kOptions;
}

Error usage(std::string what) {
  return {ErrorKind::kUsage, "--compare: " + std::move(what)};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

Spread spread_of(std::vector<double> figures) {
  if (figures.empty()) return {};
  std::ranges::sort(figures);
  const std::size_t middle = figures.size() / 2;
  const bool odd = figures.size() % 2 != 0;
  const double median = odd ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
  return {median, figures.front(), figures.back()};
}

Json spread_json(const Spread& spread) {
  return {{"median", spread.median}, {"least", spread.least}, {"most", spread.most}};
}

template <class Figure>
Spread spread_over(const BenchComparison::Value& value, Figure figure) {
  std::vector<double> figures;
  for (const BenchReport& run : value.runs)
    figures.push_back(figure(run));
  return spread_of(std::move(figures));
}

// One of the two measurements of a report, if it was made.
using Measured = const std::optional<DriveResult>& (*)(const BenchReport&);

struct Measurement {
  const char* what;
  const char* key;
  Measured of;
  double BenchReport::*server_cpu;
};

const std::optional<DriveResult>& mix_of(const BenchReport& report) {
  return report.mix;
}
const std::optional<DriveResult>& payments_of(const BenchReport& report) {
  return report.payments;
}

constexpr Measurement kMix{"order to cash", "mix", mix_of, &BenchReport::mix_server_cpu};
constexpr Measurement kPayments{"payments", "payments", payments_of,
                                &BenchReport::payments_server_cpu};

struct Figures {
  Spread rate;
  Spread p50;
  Spread p99;
  Spread server_us;
};

Figures figures_of(const BenchComparison::Value& value, const Measurement& measurement) {
  constexpr double kMicroseconds = 1e6;
  const auto over = [&](auto figure) {
    return spread_over(value, [&](const BenchReport& run) { return figure(*measurement.of(run)); });
  };
  Figures out;
  out.rate = over([](const DriveResult& result) { return result.rate(); });
  out.p50 = over([](const DriveResult& result) { return result.latency.percentile_ms(50); });
  out.p99 = over([](const DriveResult& result) { return result.latency.percentile_ms(99); });
  out.server_us = spread_over(value, [&](const BenchReport& run) {
    const auto answered = static_cast<double>(measurement.of(run)->answered);
    return answered == 0 ? 0 : run.*measurement.server_cpu * kMicroseconds / answered;
  });
  return out;
}

double bytes_of(const BenchReport& run) {
  return run.bytes_per_command();
}
double amplification_of(const BenchReport& run) {
  return run.written ? run.written->amplification() : 0;
}
double fsync_of(const BenchReport& run) {
  return run.floor_before.measured ? run.floor_before.small.percentile_ms(50) : 0;
}

bool has(const BenchComparison& comparison, const Measurement& measurement) {
  return measurement.of(comparison.values.front().runs.front()).has_value();
}

void print_measurement(std::ostream& out, const BenchComparison& comparison,
                       const Measurement& measurement) {
  Table table({comparison.option, "per second", "least", "most", "to the first", "p50 ms", "p99 ms",
               "server us"});
  const double first = figures_of(comparison.values.front(), measurement).rate.median;
  for (const BenchComparison::Value& value : comparison.values) {
    const Figures figures = figures_of(value, measurement);
    const auto whole = [](double rate) { return with_thousands(static_cast<std::uint64_t>(rate)); };
    const double change = first > 0 ? (figures.rate.median / first - 1) * kPercent : 0;
    table.add({value.text, whole(figures.rate.median), whole(figures.rate.least),
               whole(figures.rate.most), (change >= 0 ? "+" : "") + fixed(change, 1) + " %",
               fixed(figures.p50.median, 3), fixed(figures.p99.median, 3),
               fixed(figures.server_us.median, 2)});
  }
  out << measurement.what << ":\n";
  table.print(out);
  out << '\n';
}

void print_disk(std::ostream& out, const BenchComparison& comparison) {
  Table table({comparison.option, "bytes per command", "write amplification", "fdatasync p50 ms"});
  for (const BenchComparison::Value& value : comparison.values) {
    const bool own = value.runs.front().own_server;
    table.add({value.text, own ? fixed(spread_over(value, bytes_of).median, 1) : "unknown",
               own ? fixed(spread_over(value, amplification_of).median, 2) : "unknown",
               own ? fixed(spread_over(value, fsync_of).median, 3) : "unknown"});
  }
  table.print(out);
}

Json measurement_json(const BenchComparison::Value& value, const Measurement& measurement) {
  const Figures figures = figures_of(value, measurement);
  Json json;
  json["per_second"] = spread_json(figures.rate);
  json["p50_ms"] = spread_json(figures.p50);
  json["p99_ms"] = spread_json(figures.p99);
  json["server_us_per_command"] = spread_json(figures.server_us);
  for (const BenchReport& run : value.runs)
    json["rounds"].push_back(measurement.of(run)->rate());
  return json;
}

}  // namespace

bool BenchComparison::all_done() const {
  return std::ranges::all_of(values, [](const Value& value) {
    return std::ranges::all_of(value.runs, &BenchReport::all_done);
  });
}

Status set_bench_option(BenchOptions& options, const std::string& name, const std::string& value) {
  const auto found = number_options().find(name);
  if (found == number_options().end()) {
    std::string known;
    for (const auto& [each, option] : number_options())
      known += (known.empty() ? "" : ", ") + each;
    return usage("'" + name + "' cannot be compared; there are: " + known);
  }
  const NumberOption& option = found->second;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = error == std::errc{} && end == value.data() + value.size();
  if (!whole || number < option.least || number > option.most) {
    return usage(name + " takes a number from " + std::to_string(option.least) + " to " +
                 std::to_string(option.most) + ", not '" + value + "'");
  }
  option.set(options, number);
  return {};
}

Result<BenchComparison> compare_bench(const BenchOptions& options, const std::string& wish,
                                      std::size_t rounds, const RunBench& run,
                                      const std::function<void(const std::string&)>& tell) {
  const std::size_t equals = wish.find('=');
  if (equals == std::string::npos) return usage("'" + wish + "' is not OPTION=A,B,...");
  BenchComparison out;
  out.option = wish.substr(0, equals);
  out.rounds = rounds;
  std::vector<BenchOptions> variants;
  for (const std::string& text : split(wish.substr(equals + 1))) {
    variants.push_back(options);
    if (Status set = set_bench_option(variants.back(), out.option, text); !set) return set.error();
    out.values.push_back({text, {}});
  }
  if (variants.size() > kValuesMax) {
    return usage("at most " + std::to_string(kValuesMax) + " values in one comparison");
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < variants.size(); ++i) {
      tell("round " + std::to_string(round + 1) + " of " + std::to_string(rounds) + ": " +
           out.option + "=" + out.values[i].text);
      Result<BenchReport> report = run(variants[i]);
      if (!report) return report.error();
      out.values[i].runs.push_back(std::move(*report));
    }
  }
  return out;
}

void print_comparison(std::ostream& out, const BenchComparison& comparison) {
  const BenchReport& first = comparison.values.front().runs.front();
  out << machine_line(first);
  for (const BenchComparison::Value& value : comparison.values)
    out << comparison.option << "=" << value.text << ": " << load_line(value.runs.front().options);
  out << comparison.rounds << " rounds in turn, each run on a fresh server and data folder; "
      << "medians, with the least and the most of the rounds\n\n";
  for (const Measurement& measurement : {kMix, kPayments}) {
    if (has(comparison, measurement)) print_measurement(out, comparison, measurement);
  }
  print_disk(out, comparison);
  for (const BenchComparison::Value& value : comparison.values) {
    for (const BenchReport& run : value.runs)
      print_bench_failures(out, run);
  }
}

std::string comparison_json(const BenchComparison& comparison) {
  Json json;
  json["compare"] = comparison.option;
  json["rounds"] = comparison.rounds;
  for (const BenchComparison::Value& value : comparison.values) {
    Json one;
    one["value"] = value.text;
    for (const Measurement& measurement : {kMix, kPayments}) {
      if (has(comparison, measurement)) one[measurement.key] = measurement_json(value, measurement);
    }
    if (value.runs.front().own_server) {
      one["bytes_per_command"] = spread_json(spread_over(value, bytes_of));
      one["write_amplification"] = spread_json(spread_over(value, amplification_of));
      one["fsync_p50_ms"] = spread_json(spread_over(value, fsync_of));
    }
    one["conditions"] = Json::parse(conditions_json_text(value.runs.front()));
    json["values"].push_back(std::move(one));
  }
  return json.dump();
}

}  // namespace kontor::cli
