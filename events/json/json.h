// JSON both ways, driven by the binary schema and its attributes (values.fbs says which). Nothing
// here is written per command or event. Threads: all const, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/codec/decision.h"

namespace kontor {

// Turns ordinals and birth sequences back into names, as `ref: "kind"` fields need it.
class NameSource {
 public:
  virtual ~NameSource() = default;
  // kind as in the attribute ("company", "order" ...). Nothing: unknown, JSON then has the number.
  virtual std::optional<std::string> name(std::string_view kind, std::uint64_t ref) const = 0;
};

// No names: references are numbers.
const NameSource& no_names();

// One command as a caller wrote it. Strings are copies.
struct CommandText {
  std::string id;
  std::string book;  // empty: not said
  std::string actor;
  std::string on_behalf_of;
  std::string reason;
  std::string correlation_id;
  Date effective_date = kNoDate;
  std::uint64_t expected_version = kAnyVersion;
  std::uint64_t caused_by = 0;
  TraceContext trace;
  std::uint16_t kind = 0;       // CommandKind
  std::vector<std::byte> body;  // FlatBuffers root of that command's table
};

// Reads one JSON object: the envelope's keys and exactly one key that names a command. Unknown or
// doubled keys, wrong types, inexact numbers, bad identifiers are kMalformed, with the path
// ("PlaceOrder.lines[2].quantity: ...") and what would be right. `default_currency` (0: none) is what
// decimal money is read in when the command names no currency.
struct JsonOptions {
  std::uint16_t default_currency = 0;
};
Result<CommandText> read_command_json(std::string_view text, const JsonOptions& options);

// The same, the other way: {"id": ..., "PlaceOrder": {...}}.
std::string write_command_json(const CommandText& command);

// The body of an event or command as a JSON object (compact, one line, keys in schema order;
// absent optionals, empty strings and empty vectors left out).
std::string write_event_json(std::uint16_t event_kind, std::span<const std::byte> body,
                             const NameSource& names);
std::string write_command_body_json(std::uint16_t command_kind, std::span<const std::byte> body,
                                    const NameSource& names);

// Any table of any binary schema that uses the same attributes (the answers of api/ do).
class SchemaJson {
 public:
  explicit SchemaJson(std::span<const std::byte> binary_schema);  // static bytes
  std::string write(std::string_view table, std::span<const std::byte> root,
                    const NameSource& names) const;

 private:
  std::span<const std::byte> schema_;
};

// Whether two bodies of one command say the same, whatever their layout.
bool same_command(std::uint16_t command_kind, std::span<const std::byte> a,
                  std::span<const std::byte> b);

// Calls visit(kind, ref) for every reference an event holds: how the events of one document or
// company are found by scanning.
void for_each_reference(std::uint16_t event_kind, std::span<const std::byte> body,
                        const std::function<void(std::string_view kind, std::uint64_t ref)>& visit);

}  // namespace kontor
