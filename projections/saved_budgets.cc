// How cost centres, budgets and what was taken are put into bytes, and what must hold of them.
#include <algorithm>
#include <tuple>

#include "events/base/limits.h"
#include "projections/budgets.h"
#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

template <class Id>
bool ascends(const std::vector<Id>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
}

bool is_countable(Minor amount) {
  return amount.value() >= -limits::kSumMax && amount.value() <= limits::kSumMax;
}

void save_centre(Sink& out, const CostCentre& centre) {
  out.text(centre.name);
  out.pod(centre.company.value());
  out.pod(centre.owner.value());
  out.pod(std::uint8_t{centre.mandatory});
  out.pod(centre.status);
  out.pod(centre.last_change.value());
  out.pod(centre.version);
}

void load_centre(Source& in, CostCentre& centre) {
  std::uint8_t mandatory = 0;
  in.text(centre.name);
  in.pod(centre.company);
  in.pod(centre.owner);
  in.pod(mandatory);
  in.pod(centre.status);
  in.pod(centre.last_change);
  in.pod(centre.version);
  centre.mandatory = mandatory != 0;
}

void save_budget(Sink& out, const Budget& budget) {
  out.text(budget.name);
  out.pod(budget.amount.value());
  out.pod(budget.taken.value());
  out.pod(budget.reserved.value());
  out.pod(budget.currency.value());
  out.pod(budget.valid_from.value());
  out.pod(budget.valid_to.value());
  out.pod(budget.status);
  save_ids(out, budget.cost_centres);
  out.pod(budget.set_at.value());
  out.pod(budget.moved_at.value());
  out.pod(budget.version);
}

void load_budget(Source& in, Budget& budget) {
  in.text(budget.name);
  in.pod(budget.amount);
  in.pod(budget.taken);
  in.pod(budget.reserved);
  in.pod(budget.currency);
  in.pod(budget.valid_from);
  in.pod(budget.valid_to);
  in.pod(budget.status);
  load_ids(in, budget.cost_centres);
  in.pod(budget.set_at);
  in.pod(budget.moved_at);
  in.pod(budget.version);
}

void save_day(Sink& out, const DaySpending& day) {
  out.pod(day.day.value());
  out.pod(day.currency.value());
  out.pod(day.amount.value());
  out.pod(day.moved_at.value());
}

void load_day(Source& in, DaySpending& day) {
  in.pod(day.day);
  in.pod(day.currency);
  in.pod(day.amount);
  in.pod(day.moved_at);
}

}  // namespace

void Budgets::save(Sink& out) const {
  cost_centre_names_.save(out);
  for (const CostCentre& centre : cost_centres_)
    save_centre(out, centre);
  budget_names_.save(out);
  for (const Budget& budget : budgets_)
    save_budget(out, budget);
  out.pod(std::uint64_t{buyers_.size()});
  for (const BuyerSpending& spending : buyers_) {
    out.pod(spending.outstanding.value());
    out.pod(std::uint64_t{spending.days.size()});
    for (const DaySpending& day : spending.days)
      save_day(out, day);
  }
  takings_.save(out);
  out.pod(std::uint64_t{spenders_.size()});
  for (const auto& [invoice, spender] : spenders_) {
    out.pod(invoice);
    out.pod(spender.buyer.value());
    out.pod(spender.cost_centre.value());
  }
  out.pod(std::uint8_t{in_use_});
}

void Budgets::load(Source& in) {
  cost_centre_names_.load(in);
  cost_centres_.assign(cost_centre_names_.size(), CostCentre{});
  for (CostCentre& centre : cost_centres_)
    load_centre(in, centre);
  budget_names_.load(in);
  budgets_.assign(budget_names_.size(), Budget{});
  for (Budget& budget : budgets_)
    load_budget(in, budget);
  buyers_.assign(in.size_of_run(16), BuyerSpending{});
  for (BuyerSpending& spending : buyers_) {
    in.pod(spending.outstanding);
    spending.days.resize(in.size_of_run(22));
    for (DaySpending& day : spending.days)
      load_day(in, day);
  }
  takings_.load(in);
  spenders_.clear();
  for (std::uint64_t left = in.size_of_run(16); left > 0 && in.ok(); --left) {
    std::uint64_t invoice = 0;
    in.pod(invoice);
    Spender& spender = spenders_[invoice];
    in.pod(spender.buyer);
    in.pod(spender.cost_centre);
  }
  std::uint8_t in_use = 0;
  in.pod(in_use);
  in_use_ = in_use != 0;
  for (const Budget& budget : budgets_) {
    for (const CostCentreId served : budget.cost_centres)
      in.expect(is_one_of(served, cost_centre_count()));
  }
  for (const auto& [document, taking] : takings_.all()) {
    for (const TakenPart& part : taking.parts) {
      for (const BudgetId budget : part.budgets)
        in.expect(is_one_of(budget, budget_count()));
    }
  }
  for (const auto& [invoice, spender] : spenders_)
    in.expect(is_one_of_or_none(spender.cost_centre, cost_centre_count()));
  if (in.ok()) serve_cost_centres();
  in.expect(in.ok() && check_invariants().ok());
}

void Budgets::serve_cost_centres() {
  for (CostCentre& centre : cost_centres_)
    centre.budgets.clear();
  for (std::uint32_t i = 0; i < budgets_.size(); ++i) {
    for (const CostCentreId served : budgets_[i].cost_centres)
      cost_centres_[served.value()].budgets.emplace_back(i);
  }
}

// What is taken of a budget by orders in memory is no more than what is taken of it at all, and
// what waits for approval is always in memory.
Status Budgets::check_invariants() const {
  if (Status takings = takings_.check_invariants(); !takings.ok()) return takings;
  std::vector<Int128> taken(budgets_.size());
  std::vector<Int128> reserved(budgets_.size());
  for (const auto& [document, taking] : takings_.all()) {
    for (const TakenPart& part : taking.parts) {
      for (const BudgetId budget : part.budgets) {
        taken[budget.value()] += part.amount.value();
        if (taking.pending) reserved[budget.value()] += part.amount.value();
      }
    }
  }
  for (std::size_t i = 0; i < budgets_.size(); ++i) {
    const Budget& budget = budgets_[i];
    const bool sound = budget.taken >= Minor{0} && is_countable(budget.taken) &&
                       taken[i] <= budget.taken.value() && reserved[i] == budget.reserved.value();
    if (!sound) return broken("a budget of which orders took another amount");
    if (!ascends(budget.cost_centres)) return broken("a budget that serves a cost centre twice");
  }
  for (const BuyerSpending& spending : buyers_) {
    if (spending.outstanding < Minor{0} || !is_countable(spending.outstanding))
      return broken("a buyer who gave back more than was taken");
    std::map<CurrencyCode, Int128> sums;
    for (auto day = spending.days.rbegin(); day != spending.days.rend(); ++day) {
      const bool last = day == spending.days.rbegin();
      const bool later = last || std::tuple(day->day, day->currency) <
                                     std::tuple(std::prev(day)->day, std::prev(day)->currency);
      Int128& sum = sums[day->currency];
      sum += day->amount.value();
      if (!later || sum > limits::kSumMax || sum < -limits::kSumMax)
        return broken("days of a buyer's spending that do not add up");
    }
  }
  return {};
}

}  // namespace kontor
