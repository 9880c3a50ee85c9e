// What buyers may spend: cost centres, budgets and limits of a period.
#include <algorithm>

#include "tests/simulation/generator.h"
#include "tests/simulation/model/deciding.h"

namespace kontor::test {
namespace {

namespace m = model;

}  // namespace

m::RegisterCostCentre Generator::cost_centre_named(const std::string& name) {
  m::RegisterCostCentre c;
  c.cost_centre = name;
  c.company = random_.of(companies_);
  if (random_.one_in(2)) c.owner = random_.of(buyers_);
  c.mandatory = random_.one_in(4);
  c.active = !random_.one_in(10);
  return c;
}

m::Command Generator::register_cost_centre(const State&) {
  m::RegisterCostCentre c = cost_centre_named(name_of(cost_centres_));
  if (random_.one_in(20)) c.company = "nobody-1";
  if (random_.one_in(20)) c.owner = "nobody-1";
  return c;
}

m::SetBudget Generator::budget_named(const State& state, const std::string& name) {
  m::SetBudget c;
  c.budget = name;
  c.amount = money() * random_.of<m::Int>({1, 10, 100});
  for (const std::string& centre : cost_centres_) {
    if (random_.one_in(2)) c.cost_centres.push_back(centre);
  }
  if (c.cost_centres.empty()) c.cost_centres.push_back(random_.of(cost_centres_));
  const auto some_day = [&](m::Int from, m::Int to) {
    return state.business_date + static_cast<m::Day>(random_.between(from, to));
  };
  if (random_.one_in(4)) c.valid_from = some_day(-40, 10);
  if (random_.one_in(4)) c.valid_to = some_day(-5, 40);
  c.active = !random_.one_in(10);
  return c;
}

m::Command Generator::set_budget(const State& state) {
  m::SetBudget c = budget_named(state, name_of(budgets_));
  // Far more of them than a cost centre may have.
  if (random_.one_in(10)) c.budget = "extra-" + std::to_string(random_.below(20));
  if (random_.one_in(15)) c.currency = random_.of<m::Currency>({840, currency_});
  if (random_.one_in(30)) c.amount = hostile_number();
  if (random_.one_in(30)) c.cost_centres.push_back(name_of(cost_centres_));
  if (random_.one_in(60)) c.cost_centres.clear();
  if (random_.one_in(40)) c.cost_centres.emplace_back("nobody-1");
  return c;
}

// A budget that is enough for what was spent before the order, and not for the order.
std::optional<m::SetBudget> Generator::none_left(const State& state, const m::Order& order) {
  for (int i = 0; i < state.budgets.size(); ++i) {
    m::SetBudget c = state.budgets[i].said;
    const m::Names& centres = c.cost_centres;
    if (std::find(centres.begin(), centres.end(), order.cost_centre) == centres.end()) continue;
    c.amount =
        m::taken_of_budget(state, i) + random_.between(0, std::max<m::Int>(order.total, 1) - 1);
    return c;
  }
  return std::nullopt;
}

std::string Generator::cost_centre_for(const State& state, const std::string& company) {
  m::Names own;
  for (const m::CostCentre& centre : state.cost_centres.all) {
    if (centre.said.company == company) own.push_back(centre.name);
  }
  return own.empty() || random_.one_in(8) ? name_of(cost_centres_) : random_.of(own);
}

void Generator::limit_period(m::RegisterBuyer& buyer) {
  buyer.period = random_.of({m::Period::kDay, m::Period::kWeek, m::Period::kMonth,
                             m::Period::kQuarter, m::Period::kYear});
  buyer.period_limit = money() * random_.of<m::Int>({1, 10});
  if (random_.one_in(40)) buyer.period = m::Period::kNone;
}

void Generator::set_spending_up() {
  if (!knows_cost_centres_) return;
  m::State first;
  for (const std::string& name : cost_centres_) {
    m::RegisterCostCentre centre = cost_centre_named(name);
    centre.active = true;
    to_set_up_.emplace_back(centre);
  }
  for (const std::string& name : budgets_) {
    m::SetBudget budget = budget_named(first, name);
    budget.valid_from.reset();
    budget.valid_to.reset();
    to_set_up_.emplace_back(budget);
  }
  m::SetRule rule;
  rule.rule = rules_.back();
  rule.conditions.emplace_back().figure =
      random_.of({m::Figure::kOverBudget, m::Figure::kOverPeriodLimit});
  rule.outcome = random_.of({m::Outcome::kHold, m::Outcome::kAsk, m::Outcome::kRefuse});
  if (rule.outcome == m::Outcome::kAsk) rule.tiers.push_back(tier(1));
  if (asks_much_ && !random_.one_in(3)) spend_when_approved(rule);
  to_set_up_.emplace_back(rule);
}

// What is asked for spends nothing yet: several that wait may each fit, and together not.
void Generator::spend_when_approved(m::SetRule& rule) {
  rule.rule = "spending";  // stays when others are set anew
  if (random_.one_in(2)) rule.conditions.front().figure = m::Figure::kOverBudget;
  rule.outcome = m::Outcome::kRefuse;
  rule.tiers.clear();
  to_set_up_.emplace_back(m::SetPolicy{"budget.at", "approval", m::Scope::kBook, ""});
}

}  // namespace kontor::test
