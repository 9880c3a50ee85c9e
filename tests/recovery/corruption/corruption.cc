// kontor_corruption: damages one file of a small data folder at a time, in every way and at random
// places, and holds what start and verify say against what was there: found with where and what to
// do, or harmless because nothing is lost. The rounds are done in a process of their own: one that
// dies of what it reads is a finding, and the next goes on. Exit status 0: no finding, 1: findings,
// 2: usage.
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/recovery/corruption/damage.h"
#include "tests/recovery/corruption/inspection.h"
#include "tests/recovery/corruption/sample.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kProgramEvery = 40;  // rounds; also those with a start of their own
constexpr std::uint64_t kStartEvery = 4;
constexpr std::uint64_t kProgressEvery = 1'000;
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

// What was covered, in memory that outlives a process that dies in a round.
struct Tally {
  std::array<std::array<Counts, kDamageKinds>, kFileKinds> counts;
  std::uint64_t round = 0;     // begun last
  std::array<char, 512> what;  // its damage, as a line
  std::uint64_t rounds = 0;
  std::uint64_t starts = 0;
  std::uint64_t programs = 0;
  std::uint64_t findings = 0;
};

class Campaign {
 public:
  Campaign(const Options& options, const fs::path& work, Tally& tally, Clock::time_point begin)
      : options_(options), work_(work), tally_(tally), begin_(begin) {}

  // Makes the samples anew and goes on after the last round begun. False: no sample can be made.
  bool run(std::uint64_t last) {
    if (!prepare()) return false;
    while (tally_.round < last && wants_more()) {
      run_round(++tally_.round);
      if (tally_.round % kProgressEvery == 0) print_progress(last);
    }
    return true;
  }

  bool wants_more() const {
    return tally_.findings < kExamplesMax &&
           (options_.seconds_max <= 0 || seconds() < options_.seconds_max);
  }
  void print_end() const;

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }
  bool prepare();
  void print_progress(std::uint64_t last) const {
    std::cerr << "round " << tally_.round << " of " << last << ", findings " << tally_.findings
              << ", seconds " << static_cast<std::uint64_t>(seconds()) << '\n';
  }
  std::optional<Round> plan(std::uint64_t number, const fs::path& copy, bool private_copy);
  void copy_sample(const Sample& sample, const fs::path& to, bool private_copy);
  void run_round(std::uint64_t number);
  void judge(const Round& round, const Inspected& seen);
  void start_too(const Round& round, const Inspected& seen);
  void finding(const Round& round, const std::string& what);
  // What is being done, for whoever finds this process dead.
  void say_in_tally(const Round& round);

  const Options& options_;
  const fs::path work_;
  Tally& tally_;
  std::vector<Sample> samples_;
  const Clock::time_point begin_;
};

bool Campaign::prepare() {
  for (const auto& left : fs::directory_iterator(work_))
    fs::remove_all(left);
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
  ++tally_.rounds;
  say_in_tally(*round);
  const Inspected seen = inspect(copy, *round->sample);
  if (options_.only_round != 0) std::cout << seen.message << std::endl;
  judge(*round, seen);
  if (!options_.kontor.empty() && number % kProgramEvery == 0) {
    ++tally_.programs;
    if (std::string wrong = ask_program(options_.kontor, copy, seen.seen); !wrong.empty())
      finding(*round, wrong);
  }
  if (seen.seen != Seen::kFound || number % kStartEvery == 0) start_too(*round, seen);
}

void Campaign::judge(const Round& round, const Inspected& seen) {
  Counts& counts = tally_.counts.at(static_cast<std::size_t>(round.file_kind))
                       .at(static_cast<std::size_t>(round.damage_kind));
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
  ++tally_.starts;
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

std::string in_words(const Options& options, const Round& round) {
  return "FOUND (seed " + std::to_string(options.seed) + ", round " + std::to_string(round.number) +
         ", sample " + round.sample->name + "): " + std::string(word(round.damage_kind)) + " " +
         round.file.string() + " (" + round.done + "): ";
}

void Campaign::finding(const Round& round, const std::string& what) {
  ++tally_.findings;
  std::cerr << in_words(options_, round) << what << '\n';
}

void Campaign::say_in_tally(const Round& round) {
  const std::string words = in_words(options_, round).substr(0, tally_.what.size() - 1);
  std::memcpy(tally_.what.data(), words.c_str(), words.size() + 1);
}

void Campaign::print_end() const {
  std::cout << std::left << std::setw(17) << "file" << std::setw(11) << "damage" << std::right
            << std::setw(8) << "rounds" << std::setw(8) << "found" << std::setw(8) << "named"
            << std::setw(10) << "harmless" << std::setw(9) << "cut end" << '\n';
  for (std::size_t file = 0; file < kFileKinds; ++file) {
    for (std::size_t damage = 0; damage < kDamageKinds; ++damage) {
      const Counts& counts = tally_.counts.at(file).at(damage);
      if (counts.rounds == 0) continue;
      std::cout << std::left << std::setw(17) << word(static_cast<FileKind>(file)) << std::setw(11)
                << word(static_cast<DamageKind>(damage)) << std::right << std::setw(8)
                << counts.rounds << std::setw(8) << counts.found << std::setw(8) << counts.named
                << std::setw(10) << counts.harmless << std::setw(9) << counts.shorter << '\n';
    }
  }
  std::cout << "rounds " << tally_.rounds << ", starts " << tally_.starts << ", by the program "
            << tally_.programs << ", findings " << tally_.findings << ", seed " << options_.seed
            << ", seconds " << static_cast<std::uint64_t>(seconds()) << std::endl;
  if (tally_.findings == 0) return;
  std::cout << "again: ops/corrupt --seed " << options_.seed << " --only-round N" << std::endl;
}

// The last process died in a round.
void tell_death(Tally& tally, int status) {
  ++tally.findings;
  std::cerr << tally.what.data();
  if (WIFSIGNALED(status)) {
    std::cerr << "the process died: " << ::strsignal(WTERMSIG(status)) << '\n';
  } else {
    std::cerr << "the process ended with status " << WEXITSTATUS(status) << '\n';
  }
}

// One process after another, until all rounds are done.
int run_all(const Options& options) {
  std::string folder = (fs::path(options.folder) / "kontor-corruption-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    std::cerr << "kontor_corruption: no folder can be made in " << options.folder << '\n';
    return 2;
  }
  void* const memory =
      ::mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::cerr << "kontor_corruption: no shared memory can be had\n";
    return 2;
  }
  Tally& tally = *new (memory) Tally;
  const std::uint64_t last = options.only_round == 0 ? options.rounds : options.only_round;
  tally.round = options.only_round == 0 ? 0 : last - 1;
  Campaign campaign(options, folder, tally, Clock::now());
  bool begun = true;
  while (begun && tally.round < last && campaign.wants_more()) {
    const std::uint64_t rounds_before = tally.round;
    const ::pid_t child = ::fork();
    if (child == 0) ::_exit(campaign.run(last) ? 0 : 1);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) {
      std::cerr << "kontor_corruption: no process can be made\n";
      begun = false;
    } else if (status != 0) {
      begun = tally.round != rounds_before;  // else it died, or said so, before the first round
      if (begun) tell_death(tally, status);
    }
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  if (!begun) return 2;
  campaign.print_end();
  return tally.findings == 0 ? 0 : 1;
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
  return kontor::test::run_all(options);
}
