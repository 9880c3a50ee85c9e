// JSON both ways, driven by the binary schema and its attributes (values.fbs says which). Nothing
// here is written per command or event. Threads: all const, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/codec/decision.h"

namespace kontor {

struct Grounds;  // events/schema/values.fbs
class SchemaPlan;

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
// ("PlaceOrder.lines[2].quantity: ...") and what would be right. Commands of the engine's own are
// refused. The body passes verify_command and starts at a multiple of 8.
//   integers of money are minor units, of quantity base units, of percent whole percents
// `default_currency` (0: none) is what decimal money is read in when the command names no currency;
// the command then says that currency, so that a company with another one refuses it
// (currency_mismatch) where it would else take 100 JPY for 1 EUR.
struct JsonOptions {
  std::uint16_t default_currency = 0;
};
Result<CommandText> read_command_json(std::string_view text, const JsonOptions& options);

// The same, the other way: {"id": ..., "PlaceOrder": {...}}. Money whose currency the command does
// not name is written in minor units, a unit price as stored (which reading refuses: a number could
// mean either).
std::string write_command_json(const CommandText& command);

// The body of an event or command as a JSON object (compact, one line, keys in schema order; absent
// optionals, empty strings and empty vectors left out). Money and unit prices are decimal strings,
// quantities and percentages integers when whole and else decimal strings, grounds a list of
// readable reasons. "null": the bytes are not a body of that kind.
std::string write_event_json(std::uint16_t event_kind, std::span<const std::byte> body,
                             const NameSource& names);
std::string write_command_body_json(std::uint16_t command_kind, std::span<const std::byte> body,
                                    const NameSource& names);

// One reason as people and callers read it. Empty texts and zeros: not said.
struct ReasonText {
  std::uint16_t code = 0;  // ReasonCode
  std::string reason;      // its name: "over_credit_limit"
  std::string outcome;     // refuse, hold, ask ...
  std::string subject;     // the kind of thing it is about: "company"
  std::string name;        // of that thing, else its number
  std::uint32_t line = 0;  // of the order
  std::string found;       // the numbers compared, in `unit`: "1250.00"
  std::string allowed;
  std::string unit;      // money, percent, days ...
  std::string currency;  // "EUR", of money and unit price
  std::uint64_t rule = 0;
  std::vector<std::uint64_t> evidence;  // positions of events
};

// The reasons of checked Grounds, in order; `more` is theirs to tell (Grounds.more).
std::vector<ReasonText> read_grounds(const Grounds& grounds, const NameSource& names);

// A JSON array: [{"reason":"over_credit_limit","outcome":"hold","subject":"company",...}].
std::string write_reasons_json(std::span<const ReasonText> reasons);

// Any table of any binary schema that uses the same attributes (the answers of api/ do).
class SchemaJson {
 public:
  explicit SchemaJson(std::span<const std::byte> binary_schema);  // static bytes
  // table: with or without its namespace. "null": no such table, or `root` is not one (it starts at
  // a multiple of 8, or is refused).
  std::string write(std::string_view table, std::span<const std::byte> root,
                    const NameSource& names) const;

 private:
  std::shared_ptr<const SchemaPlan> schema_;
};

// Whether two bodies of one command say the same, whatever their layout: names are compared through
// their pools, a field that is absent is its default, an empty string or vector is an absent one.
// False when one of them is not a body of that kind.
bool same_command(std::uint16_t command_kind, std::span<const std::byte> a,
                  std::span<const std::byte> b);

// Calls visit(kind, ref) for every reference an event holds, those in lines and moves included: how
// the events of one document or company are found by scanning. Absent ones are skipped; nothing is
// visited in bytes that are not a body of that kind.
void for_each_reference(std::uint16_t event_kind, std::span<const std::byte> body,
                        const std::function<void(std::string_view kind, std::uint64_t ref)>& visit);

}  // namespace kontor
