// Records as compact JSON. What it writes, body_reader.h reads back to the same content.
//   money and unit prices: always a decimal string; without a known currency the integer as stored
//   quantities and percentages: an integer when whole, else a decimal string without trailing zeros
#pragma once

#include <string>

#include "events/codec/record.h"
#include "events/json/json.h"

namespace kontor {

// What encloses a record: where its currency may stand, and the command's name pool.
struct WriteScope {
  Record record;
  const WriteScope* outer = nullptr;
};

void append_json_string(std::string& out, std::string_view text);
void append_json_key(std::string& out, std::string_view key, bool& first);

// Appends `record` as an object. The bytes are checked.
void append_record(std::string& out, const Record& record, const NameSource& names);

}  // namespace kontor
