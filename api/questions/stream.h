// Streams: the events of one thing, by its name.
#pragma once

#include <string>
#include <string_view>

#include "events/base/result.h"
#include "events/codec/decision.h"
#include "projections/book.h"

namespace kontor::questions {

struct Stream {
  std::string kind;  // as in `ref: "kind"`; empty: every event
  std::uint64_t ref = 0;
  bool is_document = false;  // ref is the sequence of its birth
};

// name: "acme", or "company:acme" where several kinds have it. Engine thread. Errors: kNotFound,
// and kUsage where the name alone is ambiguous.
Result<Stream> find_stream(const Book& book, std::string_view name);

// Whether the event is the thing's birth or refers to it. Any thread.
bool belongs_to_stream(const Stream& stream, const EventView& event);

}  // namespace kontor::questions
