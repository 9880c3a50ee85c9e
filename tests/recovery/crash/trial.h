// Trial: rounds of kills on one data folder, from its creation to a clean end. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "events/base/result.h"
#include "tests/recovery/crash/audit.h"
#include "tests/recovery/crash/lane.h"
#include "tests/recovery/crash/ledger.h"
#include "tests/recovery/crash/traffic.h"
#include "tests/support/recovery/server_process.h"

namespace kontor::test {

struct TrialOptions {
  std::string server;            // path of kontord
  std::filesystem::path folder;  // fresh; data and the server's messages go there
  std::uint64_t seed = 1;
  std::uint64_t commands_max = 8'000;  // acknowledged in a round, at most about
  // More than one: each connection has a book of its own, in shards by turns.
  std::uint32_t shards = 1;
};

// What one round did.
struct Round {
  enum class Killed { kUnderLoad, kStarting, kStopping };
  Killed killed = Killed::kUnderLoad;
  std::uint64_t acknowledged = 0;  // in this round
  std::uint64_t unanswered = 0;    // when it was killed
  std::uint64_t log_events = 0;
  std::uint64_t log_commits = 0;
  std::chrono::milliseconds restart{0};  // from the start of the process to `ready`; 0: not reached
};
std::string text(const Round& round);

class Trial {
 public:
  explicit Trial(TrialOptions options);

  // Starts the server on what the round before left, sends, kills, and holds the log against the
  // ledger. The error: it cannot go on, which is a finding too (stopped).
  Result<Round> run_round();
  // Sends what is still unanswered, ends the server cleanly, and looks at the log once more.
  Status finish();
  // It could not go on: a finding of its own.
  void stopped(const std::string& why) { ledger_.unsound(why); }

  std::uint64_t acknowledged() const { return ledger_.acknowledged(); }
  std::uint64_t repeats() const { return ledger_.repeats(); }
  Findings findings() const { return ledger_.findings(); }

 private:
  struct Plan;

  Plan make_plan();
  Status spawn();
  Status start(Round& round);
  Status open_books();
  Status open_book(std::size_t lane);
  Status compare_digest(BookNumber book);
  Status set_up();
  Status set_up_book(std::size_t lane);
  BookNumber book_of(std::size_t lane) const { return books_[lane % books_.size()]; }
  Status load(const Plan& plan, Round& round);
  void disconnect_all();
  void look_at_log(Round& round);

  const TrialOptions options_;
  Random random_;
  Trade trade_;
  Ledger ledger_;
  std::unique_ptr<ServerProcess> server_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::string> names_;
  std::vector<BookNumber> books_;  // by name
  bool is_set_up_ = false;
  std::chrono::microseconds start_took_{200'000};  // the last one
  std::map<std::uint32_t, BookState> audited_;     // by the last look at the log
};

}  // namespace kontor::test
