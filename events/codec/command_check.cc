#include "events/codec/command_check.h"

#include "events/base/currency.h"
#include "events/base/ids.h"
#include "events/base/limits.h"
#include "events/base/time.h"

namespace kontor {
namespace {

class CommandCheck {
 public:
  explicit CommandCheck(const Record& command) {
    if (command.plan().pool != nullptr) pool_ = command.elements(*command.plan().pool);
  }

  // Empty, or the path of the field below `record` and what is wrong with it.
  std::string record(const Record& record) const {
    for (const FieldPlan& field : record.plan().fields) {
      if (!field.value_rules) continue;
      std::string wrong = one(record, field);
      if (!wrong.empty()) return "." + field.name + std::move(wrong);
    }
    return {};
  }

 private:
  std::string one(const Record& owner, const FieldPlan& field) const {
    switch (field.shape) {
      case Shape::kScalar:
        return scalar(field, owner.integer(field));
      case Shape::kString:
        return string(field, owner.text(field));
      case Shape::kStruct:
      case Shape::kTable: {
        const Record inner = owner.record(field);
        return inner.is_null() ? std::string{} : record(inner);
      }
      case Shape::kScalars:
      case Shape::kStrings:
      case Shape::kStructs:
      case Shape::kTables:
        break;
    }
    return elements(field, owner.elements(field));
  }

  std::string elements(const FieldPlan& field, const Elements& all) const {
    if (all.size() > limits::kLinesMax) {
      return ": more than " + std::to_string(limits::kLinesMax) + " entries";
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      std::string wrong;
      if (field.shape == Shape::kScalars) {
        wrong = scalar(field, all.integer(i));
      } else if (field.shape == Shape::kStrings) {
        wrong = string(field, all.text(i));
      } else if (field.object->value_rules) {
        wrong = record(all.record(i));
      } else {
        break;
      }
      if (!wrong.empty()) return "[" + std::to_string(i) + "]" + wrong;
    }
    return {};
  }

  static std::string string(const FieldPlan& field, std::string_view text) {
    if (field.identifier || field.pool) {
      const bool may_be_absent = text.empty() && !field.must && !field.pool;
      return may_be_absent || is_identifier(text) ? "" : ": not an identifier";
    }
    return is_text(text, limits::kTextBytesMax) ? "" : ": not a text";
  }

  std::string scalar(const FieldPlan& field, std::int64_t value) const {
    if (field.optional && value == field.sentinel) return {};
    switch (field.form) {
      case Form::kEnum:
        return field.values->find(value) != nullptr ? "" : ": not a known value";
      case Form::kNamed:
        return static_cast<std::uint64_t>(value) < pool_.size() ? "" : ": beyond the name pool";
      case Form::kCurrency: {
        const CurrencyCode code{static_cast<std::uint16_t>(value)};
        const bool good = find_currency(code).has_value() || (value == 0 && !field.must);
        return good ? "" : ": not a currency of ISO 4217";
      }
      case Form::kDate: {
        const Date date{static_cast<std::int32_t>(value)};
        const bool good = is_calendar_date(date) || (date == kNoDate && !field.must);
        return good ? "" : ": not a date of the years 0001 to 9999";
      }
      case Form::kNumber:
      case Form::kBool:
      case Form::kMoney:
      case Form::kUnitPrice:
      case Form::kQuantity:
      case Form::kPercent:
      case Form::kTimestamp:
      case Form::kRef:
        break;
    }
    return {};
  }

  Elements pool_;
};

}  // namespace

std::string check_command_values(const Record& command) {
  std::string wrong = CommandCheck(command).record(command);
  return wrong.empty() ? wrong : command.plan().name + wrong;
}

}  // namespace kontor
