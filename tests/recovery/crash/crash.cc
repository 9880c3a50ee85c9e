// kontor_crash: kills the real server at random moments under load, and holds what it acknowledged
// against its log: nothing lost, nothing doubled. Exit status 0: no finding, 1: findings, 2: usage.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include "tests/recovery/crash/trial.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct CrashOptions {
  std::uint64_t rounds = 30;
  std::uint64_t seed = 1;
  double seconds_max = 0;
  std::uint64_t commands_max = 8'000;
  std::uint64_t rounds_per_folder = 10;
  std::uint32_t shards = 1;
  std::string server;
  std::string folder = fs::temp_directory_path().string();
  bool keep = false;
};

struct Totals {
  std::uint64_t rounds = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t repeats = 0;
  Findings findings;
};

// Removed again, unless it is to be kept or something was found.
class TrialFolder {
 public:
  explicit TrialFolder(const std::string& below) {
    std::string name = (fs::path(below) / "kontor-crash-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TrialFolder() {
    std::error_code ignored;
    if (!kept_ && !path_.empty()) fs::remove_all(path_, ignored);
  }
  TrialFolder(const TrialFolder&) = delete;
  TrialFolder& operator=(const TrialFolder&) = delete;

  const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  fs::path path_;
  bool kept_ = false;
};

class CrashRun {
 public:
  explicit CrashRun(const CrashOptions& options) : options_(options) {}

  int run() {
    for (std::uint64_t trial = 0; wants_more(); ++trial) {
      if (!run_trial(trial)) return 2;
    }
    print_end();
    return totals_.findings.count() == 0 ? 0 : 1;
  }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  bool wants_more() const {
    const bool in_time = options_.seconds_max <= 0 || seconds() < options_.seconds_max;
    return totals_.rounds < options_.rounds && in_time && totals_.findings.count() == 0;
  }

  bool run_trial(std::uint64_t number) {
    TrialFolder folder(options_.folder);
    if (folder.path().empty()) {
      std::cerr << "kontor_crash: no folder can be made in " << options_.folder
                << "; see --folder\n";
      return false;
    }
    Trial trial({.server = options_.server,
                 .folder = folder.path(),
                 .seed = options_.seed + number * 1'000'003,
                 .commands_max = options_.commands_max,
                 .shards = options_.shards});
    run_rounds(trial);
    Findings found = trial.findings();
    totals_.acknowledged += trial.acknowledged();
    totals_.repeats += trial.repeats();
    if (found.count() > 0 || options_.keep) {
      folder.keep();
      std::cerr << "kept: " << folder.path().string() << '\n';
    }
    print_findings(found);
    totals_.findings.merge(found);
    return true;
  }

  void run_rounds(Trial& trial) {
    for (std::uint64_t i = 0; i < options_.rounds_per_folder && wants_more(); ++i) {
      ++totals_.rounds;
      const Result<Round> round = trial.run_round();
      if (!round) return trial.stopped(round.error().message);
      std::cout << "round " << totals_.rounds << " of " << options_.rounds << ": " << text(*round)
                << std::endl;
      if (trial.findings().count() > 0) return;
    }
    if (Status finished = trial.finish(); !finished) trial.stopped(finished.error().message);
  }

  void print_findings(const Findings& found) const {
    for (const std::string& example : found.examples)
      std::cerr << "FOUND (seed " << options_.seed << "): " << example << '\n';
  }

  void print_end() const {
    const Findings& found = totals_.findings;
    std::cout << "rounds " << totals_.rounds << ", acknowledged " << totals_.acknowledged
              << ", repeated " << totals_.repeats << ", lost " << found.lost << ", doubled "
              << found.doubled << ", changed " << found.changed << ", unsound " << found.unsound
              << ", seed " << options_.seed << ", seconds " << static_cast<std::uint64_t>(seconds())
              << std::endl;
    if (found.count() == 0) return;
    std::cout << "again: ops/crash --rounds " << options_.rounds << " --seed " << options_.seed
              << " --commands-max " << options_.commands_max << " --rounds-per-folder "
              << options_.rounds_per_folder << " --shards " << options_.shards << std::endl;
  }

  const CrashOptions& options_;
  const Clock::time_point begin_ = Clock::now();
  Totals totals_;
};

void add_options(CLI::App& program, CrashOptions& options) {
  program.add_option("--rounds", options.rounds, "Kills")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  program.add_option("--seed", options.seed, "The same seed makes the same plan; times differ")
      ->capture_default_str();
  program.add_option("--seconds-max", options.seconds_max, "No new round after that; 0: no limit")
      ->check(CLI::Range(0.0, 604'800.0))
      ->capture_default_str();
  program.add_option("--commands-max", options.commands_max, "Acknowledged before a kill, at most")
      ->check(CLI::Range(1, 50'000))
      ->capture_default_str();
  program.add_option("--rounds-per-folder", options.rounds_per_folder, "Then a fresh data folder")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  program.add_option("--shards", options.shards, "Of the server; each connection has its own book")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  program.add_option("--server", options.server, "The kontord to kill; default: beside this one");
  program.add_option("--folder", options.folder, "Where data folders are made")
      ->capture_default_str();
  program.add_flag("--keep", options.keep, "Keep the data folders (kept anyway with a finding)");
}

}  // namespace
}  // namespace kontor::test

int main(int argc, char** argv) {
  kontor::test::CrashOptions options;
  CLI::App program("Kills kontord at random moments and checks that nothing is lost or doubled");
  kontor::test::add_options(program, options);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  if (options.server.empty()) {
    options.server =
        (std::filesystem::canonical("/proc/self/exe").parent_path() / "kontord").string();
  }
  if (!std::filesystem::exists(options.server)) {
    std::cerr << "kontor_crash: " << options.server
              << " is not there; build it, or give --server\n";
    return 2;
  }
  return kontor::test::CrashRun(options).run();
}
