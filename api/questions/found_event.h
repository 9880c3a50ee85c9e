// An event that was wanted: copied from the log, and made readable. For .cc files (flatbuffers).
#pragma once

#include <cstdint>
#include <string>

#include "history_answers_generated.h"

#include "events/codec/decision.h"
#include "events/json/json.h"
#include "events/log/page.h"

namespace kontor::questions {

struct FoundEvent {
  DecisionHeader decision;
  std::string id;
  std::string actor;
  std::string reason;
  Sequence sequence;
  std::uint16_t kind = 0;
  AlignedBuffer body;
};

FoundEvent copy_event(const DecisionView& decision, const EventView& event);

void fill_event_row(const FoundEvent& event, const NameSource& names, wire::EventRowT& row);

}  // namespace kontor::questions
