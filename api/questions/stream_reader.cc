#include "api/questions/stream_reader.h"

#include "api/questions/history.h"

namespace kontor::questions {
namespace {

constexpr std::size_t kEventsOfStep = 128;  // each may read a page

Error missing(Sequence position) {
  return {ErrorKind::kCorrupt, "the timeline has position " + std::to_string(position.value()) +
                                   ", where the log has no such event; run kontor verify"};
}

Sequence last_of(const DecisionView& decision) {
  return Sequence{decision.header().first_sequence + decision.header().event_count - 1};
}

}  // namespace

StreamReader::StreamReader(const Range& range, const Views* views)
    : range_(range), timeline_("timeline", views, range.stream.book, range.to) {
}

Result<bool> StreamReader::step(const LogReader& log, const Visit& visit) {
  if (!opened_) {
    if (Status opened = timeline_.open(); !opened.ok()) return opened.error();
    opened_ = true;
  }
  if (!complete_) {
    const Result<bool> advanced = timeline_.advance(log, kDecisionsOfSlice);
    if (!advanced.ok()) return advanced.error();
    complete_ = *advanced;
    if (!complete_) return false;
  }
  const auto positions =
      read_timeline(timeline_, range_.stream, range_.from, range_.to, kEventsOfStep);
  if (!positions.ok()) return positions.error();
  bool more = true;
  for (const Sequence position : *positions) {
    if (Status read = visit_at(log, position, visit, more); !read.ok()) return read.error();
    if (!more) return true;
    range_.from = Sequence{position.value() + 1};
  }
  return positions->size() < kEventsOfStep;
}

Status StreamReader::visit_at(const LogReader& log, Sequence position, const Visit& visit,
                              bool& more) {
  if (decision_.empty() || last_of(DecisionView(decision_.data())) < position) {
    auto found = log.decision_at(range_.stream.book, position);
    if (!found.ok()) return found.error();
    decision_ = std::move(*found);
  }
  const DecisionView decision(decision_.data());
  bool there = false;
  Status sound;
  decision.for_each_event([&](const EventView& event) {
    if (event.sequence != position) return;
    there = true;
    sound = check_event(range_.stream.book, event);
    if (sound.ok()) more = visit(decision, event);
  });
  return there ? sound : Status(missing(position));
}

Result<Sequence> find_as_of(const LogReader& log, BookNumber book, Sequence as_of,
                            Timestamp as_of_time, Sequence end) {
  if (as_of.value() != 0 && as_of > end) {
    return Error{ErrorKind::kNotFound, "position " + std::to_string(as_of.value()) +
                                           " is behind the end of the book, " +
                                           std::to_string(end.value())};
  }
  const Sequence upper = as_of.value() != 0 ? as_of : end;
  if (as_of_time.value() == 0) return upper;
  // Recorded times rise strictly, so halving finds the last decision that was there by then.
  Sequence known;
  std::uint64_t low = 1;
  std::uint64_t high = upper.value();
  while (low <= high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto bytes = log.decision_at(book, Sequence{middle});
    if (!bytes.ok()) return bytes.error();
    const DecisionView decision(bytes->data());
    if (decision.header().recorded_at <= as_of_time.value()) {
      known = std::min(last_of(decision), upper);
      low = last_of(decision).value() + 1;
    } else {
      high = decision.header().first_sequence - 1;
    }
  }
  if (known.value() != 0) return known;
  return Error{ErrorKind::kNotFound,
               "nothing was recorded by " + format_timestamp(as_of_time) + "; the book is younger"};
}

Result<PastPlace> find_place(const LogReader& log, BookNumber book, Sequence as_of,
                             Timestamp as_of_time, Sequence end) {
  const Result<Sequence> position = find_as_of(log, book, as_of, as_of_time, end);
  if (!position.ok()) return position.error();
  const auto bytes = log.decision_at(book, *position);
  if (!bytes.ok()) return bytes.error();
  const Sequence at = last_of(DecisionView(bytes->data()));
  return PastPlace{book, at, log.commit_of(book, at)};
}

}  // namespace kontor::questions
