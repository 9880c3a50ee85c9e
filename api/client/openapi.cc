#include "api/client/openapi.h"

#include <algorithm>
#include <string_view>

#include "wire_generated.h"

#include "api/client/openapi_schemas.h"
#include "api/client/question_words.h"
#include "api/schema.h"
#include "events/base/assert.h"
#include "events/base/ids.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

using Json = OpenApiSchemas::Json;
using Side = OpenApiSchemas::Side;

constexpr std::uint16_t kStatusCodesMax = 500;

Json schema_ref(const std::string& name) {
  return OpenApiSchemas::refer_to(name);
}

Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

Json count(std::uint64_t least) {
  return {{"type", "integer"}, {"minimum", least}};
}

Json json_content(Json schema) {
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

Json identifier() {
  return {{"type", "string"}, {"minLength", 1}, {"maxLength", kIdentifierBytesMax}};
}

// ---- what is the same for all -------------------------------------------------------------------

Json status_words() {
  Json words = Json::array();
  for (std::uint16_t code = 0; code < kStatusCodesMax; ++code) {
    const std::string_view word = status_word(static_cast<StatusCode>(code));
    if (word != "unknown") words.push_back(word);
  }
  return words;
}

Json enum_words(const std::string& name) {
  const EnumPlan* const plan = kontor_schema().find_enum(name);
  KONTOR_ASSERT(plan != nullptr);
  Json words = Json::array();
  for (const EnumValue& value : plan->values)
    words.push_back(value.name);
  return words;
}

Json reason_schema() {
  return {{"type", "object"},
          {"description", "One cause, with the numbers compared and the events they came from"},
          {"properties",
           {{"reason", {{"type", "string"}, {"enum", enum_words("ReasonCode")}}},
            {"outcome", {{"type", "string"}, {"enum", enum_words("Outcome")}}},
            {"subject", {{"type", "string"}}},
            {"name", {{"type", "string"}}},
            {"line", count(1)},
            {"found", {{"type", "string"}}},
            {"allowed", {{"type", "string"}}},
            {"unit", {{"type", "string"}, {"enum", enum_words("Unit")}}},
            {"currency", {{"type", "string"}}},
            {"rule", count(1)},
            {"evidence", list_of(count(1))}}},
          {"required", {"reason", "outcome"}}};
}

Json made_event_schema() {
  return {{"type", "object"},
          {"properties",
           {{"sequence", count(1)},
            {"event", {{"type", "string"}}},
            {"number", {{"type", "string"}, {"description", "the gapless number it took"}}}}},
          {"required", {"sequence", "event"}}};
}

Json answer_schema() {
  return {{"type", "object"},
          {"description", "What became of one command. line: of one that could not be read"},
          {"properties",
           {{"id", {{"type", {"string", "null"}}}},
            {"status", {{"type", "string"}, {"enum", status_words()}}},
            {"sequence", count(1)},
            {"recorded_at", {{"type", "string"}, {"format", "date-time"}}},
            {"events", list_of(schema_ref("MadeEvent"))},
            {"reasons", list_of(schema_ref("Reason"))},
            {"more_reasons", count(1)},
            {"warnings", list_of(schema_ref("Reason"))},
            {"more_warnings", count(1)},
            {"message", {{"type", "string"}}},
            {"retry_after_ms", count(1)},
            {"line", count(1)}}},
          {"required", {"id", "status"}}};
}

Json problem_schema() {
  Json classes = {"done", "refused", "misuse", "not_started", "unknown"};
  return {{"type", "object"},
          {"description", "RFC 9457: what never reached a decision"},
          {"properties",
           {{"type", {{"type", "string"}, {"format", "uri-reference"}}},
            {"title", {{"type", "string"}}},
            {"status", {{"type", "integer"}, {"minimum", 400}, {"maximum", 599}}},
            {"detail", {{"type", "string"}}},
            {"kontor_status", {{"type", "string"}, {"enum", status_words()}}},
            {"kontor_class", {{"type", "string"}, {"enum", std::move(classes)}}},
            {"retry_after_ms", count(1)},
            {"answer", schema_ref("Answer")}}},
          {"required", {"type", "title", "status", "detail"}}};
}

Json book_schema() {
  return {{"type", "object"},
          {"properties",
           {{"book", {{"type", "string"}}},
            {"number", count(1)},
            {"currency", {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}}},
            {"position", count(1)},
            {"outcomes_kept", count(1)}}},
          {"required", {"book", "number", "currency", "position", "outcomes_kept"}}};
}

// ---- commands -----------------------------------------------------------------------------------

// The envelope, and exactly one key that names a command.
Json command_schema(OpenApiSchemas& schemas) {
  Json properties = {
      {"id", identifier()},
      {"book", identifier()},
      {"actor", identifier()},
      {"on_behalf_of", identifier()},
      {"reason", identifier()},
      {"correlation_id", identifier()},
      {"effective_date", {{"type", "string"}, {"format", "date"}}},
      {"expected_version", count(0)},
      {"caused_by", count(1)},
      {"traceparent",
       {{"type", "string"}, {"pattern", "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"}}},
  };
  Json one_of = Json::array();
  const auto add = [&](std::uint16_t kind) {
    const std::string name(command_name(kind));
    properties[name] = schemas.refer(*command_plan(kind), Side::kCommands);
    one_of.push_back({{"required", Json::array({name})}});
  };
#define KONTOR_ADD(Name, number) add(number);
  KONTOR_CALLER_COMMANDS(KONTOR_ADD)
#undef KONTOR_ADD
  return {{"type", "object"},
          {"description", "The caller makes and keeps the id; the same id is decided once"},
          {"properties", std::move(properties)},
          {"required", {"id"}},
          {"oneOf", std::move(one_of)},
          {"additionalProperties", false}};
}

Json problem_response(const char* description) {
  return {{"description", description},
          {"content", {{"application/problem+json", {{"schema", schema_ref("Problem")}}}}}};
}

Json post_operation(const char* id, const char* summary) {
  const Json one_or_many = {{"oneOf", {schema_ref("Command"), list_of(schema_ref("Command"))}}};
  const Json answers = {{"oneOf", {schema_ref("Answer"), list_of(schema_ref("Answer"))}}};
  const Json lines = {{"schema", {{"type", "string"}}}};
  return {{"operationId", id},
          {"summary", summary},
          {"requestBody",
           {{"required", true},
            {"description", "one command, an array, or a line each; at most " +
                                std::to_string(limits::kFrameCommandsMax)},
            {"content",
             {{"application/json", {{"schema", one_or_many}}}, {"application/x-ndjson", lines}}}}},
          {"responses",
           {{"200",
             {{"description", "done or refused; of many, each says what became of it, in order"},
              {"content",
               {{"application/json", {{"schema", answers}}}, {"application/x-ndjson", lines}}}}},
            {"409", problem_response("the id was used for something else")},
            {"503", problem_response("not started: the same again after the pause")},
            {"default", problem_response("not decided")}}}};
}

// ---- questions ----------------------------------------------------------------------------------

Json argument_schema(const QuestionArgument& argument) {
  switch (argument.field) {
    case ArgumentField::kDate:
      return {{"type", "string"}, {"format", "date"}};
    case ArgumentField::kNumber:
      return {{"type", "integer"}};
    case ArgumentField::kFrom:
    case ArgumentField::kTo:
      return count(0);
    case ArgumentField::kFilter:
      return {{"type", "boolean"}};
    case ArgumentField::kLimit:
      return {{"type", "integer"}, {"minimum", 1}, {"maximum", 1'000}};
    default:
      return {{"type", "string"}};
  }
}

Json parameter(const QuestionArgument& argument) {
  Json out = {{"name", argument.parameter()},
              {"in", argument.required ? "path" : "query"},
              {"required", argument.required},
              {"schema", argument_schema(argument)}};
  if (!argument.help.empty()) out["description"] = argument.help;
  return out;
}

Json book_parameter() {
  return {{"name", "book"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
}

// The page of a question: the position it was answered at, the table, and where to go on.
std::string page_schema(OpenApiSchemas& schemas, wire::Question question, const SchemaPlan& api) {
  const ObjectPlan* const table = api.find(answer_table(question));
  KONTOR_ASSERT(table != nullptr);
  const std::string name = table->name;
  if (schemas.schemas().contains(name)) return name;
  Json schema = schemas.object(*table, Side::kAnswers);
  schema["properties"]["position"] = count(0);
  schema["properties"]["next"] = {
      {"type", "string"}, {"description", "where there is more: to be handed back as `after`"}};
  if (question == wire::Question::events) {
    Json row = schemas.schemas().at("answers.EventRow");
    row["properties"]["body"] = {{"type", {"object", "null"}}};
    schemas.add("answers.EventRow", std::move(row));
  }
  schema["required"].push_back("position");
  schemas.add(name, std::move(schema));
  return name;
}

Json question_operation(const QuestionWord& word, const std::string& page) {
  Json parameters = Json::array({book_parameter()});
  for (const QuestionArgument& argument : word.arguments)
    parameters.push_back(parameter(argument));
  for (const QuestionArgument& argument : common_arguments(word))
    parameters.push_back(parameter(argument));
  for (const QuestionArgument& argument : paging_arguments())
    parameters.push_back(parameter(argument));
  return {{"operationId", word.word},
          {"summary", word.help},
          {"parameters", std::move(parameters)},
          {"responses",
           {{"200",
             {{"description", "with the position it was answered at"},
              {"content", json_content(schema_ref(page))}}},
            {"404", problem_response("there is no such thing, or no such book")},
            {"default", problem_response("not answered")}}}};
}

std::string question_path(const QuestionWord& word) {
  std::string path = "/v1/books/{book}/" + std::string(word.word);
  for (const QuestionArgument& argument : word.arguments) {
    if (argument.required) path += "/{" + argument.parameter() + "}";
  }
  return path;
}

// One command in, what it would come to out.
Json check_operation(const std::string& page) {
  Json found = schema_ref(page);
  Json answer = {
      {"allOf",
       {std::move(found),
        {{"type", "object"},
         {"properties",
          {{"id", {{"type", {"string", "null"}}}}, {"status", {{"type", "string"}}}}}}}}};
  return {{"operationId", "check"},
          {"summary", "What an order would come to, as kontor check; nothing is written"},
          {"parameters", Json::array({book_parameter()})},
          {"requestBody",
           {{"required", true},
            {"description", "PlaceOrder, or CheckOrder, which says the same; an id is not needed"},
            {"content", json_content({{"type", "object"}})}}},
          {"responses",
           {{"200",
             {{"description", "what it would come to, refused or not"},
              {"content", json_content(std::move(answer))}}},
            {"default", problem_response("not looked at")}}}};
}

Json make_paths(OpenApiSchemas& schemas) {
  const SchemaPlan api(api_schema());
  Json paths;
  Json books = {
      {"operationId", "books"},
      {"summary", "The books there are"},
      {"responses",
       {{"200", {{"description", "all"}, {"content", json_content(schema_ref("Books"))}}}}}};
  paths["/v1/books"] = {{"get", std::move(books)},
                        {"post", post_operation("open_book", "Opens a book: OpenBook only")}};
  Json commands = post_operation("commands", "Decides commands, as kontor submit");
  commands["parameters"] = Json::array({book_parameter()});
  paths["/v1/books/{book}/commands"] = {{"post", std::move(commands)}};
  paths["/v1/books/{book}/check"] = {
      {"post", check_operation(page_schema(schemas, wire::Question::check, api))}};
  for (const QuestionWord& word : question_words()) {
    const std::string page = page_schema(schemas, static_cast<wire::Question>(word.question), api);
    paths[question_path(word)] = {{"get", question_operation(word, page)}};
  }
  paths["/v1/openapi.json"] = {
      {"get",
       {{"operationId", "openapi"},
        {"summary", "This description"},
        {"responses",
         {{"200",
           {{"description", "OpenAPI 3.1"}, {"content", json_content({{"type", "object"}})}}}}}}}};
  return paths;
}

std::string make_description() {
  OpenApiSchemas schemas;
  schemas.add("Command", command_schema(schemas));
  schemas.add("Answer", answer_schema());
  schemas.add("MadeEvent", made_event_schema());
  schemas.add("Reason", reason_schema());
  schemas.add("Problem", problem_schema());
  schemas.add("Book", book_schema());
  schemas.add("Books", {{"type", "object"},
                        {"properties", {{"books", list_of(schema_ref("Book"))}}},
                        {"required", {"books"}}});
  Json paths = make_paths(schemas);
  const Json out = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Kontor"},
        {"version", "1"},
        {"summary", "An order and credit ledger for trade between businesses"},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"servers", {{{"url", "http://127.0.0.1:7412"}}}},
      {"paths", std::move(paths)},
      {"components", {{"schemas", schemas.schemas()}}},
  };
  return out.dump(1) + "\n";
}

}  // namespace

std::string openapi_json() {
  static const std::string kDescription = make_description();
  return kDescription;
}

}  // namespace kontor
