// The envelope of a command in JSON: who, why, when, and one key that names the command.
#include <array>

#include "events/base/time.h"
#include "events/codec/body_check.h"
#include "events/codec/catalog.h"
#include "events/json/body_reader.h"
#include "events/json/document.h"
#include "events/json/json.h"
#include "events/json/scalar_reader.h"
#include "events/json/writer.h"

namespace kontor {
namespace {

using Kind = JsonNode::Kind;

struct EnvelopeText {
  std::string_view key;
  std::string CommandText::*member;
};

constexpr auto kTexts = std::to_array<EnvelopeText>({
    {"id", &CommandText::id},
    {"book", &CommandText::book},
    {"actor", &CommandText::actor},
    {"on_behalf_of", &CommandText::on_behalf_of},
    {"reason", &CommandText::reason},
    {"correlation_id", &CommandText::correlation_id},
});
constexpr auto kOtherKeys = std::to_array<std::string_view>(
    {"effective_date", "expected_version", "caused_by", "traceparent"});

Error malformed(std::string_view key, const std::string& what) {
  return Error{ErrorKind::kMalformed, std::string(key) + ": " + what};
}

Status read_text(const JsonNode& node, std::string& out) {
  if (node.kind != Kind::kString) {
    return malformed(node.key, "wants a string, not " + std::string(kind_name(node.kind)));
  }
  if (!is_identifier(node.text)) {
    return malformed(node.key, quoted(node.text) + " is not an identifier: 1 to " +
                                   std::to_string(kIdentifierBytesMax) +
                                   " bytes of UTF-8 without control characters");
  }
  out = node.text;
  return {};
}

Status read_position(const JsonNode& node, std::int64_t lowest, std::uint64_t& out) {
  if (node.kind != Kind::kInteger || node.integer < lowest) {
    return malformed(node.key, "wants an integer from " + std::to_string(lowest) + " up");
  }
  out = static_cast<std::uint64_t>(node.integer);
  return {};
}

Status read_effective_date(const JsonNode& node, Date& out) {
  const auto date = node.kind == Kind::kString ? parse_date(node.text) : std::nullopt;
  if (!date) return malformed(node.key, "wants a date such as \"2026-03-10\"");
  out = *date;
  return {};
}

Status read_trace(const JsonNode& node, TraceContext& out) {
  if (node.kind == Kind::kString && parse_traceparent(node.text, out)) return {};
  return malformed(
      node.key, "wants a W3C traceparent: \"00-<32 hex digits>-<16 hex digits>-<2 hex digits>\"");
}

Status unknown_key(std::string_view key) {
  Suggestion suggestion(key);
  for (const EnvelopeText& text : kTexts)
    suggestion.consider(text.key);
  for (const std::string_view other : kOtherKeys)
    suggestion.consider(other);
#define KONTOR_CONSIDER(name, number) suggestion.consider(#name);
  KONTOR_CALLER_COMMANDS(KONTOR_CONSIDER)
#undef KONTOR_CONSIDER
  return Error{
      ErrorKind::kMalformed,
      quoted(key) + " is neither a command nor a key of the envelope" + suggestion.phrase()};
}

Status read_envelope_key(const JsonNode& node, CommandText& out) {
  for (const EnvelopeText& text : kTexts) {
    if (node.key == text.key) return read_text(node, out.*text.member);
  }
  if (node.key == "effective_date") return read_effective_date(node, out.effective_date);
  if (node.key == "expected_version") return read_position(node, 0, out.expected_version);
  if (node.key == "caused_by") return read_position(node, 1, out.caused_by);
  if (node.key == "traceparent") return read_trace(node, out.trace);
  return unknown_key(node.key);
}

// Takes `node` as the command when its key names one; false: it does not.
Result<bool> take_command(const JsonNode& node, const JsonNode*& command, CommandText& out) {
  const std::uint16_t kind = command_number(node.key);
  if (kind == 0) return false;
  if (is_system_command(kind)) {
    return malformed(node.key, "is a command of the server's own and cannot be submitted");
  }
  if (command != nullptr) {
    return malformed(
        node.key, "stands beside " + std::string(command->key) + "; one object holds one command");
  }
  command = &node;
  out.kind = kind;
  return true;
}

Result<const JsonNode*> read_envelope(const JsonDocument& document, CommandText& out) {
  const JsonNode& root = document.root();
  if (root.kind != Kind::kObject) {
    return Error{ErrorKind::kMalformed,
                 "a command is an object such as {\"id\": \"...\", \"PlaceOrder\": {...}}, not " +
                     std::string(kind_name(root.kind))};
  }
  const JsonNode* command = nullptr;
  for (const JsonNode* node = document.first(root); node != nullptr; node = document.next(*node)) {
    if (node->doubled) return malformed(quoted(node->key), "stands here twice");
    const Result<bool> taken = take_command(*node, command, out);
    if (!taken) return taken.error();
    if (*taken) continue;
    const Status status = read_envelope_key(*node, out);
    if (!status) return status.error();
  }
  if (command == nullptr) {
    return Error{ErrorKind::kMalformed,
                 "no key names a command; one must, such as \"PlaceOrder\": {...}"};
  }
  return command;
}

void append_member(std::string& out, std::string_view key, std::string_view text, bool& first) {
  if (text.empty()) return;
  append_json_key(out, key, first);
  append_json_string(out, text);
}

}  // namespace

Result<CommandText> read_command_json(std::string_view text, const JsonOptions& options) {
  const Result<JsonDocument> document = JsonDocument::parse(text);
  if (!document) return document.error();
  CommandText out;
  const Result<const JsonNode*> node = read_envelope(*document, out);
  if (!node) return node.error();
  Result<std::vector<std::byte>> body =
      read_body(*command_plan(out.kind), *document, **node, options);
  if (!body) return body.error();
  out.body = std::move(*body);
  return out;
}

std::string write_command_json(const CommandText& command) {
  std::string out = "{";
  bool first = true;
  for (const EnvelopeText& text : kTexts)
    append_member(out, text.key, command.*text.member, first);
  append_member(out, "effective_date", format_date(command.effective_date), first);
  if (command.expected_version != kAnyVersion) {
    append_json_key(out, "expected_version", first);
    out += std::to_string(command.expected_version);
  }
  if (command.caused_by != 0) {
    append_json_key(out, "caused_by", first);
    out += std::to_string(command.caused_by);
  }
  append_member(out, "traceparent", format_traceparent(command.trace), first);
  append_json_key(out, command_name(command.kind), first);
  out += write_command_body_json(command.kind, command.body, no_names());
  out.push_back('}');
  return out;
}

}  // namespace kontor
