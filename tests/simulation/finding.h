// What a run reports: what it covered, and the first thing that went wrong.
#pragma once

#include <cstdint>
#include <filesystem>
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
  std::uint64_t snapshots = 0;        // made and compared
  std::uint64_t snapshot_starts = 0;  // processes that began with one
  std::uint64_t resolves = 0;         // asked what became of an id
  std::uint64_t fenced = 0;           // by one of them
  std::uint64_t too_old = 0;          // to tell
  std::uint64_t found_out = 0;        // instead of being sent again after a crash
  std::uint64_t feed_events = 0;      // shown to subscribers
  std::uint64_t feed_marks = 0;       // caught up, with nothing new
  std::uint64_t feed_cuts = 0;        // connections
  std::uint64_t feed_slow = 0;        // ended for taking nothing
  std::uint64_t past_questions = 0;
  std::uint64_t past_answers = 0;
  std::uint64_t past_models = 0;  // of them held against the model
  std::uint64_t past_refused = 0;
  std::uint64_t view_starts = 0;
  std::uint64_t view_deaths = 0;                  // in the middle of an ingest
  std::uint64_t view_power_cuts = 0;              // of them with their disk
  std::uint64_t view_renewals = 0;                // that took their place
  std::uint64_t view_stored = 0;                  // answered from what is stored
  std::uint64_t view_fresh = 0;                   // and from what is folded besides
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
  bool trace = false;                   // tells every command and what came of it, on stderr
  std::filesystem::path views_in = {};  // of the whole engine: a folder for its views; empty: none
};

}  // namespace kontor::test
