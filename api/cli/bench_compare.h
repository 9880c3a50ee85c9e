// kontor bench --compare: the same bench with several values of one option, run in turn so that
// what the machine does meanwhile falls on all of them; medians and spread.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "api/cli/bench_report.h"
#include "events/base/result.h"

namespace kontor::cli {

struct BenchComparison {
  struct Value {
    std::string text;
    std::vector<BenchReport> runs;  // in the order of rounds
  };
  std::string option;
  std::size_t rounds = 0;
  std::vector<Value> values;

  bool all_done() const;
};

// Sets the option of that name, without its dashes. kUsage: no such option, or a value it does not
// take; says what would be right.
Status set_bench_option(BenchOptions& options, const std::string& name, const std::string& value);

// wish: "OPTION=A,B,...". Runs every value in turn, `rounds` times; `tell` is called before each.
using RunBench = std::function<Result<BenchReport>(const BenchOptions&)>;
Result<BenchComparison> compare_bench(const BenchOptions& options, const std::string& wish,
                                      std::size_t rounds, const RunBench& run,
                                      const std::function<void(const std::string&)>& tell);

void print_comparison(std::ostream& out, const BenchComparison& comparison);
std::string comparison_json(const BenchComparison& comparison);

}  // namespace kontor::cli
