// Table: aligned columns for people. A column whose cells are all numbers stands at the right.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace kontor::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}

  void add(std::vector<std::string> row);  // as many cells as the header has
  bool empty() const { return rows_.empty(); }
  void print(std::ostream& out, std::size_t indent = 0) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// Digits with an optional sign, decimal point, thousands and percent sign; or nothing at all.
bool looks_like_number(std::string_view text);

}  // namespace kontor::cli
