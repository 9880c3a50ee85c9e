// What a run reports: what it covered, and the first thing that went wrong.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kontor::test {

struct Finding {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;  // commands sent before it, in this run
  std::string what;        // what differs
  std::string command;     // the one at that step, as JSON
};

struct Coverage {
  std::uint64_t commands = 0;
  std::uint64_t done = 0;
  std::uint64_t refused = 0;
  std::uint64_t repeats = 0;
  std::uint64_t reused_ids = 0;
  std::uint64_t events = 0;
  std::uint64_t commits = 0;
  std::uint64_t replays = 0;
  std::uint64_t crashes = 0;
  std::uint64_t snapshots = 0;                    // made and compared
  std::uint64_t snapshot_starts = 0;              // processes that began with one
  std::uint64_t resolves = 0;                     // asked what became of an id
  std::uint64_t fenced = 0;                       // by one of them
  std::uint64_t too_old = 0;                      // to tell
  std::uint64_t found_out = 0;                    // instead of being sent again after a crash
  std::uint64_t resent = 0;                       // commands whose answer a crash had cut off
  std::map<std::string, std::uint64_t> refusals;  // by reason
  std::map<std::string, std::uint64_t> kinds;     // commands done, by name

  void add(const Coverage& other);
};

// One run of a seed: how many commands, and whether to compare everything after each of them.
struct RunPlan {
  std::uint64_t seed = 1;
  std::uint64_t commands = 1000;
  bool exact = false;
  bool trace = false;  // tells every command and what came of it, on stderr
};

}  // namespace kontor::test
