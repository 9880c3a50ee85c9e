// What a fold is told about the decision an event belongs to.
#pragma once

#include "events/base/ids.h"
#include "events/base/time.h"

namespace kontor {

struct Envelope {
  Sequence sequence;  // of the event
  Timestamp recorded_at;
  Date effective_date;
  Date business_date;  // the book's day when decided
};

}  // namespace kontor
