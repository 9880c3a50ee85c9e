// Traffic: what one connection sends: orders through their lives, payments on account, second
// thoughts about both, and some commands that must be refused. Everything follows from the seed.
// One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "api/cli/bench_workload.h"
#include "tests/recovery/crash/second_thoughts.h"

namespace kontor::test {

using Random = std::mt19937_64;
// From 0 to bound - 1.
std::uint64_t below(Random& random, std::uint64_t bound);

// A command kept until its answer came.
struct Kept {
  std::string id;
  std::string actor;
  std::uint16_t kind = 0;
  std::vector<std::byte> body;
  StatusCode expected = StatusCode::kDone;

  CommandToSend to_send() const;  // views into it
};
Kept keep(const CommandToSend& command, StatusCode expected);

// Companies that order and pay invoices, and others that pay on account: a payment on account would
// settle invoices, and the payment that names them would then come too late.
struct Trade {
  Trade();
  cli::BenchWorld all;
  cli::BenchWorld ordering;
  cli::BenchWorld paying;
};

class Traffic {
 public:
  Traffic(const Trade& trade, std::uint64_t seed, std::uint32_t connection);
  Kept next();

 private:
  Kept refused();
  Kept second_thought();

  Random random_;
  std::string prefix_;
  std::uint64_t refusals_ = 0;
  cli::Bodies bodies_;
  std::unique_ptr<cli::Workload> orders_;
  std::unique_ptr<cli::Workload> payments_;
  SecondThoughts second_thoughts_;
};

}  // namespace kontor::test
