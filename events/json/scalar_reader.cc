#include "events/json/scalar_reader.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "events/base/time.h"

namespace kontor {
namespace {

using Kind = JsonNode::Kind;

constexpr int kQuantityDecimals = 6;
constexpr int kPercentDecimals = 4;
constexpr int kUnitPriceDecimals = 4;
constexpr std::size_t kSuggestedBytesMax = 64;

std::string wants(std::string_view what, const JsonNode& node) {
  return "wants " + std::string(what) + ", not " +
         (node.kind == Kind::kString ? quoted(node.text) : std::string(kind_name(node.kind)));
}

// The highest value of the type; unsigned 64 bit is not asked for.
std::int64_t highest(ScalarType type) {
  switch (type) {
    case ScalarType::kBool:
      return 1;
    case ScalarType::kI8:
      return std::numeric_limits<std::int8_t>::max();
    case ScalarType::kU8:
      return std::numeric_limits<std::uint8_t>::max();
    case ScalarType::kI16:
      return std::numeric_limits<std::int16_t>::max();
    case ScalarType::kU16:
      return std::numeric_limits<std::uint16_t>::max();
    case ScalarType::kI32:
      return std::numeric_limits<std::int32_t>::max();
    case ScalarType::kU32:
      return std::numeric_limits<std::uint32_t>::max();
    case ScalarType::kI64:
    case ScalarType::kU64:
      break;
  }
  return std::numeric_limits<std::int64_t>::max();
}

// What is wrong with a converted value: the type's range, and the sentinel, which JSON says by
// leaving the field out.
std::string check_range(const FieldPlan& field, std::int64_t value) {
  const std::int64_t high = highest(field.type);
  const std::int64_t low = is_unsigned(field.type) ? 0 : -high - 1;
  const bool inside = value >= low && value <= high;
  if (inside && !(field.optional && value == field.sentinel)) return {};
  return "does not fit: the value must lie in its field's range; leave the key out for none";
}

std::string read_number(const FieldPlan& field, const JsonNode& node, std::int64_t& out) {
  if (node.kind == Kind::kUnsigned && field.type == ScalarType::kU64) {
    out = node.integer;
    return field.optional && out == field.sentinel ? check_range(field, -1) : std::string{};
  }
  if (node.kind == Kind::kUnsigned) return "does not fit into 64 bits";
  if (node.kind != Kind::kInteger) return wants("an integer", node);
  out = node.integer;
  return check_range(field, out);
}

std::string read_decimal_text(std::string_view text, int decimals, std::string_view what,
                              std::int64_t& out) {
  const auto value = parse_decimal(text, decimals);
  if (!value) {
    return quoted(text) + " is not " + std::string(what) + ": digits, at most " +
           std::to_string(decimals) + " after the point, within 64 bits";
  }
  out = *value;
  return {};
}

// A quantity or percentage: an integer of whole units, or a decimal string.
std::string read_units(const FieldPlan& field, const JsonNode& node, int decimals,
                       std::string_view what, std::int64_t& out) {
  if (node.kind == Kind::kString) {
    const std::string wrong = read_decimal_text(node.text, decimals, what, out);
    return wrong.empty() ? check_range(field, out) : wrong;
  }
  if (node.kind != Kind::kInteger) {
    return wants("an integer or a decimal string such as \"2.5\"", node);
  }
  std::int64_t scale = 1;
  for (int i = 0; i < decimals; ++i)
    scale *= 10;
  if (__builtin_mul_overflow(node.integer, scale, &out)) return "does not fit into 64 bits";
  return check_range(field, out);
}

std::string no_currency(const FieldPlan& field) {
  return "is a decimal, but nothing says its currency: give " + quoted(field.currency_field);
}

std::string read_money(const FieldPlan& field, const JsonNode& node,
                       const std::optional<Currency>& currency, std::int64_t& out) {
  if (node.kind == Kind::kInteger) {
    out = node.integer;
    return check_range(field, out);
  }
  if (node.kind != Kind::kString) {
    return wants("an integer of minor units or a decimal string such as \"12.50\"", node);
  }
  if (!currency) return no_currency(field) + ", or the amount as an integer of minor units";
  const std::string wrong = read_decimal_text(node.text, currency->decimals,
                                              "an amount of " + std::string(currency->alpha), out);
  return wrong.empty() ? check_range(field, out) : wrong;
}

std::string read_unit_price(const FieldPlan& field, const JsonNode& node,
                            const std::optional<Currency>& currency, std::int64_t& out) {
  if (node.kind != Kind::kString) {
    return wants("a decimal string such as \"0.0125\" (a number could mean minor units)", node);
  }
  if (!currency) return no_currency(field);
  const std::string wrong =
      read_decimal_text(node.text, currency->decimals + kUnitPriceDecimals,
                        "a unit price in " + std::string(currency->alpha), out);
  return wrong.empty() ? check_range(field, out) : wrong;
}

std::string read_currency(const JsonNode& node, std::int64_t& out) {
  if (node.kind != Kind::kString) return wants("an ISO 4217 code such as \"EUR\"", node);
  const auto currency = find_currency(node.text);
  if (!currency) return quoted(node.text) + " is not an ISO 4217 currency code such as \"EUR\"";
  out = currency->code.value();
  return {};
}

std::string read_date(const JsonNode& node, std::int64_t& out) {
  const auto date = node.kind == Kind::kString ? parse_date(node.text) : std::nullopt;
  if (!date) return wants("a date such as \"2026-03-10\"", node);
  out = date->value();
  return {};
}

std::string read_timestamp(const JsonNode& node, std::int64_t& out) {
  const auto time = node.kind == Kind::kString ? parse_timestamp(node.text) : std::nullopt;
  if (!time) return wants("a time such as \"2026-03-10T09:30:00Z\" (RFC 3339)", node);
  out = time->value();
  return {};
}

std::string read_enum(const FieldPlan& field, const JsonNode& node, std::int64_t& out) {
  const EnumValue* const value =
      node.kind == Kind::kString ? field.values->find(node.text) : nullptr;
  if (value != nullptr) {
    out = value->value;
    return {};
  }
  constexpr std::size_t kListedMax = 12;
  std::string message = wants("one of", node);
  Suggestion suggestion(node.text);
  std::string list;
  for (const EnumValue& entry : field.values->values) {
    suggestion.consider(entry.name);
    list += (list.empty() ? "" : ", ") + entry.name;
  }
  if (field.values->values.size() > kListedMax) list = "the names of " + field.values->name;
  message.insert(std::string_view("wants one of").size(), " " + list);
  return message + suggestion.phrase();
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// Calls visit(word) for each of "tax_category" or "credit.absent_limit".
template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("_."), text.size());
    if (end > 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// "of", "to" and their like say nothing about what is meant.
constexpr std::size_t kWordBytesMin = 3;

std::size_t letters_shared(std::string_view a, std::string_view b) {
  std::size_t shared = 0;
  for_each_word(a, [&](std::string_view word) {
    bool both = false;
    for_each_word(b, [&](std::string_view other) { both = both || word == other; });
    if (both && word.size() >= kWordBytesMin) shared += word.size();
  });
  return shared;
}

}  // namespace

void Suggestion::consider(std::string_view candidate) {
  if (text_.empty() || text_.size() > kSuggestedBytesMax) return;
  const Candidate here{candidate, letters_shared(text_, candidate),
                       edit_distance(text_, candidate)};
  const bool close = here.distance <= std::max<std::size_t>(1, candidate.size() / 3);
  if (close && (spelled_.name.empty() || here.distance < spelled_.distance)) spelled_ = here;
  if (here.shared == 0) return;
  const bool closer = here.shared > worded_.shared ||
                      (here.shared == worded_.shared && here.distance < worded_.distance);
  if (closer) worded_ = here;
}

std::string Suggestion::phrase() const {
  const Candidate& best = spelled_.name.empty() ? worded_ : spelled_;
  return best.name.empty() ? std::string{} : ", did you mean " + quoted(best.name) + "?";
}

std::string read_scalar(const FieldPlan& field, const JsonNode& node,
                        const std::optional<Currency>& currency, std::int64_t& out) {
  switch (field.form) {
    case Form::kNumber:
    case Form::kRef:
      return read_number(field, node, out);
    case Form::kBool:
      out = node.integer;
      return node.kind == Kind::kBool ? std::string{} : wants("true or false", node);
    case Form::kEnum:
      return read_enum(field, node, out);
    case Form::kMoney:
      return read_money(field, node, currency, out);
    case Form::kUnitPrice:
      return read_unit_price(field, node, currency, out);
    case Form::kCurrency:
      return read_currency(node, out);
    case Form::kQuantity:
      return read_units(field, node, kQuantityDecimals, "a quantity", out);
    case Form::kPercent:
      return read_units(field, node, kPercentDecimals, "a percentage", out);
    case Form::kDate:
      return read_date(node, out);
    case Form::kTimestamp:
      return read_timestamp(node, out);
    case Form::kNamed:
      break;
  }
  return "wants a name";
}

}  // namespace kontor
