// kontor_corruption: damages one file of a small data folder at a time, in every way and at random
// places, and holds what start and verify say against what was there: found with where and what to
// do, or harmless because nothing is lost. Exit status 0: no finding, 1: findings, 2: usage.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/recovery/corruption/damage.h"
#include "tests/recovery/corruption/inspection.h"
#include "tests/recovery/corruption/sample.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kProgramEvery = 40;  // rounds; also those with a start of their own
constexpr std::uint64_t kStartEvery = 4;
constexpr std::size_t kExamplesMax = 20;

// In memory where there is one: a start syncs, and a damage is as good there.
std::string default_folder() {
  const fs::path memory = "/dev/shm";
  return (fs::is_directory(memory) ? memory : fs::temp_directory_path()).string();
}

struct Options {
  std::uint64_t rounds = 2'000;
  std::uint64_t seed = 1;
  std::uint64_t only_round = 0;
  double seconds_max = 0;
  std::string kontor;
  std::string folder = default_folder();
};

struct Counts {
  std::uint64_t rounds = 0;
  std::uint64_t found = 0;
  std::uint64_t named = 0;  // of those, with the damaged file's name
  std::uint64_t harmless = 0;
  std::uint64_t shorter = 0;
};

struct Round {
  std::uint64_t number = 0;
  const Sample* sample = nullptr;
  FileKind file_kind{};
  DamageKind damage_kind{};
  fs::path file;
  std::string done;
};

// FORMAT.md, "What damage cannot be told": the end of the write-ahead log. An exchange may have
// changed one, too.
bool may_be_shorter(const Round& round, std::uint64_t commits) {
  const bool wal = round.file_kind == FileKind::kWal ||
                   (round.damage_kind == DamageKind::kExchanged && round.done.ends_with(".log"));
  return wal && commits >= round.sample->clean_end;
}

// Whether its bytes have nothing to do with the log (FORMAT.md). A snapshot that is gone is none.
bool may_be_harmless(const Round& round) {
  if (round.file_kind == FileKind::kSnapshot) return round.damage_kind == DamageKind::kMissing;
  return round.file_kind != FileKind::kTable;
}

class Campaign {
 public:
  explicit Campaign(const Options& options)
      : options_(options), work_(fs::path(options.folder) / "kontor-corruption-XXXXXX") {}
  ~Campaign() {
    std::error_code ignored;
    if (made_) fs::remove_all(work_, ignored);
  }
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  int run() {
    if (!prepare()) return 2;
    const std::uint64_t first = options_.only_round == 0 ? 1 : options_.only_round;
    const std::uint64_t last = options_.only_round == 0 ? options_.rounds : first;
    for (std::uint64_t number = first; number <= last && wants_more(); ++number)
      run_round(number);
    print_end();
    return findings_ == 0 ? 0 : 1;
  }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  bool wants_more() const {
    return findings_ < kExamplesMax &&
           (options_.seconds_max <= 0 || seconds() < options_.seconds_max);
  }

  bool prepare();
  std::optional<Round> plan(std::uint64_t number, const fs::path& copy, bool private_copy);
  void copy_sample(const Sample& sample, const fs::path& to, bool private_copy);
  void run_round(std::uint64_t number);
  void judge(const Round& round, const Inspected& seen);
  void start_too(const Round& round, const Inspected& seen);
  void finding(const Round& round, const std::string& what);
  void print_end() const;

  const Options& options_;
  fs::path work_;
  bool made_ = false;
  std::vector<Sample> samples_;
  std::map<std::pair<FileKind, DamageKind>, Counts> counts_;
  std::uint64_t rounds_ = 0;
  std::uint64_t starts_ = 0;
  std::uint64_t programs_ = 0;
  std::uint64_t findings_ = 0;
  const Clock::time_point begin_ = Clock::now();
};

bool Campaign::prepare() {
  std::string name = work_.string();
  if (::mkdtemp(name.data()) == nullptr) {
    std::cerr << "kontor_corruption: no folder can be made in " << options_.folder << '\n';
    return false;
  }
  work_ = name;
  made_ = true;
  for (int kind = 0; kind < kSampleKinds; ++kind) {
    Result<Sample> sample = make_sample(static_cast<SampleKind>(kind), work_);
    if (!sample) {
      std::cerr << "kontor_corruption: " << sample.error().message << '\n';
      return false;
    }
    const Inspected seen = inspect(sample->folder, *sample);
    if (seen.seen != Seen::kWhole) {
      std::cerr << "kontor_corruption: the sample " << sample->name << ": " << seen.message << '\n';
      return false;
    }
    samples_.push_back(std::move(*sample));
  }
  return true;
}

// A copy for one round. Reading changes no file, so that undamaged ones can be the sample's own.
void Campaign::copy_sample(const Sample& sample, const fs::path& to, bool private_copy) {
  fs::remove_all(to);
  const auto how = private_copy ? fs::copy_options::recursive
                                : fs::copy_options::recursive | fs::copy_options::create_hard_links;
  fs::copy(sample.folder, to, how);
}

// Makes the copy, chooses and does the damage; the same for the same number and seed. Nothing: this
// kind of damage cannot be done to any file chosen.
std::optional<Round> Campaign::plan(std::uint64_t number, const fs::path& copy, bool private_copy) {
  Random random(options_.seed * 1'000'003 + number);
  Round round;
  round.number = number;
  round.sample = &samples_[below(random, samples_.size())];
  copy_sample(*round.sample, copy, private_copy);
  constexpr int kTries = 50;
  for (int i = 0; i < kTries; ++i) {
    // Every second round takes the files that are the log.
    const std::uint64_t kinds = below(random, 2) == 0 ? kFileKinds : 4;
    static constexpr std::array<FileKind, 4> kLog = {FileKind::kTable, FileKind::kWal,
                                                     FileKind::kManifest, FileKind::kCurrent};
    const std::uint64_t dice = below(random, kinds);
    round.file_kind = kinds == 4 ? kLog.at(dice) : static_cast<FileKind>(dice);
    round.damage_kind = static_cast<DamageKind>(below(random, kDamageKinds));
    const std::optional<fs::path> file = pick_file(*round.sample, round.file_kind, random);
    if (!file) continue;
    round.file = *file;
    fs::remove(copy / round.file);
    fs::copy_file(round.sample->folder / round.file, copy / round.file);
    std::optional<std::string> done =
        apply_damage(round.damage_kind, *round.sample, copy, round.file, random);
    if (!done) continue;
    round.done = std::move(*done);
    return round;
  }
  return std::nullopt;
}

void Campaign::run_round(std::uint64_t number) {
  const fs::path copy = work_ / "damaged";
  const std::optional<Round> round = plan(number, copy, false);
  if (!round) return;
  ++rounds_;
  const Inspected seen = inspect(copy, *round->sample);
  if (options_.only_round != 0) std::cout << seen.message << '\n';
  judge(*round, seen);
  if (!options_.kontor.empty() && number % kProgramEvery == 0) {
    ++programs_;
    if (std::string wrong = ask_program(options_.kontor, copy, seen.seen); !wrong.empty())
      finding(*round, wrong);
  }
  if (seen.seen != Seen::kFound || number % kStartEvery == 0) start_too(*round, seen);
}

void Campaign::judge(const Round& round, const Inspected& seen) {
  Counts& counts = counts_[{round.file_kind, round.damage_kind}];
  ++counts.rounds;
  switch (seen.seen) {
    case Seen::kFound:
      ++counts.found;
      if (seen.message.find(round.file.filename().string()) != std::string::npos) ++counts.named;
      return;
    case Seen::kWhole:
      ++counts.harmless;
      if (!may_be_harmless(round)) finding(round, "was not found");
      return;
    case Seen::kShorter:
      ++counts.shorter;
      if (!may_be_shorter(round, seen.commits)) finding(round, "lost unseen: " + seen.message);
      return;
    case Seen::kWrong:
      finding(round, seen.message);
  }
}

// A start must see no less than a reader, and must not hide what can be seen.
void Campaign::start_too(const Round& round, const Inspected& seen) {
  const fs::path copy = work_ / "started";
  if (!plan(round.number, copy, true)) return;
  ++starts_;
  const Inspected started = start_and_stop(copy, *round.sample);
  if (started.seen == Seen::kWrong) return finding(round, "a start: " + started.message);
  const Inspected after = inspect(copy, *round.sample);
  if (after.seen == Seen::kWrong) return finding(round, "after a start: " + after.message);
  if (seen.seen == Seen::kFound && after.seen != Seen::kFound && after.seen != Seen::kWhole) {
    return finding(round, "a start hid the damage: " + after.message);
  }
  if (seen.seen != Seen::kFound && started.seen != Seen::kFound &&
      (started.seen != seen.seen || after.commits != seen.commits)) {
    finding(round, "a start has " + started.message + ", a reader had " + seen.message +
                       ", and one after it " + after.message);
  }
}

void Campaign::finding(const Round& round, const std::string& what) {
  ++findings_;
  std::cerr << "FOUND (seed " << options_.seed << ", round " << round.number << ", sample "
            << round.sample->name << "): " << word(round.damage_kind) << " " << round.file.string()
            << " (" << round.done << "): " << what << '\n';
}

void Campaign::print_end() const {
  std::cout << std::left << std::setw(17) << "file" << std::setw(11) << "damage" << std::right
            << std::setw(8) << "rounds" << std::setw(8) << "found" << std::setw(8) << "named"
            << std::setw(10) << "harmless" << std::setw(9) << "cut end" << '\n';
  for (const auto& [kinds, counts] : counts_) {
    std::cout << std::left << std::setw(17) << word(kinds.first) << std::setw(11)
              << word(kinds.second) << std::right << std::setw(8) << counts.rounds << std::setw(8)
              << counts.found << std::setw(8) << counts.named << std::setw(10) << counts.harmless
              << std::setw(9) << counts.shorter << '\n';
  }
  std::cout << "rounds " << rounds_ << ", starts " << starts_ << ", by the program " << programs_
            << ", findings " << findings_ << ", seed " << options_.seed << ", seconds "
            << static_cast<std::uint64_t>(seconds()) << std::endl;
  if (findings_ == 0) return;
  std::cout << "again: ops/corrupt --seed " << options_.seed << " --only-round N" << std::endl;
}

void add_options(CLI::App& program, Options& options) {
  program.add_option("--rounds", options.rounds, "Damages")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  program.add_option("--seed", options.seed, "The same seed does the same damage")
      ->capture_default_str();
  program.add_option("--only-round", options.only_round, "This round alone, and what it says");
  program.add_option("--seconds-max", options.seconds_max, "No new round after that; 0: no limit")
      ->check(CLI::Range(0.0, 604'800.0))
      ->capture_default_str();
  program.add_option("--kontor", options.kontor,
                     "The program, for some rounds; default: beside this");
  program.add_option("--folder", options.folder, "Where data folders are made")
      ->capture_default_str();
}

}  // namespace
}  // namespace kontor::test

int main(int argc, char** argv) {
  kontor::test::Options options;
  CLI::App program("Damages a data folder in every way and checks that it is seen");
  kontor::test::add_options(program, options);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  if (options.kontor.empty()) {
    options.kontor =
        (std::filesystem::canonical("/proc/self/exe").parent_path() / "kontor").string();
  }
  if (!std::filesystem::exists(options.kontor)) {
    std::cerr << "kontor_corruption: " << options.kontor << " is not there; give --kontor\n";
    return 2;
  }
  return kontor::test::Campaign(options).run();
}
