// Work that an event has left for the book to do before it takes further commands: one step is one
// decision of the engine's own, logged like any other and caused by that event.
#pragma once

#include <cstdint>

#include "book_generated.h"

#include "events/base/ids.h"

namespace kontor {

struct FollowUp {
  FollowUpKind kind = FollowUpKind::serve_backorders;
  std::uint32_t subject = 0;  // ordinal of the item or payer
  // Where to go on, 0: at the beginning. Of held orders: the order. Of backorders: where the line
  // began to wait, and the line.
  std::uint64_t from = 0;
  std::uint32_t from_line = 0;
  Sequence cause;
  // Of held orders: look at every one, whatever room there is; and once more, since something
  // happened after the look began that may free one it has passed over.
  bool whole = false;
  bool again = false;
};

}  // namespace kontor
