#include "api/cli/people.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/cli/table.h"
#include "api/cli/words.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent = 2;

std::string label(std::string_view key) {
  std::string text(key);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

bool is_rows(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), [](const Json& row) { return row.is_object(); });
}

// One line of text, however deep: for cells of tables. What lies deeper stands in brackets.
std::string cell(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return {};
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& [key, part] : value.items()) {
    if (!text.empty()) text += value.is_array() ? ", " : "; ";
    if (value.is_object()) text += label(key) + ' ';
    text += part.is_object() ? '(' + cell(part) + ')' : cell(part);
  }
  return text;
}

// "1234.50" -> "1,234.50"; anything but a number with decimals is left alone.
std::string amount(std::string text) {
  if (text.find('.') == std::string::npos || !looks_like_number(text)) return text;
  return with_thousands(std::string_view(text));
}

void print_rows(std::ostream& out, const Json& rows, std::size_t indent) {
  std::vector<std::string> keys;
  for (const Json& row : rows) {
    for (const auto& [key, value] : row.items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  std::vector<std::string> header;
  for (const std::string& key : keys)
    header.push_back(label(key));
  Table table(header);
  for (const Json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& key : keys) {
      cells.push_back(row.contains(key) ? amount(cell(row[key])) : std::string());
    }
    table.add(std::move(cells));
  }
  table.print(out, indent);
}

void print_object(std::ostream& out, const Json& object, std::size_t indent) {
  const std::string margin(indent, ' ');
  std::size_t width = 0;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_object() && !is_rows(value)) width = std::max(width, columns_of(label(key)));
  }
  for (const auto& [key, value] : object.items()) {
    const std::string name = label(key);
    if (value.is_object()) {
      out << margin << name << '\n';
      print_object(out, value, indent + kIndent);
    } else if (is_rows(value)) {
      out << margin << name << '\n';
      print_rows(out, value, indent + kIndent);
    } else {
      out << margin << name << std::string(width - columns_of(name) + kIndent, ' ')
          << amount(cell(value)) << '\n';
    }
  }
}

}  // namespace

void print_for_people(std::ostream& out, std::string_view json) {
  const Json value = Json::parse(json, nullptr, false);
  if (value.is_object()) {
    print_object(out, value, 0);
  } else if (is_rows(value)) {
    print_rows(out, value, 0);
  } else if (value.is_discarded()) {
    out << json << '\n';
  } else {
    out << cell(value) << '\n';
  }
}

std::string line_for_people(std::string_view json) {
  const Json value = Json::parse(json, nullptr, false);
  return value.is_discarded() ? std::string(json) : cell(value);
}

}  // namespace kontor::cli
