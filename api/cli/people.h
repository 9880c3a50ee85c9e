// Prints any JSON answer for people: objects as aligned lines, lists of objects as tables, amounts
// at the right. It knows no answer in particular.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace kontor::cli {

// json: an object or array; anything else is printed as it stands.
void print_for_people(std::ostream& out, std::string_view json);

// The same on one line: "order O-1; total 12.00".
std::string line_for_people(std::string_view json);

}  // namespace kontor::cli
