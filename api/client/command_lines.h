// Commands as callers write them, one JSON object each: what the command line and HTTP share, so
// that the same text is taken and answered the same way. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/client/client.h"
#include "events/base/result.h"
#include "events/json/json.h"

namespace kontor {

// read_command_json of a command that has an id.
Result<CommandText> read_command_line(std::string_view text, const JsonOptions& options);

// A command to be checked: PlaceOrder, or CheckOrder, which says the same. It needs no id.
Result<CommandText> read_check_line(std::string_view text, const JsonOptions& options);
// What asks for it; as long as the command stays.
QueryToSend check_query(const CommandText& command);
// What the answer comes to: done; refused, where the order would be; or why there is none.
StatusCode check_status(const QueryResult& result);
// The answer as a line: {"id", "status", "position", and what CheckAnswer says}.
std::string check_json(const CommandText& command, const QueryResult& result);

// The answer to a text that never became a command. line: which one it is, from 1; `text` is
// searched for the command's id.
std::string misuse_json(std::string_view status, std::uint64_t line, std::string_view message,
                        std::string_view text);

}  // namespace kontor
