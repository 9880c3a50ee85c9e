// Figures: what a condition of a rule can compare. One row of the registry each: its unit, its
// words and how it is read. A figure without a row is known to the schema and refused by SetRule
// (not_supported). Rules: domain, One kind of rule.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "reasons_generated.h"
#include "values_generated.h"

#include "engine/rules/accounts.h"
#include "engine/rules/order_facts.h"
#include "projections/rules.h"

namespace kontor {

struct Condition;

// A figure of one order beside what it is compared with. Views are valid until the next event.
struct FigureReading {
  enum class Is : std::uint8_t {
    kNone,     // the order has no such figure, or it does not match
    kNumber,   // found and allowed are to be compared by the condition's operator
    kMatched,  // the figure has compared itself, and matches
    // Cannot be compared, as amounts in two currencies: matched, but not for approve and exclude.
    kNotComparable,
  };
  Is is = Is::kNone;
  ReasonCode code = ReasonCode::rule_matched;
  Subject subject_kind = Subject::order;
  std::uint64_t subject = 0;
  std::string_view name;  // of the subject; empty: the rule's name
  std::uint32_t line = 0;
  std::int64_t found = 0;
  std::int64_t allowed = 0;
  Unit unit = Unit::none;
  CurrencyCode currency;           // of money
  std::vector<Sequence> evidence;  // positions that found and allowed come from
};

using ReadFigure = FigureReading (*)(const Book&, const OrderFacts&, const RuleCondition&);
using ReadAccount = FigureReading (*)(const Book&, const OrderFacts&, const RuleCondition&,
                                      AccountOf);

// A figure of the order has `read`; one of the payer has `read_account` instead, and is read from
// each account that the condition's `whose` names: it matches where one of them does.
struct FigureRow {
  Figure figure;
  Unit unit;               // of the threshold; none: the rule states none
  std::string_view words;  // "its order total with tax", or with unit none a whole phrase
  bool reads_exposure;     // may change with what the payer owes
  ReadFigure read = nullptr;
  ReadAccount read_account = nullptr;
};

std::span<const FigureRow> figure_registry();
const FigureRow* find_figure(Figure figure);  // null: not evaluated

bool compares(Operator op, std::int64_t found, std::int64_t allowed);

// What is wrong with a condition as it was said: a threshold of another unit or none, an operator
// that its figure cannot be compared by, a name that its figure never has. Empty: nothing.
std::string_view what_is_wrong(const Condition& condition, const FigureRow& row);

}  // namespace kontor
