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

#include "engine/rules/order_facts.h"
#include "projections/rules.h"

namespace kontor {

// A figure of one order beside what it is compared with. Views are valid until the next event.
struct FigureReading {
  enum class Is : std::uint8_t {
    kNone,     // the order has no such figure: the condition does not match
    kNumber,   // found and allowed are to be compared by the condition's operator
    kMatched,  // the figure has compared itself, and matches
    kNoRate,  // found is in another currency than allowed: matched, but not for approve and exclude
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

struct FigureRow {
  Figure figure;
  Unit unit;               // of the threshold; none: the rule states none
  std::string_view words;  // "its order total with tax", or with unit none a whole phrase
  bool reads_exposure;     // may change with what the payer owes
  FigureReading (*read)(const Book& book, const OrderFacts& facts, const RuleCondition& condition);
};

std::span<const FigureRow> figure_registry();
const FigureRow* find_figure(Figure figure);  // null: not evaluated

bool compares(Operator op, std::int64_t found, std::int64_t allowed);

// Exposure of the payer with the order counted as if taken.
Minor exposure_after(const Book& book, const OrderFacts& facts);

// What a payer's limit is today: none when no limit was set and absent means unlimited; zero when
// it has expired or absent means none. why: the reason that exceeding it gives.
struct LimitInForce {
  std::optional<Minor> limit;
  ReasonCode why = ReasonCode::over_credit_limit;
};
LimitInForce limit_in_force(const Book& book, CompanyId payer);
// The same of an account and a day that may be supposed.
LimitInForce limit_in_force(const Book& book, CompanyId payer, const Account& account, Date today);

}  // namespace kontor
