#include <algorithm>

#include "set_budget_generated.h"
#include "spending_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/currency.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kCostCentresMax = 1000;  // of one budget
constexpr std::size_t kBudgetsMax = 16;        // of one cost centre: an order takes from all

void check_amount(Step& step, const SetBudget& command, CurrencyCode currency) {
  const Minor amount{command.amount()};
  if (amount >= Minor{0} && amount.value() <= limits::kDocumentMinorMax) return;
  step.refuse(with_money(about(ReasonCode::invalid_value, Subject::budget, view(command.budget())),
                         amount, Minor{limits::kDocumentMinorMax}, currency));
}

// What orders took is in the currency it had.
CurrencyCode find_budget_currency(Step& step, const SetBudget& command, const Budget* known) {
  const CurrencyCode given{command.currency()};
  if (known == nullptr) {
    const CurrencyCode currency = given.value() != 0 ? given : step.book().calendar().currency();
    if (!find_currency(currency)) {
      step.refuse(
          about(ReasonCode::unknown_currency, Subject::currency, std::to_string(given.value())));
    }
    return currency;
  }
  if (given.value() == 0 || given == known->currency) return known->currency;
  if (!find_currency(given)) {
    step.refuse(
        about(ReasonCode::unknown_currency, Subject::currency, std::to_string(given.value())));
  }
  if (known->moved_at.value() != 0) {
    step.refuse(about(ReasonCode::currency_fixed, Subject::budget, view(command.budget())));
  }
  return given;
}

bool serves(const Budget* budget, CostCentreId centre) {
  return budget != nullptr &&
         std::binary_search(budget->cost_centres.begin(), budget->cost_centres.end(), centre);
}

// Those it serves, ascending, each once.
std::vector<std::uint32_t> find_cost_centres(Step& step, const SetBudget& command,
                                             const Budget* known) {
  const Budgets& budgets = step.book().budgets();
  std::vector<std::uint32_t> out;
  const std::vector<std::string> names = texts(command.cost_centres());
  if (names.empty() || names.size() > kCostCentresMax) {
    step.refuse(too_many(Subject::budget, kCostCentresMax, "cost centres, and one at least"));
    return out;
  }
  for (const std::string& name : names) {
    const auto id = budgets.find_cost_centre(name);
    if (!id) {
      step.refuse(about(ReasonCode::unknown_cost_centre, Subject::cost_centre, name));
      continue;
    }
    const bool one_more = !serves(known, *id);
    if (one_more && budgets.cost_centre(*id).budgets.size() >= kBudgetsMax) {
      Cause cause = too_many(Subject::cost_centre, kBudgetsMax, "budgets");
      cause.subject = id->value();
      step.refuse(std::move(cause));
    }
    out.push_back(id->value());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

void decide(Step& step, const SetBudget& command) {
  const Budgets& budgets = step.book().budgets();
  const std::string_view name = view(command.budget());
  const auto id = budgets.find_budget(name);
  const Budget* const known = id ? &budgets.budget(*id) : nullptr;
  expect_version(step, known != nullptr ? known->version : 0, Subject::budget, name);
  expect_identifier(step, Subject::budget, name);
  expect_text(step, "name", view(command.name()));
  const CurrencyCode currency = find_budget_currency(step, command, known);
  check_amount(step, command, currency);
  const Date from{command.valid_from()};
  const Date to{command.valid_to()};
  if (from != kNoDate && to != kNoDate && to < from) {
    step.refuse(with_dates(about(ReasonCode::invalid_value, Subject::budget, name), from, to));
  }
  const std::vector<std::uint32_t> served = find_cost_centres(step, command, known);
  if (step.refused()) return;

  const std::uint32_t ordinal = id ? id->value() : budgets.budget_count();
  step.emit<BudgetSet>(ordinal_reference(ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto identifier = id ? 0 : text(out, name);
    const auto full_name = text(out, view(command.name()));
    const auto cost_centres = out.CreateVector(served);
    return CreateBudgetSet(out, ordinal, identifier, full_name, command.amount(), currency.value(),
                           from.value(), to.value(), cost_centres, command.status());
  });
}

}  // namespace kontor
