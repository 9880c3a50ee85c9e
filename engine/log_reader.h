// LogReader: durable decisions by position. Lives on the reader's thread of the engine.
#pragma once

#include <functional>
#include <span>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/codec/decision.h"
#include "events/log/event_log.h"
#include "events/log/page.h"

namespace kontor {

class LogReader {
 public:
  virtual ~LogReader() = default;

  // Calls visit for each durable decision of the book that has an event at or after `from`, in
  // order, until it returns false. Bytes are valid during the call. Pages are verified as they are
  // read.
  virtual Status scan(BookNumber book, Sequence from,
                      const std::function<bool(const DecisionView&)>& visit) const = 0;

  // Calls visit for each page of the book from the one that holds `from` on, in order, until it
  // returns false: the page as it stands in the log, checked, and valid during the call.
  using PageVisit = std::function<bool(const PageView& page, std::span<const std::byte> bytes)>;
  virtual Status scan_pages(BookNumber book, Sequence from, const PageVisit& visit) const = 0;

  // The decision that holds the event at `sequence`. kNotFound beyond the durable end.
  virtual Result<AlignedBuffer> decision_at(BookNumber book, Sequence sequence) const = 0;

  virtual Sequence last_sequence(BookNumber book) const = 0;  // durable

  // The commit that holds the event; 0: not known.
  virtual CommitNumber commit_of(BookNumber /*book*/, Sequence /*sequence*/) const { return {}; }
};

}  // namespace kontor
