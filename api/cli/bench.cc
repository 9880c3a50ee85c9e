// kontor bench: how many durable commands a second, under which conditions.
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "api/cli/bench_compare.h"
#include "api/cli/bench_report.h"
#include "api/cli/bench_run.h"
#include "api/cli/environment.h"
#include "api/cli/verbs.h"

namespace kontor::cli {
namespace {

int run_bench(Environment& env, const BenchOptions& options, bool server_given) {
  Environment own = env;
  if (!server_given) own.server.clear();
  const Result<BenchReport> report = run_bench_once(own, options);
  if (!report) return fail(env, report.error());
  if (env.json) {
    env.out << bench_report_json(*report) << '\n';
  } else {
    print_bench_report(env.out, *report);
  }
  return report->all_done() ? kExitDone : kExitRefused;
}

int run_compare(Environment& env, const BenchOptions& options, const std::string& wish,
                std::size_t rounds, bool server_given) {
  Environment own = env;
  if (!server_given) own.server.clear();
  const auto run = [&](const BenchOptions& each) {
    own.server = server_given ? env.server : std::string();
    return run_bench_once(own, each);
  };
  const auto tell = [&](const std::string& text) { env.err << text << std::endl; };
  Result<BenchComparison> comparison = compare_bench(options, wish, rounds, run, tell);
  if (!comparison) return fail(env, comparison.error());
  if (env.json) {
    env.out << comparison_json(*comparison) << '\n';
  } else {
    print_comparison(env.out, *comparison);
  }
  return comparison->all_done() ? kExitDone : kExitRefused;
}

}  // namespace

void add_bench(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* verb = program.add_subcommand(
      "bench", "Measure durable commands a second: orders from placement to payment, and payments");
  verb->add_option("--connections", options->connections, "TCP connections, one thread each")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  verb->add_option("--in-flight", options->in_flight, "Commands in flight on each connection")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  verb->add_option("--batch", options->batch, "Commands in one frame")
      ->check(CLI::Range(1, 8'192))
      ->capture_default_str();
  verb->add_option("--seconds", options->seconds, "Seconds for each measurement")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str();
  verb->add_option("--lifecycles", options->lifecycles,
                   "Orders to take through their life instead of --seconds (and 6 times as many\n"
                   "payments)");
  verb->add_option("--mix", options->mix, "What to measure: lifecycle, payments or both")
      ->check(CLI::IsMember({"lifecycle", "payments", "both"}))
      ->capture_default_str();
  verb->add_option("--shards", options->shards, "Shards of its own server; books spread over them")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  verb->add_option("--books", options->books,
                   "Books; the frames of a connection go to them in turn")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  verb->add_option("--companies", options->companies,
                   "Companies that order, spread over the books; 1: all on one account")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  verb->add_option("--items", options->items,
                   "Items sold, spread over the books, 10 in each at least (or all there are);\n"
                   "1: all from one stock record")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  verb->add_option("--seed", options->seed, "The same seed sends the same commands")
      ->capture_default_str();
  verb->add_option("--folder", options->folder, "Where its own server's data folder is made")
      ->capture_default_str();
  verb->add_flag("--keep", options->keep, "Keep that data folder");
  auto compare = std::make_shared<std::string>();
  auto rounds = std::make_shared<std::size_t>(3);
  verb->add_option("--compare", *compare,
                   "OPTION=A,B,...: an option of this verb without its dashes, and values of it\n"
                   "that are compared: runs in turn (A B A B ...), each on a fresh data folder,\n"
                   "and prints medians and spread");
  verb->add_option("--rounds", *rounds, "Runs of each value that is compared")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  verb->footer(
      "Without --server it starts the kontord beside it on a fresh folder. Every commit is synced "
      "to\n"
      "disk before it is answered; what a sync costs there (fdatasync of 4 KiB and 256 KiB) is "
      "measured\n"
      "in the same run and printed beside the rates.\n"
      "Write amplification is what the log's store wrote (write-ahead log, tables, compaction) for "
      "each\n"
      "byte of pages as they were sealed; it stores large ones compressed, so that it can be below "
      "1.\n"
      "Example: kontor bench --connections 4 --in-flight 8192 --batch 1024 --seconds 10\n"
      "         kontor bench --compare books=1,100,1000 --seconds 5 --rounds 5");
  verb->callback([&program, &env, &status, options, compare, rounds] {
    const bool server_given = program.get_option("--server")->count() != 0;
    status = compare->empty() ? run_bench(env, *options, server_given)
                              : run_compare(env, *options, *compare, *rounds, server_given);
  });
}

}  // namespace kontor::cli
