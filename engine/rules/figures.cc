#include "engine/rules/figures.h"

#include <algorithm>
#include <array>

#include "set_rule_generated.h"

#include "engine/rules/figure_rows.h"
#include "engine/rules/figures_of_spending.h"

namespace kontor {
namespace figures {

using Is = FigureReading::Is;

FigureReading money(const Book& book, const RuleCondition& condition, Minor found,
                    CurrencyCode currency) {
  const CurrencyCode wanted =
      condition.currency.value() != 0 ? condition.currency : book.calendar().currency();
  FigureReading out;
  out.is = wanted == currency ? Is::kNumber : Is::kNotComparable;
  out.unit = Unit::money;
  out.currency = currency;
  out.found = found.value();
  out.allowed = condition.amount;
  return out;
}

namespace {

FigureReading number(Unit unit, std::int64_t found, std::int64_t allowed) {
  FigureReading out;
  out.is = Is::kNumber;
  out.unit = unit;
  out.found = found;
  out.allowed = allowed;
  return out;
}

}  // namespace

FigureReading count(std::int64_t found, const RuleCondition& condition) {
  return number(Unit::count, found, condition.count);
}

FigureReading days(std::int64_t found, const RuleCondition& condition) {
  return number(Unit::days, found, condition.days);
}

FigureReading percent(Int128 part, Int128 whole, const RuleCondition& condition) {
  FigureReading out;
  out.unit = Unit::percent;
  out.allowed = condition.percent.value();
  const Int128 scaled = part * kHundredPercent;
  out.found = saturated(scaled / whole).value();
  // Compared before it is rounded: a hair above the threshold is above it.
  const Int128 found = scaled - Int128{out.allowed} * whole;
  const std::int64_t side = found > 0 ? 1 : found < 0 ? -1 : 0;
  if (compares(condition.op, side, 0)) out.is = Is::kMatched;
  return out;
}

FigureReading name(std::string_view found, const RuleCondition& condition) {
  const auto& names = condition.names;
  const bool named = std::find(names.begin(), names.end(), found) != names.end();
  return phrase(named);
}

FigureReading phrase(bool is_so) {
  FigureReading out;
  if (is_so) out.is = Is::kMatched;
  return out;
}

FigureReading about_account(const Book& book, FigureReading reading, CompanyId company) {
  reading.subject_kind = Subject::company;
  reading.subject = company.value();
  reading.name = book.parties().name(company);
  return reading;
}

}  // namespace figures

namespace {

// The registry. A new figure is a row here and the function that reads it.
constexpr auto kRegistry = std::to_array<FigureRow>({
    {Figure::order_total_with_tax, Unit::money, "its order total with tax", false,
     figures::total_with_tax},
    {Figure::order_total_without_tax, Unit::money, "its order total without tax", false,
     figures::total_without_tax},
    {Figure::line_price, Unit::money, "the price of a line", false, figures::line_price},
    {Figure::distinct_items, Unit::count, "its distinct items", false, figures::distinct_items},
    {Figure::weight, Unit::count, "its weight in grams", false, figures::weight},
    {Figure::freight, Unit::money, "its freight without tax", false, figures::freight},
    {Figure::terms, Unit::name, "its terms", false, figures::terms},
    {Figure::settlement, Unit::name, "its settlement", false, figures::settlement},
    {Figure::days_to_requested_date, Unit::days, "the time to its requested date", false,
     figures::days_to_requested_date},
    {Figure::ship_to_country, Unit::name, "its ship-to country", false, figures::ship_to_country},
    {Figure::recurring, Unit::none, "it is a run of a recurring order", false, figures::recurring},
    {Figure::cost_centre, Unit::name, "its cost centre", false, figures::cost_centre},
    {Figure::orderer_role, Unit::name, "a role of its orderer", false, figures::orderer_role},
    {Figure::over_order_limit, Unit::none, "it is over order limit", false,
     figures::over_order_limit},
    {Figure::over_period_limit, Unit::none, "it is over period limit", false,
     read_over_period_limit},
    {Figure::over_budget, Unit::none, "it is over budget", false, read_over_budget},
    {Figure::terms_longer_than_standard, Unit::none,
     "its terms are longer than the company's standard", false,
     figures::terms_longer_than_standard},
    {Figure::total_against_class_average, Unit::percent,
     "its total against the average of its company's class", false,
     figures::total_against_class_average},
    {Figure::exposure_over_limit, Unit::none, "it is exposure over limit", true, nullptr,
     figures::exposure_over_limit},
    {Figure::exposure_after_order, Unit::money, "its exposure after order", true, nullptr,
     figures::exposure_after_order},
    {Figure::limit_used_percent, Unit::percent, "the limit used with the order", true, nullptr,
     figures::limit_used_percent},
    {Figure::bucket_exposure, Unit::money, "its exposure", true, nullptr, figures::bucket_exposure},
    {Figure::oldest_overdue_days, Unit::days, "its oldest overdue amount", true, nullptr,
     figures::oldest_overdue_days},
    {Figure::overdue_amount, Unit::money, "its overdue amount", true, nullptr,
     figures::overdue_amount},
    {Figure::overdue_share, Unit::percent, "the overdue share of its receivable", true, nullptr,
     figures::overdue_share},
    {Figure::credit_standing, Unit::name, "its credit standing", false, nullptr,
     figures::credit_standing},
    {Figure::limit_expired, Unit::none, "its credit limit has expired", false, nullptr,
     figures::limit_expired},
    {Figure::review_date_passed, Unit::none, "the review date of its limit has passed", false,
     nullptr, figures::review_date_passed},
    {Figure::paid_invoices, Unit::count, "its paid invoices so far", true, nullptr,
     figures::paid_invoices},
});

constexpr std::size_t kPlaces = 128;

// Row of the registry by figure; kRegistry.size(): none.
constexpr auto kRowOf = [] {
  std::array<std::uint8_t, kPlaces> rows{};
  rows.fill(static_cast<std::uint8_t>(kRegistry.size()));
  for (std::size_t i = 0; i < kRegistry.size(); ++i)
    rows.at(static_cast<std::size_t>(kRegistry.at(i).figure)) = static_cast<std::uint8_t>(i);
  return rows;
}();

bool is_overdue_figure(Figure figure) {
  return figure == Figure::oldest_overdue_days || figure == Figure::overdue_amount ||
         figure == Figure::overdue_share;
}

bool states(const Condition& condition, flatbuffers::voffset_t field) {
  return reinterpret_cast<const flatbuffers::Table&>(condition).CheckField(field);
}

// What a condition may state as its threshold, by unit.
struct ThresholdField {
  Unit unit;
  flatbuffers::voffset_t field;
  std::string_view missing;
};
constexpr auto kThresholds = std::to_array<ThresholdField>({
    {Unit::money, Condition::VT_AMOUNT, "the figure is money: state an amount"},
    {Unit::percent, Condition::VT_PERCENT, "the figure is a percentage: state percent"},
    {Unit::days, Condition::VT_DAYS, "the figure is measured in days: state days"},
    {Unit::count, Condition::VT_COUNT, "the figure is a count: state count"},
    {Unit::name, Condition::VT_NAMES, "the figure is a name: state names"},
});

std::string_view wrong_threshold(const Condition& condition, const FigureRow& row) {
  for (const ThresholdField& threshold : kThresholds) {
    const bool stated = states(condition, threshold.field);
    if (threshold.unit == row.unit && !stated) return threshold.missing;
    if (threshold.unit == row.unit || !stated) continue;
    if (row.unit == Unit::none) return "the figure has its own threshold: state none";
    const auto wanted = std::find_if(kThresholds.begin(), kThresholds.end(),
                                     [&](const auto& other) { return other.unit == row.unit; });
    return wanted->missing;
  }
  if (row.unit != Unit::money && condition.currency() != 0) {
    return "the figure is not money: state no currency";
  }
  return {};
}

std::string_view wrong_operator(const Condition& condition, const FigureRow& row) {
  const Operator op = condition.operator_();
  if (op > Operator::in) return "an operator from gt to in";
  if (row.unit == Unit::none && op != Operator::gt) {
    return "the figure has its own threshold: state no operator";
  }
  const bool of_names = op == Operator::eq || op == Operator::in;
  if (row.unit == Unit::name && !of_names) return "names are compared by eq or in";
  if (row.unit != Unit::name && op == Operator::in) return "the operator in is for names";
  return {};
}

constexpr std::size_t kNamesMax = 64;

std::string_view wrong_names(const Condition& condition, const FigureRow& row) {
  if (row.unit != Unit::name) return {};
  const auto& names = *condition.names();
  if (names.size() == 0 || names.size() > kNamesMax) return "1 to 64 names";
  if (condition.operator_() == Operator::eq && names.size() != 1) {
    return "eq has one name; several are compared by in";
  }
  for (const flatbuffers::String* const name : names) {
    const std::string_view said(name->c_str(), name->size());
    if (said.empty() || said.size() > kIdentifierBytesMax || !is_text(said, kIdentifierBytesMax)) {
      return "names of 1 to 64 bytes";
    }
    const bool standing = said == "good" || said == "hold";
    if (row.figure == Figure::credit_standing && !standing) return "a standing: good or hold";
    const bool settled = said == "account" || said == "prepaid";
    if (row.figure == Figure::settlement && !settled) return "a settlement: account or prepaid";
  }
  return {};
}

}  // namespace

std::span<const FigureRow> figure_registry() {
  return kRegistry;
}

const FigureRow* find_figure(Figure figure) {
  const auto at = static_cast<std::size_t>(figure);
  if (at >= kPlaces || kRowOf[at] == kRegistry.size()) return nullptr;
  return &kRegistry[kRowOf[at]];
}

bool compares(Operator op, std::int64_t found, std::int64_t allowed) {
  switch (op) {
    case Operator::gt:
      return found > allowed;
    case Operator::ge:
      return found >= allowed;
    case Operator::lt:
      return found < allowed;
    case Operator::le:
      return found <= allowed;
    case Operator::eq:
    case Operator::in:
      return found == allowed;
  }
  return false;
}

std::string_view what_is_wrong(const Condition& condition, const FigureRow& row) {
  std::string_view wrong = wrong_threshold(condition, row);
  if (wrong.empty()) wrong = wrong_operator(condition, row);
  if (wrong.empty()) wrong = wrong_names(condition, row);
  if (!wrong.empty()) return wrong;
  if (condition.whose() > Whose::shared_limit) return "whose: payer, any_ancestor or shared_limit";
  if (row.read_account == nullptr && condition.whose() != Whose::payer) {
    return "whose is for figures of the payer";
  }
  if (row.figure != Figure::bucket_exposure && condition.bucket() != Bucket::ordered) {
    return "bucket is for bucket_exposure";
  }
  if (condition.bucket() > Bucket::unapplied) return "a bucket from ordered to unapplied";
  if (condition.grace_days() < 0 || condition.grace_days() > 36'600) return "grace_days 0 to 36600";
  if (condition.grace_days() != 0 && !is_overdue_figure(row.figure)) {
    return "grace_days are for overdue figures";
  }
  return {};
}

}  // namespace kontor
