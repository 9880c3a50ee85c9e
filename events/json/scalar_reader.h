// One JSON value as one scalar field: exactly converted, or an explanation of what would be right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/currency.h"
#include "events/codec/schema_plan.h"
#include "events/json/document.h"

namespace kontor {

// Reads every form but kNamed, whose strings belong to the command's pool. `currency` is what the
// object says its money is in. Returns what is wrong; empty: nothing, and `out` is the value.
[[nodiscard]] std::string read_scalar(const FieldPlan& field, const JsonNode& node,
                                      const std::optional<Currency>& currency, std::int64_t& out);

// ", did you mean X?" when a candidate is spelled like `text`, or else has a word of it, as
// tax_category has of category; otherwise empty.
class Suggestion {
 public:
  explicit Suggestion(std::string_view text) : text_(text) {}
  void consider(std::string_view candidate);
  std::string phrase() const;

 private:
  struct Candidate {
    std::string_view name;
    std::size_t shared = 0;  // letters of the words that both have
    std::size_t distance = 0;
  };

  std::string_view text_;
  Candidate spelled_;
  Candidate worded_;
};

}  // namespace kontor
