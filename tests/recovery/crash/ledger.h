// Ledger: what the server told its clients, kept apart from everything the server keeps. The log is
// held against it after every kill, and every answer against what is known already.
//
// Threads: any; a lock of its own.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/client/client.h"

namespace kontor::test {

// What became of one command id.
struct Verdict {
  StatusCode status = StatusCode::kDone;  // done or refused
  std::uint64_t sequence = 0;             // of its first event
  std::size_t events = 0;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};
std::string text(const Verdict& verdict);

struct Findings {
  std::uint64_t lost = 0;     // acknowledged, and not in the log
  std::uint64_t doubled = 0;  // decided more than once under one id
  std::uint64_t changed = 0;  // another answer or another place than before
  std::uint64_t unsound = 0;  // damaged log, broken invariant, unequal digests, unexpected answers
  std::vector<std::string> examples;

  std::uint64_t count() const { return lost + doubled + changed + unsound; }
  void add(std::uint64_t Findings::*kind, std::string what);  // keeps the first examples
  void merge(const Findings& other);
};

class Ledger {
 public:
  // A final answer (done, refused or misuse) of the server to the command `id`.
  void answered(std::string_view id, const Answer& answer, StatusCode expected);

  // Holds the decisions of the whole log, of all commands that have an id, against what is known.
  // What is in the log without having been acknowledged is known from then on.
  using Logged = std::unordered_map<std::string, std::vector<Verdict>>;
  void compare(const Logged& logged);

  // Something wrong that is not about one command.
  void unsound(const std::string& what);

  std::uint64_t acknowledged() const;  // commands, each once
  std::uint64_t repeats() const;       // answers to commands that had been acknowledged before
  Findings findings() const;

 private:
  struct Known {
    Verdict verdict;
    bool acknowledged = false;
  };
  void compare_one(const std::string& id, const Known& known, const Logged& logged);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t repeats_ = 0;
  Findings findings_;
};

}  // namespace kontor::test
