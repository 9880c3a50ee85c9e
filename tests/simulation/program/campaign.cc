#include "tests/simulation/program/campaign.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "tests/simulation/book_run.h"
#include "tests/simulation/disk_run.h"
#include "tests/simulation/shard_run.h"
#include "tests/simulation/temporary_folder.h"

namespace kontor::test {
namespace {

// Commands of a world: small ones are many, and compared quickly; a large one gets further.
constexpr std::array<std::uint64_t, 4> kWorlds = {400, 1'000, 1'000, 2'500};
constexpr std::uint64_t kWorldsOfASeed = 1'000'000;
constexpr std::uint64_t kShardMost = 400;  // commands of the run with threads and deaths
constexpr std::uint64_t kDiskEvery = 10;   // seeds with a run of the log on a forgetful disk
constexpr std::uint64_t kDiskCommits = 40;
constexpr std::uint64_t kViewsEvery = 4;  // seeds whose whole engine has views
constexpr std::chrono::milliseconds kTellEvery{250};

std::optional<Finding> run_world(RunPlan plan, Coverage& coverage) {
  auto finding = run_book(plan, coverage);
  if (!finding) return finding;
  // Again, looking at everything after every batch: it may have begun earlier.
  plan.exact = true;
  Coverage ignored;
  const auto exact = run_book(plan, ignored);
  return exact ? exact : finding;
}

std::optional<Finding> run_on_a_disk(const RunPlan& plan, Coverage& coverage) {
  const TemporaryFolder folder(true);
  return run_disk(plan, folder.path() / "data", coverage);
}

Finding in_seed(Finding finding, std::uint64_t seed, const std::string& where) {
  finding.seed = seed;
  finding.what += " [" + where + "]";
  return finding;
}

}  // namespace

std::optional<Finding> run_seed(std::uint64_t seed, const CampaignOptions& options,
                                Coverage& coverage) {
  RunPlan plan{
      seed * kWorldsOfASeed, std::min(options.commands, kShardMost), false, options.trace, {}};
  const TemporaryFolder views(seed % kViewsEvery == 0);
  plan.views_in = views.path();
  if (const auto found = run_shard(plan, coverage)) return in_seed(*found, seed, "whole engine");
  plan.views_in.clear();
  std::uint64_t left = options.commands - plan.commands;
  for (; left > 0; left -= plan.commands) {
    ++plan.seed;
    plan.commands = std::min(left, kWorlds.at(plan.seed % kWorlds.size()));
    const std::string where = "world " + std::to_string(plan.seed % kWorldsOfASeed);
    if (const auto found = run_world(plan, coverage)) return in_seed(*found, seed, where);
  }
  if (seed % kDiskEvery != 0) return std::nullopt;
  plan.commands = kDiskCommits;
  if (const auto found = run_on_a_disk(plan, coverage)) return in_seed(*found, seed, "disk");
  return std::nullopt;
}

CampaignState Campaign::run(const Tell& tell) {
  std::vector<std::thread> threads;
  working_ = std::max(1U, options_.jobs);
  for (unsigned i = 0; i < working_; ++i)
    threads.emplace_back([this] { work(); });
  std::unique_lock lock(mutex_);
  while (working_ > 0) {
    changed_.wait_for(lock, kTellEvery);
    tell(state_);
  }
  lock.unlock();
  for (std::thread& thread : threads)
    thread.join();
  return state_;
}

void Campaign::work() {
  while (const auto seed = next_seed()) {
    Coverage coverage;
    const auto finding = run_seed(*seed, options_, coverage);
    seed_done(coverage, finding);
  }
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_all();
}

std::optional<std::uint64_t> Campaign::next_seed() {
  const std::lock_guard lock(mutex_);
  if (begun_ == options_.seeds || state_.finding) return std::nullopt;
  return options_.first + begun_++;
}

void Campaign::seed_done(const Coverage& coverage, const std::optional<Finding>& finding) {
  const std::lock_guard lock(mutex_);
  ++state_.seeds_done;
  state_.coverage.add(coverage);
  if (finding && !state_.finding) state_.finding = finding;
}

}  // namespace kontor::test
