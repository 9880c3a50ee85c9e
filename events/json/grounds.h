// The grounds of a refusal, hold, request or warning, made readable: the parallel vectors of a
// Grounds table as one list. Answers to callers, events as JSON and the command line all use it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "events/codec/record.h"
#include "events/json/json.h"

namespace kontor {

// Appends {"reasons":[...],"more":n} ("more" only when there are any). The bytes are checked.
void append_grounds(std::string& out, const Record& grounds, const NameSource& names);

}  // namespace kontor
