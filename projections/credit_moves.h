// The moves of exposure that an event carries, whatever its kind.
#pragma once

#include <span>

#include "values_generated.h"

#include "events/codec/decision.h"

namespace kontor {

bool carries_moves(std::uint16_t event_kind);

// Of a verified body; valid as long as it.
std::span<const CreditMove> moves_of(const EventView& event);

}  // namespace kontor
