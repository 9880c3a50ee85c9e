#include "events/json/writer.h"

#include <array>

#include "events/base/currency.h"
#include "events/base/time.h"
#include "events/json/grounds.h"

namespace kontor {
namespace {

constexpr int kQuantityDecimals = 6;
constexpr int kPercentDecimals = 4;
constexpr int kUnitPriceDecimals = 4;  // more than its currency has

// The value of the currency field called `name` in the record or the nearest enclosing one.
std::uint16_t currency_in(const WriteScope& scope, std::string_view name) {
  for (const WriteScope* at = &scope; at != nullptr; at = at->outer) {
    for (const FieldPlan* const field : at->record.plan().currencies) {
      if (field->name == name) return static_cast<std::uint16_t>(at->record.integer(*field));
    }
  }
  return 0;
}

class Writer {
 public:
  Writer(std::string& out, const Record& root, const NameSource& names) : out_(out), names_(names) {
    if (root.plan().pool != nullptr) pool_ = root.elements(*root.plan().pool);
  }

  void object(const WriteScope& scope) {
    if (scope.record.plan().name == "Grounds") {
      append_grounds(out_, scope.record, names_);
      return;
    }
    out_.push_back('{');
    bool first = true;
    for (const FieldPlan& field : scope.record.plan().fields) {
      if (field.hidden || field.pool || left_out(scope.record, field)) continue;
      append_json_key(out_, field.name, first);
      value(scope, field);
    }
    out_.push_back('}');
  }

 private:
  static bool left_out(const Record& record, const FieldPlan& field) {
    switch (field.shape) {
      case Shape::kScalar:
        return scalar_left_out(record, field);
      case Shape::kString:
        return record.text(field).empty();
      case Shape::kStruct:
      case Shape::kTable:
        return record.record(field).is_null();
      case Shape::kScalars:
      case Shape::kStrings:
      case Shape::kStructs:
      case Shape::kTables:
        return !field.must && record.elements(field).size() == 0;
    }
    return false;
  }

  static bool scalar_left_out(const Record& record, const FieldPlan& field) {
    if (record.absent(field)) return true;
    const std::int64_t value = record.integer(field);
    if (field.form == Form::kCurrency) return value == 0;
    if (field.form == Form::kDate) return value == kNoDate.value();
    return field.form == Form::kRef && field.type == ScalarType::kU64 && value == 0;
  }

  void value(const WriteScope& scope, const FieldPlan& field) {
    if (field.shape == Shape::kScalar) return scalar(scope, field, scope.record.integer(field));
    if (field.shape == Shape::kString) return append_json_string(out_, scope.record.text(field));
    if (field.shape == Shape::kTable || field.shape == Shape::kStruct) {
      return object({scope.record.record(field), &scope});
    }
    const Elements elements = scope.record.elements(field);
    out_.push_back('[');
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (i != 0) out_.push_back(',');
      if (field.shape == Shape::kScalars) {
        scalar(scope, field, elements.integer(i));
      } else if (field.shape == Shape::kStrings) {
        append_json_string(out_, elements.text(i));
      } else {
        object({elements.record(i), &scope});
      }
    }
    out_.push_back(']');
  }

  void scalar(const WriteScope& scope, const FieldPlan& field, std::int64_t value) {
    switch (field.form) {
      case Form::kNumber:
        return number(field, value);
      case Form::kBool:
        out_ += value != 0 ? "true" : "false";
        return;
      case Form::kEnum:
        return enumerated(field, value);
      case Form::kMoney:
      case Form::kUnitPrice:
        return money(scope, field, value);
      case Form::kCurrency:
        return currency(value);
      case Form::kQuantity:
        return decimal(value, kQuantityDecimals);
      case Form::kPercent:
        return decimal(value, kPercentDecimals);
      case Form::kDate:
        return date(value);
      case Form::kTimestamp:
        return append_json_string(out_, format_timestamp(Timestamp{value}));
      case Form::kNamed:
        return named(field, value);
      case Form::kRef:
        return reference(field, value);
    }
  }

  void number(const FieldPlan& field, std::int64_t value) {
    out_ += field.type == ScalarType::kU64 ? std::to_string(static_cast<std::uint64_t>(value))
                                           : std::to_string(value);
  }

  void enumerated(const FieldPlan& field, std::int64_t value) {
    const EnumValue* const known = field.values->find(value);
    if (known == nullptr) return number(field, value);  // written by a newer version
    append_json_string(out_, known->name);
  }

  void money(const WriteScope& scope, const FieldPlan& field, std::int64_t value) {
    const auto currency = find_currency(CurrencyCode{currency_in(scope, field.currency_field)});
    if (!currency) return number(field, value);
    const int more = field.form == Form::kUnitPrice ? kUnitPriceDecimals : 0;
    append_json_string(out_, format_decimal(value, currency->decimals + more, false));
  }

  void currency(std::int64_t value) {
    const auto known = find_currency(CurrencyCode{static_cast<std::uint16_t>(value)});
    if (!known) {
      out_ += std::to_string(value);
      return;
    }
    append_json_string(out_, known->alpha);
  }

  void decimal(std::int64_t value, int decimals) {
    const std::string text = format_decimal(value, decimals, true);
    if (text.find('.') == std::string::npos) {
      out_ += text;
    } else {
      append_json_string(out_, text);
    }
  }

  void date(std::int64_t value) {
    const Date date{static_cast<std::int32_t>(value)};
    if (is_calendar_date(date)) {
      append_json_string(out_, format_date(date));
    } else {
      out_ += std::to_string(value);  // has no text that could be read back
    }
  }

  void named(const FieldPlan& field, std::int64_t value) {
    const auto index = static_cast<std::uint64_t>(value);
    if (index >= pool_.size()) return number(field, value);
    append_json_string(out_, pool_.text(index));
  }

  void reference(const FieldPlan& field, std::int64_t value) {
    const auto name = names_.name(field.ref_kind, static_cast<std::uint64_t>(value));
    if (!name) return number(field, value);
    append_json_string(out_, *name);
  }

  std::string& out_;
  const NameSource& names_;
  Elements pool_;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20) {
      out += "\\u00";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15U]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void append_json_key(std::string& out, std::string_view key, bool& first) {
  if (!first) out.push_back(',');
  first = false;
  append_json_string(out, key);
  out.push_back(':');
}

void append_record(std::string& out, const Record& record, const NameSource& names) {
  Writer(out, record, names).object({record, nullptr});
}

}  // namespace kontor
