#include "api/web/target.h"

#include <algorithm>
#include <charconv>

namespace kontor {
namespace {

Error malformed(std::string message) {
  return {ErrorKind::kMalformed, std::move(message)};
}

Result<std::string> decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    unsigned byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || failed != std::errc{} || end != digits.data() + 2) {
      return malformed("'" + std::string(text.substr(i, 3)) +
                       "' is no percent-encoded byte, such as %2F");
    }
    out.push_back(static_cast<char>(byte));
    i += 2;
  }
  return out;
}

// The text up to the separator; `rest` goes on after it.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return taken;
}

Status add_parameter(std::string_view text, Target& out) {
  const Result<std::string> name = decode(take_until(text, '='));
  if (!name) return name.error();
  Result<std::string> value = decode(text);
  if (!value) return value.error();
  if (out.parameter(*name) != nullptr)
    return malformed("the parameter '" + *name + "' stands there twice");
  out.parameters.push_back({*name, std::move(*value)});
  return {};
}

}  // namespace

const std::string* Target::parameter(std::string_view name) const {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(),
                   [&](const Parameter& parameter) { return parameter.name == name; });
  return found == parameters.end() ? nullptr : &found->value;
}

Result<Target> parse_target(std::string_view text) {
  Target out;
  std::string_view query = text;
  std::string_view path = take_until(query, '?');
  if (!path.starts_with('/')) return malformed("a path begins with /");
  path.remove_prefix(1);
  while (!path.empty()) {
    Result<std::string> segment = decode(take_until(path, '/'));
    if (!segment) return segment.error();
    out.path.push_back(std::move(*segment));
  }
  while (!query.empty()) {
    const std::string_view parameter = take_until(query, '&');
    if (parameter.empty()) continue;
    if (const Status added = add_parameter(parameter, out); !added) return added.error();
  }
  return out;
}

}  // namespace kontor
