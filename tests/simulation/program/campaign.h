// A campaign: many seeds, some at a time, each through every kind of run.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "tests/simulation/finding.h"

namespace kontor::test {

struct CampaignOptions {
  std::uint64_t seeds = 20;
  std::uint64_t first = 1;
  std::uint64_t commands = 10'000;  // of one seed
  unsigned jobs = 2;                // seeds at a time
  bool trace = false;               // every command and what came of it, on stderr
};

struct CampaignState {
  std::uint64_t seeds_done = 0;
  Coverage coverage;
  std::optional<Finding> finding;  // the first
};

class Campaign {
 public:
  explicit Campaign(const CampaignOptions& options) : options_(options) {}

  // Runs until all seeds are done or something is found. `tell` is called a few times a second.
  using Tell = std::function<void(const CampaignState&)>;
  CampaignState run(const Tell& tell);

 private:
  void work();
  std::optional<std::uint64_t> next_seed();
  void seed_done(const Coverage& coverage, const std::optional<Finding>& finding);

  const CampaignOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  CampaignState state_;
  std::uint64_t begun_ = 0;
  unsigned working_ = 0;
};

// One seed: a run of the whole engine, then worlds of their own until the commands are used up, now
// and then the log on a disk that forgets. The finding tells the first step at which something
// differs.
std::optional<Finding> run_seed(std::uint64_t seed, const CampaignOptions& options,
                                Coverage& coverage);

}  // namespace kontor::test
