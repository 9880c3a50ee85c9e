// Answers to questions as JSON, by the binary schema of the wire.
#include <cctype>
#include <utility>

#include <nlohmann/json.hpp>

#include "wire_generated.h"

#include "api/client/question_words.h"
#include "api/schema.h"
#include "events/json/json.h"

namespace kontor {
namespace {

using Json = nlohmann::ordered_json;

// An event's body is JSON in a text on the wire; for who reads the answer it is an object.
void open_event_bodies(Json& answer) {
  const auto events = answer.find("events");
  if (events == answer.end()) return;
  for (Json& row : *events) {
    Json body = Json::parse(row.value("body", std::string("{}")), nullptr, false);
    row["body"] = body.is_discarded() ? Json() : std::move(body);
  }
}

}  // namespace

std::string answer_table(wire::Question question) {
  std::string table = "kontor.wire.";
  bool begins = true;
  for (const char c : std::string_view(wire::EnumNameQuestion(question))) {
    if (c != '_') table += begins ? static_cast<char>(std::toupper(c)) : c;
    begins = c == '_';
  }
  return table + "Answer";
}

std::string answer_body_json(wire::Question question, const QueryResult& result) {
  static const SchemaJson kSchema(api_schema());
  return kSchema.write(answer_table(question), result.body.bytes(), no_names());
}

std::string answer_page_json(wire::Question question, const QueryResult& page) {
  Json json = {{"position", page.position.value()}};
  if (!page.body.empty()) {
    Json body = Json::parse(answer_body_json(question, page), nullptr, false);
    if (question == wire::Question::events && body.is_object()) open_event_bodies(body);
    if (body.is_object()) json.update(body);
  }
  if (page.more) json["next"] = page.next;
  return json.dump();
}

}  // namespace kontor
