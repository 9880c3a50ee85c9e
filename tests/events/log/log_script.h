// Builds what a log is made of, for tests: decisions with real bodies, pages, commits. Small, and
// the same bytes every time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "events/codec/decision.h"
#include "events/log/event_log.h"
#include "events/log/page.h"
#include "events/log/page_builder.h"

namespace kontor::test {

struct EventParts {
  std::uint16_t kind = 0;
  std::vector<std::byte> body;
  std::uint64_t reference = 0;
  std::uint8_t version = 1;
};

// A decision before it is bytes. Sequence and time are given where it is written.
struct DecisionParts {
  std::string id = "c-1";
  std::string actor = "ann";
  std::string on_behalf_of;
  std::string reason;
  std::string correlation_id;
  DecisionOutcome outcome = DecisionOutcome::kDone;
  std::uint16_t kind = 0;
  std::uint8_t version = 1;
  std::vector<std::byte> command;
  std::vector<EventParts> events;
};

DecisionParts claim_log(Epoch epoch);                               // of book 0
DecisionParts register_item(const std::string& name);               // one event
DecisionParts register_items(const std::string& name, int events);  // as many events, one decision

void append_decision(const DecisionParts& parts, Sequence first, Timestamp recorded,
                     AlignedBuffer& out);

// Seals commits of one log as the engine's committer does: one chain per book, epoch and numbers
// counted by itself. The bytes of seal() stay valid.
class CommitWriter {
 public:
  using Decisions = std::vector<DecisionParts>;

  // The next commit, a page for each book; moves on as if it had been appended.
  AlignedBuffer seal(const std::map<std::uint32_t, Decisions>& books);
  AlignedBuffer claim();                        // book 0's page under the next epoch
  AlignedBuffer item(const std::string& name);  // book 1's page with one register_item

  Epoch epoch() const { return epoch_; }
  CommitNumber last() const { return last_; }
  const PageChain& chain(std::uint32_t book) { return chains_[book]; }
  void set_epoch(Epoch epoch) { epoch_ = epoch; }
  void set_last(CommitNumber last) { last_ = last; }

 private:
  Epoch epoch_{1};
  CommitNumber last_;
  std::int64_t clock_ = 1'700'000'000'000'000'000;
  std::map<std::uint32_t, PageChain> chains_;
};

// Claims an empty log and appends `items` commits of one item each; asserts that all go well.
void fill(EventLog& log, CommitWriter& writer, int items);

}  // namespace kontor::test
