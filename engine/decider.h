// Decider: makes one command into one decision at the end of a page. No clock, no I/O: time comes
// in.
#pragma once

#include <cstdint>
#include <optional>

#include <flatbuffers/flatbuffers.h>

#include "engine/books.h"
#include "engine/job.h"
#include "engine/step.h"
#include "events/log/page_builder.h"

namespace kontor {

// Where a decision was written.
struct Decided {
  StatusCode status = StatusCode::kDone;  // done or refused
  std::size_t offset = 0;                 // in the page's buffer
  Sequence first_sequence;
};

// XXH3-128 of what the caller sent: kind, version, command bytes and the envelope's own words.
// Equal for the same bytes; different layouts of the same content may differ (same_command then
// decides).
Hash128 content_hash(const CommandInput& input);

class Decider {
 public:
  // Decides the input for the book and applies its events. The page is the book's and has room.
  // recorded_at is later than the book's last.
  Decided decide(Book& book, PageBuilder& page, const CommandInput& input, Timestamp recorded_at,
                 std::uint32_t principal);

  // The end of an id that was never decided: from here on it never is.
  Decided decide_fence(Book& book, PageBuilder& page, const CommandInput& input,
                       Timestamp recorded_at, std::uint32_t principal);

  // A settled document that the next command needs is there again.
  Decided decide_reopening(Book& book, PageBuilder& page, const Gathered& gathered,
                           Timestamp recorded_at);

  // The next step of a follow-up, as a decision of the engine's own.
  Decided decide_follow_up(Book& book, PageBuilder& page, const FollowUp& work,
                           Timestamp recorded_at);

 private:
  Decided write(Book& book, PageBuilder& page, const CommandInput& input, const Context& context);

  flatbuffers::FlatBufferBuilder builder_;  // of events, reused
};

}  // namespace kontor
