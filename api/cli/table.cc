#include "api/cli/table.h"

#include <algorithm>
#include <ostream>
#include <string_view>
#include <utility>

#include "api/cli/words.h"
#include "events/base/assert.h"

namespace kontor::cli {

bool looks_like_number(std::string_view text) {
  return text.find_first_not_of("0123456789.,-% ") == std::string_view::npos &&
         std::count(text.begin(), text.end(), '-') <= 1 && text.rfind('-') + 1 <= 1;
}

void Table::add(std::vector<std::string> row) {
  KONTOR_ASSERT(row.size() == header_.size());
  rows_.push_back(std::move(row));
}

void Table::print(std::ostream& out, std::size_t indent) const {
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    std::size_t width = columns_of(header_[i]);
    bool numbers = !rows_.empty();
    for (const auto& row : rows_) {
      width = std::max(width, columns_of(row[i]));
      numbers = numbers && looks_like_number(row[i]);
    }
    widths.push_back(width);
    right.push_back(numbers);
  }
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] - columns_of(row[i]), ' ');
      line += right[i] ? pad + row[i] : row[i] + pad;
      if (i + 1 < row.size()) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  };
  print_row(header_);
  for (const auto& row : rows_)
    print_row(row);
}

}  // namespace kontor::cli
