#include "tests/simulation/program/campaign.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/simulation/book_run.h"

namespace kontor::test {
namespace {

constexpr std::uint64_t kWorldMost = 1'000;  // commands: a small world is compared quickly
constexpr std::uint64_t kWorldsOfASeed = 1'000'000;
constexpr std::chrono::milliseconds kTellEvery{250};

}  // namespace

std::optional<Finding> run_seed(std::uint64_t seed, std::uint64_t commands, Coverage& coverage) {
  std::uint64_t left = commands;
  for (std::uint64_t world = 0; left > 0; ++world) {
    RunPlan plan{seed * kWorldsOfASeed + world, std::min(left, kWorldMost), false};
    left -= plan.commands;
    auto finding = run_book(plan, coverage);
    if (!finding) continue;
    // Again, looking at everything after every batch: it may have begun earlier.
    plan.exact = true;
    Coverage ignored;
    if (const auto exact = run_book(plan, ignored)) finding = exact;
    finding->seed = seed;
    finding->what += " [world " + std::to_string(world) + " of the seed]";
    return finding;
  }
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
    const auto finding = run_seed(*seed, options_.commands, coverage);
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
