// What a client was told, decision by decision: each has one answer, and the log holds each of them
// once. An id that was forgotten may have another decision.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "events/log/event_log.h"
#include "tests/simulation/answers.h"

namespace kontor::test {

class Ledger {
 public:
  // Remembers an answer; what differs from the one this decision had before. `number`: the model's.
  std::optional<std::string> note(const std::string& id, std::uint64_t number,
                                  const EngineAnswer& answer);
  // Every decision noted stands in the log, where it was said to be, and no other under its id.
  std::optional<std::string> missing_in(const EventLog& log) const;
  // The position that a question names, of which the model knows only the number of a decision:
  // behind it, and before the next one with an id.
  Sequence position_of(const model::Resolve& question) const;
  // A caller knows no decision that was not answered yet.
  void limit_to_known(model::Request& request) const;
  std::uint64_t last_number() const { return first_.empty() ? 0 : first_.rbegin()->first; }

 private:
  struct Told {
    StatusCode status = StatusCode::kDone;
    std::uint64_t sequence = 0;
  };
  using Key = std::pair<std::string, std::uint64_t>;  // id and number
  std::map<Key, Told> told_;
  std::map<std::uint64_t, std::uint64_t> first_;  // sequence of a decision of book 1, by number
};

}  // namespace kontor::test
