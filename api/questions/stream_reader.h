// StreamReader: the events of one stream from the log, by the positions that the timeline has. On
// the reader's thread, in bounded steps.
#pragma once

#include <functional>
#include <optional>

#include "engine/log_reader.h"
#include "engine/past/past_copies.h"
#include "engine/views/fresh_view.h"
#include "projections/views/timeline.h"

namespace kontor::questions {

class StreamReader {
 public:
  struct Range {
    StreamId stream;
    Sequence from;
    Sequence to;  // durable
  };
  StreamReader(const Range& range, const Views* views);

  // One step: calls visit for each event, in order, until it returns false. True: all were, or it
  // did. kUnavailable: the timeline is too far behind, nothing was visited; else the log's errors.
  using Visit = std::function<bool(const DecisionView& decision, const EventView& event)>;
  Result<bool> step(const LogReader& log, const Visit& visit);

 private:
  Status visit_at(const LogReader& log, Sequence position, const Visit& visit, bool& more);

  Range range_;
  FreshView timeline_;
  bool opened_ = false;
  bool complete_ = false;
  AlignedBuffer decision_;  // the last one read
};

// A position or time that a question is asked as of, as a position of the book. Nothing given: the
// end. kNotFound: behind the end, or before the first decision.
Result<Sequence> find_as_of(const LogReader& log, BookNumber book, Sequence as_of,
                            Timestamp as_of_time, Sequence end);
// The same as a place where the book stood: behind the decision that holds the position.
Result<PastPlace> find_place(const LogReader& log, BookNumber book, Sequence as_of,
                             Timestamp as_of_time, Sequence end);

}  // namespace kontor::questions
