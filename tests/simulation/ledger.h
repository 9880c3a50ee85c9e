// What a client was told, id by id: an id has one answer, and the log holds each of them once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "events/log/event_log.h"
#include "tests/simulation/answers.h"

namespace kontor::test {

class Ledger {
 public:
  // Remembers an answer; what differs from the one this id had before.
  std::optional<std::string> note(const std::string& id, const EngineAnswer& answer);
  // Every id noted stands once in the log, where it was said to be.
  std::optional<std::string> missing_in(const EventLog& log) const;

 private:
  struct Told {
    StatusCode status = StatusCode::kDone;
    std::uint64_t sequence = 0;
  };
  std::map<std::string, Told> told_;
};

}  // namespace kontor::test
