// Every command and event with its permanent number, and how to verify their bytes. The lists come
// from the schema folder (events/catalog.cmake).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "catalog_list.h"

#include "events/base/result.h"

namespace kontor {

#define KONTOR_ENUMERATE(name, number) name = number,  // NOLINT(bugprone-macro-parentheses): names
enum class CommandKind : std::uint16_t { KONTOR_COMMANDS(KONTOR_ENUMERATE) };
enum class EventKind : std::uint16_t { KONTOR_EVENTS(KONTOR_ENUMERATE) };
#undef KONTOR_ENUMERATE

// The generated types, without their headers.
#define KONTOR_DECLARE(name, number) struct name;
KONTOR_COMMANDS(KONTOR_DECLARE)
KONTOR_EVENTS(KONTOR_DECLARE)
#undef KONTOR_DECLARE

// The permanent number of a generated type: number_of<PlaceOrder>.
template <class T>
inline constexpr std::uint16_t number_of = 0;  // NOLINT(readability-identifier-naming)
#define KONTOR_NUMBER(name, number) \
  template <>                       \
  inline constexpr std::uint16_t number_of<name> = number;
KONTOR_COMMANDS(KONTOR_NUMBER)
KONTOR_EVENTS(KONTOR_NUMBER)
#undef KONTOR_NUMBER

// Names as in the schema; empty: no such number.
std::string_view command_name(std::uint16_t kind);
std::string_view event_name(std::uint16_t kind);
std::uint16_t command_number(std::string_view name);  // 0: no such command
std::uint16_t event_number(std::string_view name);
bool is_system_command(std::uint16_t kind);  // made by the engine, never taken from a caller

// Whether `body` (8-aligned, else false) is a well-formed FlatBuffers root of that kind's table,
// all vectors aligned and every `required` part there. Linear in the bytes, never reads outside of
// them.
bool verify_event(std::uint16_t kind, std::span<const std::byte> body);

// The same for a command, which is also held to the rules of command_check.h and kCommandBytesMax:
// identifiers, texts, names within the pool, known enums, dates, currencies, lengths of vectors.
bool verify_command(std::uint16_t kind, std::span<const std::byte> body);

// verify_command, told: kMalformed with the path of what is wrong.
Status check_command(std::uint16_t kind, std::span<const std::byte> body);

}  // namespace kontor
