// PlainLog: the events of book 1 as plain values, read from their JSON: what watchers of the log
// are held against. It shares no code with views and feeds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/codec/decision.h"
#include "events/log/event_log.h"

namespace kontor::test {

// A thing that events name: its kind, and its ordinal or the sequence of its birth.
using Thing = std::pair<std::string, std::uint64_t>;

struct PlainMove {
  std::uint64_t payer = 0;
  std::string bucket;
  std::int64_t amount = 0;
};

struct PlainEvent {
  std::uint64_t sequence = 0;
  std::uint16_t kind = 0;
  std::string name;        // of the kind
  std::string command_id;  // of its decision
  std::int32_t effective = 0;
  std::set<Thing> things;  // those it names, and the one it is the birth of
  std::vector<PlainMove> moves;
};

class PlainLog {
 public:
  // Reads what has become durable since the last time. What is wrong with it.
  std::optional<std::string> read_on(const EventLog& log);

  // events()[i] has the sequence i + 1.
  const std::vector<PlainEvent>& events() const { return events_; }
  std::uint64_t last() const { return events_.size(); }
  CommitNumber last_commit() const { return last_commit_; }
  // Where the book stood at the end of a decision: its last sequence, and its commit.
  const std::vector<std::pair<std::uint64_t, CommitNumber>>& decisions() const { return ends_; }
  // Whether a commit ended there: what may be called the durable end.
  bool is_end_of_commit(std::uint64_t sequence) const { return commit_ends_.contains(sequence); }

  // Every thing there is, and one of a document by its name.
  std::vector<Thing> things() const;
  std::optional<Thing> document(const std::string& kind, const std::string& name) const;
  // The sequences of its events, ascending.
  std::vector<std::uint64_t> events_of(const Thing& thing) const;

 private:
  void take(const DecisionView& decision, const EventView& event);

  std::vector<PlainEvent> events_;
  std::vector<std::pair<std::uint64_t, CommitNumber>> ends_;
  std::set<std::uint64_t> commit_ends_{0};
  std::map<Thing, std::vector<std::uint64_t>> by_thing_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> born_;  // by kind and name
  CommitNumber last_commit_;
  std::optional<std::string> wrong_;
};

}  // namespace kontor::test
