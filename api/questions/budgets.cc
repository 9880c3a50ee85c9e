// Cost centres and budgets.
#include <algorithm>
#include <utility>

#include "spending_answers_generated.h"

#include "api/questions/present.h"

namespace kontor::questions {
namespace {

void fill_budget(const Book& book, BudgetId id, wire::BudgetRowT& row) {
  const Budget& budget = book.budgets().budget(id);
  row.budget = book.budgets().name(id);
  row.name = budget.name;
  row.amount = budget.amount.value();
  row.currency = budget.currency.value();
  row.taken = budget.taken.value();
  row.reserved = budget.reserved.value();
  row.left = (budget.amount - budget.taken).value();
  row.valid_from = budget.valid_from.value();
  row.valid_to = budget.valid_to.value();
  row.status = budget.status;
  row.valid_today = budget.is_valid_on(book.calendar().business_date());
}

std::string name_of(const Book& book, CostCentreId id) {
  return std::string(book.budgets().name(id));
}

}  // namespace

Answered answer_budget(const Book& book, const Query& query) {
  const auto id = book.budgets().find_budget(query.name);
  if (!id) return not_found("budget", query.name, "budgets");
  const Budget& budget = book.budgets().budget(*id);
  wire::BudgetAnswerT out;
  out.budget = std::make_unique<wire::BudgetRowT>();
  fill_budget(book, *id, *out.budget);
  for (const CostCentreId served : budget.cost_centres)
    out.cost_centres.push_back(name_of(book, served));
  out.business_date = book.calendar().business_date().value();
  out.set_at = budget.set_at.value();
  out.moved_at = budget.moved_at.value();
  out.version = budget.version;
  return answered(out);
}

Answered answer_cost_centre(const Book& book, const Query& query) {
  const auto id = book.budgets().find_cost_centre(query.name);
  if (!id) return not_found("cost centre", query.name, "cost_centres");
  const CostCentre& centre = book.budgets().cost_centre(*id);
  wire::CostCentreAnswerT out;
  out.cost_centre = query.name;
  out.name = centre.name;
  out.company = name_of(book, "company", centre.company);
  out.owner = name_of(book, "buyer", centre.owner);
  out.mandatory = centre.mandatory;
  out.status = centre.status;
  for (const BudgetId budget : centre.budgets)
    fill_budget(book, budget, add_row(out.budgets));
  out.last_change = centre.last_change.value();
  out.version = centre.version;
  return answered(out);
}

Answered list_cost_centres(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  wire::CostCentresAnswerT out;
  auto next =
      fill_page(query, book.budgets().cost_centre_count(), [&](std::uint64_t index, PageRoom&) {
        const CostCentreId id{static_cast<std::uint32_t>(index)};
        const CostCentre& centre = book.budgets().cost_centre(id);
        if (!filter.takes(centre.company.value())) return false;
        auto& row = add_row(out.cost_centres);
        row.cost_centre = name_of(book, id);
        row.name = centre.name;
        row.company = name_of(book, "company", centre.company);
        row.owner = name_of(book, "buyer", centre.owner);
        row.mandatory = centre.mandatory;
        row.status = centre.status;
        row.budgets = static_cast<std::uint32_t>(centre.budgets.size());
        return true;
      });
  return answered(out, std::move(next));
}

// Of one cost centre, or all.
Answered list_budgets(const Book& book, const Query& query) {
  std::optional<CostCentreId> only;
  if (!query.name.empty()) {
    only = book.budgets().find_cost_centre(query.name);
    if (!only) return not_found("cost centre", query.name, "cost_centres");
  }
  wire::BudgetsAnswerT out;
  auto next = fill_page(query, book.budgets().budget_count(), [&](std::uint64_t index, PageRoom&) {
    const BudgetId id{static_cast<std::uint32_t>(index)};
    const auto& served = book.budgets().budget(id).cost_centres;
    if (only && !std::binary_search(served.begin(), served.end(), *only)) return false;
    fill_budget(book, id, add_row(out.budgets));
    return true;
  });
  return answered(out, std::move(next));
}

}  // namespace kontor::questions
