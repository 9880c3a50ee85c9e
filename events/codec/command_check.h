// The rules every command body from a caller is held to, beyond being well-formed: what JSON input
// is held to (events/json), for bytes that somebody else built. Handlers may rely on all of it.
#pragma once

#include <string>

#include "events/codec/record.h"

namespace kontor {

// What is wrong with a checked command body, with its path; empty: nothing.
//   identifiers and `named` strings by the rule of identifiers, needed ones there; other texts by
//   the rule of texts; indexes within the name pool; enums known; dates within the calendar;
//   currencies of ISO 4217; vectors of at most kLinesMax.
std::string check_command_values(const Record& command);

}  // namespace kontor
