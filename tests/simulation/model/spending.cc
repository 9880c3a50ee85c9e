// What buyers may spend: cost centres, budgets, limits of a period, and when an order takes from
// them (domain: 3 and 8).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

int weekday(Day day) {  // Monday is 1; 1970-01-01 was a Thursday
  return (day + 3) % 7 + 1;
}

// Back to a day on which such a period begins.
Day first_day(const State& state, Period period, Day day) {
  const auto begins = [&] {
    const int months = (month_of(day) - state.fiscal_first_month + 12) % 12;
    switch (period) {
      case Period::kWeek:
        return weekday(day) == state.first_weekday;
      case Period::kMonth:
        return day_of_month(day) == 1;
      case Period::kQuarter:
        return day_of_month(day) == 1 && months % 3 == 0;
      case Period::kYear:
        return day_of_month(day) == 1 && months == 0;
      default:
        return true;
    }
  };
  while (!begins())
    --day;
  return day;
}

bool is_valid(const State& state, const SetBudget& budget) {
  const Day today = state.business_date;
  return budget.active && (!budget.valid_from || *budget.valid_from <= today) &&
         (!budget.valid_to || today <= *budget.valid_to);
}

bool serves(const SetBudget& budget, const std::string& centre) {
  const Names& names = budget.cost_centres;
  return std::find(names.begin(), names.end(), centre) != names.end();
}

std::vector<int> valid_budgets(const State& state, const std::string& centre) {
  std::vector<int> out;
  for (int i = 0; i < state.budgets.size(); ++i) {
    const SetBudget& said = state.budgets[i].said;
    if (serves(said, centre) && is_valid(state, said)) out.push_back(i);
  }
  return out;
}

bool has_period(const State& state, int buyer) {
  return buyer != kNone && state.buyers[buyer].said.period_limit.has_value();
}

template <class Counts>
Int sum_of_parts(const State& state, Counts counts) {
  Int sum = 0;
  const auto add = [&](int buyer, bool pending, const std::vector<SpentPart>& parts) {
    for (const SpentPart& part : parts) {
      if (counts(buyer, pending, part)) sum += part.amount;
    }
  };
  for (const Order& order : state.orders.all)
    add(order.buyer, order.approval == Approval::kPending, order.spent);
  for (const Invoice& invoice : state.invoices.all) {
    if (invoice.spender) add(invoice.spender->buyer, false, invoice.spent);
  }
  return sum;
}

Int outstanding(const State& state, int buyer) {
  return sum_of_parts(
      state, [&](int of, bool, const SpentPart& part) { return of == buyer && part.in_period; });
}

bool fits(Int sum, Int amount) {
  return sum <= kSumMost - amount;
}

// Whoever spends, and what of it he has taken.
struct Purse {
  int buyer = kNone;
  std::string cost_centre;
  Currency currency = 0;
  std::vector<SpentPart>& parts;
};

void take(State& state, const Purse& purse, Int amount) {
  SpentPart part;
  part.amount = amount;
  part.in_period = has_period(state, purse.buyer) && fits(outstanding(state, purse.buyer), amount);
  if (state.cost_centres.find(purse.cost_centre) != kNone) {
    for (const int budget : valid_budgets(state, purse.cost_centre)) {
      const bool counted = state.budgets[budget].currency == purse.currency &&
                           fits(taken_of_budget(state, budget), amount);
      if (counted) part.budgets.insert(budget);
    }
  }
  if (!part.in_period && part.budgets.empty()) return;
  for (const int budget : part.budgets)
    state.budgets[budget].moved = true;
  if (part.in_period)
    state.spending.push_back({purse.buyer, state.business_date, purse.currency, amount});
  purse.parts.push_back(std::move(part));
}

bool holds_by_spending(const State& state) {
  return std::any_of(state.rules.all.begin(), state.rules.all.end(), [](const Rule& rule) {
    const auto& conditions = rule.said.conditions;
    return rule.said.outcome == Outcome::kHold && !rule.said.withdrawn &&
           std::any_of(conditions.begin(), conditions.end(), [](const Condition& condition) {
             return condition.figure == Figure::kOverPeriodLimit ||
                    condition.figure == Figure::kOverBudget;
           });
  });
}

// The newest first.
void give_back(State& state, const Purse& purse, Int amount) {
  bool to_budget = false;
  while (amount > 0) {
    SpentPart& newest = purse.parts.back();
    const Int cut = std::min(amount, newest.amount);
    if (newest.in_period)
      state.spending.push_back({purse.buyer, state.business_date, purse.currency, -cut});
    to_budget = to_budget || !newest.budgets.empty();
    newest.amount -= cut;
    amount -= cut;
    if (newest.amount == 0) purse.parts.pop_back();
  }
  // A budget may serve anybody's orders; a period is one buyer's.
  if (!holds_by_spending(state)) return;
  if (to_budget) return want_examination_of_all(state);
  want_examination_of(state, [&](int payer) {
    return has_held_order(state, payer, [&](const Order& o) { return o.buyer == purse.buyer; });
  });
}

Int due_now(const State& state, const Order& order) {
  if (order.failed || order.recurs) return 0;
  const std::string_view when = policy(state, "budget.at", whom(order));
  const Int worth = spending_worth(order);
  if (when == "placement") return worth;
  if (when == "approval" && order.approval == Approval::kApproved) return worth;
  if (when == "approval" || when == "payment") return std::min(worth, spent_sum(order.spent));
  Int sum = 0;
  for (const Line& line : order.lines) {
    const Int units = when == "invoice" ? line.billed() : line.shipped - line.returned_unbilled;
    sum += line.gross_of_first(units - line.credited);
  }
  return sum;
}

void settle(State& state, int place, const DueBefore& before) {
  Order& order = state.orders[place];
  const Purse purse{order.buyer, order.cost_centre, order.currency, order.spent};
  Int due_before = before.due;
  if (order.cost_centre != before.cost_centre) {
    if (!order.spent.empty()) give_back(state, purse, spent_sum(order.spent));
    due_before = 0;
  }
  const Int taken = spent_sum(order.spent);
  const Int due = due_now(state, order);
  if (order.failed) {
    if (taken > 0) give_back(state, purse, taken);
    return;
  }
  const Int worth = spending_worth(order);
  const Int more = std::min(due - due_before, std::min(due, worth) - taken);
  if (more > 0) return take(state, purse, more);
  const Int no_longer_due = std::min(due_before, taken) - due;
  const Int beyond_its_worth = taken - worth;
  const Int less = std::min(taken, std::max(no_longer_due, beyond_its_worth));
  if (less > 0) give_back(state, purse, less);
}

}  // namespace

// ---- what is known

Int spending_worth(const Order& order) {
  Int sum = 0;
  for (const Line& line : order.lines)
    sum += line.gross_of_first(line.not_cancelled() - line.returned_unbilled - line.credited);
  return sum;
}

Int spent_sum(const std::vector<SpentPart>& parts) {
  Int sum = 0;
  for (const SpentPart& part : parts)
    sum += part.amount;
  return sum;
}

Int taken_of_budget(const State& state, int budget) {
  return sum_of_parts(
      state, [&](int, bool, const SpentPart& part) { return part.budgets.contains(budget); });
}

Int reserved_of_budget(const State& state, int budget) {
  return sum_of_parts(state, [&](int, bool pending, const SpentPart& part) {
    return pending && part.budgets.contains(budget);
  });
}

Int taken_in_period(const State& state, int buyer) {
  const Buyer& of = state.buyers[buyer];
  const Day first = first_day(state, of.said.period, state.business_date);
  Int sum = 0;
  for (const SpendingMove& move : state.spending) {
    if (move.buyer == buyer && move.currency == of.currency && move.day >= first)
      sum += move.amount;
  }
  return sum;
}

std::optional<Compared> period_limit(const State& state, const Facts& facts) {
  if (facts.buyer == kNone) return std::nullopt;
  const Buyer& buyer = state.buyers[facts.buyer];
  const bool has_limit = buyer.said.period_limit.has_value();
  const bool unlimited =
      policy_is(state, "spending.absent_limit", "unlimited", {facts.company, facts.buyer});
  if (!has_limit && unlimited) return std::nullopt;
  const Int taken = has_limit ? taken_in_period(state, facts.buyer) : facts.spent;
  return Compared{taken + facts.still_to_spend, buyer.said.period_limit.value_or(0),
                  buyer.currency == facts.currency};
}

std::vector<Compared> budget_limits(const State& state, const Facts& facts) {
  std::vector<Compared> out;
  if (state.cost_centres.find(facts.cost_centre) == kNone) return out;
  for (const int place : valid_budgets(state, facts.cost_centre)) {
    const Budget& budget = state.budgets[place];
    out.push_back({taken_of_budget(state, place) + facts.still_to_spend, budget.said.amount,
                   budget.currency == facts.currency});
  }
  return out;
}

bool has_spending_room(const State& state, const Facts& facts) {
  if (!state.anything_to_spend) return true;
  const Int amount = std::max<Int>(0, facts.still_to_spend);
  if (has_period(state, facts.buyer) && !fits(outstanding(state, facts.buyer), amount))
    return false;
  if (state.cost_centres.find(facts.cost_centre) == kNone) return true;
  const std::vector<int> budgets = valid_budgets(state, facts.cost_centre);
  return std::all_of(budgets.begin(), budgets.end(),
                     [&](int budget) { return fits(taken_of_budget(state, budget), amount); });
}

// ---- taking and giving back

std::vector<DueBefore> spending_before(const State& state) {
  std::vector<DueBefore> out;
  if (!state.anything_to_spend) return out;
  for (const Order& order : state.orders.all)
    out.push_back({due_now(state, order), order.cost_centre});
  return out;
}

void settle_spending_so_far(State& state, int place) {
  if (!state.anything_to_spend) return;
  const Order& order = state.orders[place];
  std::vector<DueBefore>& before = state.due_before;
  while (static_cast<int>(before.size()) <= place)
    before.push_back({0, order.cost_centre});  // those that are new
  settle(state, place, before[static_cast<std::size_t>(place)]);
  before[static_cast<std::size_t>(place)] = {due_now(state, order), order.cost_centre};
}

void settle_spending(State& state, const std::vector<DueBefore>& before,
                     const std::set<int>& touched) {
  if (!state.anything_to_spend) return;
  for (const int place : touched) {
    const bool is_new = place >= static_cast<int>(before.size());
    settle(state, place,
           is_new ? DueBefore{0, state.orders[place].cost_centre}
                  : before[static_cast<std::size_t>(place)]);
  }
}

std::optional<Spender> spender_by_paying(const State& state, const Order& order) {
  if (!state.anything_to_spend || !policy_is(state, "budget.at", "payment", whom(order)))
    return std::nullopt;
  const int centre = state.cost_centres.find(order.cost_centre);
  if (!order.spent.empty() || (order.buyer == kNone && centre == kNone)) return std::nullopt;
  return Spender{order.buyer, centre};
}

void return_all_spent(State& state, int place) {
  Order& order = state.orders[place];
  if (order.spent.empty()) return;
  give_back(state, {order.buyer, order.cost_centre, order.currency, order.spent},
            spent_sum(order.spent));
}

void spend_by_paying(State& state, int place, Int amount) {
  Invoice& invoice = state.invoices[place];
  if (!invoice.spender) return;
  const int centre = invoice.spender->cost_centre;
  const Purse purse{invoice.spender->buyer,
                    centre == kNone ? std::string() : state.cost_centres[centre].name,
                    invoice.currency, invoice.spent};
  if (amount > 0) return take(state, purse, amount);
  const Int back = std::min(-amount, spent_sum(invoice.spent));
  if (back > 0) give_back(state, purse, back);
}

// ---- commands

void expect_cost_centre(Deciding& d, int company, int buyer, const std::string& name) {
  const State& state = d.state;
  if (name.empty()) {
    d.refuse_if(policy_is(state, "spending.cost_centre", "required", {company, buyer}),
                "no_budget");
    return;
  }
  if (state.cost_centres.size() == 0) return;
  const int place = state.cost_centres.find(name);
  if (place == kNone) return d.refuse("unknown_cost_centre");
  const CostCentre& centre = state.cost_centres[place];
  d.refuse_if(!centre.said.active, "cost_centre_inactive");
  d.refuse_if(!is_at_or_above(state, centre.company, company), "wrong_company");
  d.refuse_if(centre.said.mandatory && valid_budgets(state, name).empty(), "no_budget");
}

void check_spending(Deciding& d, const Order& order) {
  const State& state = d.state;
  if (!policy_is(state, "budget.at", "approval", whom(order))) return;
  if (!order.cost_centre.empty())
    expect_cost_centre(d, order.company, order.buyer, order.cost_centre);
  const auto matched = matching_rules(state, facts_of(state, order), {Moment::kPlacement},
                                      {Outcome::kRefuse, Outcome::kAsk, Outcome::kApprove});
  const bool approved = std::any_of(matched.begin(), matched.end(), [](const Rule* rule) {
    return rule->said.outcome == Outcome::kApprove;
  });
  for (const Rule* const rule : matched) {
    const auto is_it = [&](const Rule& of) {
      return of.name == rule->name && of.version == rule->version;
    };
    const bool asked =
        order.asked && std::any_of(order.asked->rules.begin(), order.asked->rules.end(), is_it);
    const bool asks = rule->said.outcome == Outcome::kAsk;
    if (rule->said.outcome == Outcome::kApprove || (asks && (approved || asked))) continue;
    for (const Condition& condition : rule->said.conditions) {
      d.refuse_if(condition.figure == Figure::kOverBudget, "over_budget");
      d.refuse_if(condition.figure == Figure::kOverPeriodLimit, "over_period_limit");
    }
  }
}

void decide(Deciding& d, const RegisterCostCentre& command) {
  State& state = d.state;
  const int self = state.cost_centres.find(command.cost_centre);
  d.expect_version(self == kNone ? 0 : state.cost_centres[self].version);
  const int company = state.companies.find(command.company);
  d.refuse_if(company == kNone, "unknown_company");
  const bool owned = !command.owner.empty();
  d.refuse_if(owned && state.buyers.find(command.owner) == kNone, "unknown_buyer");
  if (d.refused()) return;
  CostCentre& centre = state.cost_centres[state.cost_centres.place_of(command.cost_centre)];
  centre.said = command;
  centre.company = company;
  ++centre.version;
}

void decide(Deciding& d, const SetBudget& command) {
  State& state = d.state;
  const int self = state.budgets.find(command.budget);
  const Budget* const known = self == kNone ? nullptr : &state.budgets[self];
  d.expect_version(known == nullptr ? 0 : known->version);
  d.refuse_if(command.currency != 0 && !is_currency(command.currency), "unknown_currency");
  const bool other =
      known != nullptr && command.currency != 0 && command.currency != known->currency;
  d.refuse_if(other && known->moved, "currency_fixed");
  d.refuse_if(command.amount < 0 || command.amount > kMost, "invalid_value");
  const bool crossed =
      command.valid_from && command.valid_to && *command.valid_to < *command.valid_from;
  d.refuse_if(crossed, "invalid_value");
  d.refuse_if(command.cost_centres.empty(), "too_many");
  for (const std::string& centre : command.cost_centres) {
    if (state.cost_centres.find(centre) == kNone) {
      d.refuse("unknown_cost_centre");
      continue;
    }
    const auto count =
        std::count_if(state.budgets.all.begin(), state.budgets.all.end(),
                      [&](const Budget& budget) { return serves(budget.said, centre); });
    const bool one_more = known == nullptr || !serves(known->said, centre);
    d.refuse_if(one_more && count >= 16, "too_many");
  }
  if (d.refused()) return;
  const Currency standard = known == nullptr ? state.currency : known->currency;
  Budget& budget = state.budgets[state.budgets.place_of(command.budget)];
  budget.said = command;
  budget.currency = command.currency != 0 ? command.currency : standard;
  ++budget.version;
  state.anything_to_spend = true;
  if (holds_by_spending(state)) want_examination_of_all(state);
}

}  // namespace kontor::model
