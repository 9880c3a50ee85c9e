// DocumentReader: one document from its own stream up to a position, in bounded steps on the
// reader's thread. The stream comes by the timeline; where that is too far behind, from the log,
// read on from the document's birth.
#pragma once

#include <string>
#include <utility>

#include "api/questions/history.h"
#include "api/questions/stream.h"
#include "api/questions/stream_reader.h"
#include "projections/past.h"

namespace kontor::questions {

template <class Past>
class DocumentReader {
 public:
  // kind: the word of `ref: "kind"`. range.from is the document's birth.
  DocumentReader(std::string_view kind, const StreamReader::Range& range, const Views* views,
                 Past past)
      : stream_{std::string(kind), range.from.value(), true},
        book_(range.stream.book),
        next_(range.from),
        end_(range.to),
        by_timeline_(std::in_place, range, views),
        past_(std::move(past)) {}

  // True: all is folded. kCorrupt: its birth is not there; else the log's errors.
  Result<bool> step(const LogReader& log) {
    Result<bool> done = by_timeline_ ? follow(log) : look_through(log);
    const bool behind =
        by_timeline_ && !done.ok() && !born_ && done.error().kind == ErrorKind::kUnavailable;
    if (behind) {
      by_timeline_.reset();
      return false;
    }
    if (done.ok() && *done && !born_) {
      return Error{ErrorKind::kCorrupt, "the timeline lacks the birth of the " + stream_.kind +
                                            " at " + std::to_string(stream_.ref) +
                                            "; run kontor verify"};
    }
    return done;
  }
  const Past& past() const { return past_; }

 private:
  Result<bool> follow(const LogReader& log) {
    return by_timeline_->step(log, [&](const DecisionView& decision, const EventView& event) {
      return fold(decision, event);
    });
  }

  Result<bool> look_through(const LogReader& log) {
    std::uint32_t left = kDecisionsOfSlice;
    Status sound;
    const Status read = log.scan(book_, next_, [&](const DecisionView& decision) {
      decision.for_each_event([&](const EventView& event) {
        if (!sound.ok() || event.sequence < next_ || event.sequence > end_) return;
        sound = check_event(book_, event);
        if (sound.ok() && belongs_to_stream(stream_, event)) fold(decision, event);
      });
      const DecisionHeader& header = decision.header();
      next_ = Sequence{header.first_sequence + header.event_count};
      return sound.ok() && next_ <= end_ && --left > 0;
    });
    if (!read.ok()) return read.error();
    if (!sound.ok()) return sound.error();
    return next_ > end_;
  }

  // Whether it goes on: without its birth nothing of it can be folded.
  bool fold(const DecisionView& decision, const EventView& event) {
    born_ = born_ || event.sequence.value() == stream_.ref;
    if (!born_) return false;
    const DecisionHeader& header = decision.header();
    const Envelope by{event.sequence, Timestamp{header.recorded_at}, Date{header.effective_date},
                      Date{header.business_date}};
    fold_past(past_, by, event);
    return true;
  }

  Stream stream_;
  BookNumber book_;
  Sequence next_;
  Sequence end_;
  std::optional<StreamReader> by_timeline_;
  bool born_ = false;
  Past past_;
};

}  // namespace kontor::questions
