// What must hold of any log and any state, whatever was asked.
#pragma once

#include <optional>
#include <string>

#include "engine/books.h"
#include "events/log/event_log.h"

namespace kontor::test {

// The log replays into the same state as `books`, by digest of every book that has events. With
// `every_event`, the invariants hold after each event on the way.
std::optional<std::string> replay_differs(const EventLog& log, const Books& books,
                                          bool every_event);
// A book saved and loaded has the same digest and is sound.
std::optional<std::string> saved_differs(const Books& books);

}  // namespace kontor::test
