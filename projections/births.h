// The events with which documents come into the world, and what they are called by them.
#pragma once

#include <optional>
#include <string_view>

#include "events/codec/decision.h"
#include "projections/settled.h"

namespace kontor {

struct Birth {
  SettledKind kind = SettledKind::kOrder;
  std::string_view name;  // in the event's bytes
};
// Nothing: the event, whose body was checked, is no birth of a document that can leave memory.
std::optional<Birth> birth_in(const EventView& event);

// The word of `ref: "kind"` for documents of that kind, and back.
std::string_view word_of(SettledKind kind);
std::optional<SettledKind> settled_kind(std::string_view word);

}  // namespace kontor
