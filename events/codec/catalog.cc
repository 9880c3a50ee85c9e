#include "events/codec/catalog.h"

#include "events/codec/body_check.h"
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

bool verify_command(std::uint16_t kind, std::span<const std::byte> body) {
  const ObjectPlan* const plan = command_plan(kind);
  return plan != nullptr && check_body(*plan, body);
}

bool verify_event(std::uint16_t kind, std::span<const std::byte> body) {
  const ObjectPlan* const plan = event_plan(kind);
  return plan != nullptr && check_body(*plan, body);
}

}  // namespace kontor
