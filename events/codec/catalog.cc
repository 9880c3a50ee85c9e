#include "events/codec/catalog.h"

#include <string>

#include "events/base/limits.h"
#include "events/codec/body_check.h"
#include "events/codec/command_check.h"
#include "events/codec/record.h"
#include "events/codec/schema_plan.h"

namespace kontor {

#define KONTOR_NAME(name, number) \
  case number:                    \
    return #name;

std::string_view command_name(std::uint16_t kind) {
  switch (kind) {
    KONTOR_COMMANDS(KONTOR_NAME)
    default:
      return {};
  }
}

std::string_view event_name(std::uint16_t kind) {
  switch (kind) {
    KONTOR_EVENTS(KONTOR_NAME)
    default:
      return {};
  }
}
#undef KONTOR_NAME

#define KONTOR_IF_NAMED(candidate, number) \
  if (name == #candidate) return number;

std::uint16_t command_number(std::string_view name) {
  KONTOR_COMMANDS(KONTOR_IF_NAMED)
  return 0;
}

std::uint16_t event_number(std::string_view name) {
  KONTOR_EVENTS(KONTOR_IF_NAMED)
  return 0;
}
#undef KONTOR_IF_NAMED

bool is_system_command(std::uint16_t kind) {
  switch (kind) {
#define KONTOR_CASE(name, number) case number:
    KONTOR_SYSTEM_COMMANDS(KONTOR_CASE)
#undef KONTOR_CASE
    return true;
    default:
      return false;
  }
}

Status check_command(std::uint16_t kind, std::span<const std::byte> body) {
  const ObjectPlan* const plan = command_plan(kind);
  if (plan == nullptr) {
    return Error{ErrorKind::kMalformed, "no command has the number " + std::to_string(kind)};
  }
  if (body.size() > limits::kCommandBytesMax) {
    return Error{ErrorKind::kMalformed,
                 plan->name + ": " + std::to_string(body.size()) + " bytes; at most " +
                     std::to_string(limits::kCommandBytesMax) + " are taken"};
  }
  if (!check_body(*plan, body)) {
    return Error{ErrorKind::kMalformed,
                 plan->name + ": not a well-formed FlatBuffers root of that table, aligned to 8"};
  }
  std::string wrong = check_command_values(Record::root(*plan, body));
  if (!wrong.empty()) return Error{ErrorKind::kMalformed, std::move(wrong)};
  return {};
}

bool verify_command(std::uint16_t kind, std::span<const std::byte> body) {
  const ObjectPlan* const plan = command_plan(kind);
  return plan != nullptr && body.size() <= limits::kCommandBytesMax && check_body(*plan, body) &&
         check_command_values(Record::root(*plan, body)).empty();
}

bool verify_event(std::uint16_t kind, std::span<const std::byte> body) {
  const ObjectPlan* const plan = event_plan(kind);
  return plan != nullptr && check_body(*plan, body);
}

}  // namespace kontor
