#include "engine/rules/figures_of_spending.h"

#include <algorithm>

#include "engine/rules/budgets.h"
#include "engine/rules/policy.h"

namespace kontor {
namespace {

using Is = FigureReading::Is;

constexpr std::size_t kDaysShown = 8;

// Where the sum of a period comes from: what set the limit, then the newest days.
std::vector<Sequence> evidence_of(const Buyer& buyer, const std::vector<DaySpending>& days) {
  std::vector<Sequence> out = {buyer.last_change};
  for (auto day = days.rbegin(); day != days.rend() && out.size() <= kDaysShown; ++day)
    out.push_back(day->moved_at);
  return out;
}

Minor amount_of(const Book& book, const OrderFacts& facts, BudgetId id) {
  for (const SupposedBudget& supposed : facts.supposed.budgets) {
    if (supposed.budget == id) return supposed.amount;
  }
  return book.budgets().budget(id).amount;
}

FigureReading budget_reading(const Book& book, BudgetId id, Minor found, CurrencyCode currency) {
  const Budget& budget = book.budgets().budget(id);
  FigureReading out;
  out.is = budget.currency == currency ? Is::kMatched : Is::kNotComparable;
  out.code = ReasonCode::over_budget;
  out.subject_kind = Subject::budget;
  out.subject = id.value();
  out.name = book.budgets().name(id);
  out.unit = Unit::money;
  out.currency = currency;
  out.found = found.value();
  out.allowed = budget.amount.value();
  out.evidence.push_back(budget.set_at);
  if (budget.moved_at.value() != 0) out.evidence.push_back(budget.moved_at);
  return out;
}

}  // namespace

FigureReading read_over_period_limit(const Book& book, const OrderFacts& facts,
                                     const RuleCondition&) {
  if (!is_set(facts.buyer)) return {};
  const Buyer& buyer = book.parties().buyer(facts.buyer);
  const PolicyContext orderer{facts.company, facts.buyer};
  const bool zero = policy_is(book, PolicyKey::spending_absent_limit, orderer, "zero");
  if (!buyer.period_limit && !zero) return {};
  const Minor limit = facts.supposed.period_limit.value_or(buyer.period_limit.value_or(Minor{0}));
  // Without a limit there is no period: it is the order alone that is beyond nothing.
  std::vector<DaySpending> days;
  Minor found = buyer.period_limit ? still_to_take(book, facts) : to_take_in_all(book, facts);
  if (buyer.period_limit) {
    days = book.budgets().days_since(
        facts.buyer, facts.currency,
        book.calendar().period_start(buyer.period, today_of(book, facts)));
  }
  for (const DaySpending& day : days)
    found += day.amount;
  const bool comparable = buyer.currency == facts.currency;
  if (comparable && found <= limit) return {};
  FigureReading out;
  out.is = comparable ? Is::kMatched : Is::kNotComparable;
  out.code = ReasonCode::over_period_limit;
  out.subject_kind = Subject::buyer;
  out.subject = facts.buyer.value();
  out.name = book.parties().name(facts.buyer);
  out.unit = Unit::money;
  out.currency = facts.currency;
  out.found = found.value();
  out.allowed = limit.value();
  out.evidence = evidence_of(buyer, days);
  return out;
}

// Of several budgets the one that is exceeded by most; else one that cannot be compared.
FigureReading read_over_budget(const Book& book, const OrderFacts& facts, const RuleCondition&) {
  if (facts.cost_centre.empty()) return {};
  const auto centre = book.budgets().find_cost_centre(facts.cost_centre);
  if (!centre) return {};
  const Minor more = still_to_take(book, facts);
  FigureReading out;
  Minor most;
  for (const BudgetId id : valid_budgets(book, *centre, today_of(book, facts))) {
    const Budget& budget = book.budgets().budget(id);
    const bool comparable = budget.currency == facts.currency;
    const Minor found = budget.taken + more;
    const Minor over = comparable ? found - amount_of(book, facts, id) : Minor{0};
    const bool worse = over > most || (!comparable && out.is == Is::kNone);
    if (!worse) continue;
    out = budget_reading(book, id, found, facts.currency);
    most = over;
  }
  return out;
}

}  // namespace kontor
