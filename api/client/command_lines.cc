#include "api/client/command_lines.h"

#include <nlohmann/json.hpp>

namespace kontor {

Result<CommandText> read_command_line(std::string_view text, const JsonOptions& options) {
  Result<CommandText> command = read_command_json(text, options);
  if (command && command->id.empty()) {
    return Error{ErrorKind::kMalformed,
                 "id: missing; the caller makes and keeps the id of every command"};
  }
  return command;
}

std::string misuse_json(std::string_view status, std::uint64_t line, std::string_view message,
                        std::string_view text) {
  constexpr auto kLossy = nlohmann::ordered_json::error_handler_t::replace;
  const auto read = nlohmann::json::parse(text, nullptr, false);
  nlohmann::ordered_json answer;
  answer["id"] = nullptr;
  if (read.is_object() && read.contains("id") && read["id"].is_string()) answer["id"] = read["id"];
  answer["status"] = status;
  answer["line"] = line;
  answer["message"] = message;
  return answer.dump(-1, ' ', false, kLossy);
}

}  // namespace kontor
