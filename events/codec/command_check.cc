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

  // False: wrong() then has the path of a field below `record` and what is wrong with it.
  bool record(const Record& record) {
    for (const FieldPlan& field : record.plan().fields) {
      if (!field.value_rules || field_is_right(record, field)) continue;
      wrong_.insert(0, "." + field.name);
      return false;
    }
    return true;
  }

  const std::string& wrong() const { return wrong_; }

 private:
  bool field_is_right(const Record& owner, const FieldPlan& field) {
    switch (field.shape) {
      case Shape::kScalar:
        return scalar(field, owner.integer(field));
      case Shape::kString:
        return string(field, owner.text(field));
      case Shape::kStruct:
      case Shape::kTable: {
        const Record inner = owner.record(field);
        return inner.is_null() || record(inner);
      }
      case Shape::kScalars:
      case Shape::kStrings:
      case Shape::kStructs:
      case Shape::kTables:
        break;
    }
    return elements(field, owner.elements(field));
  }

  bool elements(const FieldPlan& field, const Elements& all) {
    if (all.size() > limits::kLinesMax) {
      wrong_ = ": more than " + std::to_string(limits::kLinesMax) + " entries";
      return false;
    }
    if (field.object != nullptr && !field.object->value_rules) return true;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (element(field, all, i)) continue;
      wrong_.insert(0, "[" + std::to_string(i) + "]");
      return false;
    }
    return true;
  }

  bool element(const FieldPlan& field, const Elements& all, std::size_t i) {
    if (field.shape == Shape::kScalars) return scalar(field, all.integer(i));
    if (field.shape == Shape::kStrings) return string(field, all.text(i));
    return record(all.record(i));
  }

  bool holds(bool rule, const char* otherwise) {
    if (!rule) wrong_ = otherwise;
    return rule;
  }

  bool string(const FieldPlan& field, std::string_view text) {
    if (!field.identifier && !field.pool) {
      return holds(is_text(text, limits::kTextBytesMax), ": not a text");
    }
    const bool may_be_absent = text.empty() && !field.must && !field.pool;
    return holds(may_be_absent || is_identifier(text), ": not an identifier");
  }

  bool scalar(const FieldPlan& field, std::int64_t value) {
    if (field.optional && value == field.sentinel) return true;
    switch (field.form) {
      case Form::kEnum:
        return holds(field.values->find(value) != nullptr, ": not a known value");
      case Form::kNamed:
        return holds(static_cast<std::uint64_t>(value) < pool_.size(), ": beyond the name pool");
      case Form::kCurrency: {
        if (value == 0 && !field.must) return true;
        const CurrencyCode code{static_cast<std::uint16_t>(value)};
        return holds(find_currency(code).has_value(), ": not a currency of ISO 4217");
      }
      case Form::kDate: {
        const Date date{static_cast<std::int32_t>(value)};
        return holds(is_calendar_date(date) || (date == kNoDate && !field.must),
                     ": not a date of the years 0001 to 9999");
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
    return true;
  }

  Elements pool_;
  std::string wrong_;
};

}  // namespace

std::string check_command_values(const Record& command) {
  CommandCheck check(command);
  return check.record(command) ? std::string{} : command.plan().name + check.wrong();
}

}  // namespace kontor
