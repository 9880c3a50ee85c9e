// Every figure a condition may compare (domain: 7).
#include <algorithm>
#include <map>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

bool compares(Compare compare, Wide found, Wide threshold) {
  switch (compare) {
    case Compare::kGreater:
      return found > threshold;
    case Compare::kAtLeast:
      return found >= threshold;
    case Compare::kLess:
      return found < threshold;
    case Compare::kAtMost:
      return found <= threshold;
    case Compare::kEqual:
    case Compare::kIn:
      return found == threshold;
  }
  return false;
}

Matched matched_if(bool matched) {
  return matched ? Matched::kYes : Matched::kNo;
}

enum class Unit { kNone, kMoney, kPercent, kDays, kCount, kName };

Unit unit_of(Figure figure) {
  switch (figure) {
    case Figure::kTotal:
    case Figure::kNet:
    case Figure::kLinePrice:
    case Figure::kFreight:
    case Figure::kExposureAfter:
    case Figure::kBucket:
    case Figure::kOverdueAmount:
      return Unit::kMoney;
    case Figure::kLimitUsed:
    case Figure::kOverdueShare:
    case Figure::kAgainstClass:
      return Unit::kPercent;
    case Figure::kDaysToRequested:
    case Figure::kOldestOverdue:
      return Unit::kDays;
    case Figure::kDistinctItems:
    case Figure::kWeight:
    case Figure::kPaidInvoices:
      return Unit::kCount;
    case Figure::kTerms:
    case Figure::kSettlement:
    case Figure::kCountry:
    case Figure::kCostCentre:
    case Figure::kRole:
    case Figure::kStanding:
      return Unit::kName;
    default:
      return Unit::kNone;
  }
}

bool is_of_payer(Figure figure) {
  return figure >= Figure::kExposureOverLimit && figure != Figure::kTermsLonger &&
         figure != Figure::kAgainstClass;
}

bool is_overdue(Figure figure) {
  return figure == Figure::kOldestOverdue || figure == Figure::kOverdueAmount ||
         figure == Figure::kOverdueShare;
}

// ---- of the order

Matched over_order_limit(const State& state, const Facts& facts) {
  if (facts.buyer == kNone) return Matched::kNo;
  const Buyer& buyer = state.buyers[facts.buyer];
  const bool unlimited =
      policy_is(state, "spending.absent_limit", "unlimited", {facts.company, facts.buyer});
  if (!buyer.said.order_limit && unlimited) return Matched::kNo;
  if (buyer.currency != facts.currency) return Matched::kNotComparable;
  return matched_if(facts.total > buyer.said.order_limit.value_or(0));
}

Matched over(const Compared& compared) {
  if (!compared.comparable) return Matched::kNotComparable;
  return matched_if(compared.found > compared.allowed);
}

Matched over_period_limit(const State& state, const Facts& facts) {
  const std::optional<Compared> limit = period_limit(state, facts);
  return limit ? over(*limit) : Matched::kNo;
}

// One that is exceeded, or else one that cannot be compared.
Matched over_budget(const State& state, const Facts& facts) {
  Matched out = Matched::kNo;
  for (const Compared& budget : budget_limits(state, facts)) {
    const Matched matched = over(budget);
    if (matched == Matched::kYes || out == Matched::kNo) out = matched;
  }
  return out;
}

Day last_due(const State& state, int terms, Day day) {
  Day last = day;
  if (terms == kNone) return last;
  for (const TermsLine& line : state.terms[terms].lines)
    last = std::max(last, due_of(line, day));
  return last;
}

Matched terms_longer(const State& state, const Facts& facts) {
  int standard = state.companies[facts.company].terms;
  if (standard == kNone) standard = state.companies[facts.payer].terms;
  if (standard == kNone) standard = state.default_terms;
  if (facts.terms == standard) return Matched::kNo;
  return matched_if(last_due(state, facts.terms, facts.placed_on) >
                    last_due(state, standard, facts.placed_on));
}

Matched against_class(const State& state, const Facts& facts, const Condition& condition) {
  const std::string& of = state.companies[facts.company].said.company_class;
  Wide count = 0;
  Wide sum = 0;
  for (const ClassOrder& order : state.class_orders) {
    const bool recent = order.day > state.business_date - 90;
    if (of.empty() || order.company_class != of || order.currency != facts.currency || !recent) {
      continue;
    }
    ++count;
    sum += order.total;
  }
  if (count < 10 || sum <= 0) return Matched::kNotComparable;
  return matched_if(compares(condition.compare, Wide{facts.total} * count * kHundredPercent,
                             sum * *condition.percent));
}

bool is_named(const Condition& condition, const std::string& name) {
  return std::find(condition.names->begin(), condition.names->end(), name) !=
         condition.names->end();
}

Matched line_price(const State& state, const Facts& facts, const SetRule& rule,
                   const Condition& condition) {
  Matched out = Matched::kNo;
  const Currency wanted = condition.currency != 0 ? condition.currency : state.currency;
  for (const FactLine& line : facts.lines) {
    if (!is_in_scope(state, rule, line.item)) continue;
    if (wanted != facts.currency) return Matched::kNotComparable;
    if (compares(condition.compare, line.unit_price, Wide{*condition.amount} * 10'000)) {
      out = Matched::kYes;
    }
  }
  return out;
}

Matched of_names(const State& state, const Facts& facts, const Condition& condition) {
  switch (condition.figure) {
    case Figure::kTerms:
      return matched_if(facts.terms != kNone && is_named(condition, state.terms[facts.terms].name));
    case Figure::kSettlement:
      return matched_if(is_named(condition, facts.prepaid ? "prepaid" : "account"));
    case Figure::kCountry: {
      const std::string& own = state.companies[facts.company].said.country;
      return matched_if(is_named(condition, facts.country.empty() ? own : facts.country));
    }
    case Figure::kCostCentre:
      return matched_if(is_named(condition, facts.cost_centre));
    default:
      break;
  }
  if (facts.buyer == kNone) return Matched::kNo;
  return matched_if(
      std::any_of(condition.names->begin(), condition.names->end(), [&](const std::string& role) {
        return holds_role(state, facts.buyer, role, facts.company, true);
      }));
}

Matched of_order(const State& state, const Facts& facts, const SetRule& rule,
                 const Condition& condition) {
  const auto money = [&](Int found) {
    const Currency wanted = condition.currency != 0 ? condition.currency : state.currency;
    if (wanted != facts.currency) return Matched::kNotComparable;
    return matched_if(compares(condition.compare, found, *condition.amount));
  };
  switch (condition.figure) {
    case Figure::kTotal:
      return money(facts.total);
    case Figure::kNet:
      return money(facts.net);
    case Figure::kLinePrice:
      return line_price(state, facts, rule, condition);
    case Figure::kDistinctItems:
      return matched_if(compares(condition.compare, facts.distinct_items, *condition.count));
    case Figure::kWeight: {
      Wide grams = 0;
      for (const FactLine& line : facts.lines)
        grams += Wide{state.items[line.item].said.weight} * line.quantity;
      return matched_if(compares(condition.compare, grams, Wide{*condition.count} * kUnit));
    }
    case Figure::kDaysToRequested: {
      const Int days = facts.requested ? Int{*facts.requested} - state.business_date : 0;
      return matched_if(compares(condition.compare, days, *condition.days));
    }
    case Figure::kOverOrderLimit:
      return over_order_limit(state, facts);
    case Figure::kOverPeriodLimit:
      return over_period_limit(state, facts);
    case Figure::kOverBudget:
      return over_budget(state, facts);
    case Figure::kTermsLonger:
      return terms_longer(state, facts);
    case Figure::kAgainstClass:
      return against_class(state, facts, condition);
    case Figure::kRecurring:
      return matched_if(facts.recurring);
    case Figure::kFreight: {
      Int freight = 0;
      for (const FactLine& line : facts.lines) {
        if (state.items[line.item].said.freight) freight += line.net;
      }
      return money(freight);
    }
    default:
      return of_names(state, facts, condition);
  }
}

// ---- of an account

struct Sum {
  Wide amount = 0;
  bool comparable = true;
};

template <class AmountOf>
Sum sum_of(const State& state, const AccountOf& account, AmountOf amount_of) {
  Sum out;
  for (const int company : companies_of(state, account)) {
    const Wide amount = amount_of(company);
    if (state.companies[company].currency == state.companies[account.company].currency) {
      out.amount += amount;
    } else if (amount != 0) {
      out.comparable = false;
    }
  }
  return out;
}

Sum exposure_with(const State& state, const Facts& facts, const AccountOf& account) {
  Sum out = sum_of(state, account, [&](int c) { return exposure_of(state, c).sum(); });
  out.amount += facts.need;
  if (facts.need != 0 && facts.currency != state.companies[account.company].currency) {
    out.comparable = false;
  }
  return out;
}

Int bucket_of(const Exposure& exposure, Bucket bucket) {
  switch (bucket) {
    case Bucket::kOrdered:
      return exposure.ordered;
    case Bucket::kDelivered:
      return exposure.delivered;
    case Bucket::kReceivable:
      return exposure.receivable;
    case Bucket::kUnapplied:
      return exposure.unapplied;
    case Bucket::kDeposits:
      return exposure.deposits;
  }
  return 0;
}

Matched money_of(const State& state, const Condition& condition, const Sum& sum, int company) {
  const Currency wanted = condition.currency != 0 ? condition.currency : state.currency;
  if (!sum.comparable || wanted != state.companies[company].currency) {
    return Matched::kNotComparable;
  }
  return matched_if(compares(condition.compare, sum.amount, *condition.amount));
}

// Open amounts of the company by the day they were due, before the grace.
std::map<Day, Wide> overdue_by_day(const State& state, int company, int grace) {
  std::map<Day, Wide> out;
  for (const Invoice& invoice : state.invoices.all) {
    if (invoice.payer != company) continue;
    for (const Instalment& part : invoice.instalments) {
      if (part.due < state.business_date - grace) out[part.due] += part.open;
    }
  }
  return out;
}

struct Overdue {
  Sum sum{0, true};
  std::optional<Day> oldest;
};

Overdue overdue_of(const State& state, const Condition& condition, const AccountOf& account) {
  Overdue out;
  for (const int company : companies_of(state, account)) {
    for (const auto& [day, open] : overdue_by_day(state, company, condition.grace)) {
      if (open == 0) continue;
      const bool same =
          state.companies[company].currency == state.companies[account.company].currency;
      out.sum.amount += same ? open : 0;
      out.sum.comparable = out.sum.comparable && same;
      if (open > 0 && (!out.oldest || day < *out.oldest)) out.oldest = day;
    }
  }
  return out;
}

Matched overdue(const State& state, const Condition& condition, const AccountOf& account) {
  const Overdue found = overdue_of(state, condition, account);
  if (condition.figure == Figure::kOldestOverdue) {
    const Int late = found.oldest ? Int{state.business_date} - *found.oldest : 0;
    return matched_if(compares(condition.compare, late, *condition.days));
  }
  if (condition.figure == Figure::kOverdueAmount) {
    return money_of(state, condition, found.sum, account.company);
  }
  const Sum all = sum_of(state, account, [&](int c) { return exposure_of(state, c).receivable; });
  if (!found.sum.comparable || !all.comparable) return Matched::kNotComparable;
  const bool some = all.amount > 0;
  return matched_if(compares(condition.compare, some ? found.sum.amount * kHundredPercent : 0,
                             Wide{*condition.percent} * (some ? all.amount : 1)));
}

Matched over_limit(const State& state, const Facts& facts, const AccountOf& account) {
  const std::optional<Int> limit = limit_in_force(state, account.company);
  if (!limit) return Matched::kNo;
  const Sum sum = exposure_with(state, facts, account);
  return sum.comparable ? matched_if(sum.amount > *limit) : Matched::kNotComparable;
}

Matched limit_used(const State& state, const Facts& facts, const Condition& condition,
                   const AccountOf& account) {
  const std::optional<Int> limit = limit_in_force(state, account.company);
  if (!limit) return Matched::kNo;
  const Sum sum = exposure_with(state, facts, account);
  if (!sum.comparable) return Matched::kNotComparable;
  if (*limit > 0) {
    return matched_if(compares(condition.compare, sum.amount * kHundredPercent,
                               Wide{*condition.percent} * *limit));
  }
  const Wide found = sum.amount > 0 ? INT64_MAX : sum.amount < 0 ? -INT64_MAX : 0;
  return matched_if(compares(condition.compare, found, *condition.percent));
}

Int paid_invoices(const State& state, const AccountOf& account) {
  Int paid = 0;
  for (const int company : companies_of(state, account)) {
    paid += std::count_if(state.invoices.all.begin(), state.invoices.all.end(),
                          [&](const Invoice& i) { return i.payer == company && i.is_paid(); });
  }
  return paid;
}

Matched of_account(const State& state, const Facts& facts, const Condition& condition,
                   const AccountOf& account) {
  const Company& company = state.companies[account.company];
  const auto is_over = [&](const std::optional<Day>& date) {
    return date && *date < state.business_date;
  };
  switch (condition.figure) {
    case Figure::kExposureOverLimit:
      return over_limit(state, facts, account);
    case Figure::kExposureAfter:
      return money_of(state, condition, exposure_with(state, facts, account), account.company);
    case Figure::kLimitUsed:
      return limit_used(state, facts, condition, account);
    case Figure::kBucket: {
      Sum sum = sum_of(state, account,
                       [&](int c) { return bucket_of(exposure_of(state, c), condition.bucket); });
      Int more = 0;
      if (condition.bucket == Bucket::kOrdered) more = facts.need + facts.deposit;
      if (condition.bucket == Bucket::kDeposits) more = facts.deposit;
      sum.amount += more;
      if (more != 0 && facts.currency != company.currency) sum.comparable = false;
      return money_of(state, condition, sum, account.company);
    }
    case Figure::kStanding:
      return matched_if(is_named(condition, company.said.on_hold ? "hold" : "good"));
    case Figure::kLimitExpired:
      return matched_if(company.limit && is_over(company.limit_expires));
    case Figure::kReviewPassed:
      return matched_if(is_over(company.limit_review));
    case Figure::kPaidInvoices:
      return matched_if(
          compares(condition.compare, paid_invoices(state, account), *condition.count));
    default:
      return overdue(state, condition, account);
  }
}

// ---- what may be said

bool states_its_threshold(const Condition& condition, Unit unit) {
  return condition.amount.has_value() == (unit == Unit::kMoney) &&
         condition.percent.has_value() == (unit == Unit::kPercent) &&
         condition.days.has_value() == (unit == Unit::kDays) &&
         condition.count.has_value() == (unit == Unit::kCount) &&
         condition.names.has_value() == (unit == Unit::kName);
}

bool names_are_sound(const Condition& condition) {
  const Names& names = *condition.names;
  if (names.empty() || (condition.compare == Compare::kEqual && names.size() != 1)) return false;
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    if (condition.figure == Figure::kStanding) return name == "good" || name == "hold";
    if (condition.figure == Figure::kSettlement) return name == "account" || name == "prepaid";
    return !name.empty();
  });
}

bool operator_suits(Compare compare, Unit unit) {
  if (unit == Unit::kNone) return compare == Compare::kGreater;
  if (unit == Unit::kName) return compare == Compare::kEqual || compare == Compare::kIn;
  return compare != Compare::kIn;
}

}  // namespace

bool reads_exposure(Figure figure) {
  return is_of_payer(figure) && figure != Figure::kStanding && figure != Figure::kLimitExpired &&
         figure != Figure::kReviewPassed;
}

Matched matches(const State& state, const Facts& facts, const SetRule& rule,
                const Condition& condition) {
  if (!is_of_payer(condition.figure)) return of_order(state, facts, rule, condition);
  const bool by_tree =
      condition.figure == Figure::kExposureOverLimit && condition.whose == Whose::kPayer;
  Matched out = Matched::kNo;
  for (const AccountOf& account : by_tree ? limits_met(state, facts.payer)
                                          : accounts_of(state, facts.payer, condition.whose)) {
    const Matched here = of_account(state, facts, condition, account);
    if (here == Matched::kYes) return here;
    if (here == Matched::kNotComparable) out = here;
  }
  return out;
}

void check_condition(Deciding& d, const Condition& condition) {
  const Unit unit = unit_of(condition.figure);
  const bool sound =
      states_its_threshold(condition, unit) && operator_suits(condition.compare, unit) &&
      (unit != Unit::kName || names_are_sound(condition)) &&
      (unit == Unit::kMoney || condition.currency == 0) &&
      (is_of_payer(condition.figure) || condition.whose == Whose::kPayer) &&
      (condition.figure == Figure::kBucket || condition.bucket == Bucket::kOrdered) &&
      condition.grace >= 0 && condition.grace <= 36'600 &&
      (condition.grace == 0 || is_overdue(condition.figure));
  d.refuse_if(!sound, "invalid_value");
}

}  // namespace kontor::model
