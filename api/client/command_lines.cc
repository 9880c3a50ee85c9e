#include "api/client/command_lines.h"

#include <nlohmann/json.hpp>

#include "history_answers_generated.h"
#include "place_order_generated.h"
#include "wire_generated.h"

#include "api/client/question_words.h"
#include "api/wire.h"
#include "events/codec/catalog.h"

namespace kontor {

Result<CommandText> read_command_line(std::string_view text, const JsonOptions& options) {
  Result<CommandText> command = read_command_json(text, options);
  if (command && command->id.empty()) {
    return Error{ErrorKind::kMalformed,
                 "id: missing; the caller makes and keeps the id of every command"};
  }
  return command;
}

Result<CommandText> read_check_line(std::string_view text, const JsonOptions& options) {
  using Json = nlohmann::ordered_json;
  const Json read = Json::parse(text, nullptr, false);
  if (!read.is_object() || !read.contains("CheckOrder")) {
    Result<CommandText> command = read_command_json(text, options);
    if (!command || command->kind == number_of<PlaceOrder>) return command;
    return Error{ErrorKind::kMalformed,
                 std::string(command_name(command->kind)) +
                     ": only PlaceOrder and CheckOrder can be checked, each by itself"};
  }
  if (read.contains("PlaceOrder")) {
    return Error{ErrorKind::kMalformed, "exactly one key names a command"};
  }
  Json renamed = Json::object();
  for (const auto& [key, value] : read.items())
    renamed[key == "CheckOrder" ? "PlaceOrder" : key] = value;
  return read_command_json(renamed.dump(), options);
}

QueryToSend check_query(const CommandText& command) {
  QueryToSend query;
  query.question = wire::Question::check;
  query.second = command.actor;
  query.date_from = command.effective_date;
  query.number = command.kind;
  query.command = command.body;
  return query;
}

StatusCode check_status(const QueryResult& result) {
  if (class_of(result.status) != StatusClass::kDone) return result.status;
  const auto* const answer = verified_root<wire::CheckAnswer>(result.body.bytes(), {});
  if (answer == nullptr) return StatusCode::kMalformed;
  const bool refused = answer->outcome() == wire::CheckOutcome::refused;
  return refused ? StatusCode::kRefused : StatusCode::kDone;
}

std::string check_json(const CommandText& command, const QueryResult& result) {
  using Json = nlohmann::ordered_json;
  Json out;
  out["id"] = command.id.empty() ? Json() : Json(command.id);
  out["status"] = status_word(check_status(result));
  if (class_of(result.status) != StatusClass::kDone) {
    out["message"] = result.message;
  } else {
    out.update(Json::parse(answer_page_json(wire::Question::check, result), nullptr, false));
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
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
