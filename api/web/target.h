// What stands in the first line of a request: path and query, taken apart and decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace kontor {

struct Parameter {
  std::string name;
  std::string value;
};

struct Target {
  std::vector<std::string> path;  // "/v1/books/a%2Fb" -> v1, books, a/b
  std::vector<Parameter> parameters;

  const std::string* parameter(std::string_view name) const;  // null: not said
};

// RFC 3986: %XX is decoded after the splitting; a plus is a plus. kMalformed: a path that does not
// begin with a slash, a bad %XX, a parameter said twice.
Result<Target> parse_target(std::string_view text);

}  // namespace kontor
