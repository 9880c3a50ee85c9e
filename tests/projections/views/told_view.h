// A view told events, each a decision of book 1 of its own unless said, in the order they are told.
#pragma once

#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include <flatbuffers/flatbuffers.h>
#include <gtest/gtest.h>

#include "events/codec/catalog.h"
#include "tests/events/log/log_script.h"
#include "tests/support/projections/map_rows.h"

namespace kontor::test {

template <class Event>
EventParts event_of(
    const std::function<flatbuffers::Offset<Event>(flatbuffers::FlatBufferBuilder&)>& build) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(build(builder));
  EventParts out;
  out.kind = number_of<Event>;
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  out.body.assign(bytes.begin(), bytes.end());
  return out;
}

template <class ViewType>
class ToldView {
 public:
  // The position of the decision's first event.
  std::uint64_t tell(Date effective, std::vector<EventParts> events) {
    const std::uint64_t first = next_;
    const Status folded = try_tell(effective, std::move(events));
    EXPECT_TRUE(folded.ok()) << folded.error().message;
    return first;
  }
  Status try_tell(Date effective, std::vector<EventParts> events) {
    DecisionParts parts;
    parts.events = std::move(events);
    AlignedBuffer bytes;
    append_decision(parts, Sequence{next_}, Timestamp{static_cast<std::int64_t>(next_)}, bytes);
    DecisionHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    header.effective_date = effective.value();
    std::memcpy(bytes.data(), &header, sizeof header);
    next_ += parts.events.size();
    return view_.fold(BookNumber{1}, DecisionView(bytes.data()), rows_);
  }
  // Ends a batch: the rows so far are those of earlier decisions from here on.
  void end_batch() { rows_.take(view_); }

  MapRows& rows() {
    end_batch();
    return rows_;
  }
  Sequence last() const { return Sequence{next_ - 1}; }
  const ViewType& view() const { return view_; }

 private:
  ViewType view_;
  MapRows rows_;
  std::uint64_t next_ = 1;
};

}  // namespace kontor::test
