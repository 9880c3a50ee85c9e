// Compares two binary schemas by what was promised with the older one: stored bytes and JSON that
// it describes mean the same under the newer one. Adding is allowed, nothing else.
//
//   tables       stay, with their number; fields are only appended, and are no condition then
//   fields       keep their name, place, type, default, and every attribute JSON goes by
//   structs      stay byte for byte; not even a field is added
//   enums        keep their type and every value's name and number
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/page.h"

namespace kontor::test {

// What tests/golden keeps of a release.
struct ReleasedSchema {
  std::string release;
  AlignedBuffer schema;
};
// The file of that name of every release that has it.
std::vector<ReleasedSchema> released_schemas(std::string_view file);

// One line for each promise that `present` breaks, beginning with its name
// ("kontor.PlaceOrder.lines
// ..."), sorted. Empty: none. Both are what flatc --schema --bfbs-builtins writes; if one is not,
// the only line says so.
std::vector<std::string> broken_promises(std::span<const std::byte> released,
                                         std::span<const std::byte> present);

}  // namespace kontor::test
