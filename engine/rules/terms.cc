#include "engine/rules/terms.h"

#include <algorithm>

#include "events/base/assert.h"

namespace kontor {
namespace {

constexpr std::int16_t kMonthsMax = 120;
constexpr std::int16_t kDaysMax = 3660;
constexpr std::size_t kLinesMax = 64;

Date with_day(Date date, std::int32_t day) {
  CivilDate c = to_civil(date);
  c.day = std::min(day, days_in_month(c.year, c.month));
  return from_civil(c);
}

Date fixed_day(const TermsLine& line, Date date) {
  switch (line.day_rule()) {
    case DayRule::none:
      return date;
    case DayRule::this_month:
      return with_day(date, line.day_of_month());
    case DayRule::next_month:
      return with_day(add_months(with_day(date, 1), 1), line.day_of_month());
    case DayRule::not_earlier: {
      const Date here = with_day(date, line.day_of_month());
      return here >= date ? here : with_day(add_months(with_day(date, 1), 1), line.day_of_month());
    }
  }
  return date;
}

bool is_percent(const TermsLine& line) {
  return line.kind() == InstalmentKind::percent;
}

const TermsLine* find_balance(std::span<const TermsLine> lines) {
  const auto found = std::find_if(lines.begin(), lines.end(), [](const TermsLine& line) {
    return line.kind() == InstalmentKind::balance;
  });
  return found == lines.end() ? nullptr : &*found;
}

std::vector<Minor> amounts_with_balance(std::span<const TermsLine> lines, Minor total) {
  std::vector<Minor> out(lines.size());
  Minor rest = total;
  std::size_t balance = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind() == InstalmentKind::balance) {
      balance = i;
      continue;
    }
    out[i] = is_percent(lines[i])
                 ? percent_of(total, Percent{lines[i].percent()}).value_or(Minor{0})
                 : Minor{lines[i].amount()};
    rest -= out[i];
  }
  out[balance] = rest;
  return out;
}

std::vector<Minor> amounts_by_weight(std::span<const TermsLine> lines, Minor total) {
  std::vector<std::int64_t> weights;
  for (const TermsLine& line : lines)
    weights.push_back(is_percent(line) ? line.percent() : 1);
  return split_by_largest_remainder(total, weights);
}

}  // namespace

Date due_date(const TermsLine& line, Date start) {
  Date date = add_months(start, line.months());
  if (line.month_end_first()) date = month_end(date);
  date = add_days(date, line.days());
  if (line.month_end_last()) date = month_end(date);
  date = fixed_day(line, date);
  return add_days(date, line.days_last());
}

std::vector<Instalment> split_into_instalments(const Terms* terms, Minor total, Date start) {
  if (terms == nullptr) return {Instalment(total.value(), start.value(), 1)};
  const std::span<const TermsLine> lines = terms->lines;
  KONTOR_ASSERT(!lines.empty());
  const std::vector<Minor> amounts = find_balance(lines) != nullptr
                                         ? amounts_with_balance(lines, total)
                                         : amounts_by_weight(lines, total);
  std::vector<Instalment> out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.emplace_back(amounts[i].value(), due_date(lines[i], start).value(),
                     static_cast<std::uint16_t>(i + 1));
  }
  return out;
}

namespace {

bool line_in_range(const TermsLine& line) {
  const auto within = [](std::int64_t value, std::int64_t most) {
    return value >= 0 && value <= most;
  };
  const bool has_day = line.day_rule() != DayRule::none;
  return within(line.months(), kMonthsMax) && within(line.days(), kDaysMax) &&
         within(line.days_last(), kDaysMax) && within(line.percent(), kHundredPercent) &&
         (!has_day || (line.day_of_month() >= 1 && line.day_of_month() <= 31));
}

}  // namespace

bool terms_add_up(std::span<const TermsLine> lines, const char*& what) {
  what = "1 to 64 instalments";
  if (lines.empty() || lines.size() > kLinesMax) return false;
  std::int64_t percent = 0;
  std::size_t balances = 0;
  std::size_t equals = 0;
  std::size_t fixed = 0;
  for (const TermsLine& line : lines) {
    what = "months 0 to 120, days 0 to 3660, percent 0 to 100, a day of the month from 1 to 31";
    if (!line_in_range(line)) return false;
    percent += is_percent(line) ? line.percent() : 0;
    balances += line.kind() == InstalmentKind::balance ? 1U : 0U;
    equals += line.kind() == InstalmentKind::equal ? 1U : 0U;
    fixed += line.kind() == InstalmentKind::fixed ? 1U : 0U;
  }
  if (balances > 0) {
    what = "one balance line, no equal parts beside it, and percentages of at most 100";
    return balances == 1 && equals == 0 && percent <= kHundredPercent;
  }
  what = "a balance line, or percentages of exactly 100, or equal parts only";
  if (fixed > 0) return false;
  return equals == lines.size() || (equals == 0 && percent == kHundredPercent);
}

}  // namespace kontor
