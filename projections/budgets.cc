#include "projections/budgets.h"

#include <algorithm>
#include <tuple>

#include "approval_generated.h"
#include "company_generated.h"
#include "document_generated.h"
#include "draft_generated.h"
#include "invoice_generated.h"
#include "order_generated.h"
#include "spending_generated.h"

#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::int32_t kDaysOfPeriodMax = 366;

auto place_of(const DaySpending& day) {
  return std::tuple(day.day, day.currency);
}

}  // namespace

bool Budget::is_valid_on(Date day) const {
  return status == BudgetStatus::active && (valid_from == kNoDate || valid_from <= day) &&
         (valid_to == kNoDate || day <= valid_to);
}

// ---- master data --------------------------------------------------------------------------------

void Budgets::on(const Envelope& by, const CostCentreRegistered& event) {
  if (event.ordinal() == cost_centres_.size()) {
    cost_centre_names_.add(view(event.cost_centre()));
    cost_centres_.emplace_back();
  }
  CostCentre& centre = cost_centres_.at(event.ordinal());
  centre.name = view(event.name());
  centre.company = CompanyId{event.company()};
  centre.owner = BuyerId{event.owner()};
  centre.mandatory = event.mandatory();
  centre.status = event.status();
  centre.last_change = by.sequence;
  ++centre.version;
}

void Budgets::on(const Envelope& by, const BudgetSet& event) {
  if (event.ordinal() == budgets_.size()) {
    budget_names_.add(view(event.budget()));
    budgets_.emplace_back();
  }
  in_use_ = true;
  const BudgetId id{event.ordinal()};
  Budget& budget = budgets_.at(event.ordinal());
  for (const CostCentreId served : budget.cost_centres)
    std::erase(cost_centres_.at(served.value()).budgets, id);
  budget.name = view(event.name());
  budget.amount = Minor{event.amount()};
  budget.currency = CurrencyCode{event.currency()};
  budget.valid_from = Date{event.valid_from()};
  budget.valid_to = Date{event.valid_to()};
  budget.status = event.status();
  budget.cost_centres = ids<CostCentreId>(event.cost_centres());
  budget.set_at = by.sequence;
  ++budget.version;
  for (const CostCentreId served : budget.cost_centres) {
    std::vector<BudgetId>& serving = cost_centres_.at(served.value()).budgets;
    serving.insert(std::lower_bound(serving.begin(), serving.end(), id), id);
  }
}

void Budgets::on(const Envelope&, const BuyerRegistered& event) {
  in_use_ = in_use_ || event.period_limit() != kAbsent;
}

// ---- taking and giving back ---------------------------------------------------------------------

void Budgets::on(const Envelope& by, const SpendingTaken& event) {
  takings_.on(by, event);
  for (const BudgetPart& part : run(event.budgets())) {
    Budget& budget = budgets_.at(part.budget());
    budget.taken += Minor{part.amount()};
    if (event.pending()) budget.reserved += Minor{part.amount()};
    budget.moved_at = by.sequence;
  }
  if (event.period_amount() == 0) return;
  BuyerSpending& spending = spending_of(event.buyer());
  spending.outstanding += Minor{event.period_amount()};
  count_day(spending, by, event.currency(), Minor{event.period_amount()});
}

void Budgets::on(const Envelope& by, const SpendingReturned& event) {
  const Taking* const taking =
      takings_.find(event.invoice() != 0 ? event.invoice() : event.order());
  const bool pending = taking != nullptr && taking->pending;
  takings_.on(by, event);
  for (const BudgetPart& part : run(event.budgets())) {
    Budget& budget = budgets_.at(part.budget());
    budget.taken -= Minor{part.amount()};
    if (pending) budget.reserved -= Minor{part.amount()};
    budget.moved_at = by.sequence;
  }
  if (event.period_amount() == 0) return;
  BuyerSpending& spending = spending_of(event.buyer());
  spending.outstanding -= Minor{event.period_amount()};
  count_day(spending, by, event.currency(), -Minor{event.period_amount()});
}

void Budgets::on(const Envelope& by, const InvoiceIssued& event) {
  const Spender spender{BuyerId{event.buyer()}, CostCentreId{event.cost_centre()}};
  if (!is_set(spender.buyer) && !is_set(spender.cost_centre)) return;
  spenders_.emplace(by.sequence.value(), spender);
}

void Budgets::on(const Envelope& by, const DocumentReopened& event) {
  takings_.on(by, event);
}

Budgets::BuyerSpending& Budgets::spending_of(std::uint32_t buyer) {
  if (buyer >= buyers_.size()) buyers_.resize(buyer + std::size_t{1});
  return buyers_[buyer];
}

// Days that no period reaches any more are dropped when another is counted.
void Budgets::count_day(BuyerSpending& spending, const Envelope& by, std::uint16_t currency,
                        Minor amount) {
  std::vector<DaySpending>& days = spending.days;
  const Date oldest = add_days(by.business_date, -kDaysOfPeriodMax);
  std::erase_if(days, [&](const DaySpending& day) { return day.day < oldest; });
  DaySpending today{by.business_date, CurrencyCode{currency}, Minor{}, by.sequence};
  const auto at =
      std::lower_bound(days.begin(), days.end(), today,
                       [](const auto& a, const auto& b) { return place_of(a) < place_of(b); });
  const bool known = at != days.end() && place_of(*at) == place_of(today);
  DaySpending& day = known ? *at : *days.insert(at, today);
  day.amount += amount;
  day.moved_at = by.sequence;
}

// ---- waiting for approval -----------------------------------------------------------------------

void Budgets::set_pending(std::uint64_t order, bool pending) {
  const Taking* const taking = takings_.find(order);
  if (taking == nullptr || taking->pending == pending) return;
  for (const TakenPart& part : taking->parts) {
    for (const BudgetId budget : part.budgets)
      budgets_.at(budget.value()).reserved += pending ? part.amount : -part.amount;
  }
  takings_.set_pending(order, pending);
}

void Budgets::on(const Envelope&, const ApprovalRequested& event) {
  set_pending(event.order(), true);
}
void Budgets::on(const Envelope&, const OrderApproved& event) {
  set_pending(event.order(), false);
}
void Budgets::on(const Envelope&, const OrderRejected& event) {
  set_pending(event.order(), false);
}
void Budgets::on(const Envelope&, const ApprovalExpired& event) {
  if (event.outcome() == ExpiryOutcome::reject) set_pending(event.order(), false);
}
void Budgets::on(const Envelope&, const OrderCancelled& event) {
  set_pending(event.order(), false);
}
void Budgets::on(const Envelope&, const RecurringOrderStopped& event) {
  set_pending(event.order(), false);
}
void Budgets::on(const Envelope&, const OrderFulfilled& event) {
  set_pending(event.order(), false);
}

// ---- questions ----------------------------------------------------------------------------------

std::optional<CostCentreId> Budgets::find_cost_centre(std::string_view name) const {
  const auto found = cost_centre_names_.find(name);
  return found ? std::optional(CostCentreId{*found}) : std::nullopt;
}

std::optional<BudgetId> Budgets::find_budget(std::string_view name) const {
  const auto found = budget_names_.find(name);
  return found ? std::optional(BudgetId{*found}) : std::nullopt;
}

std::vector<DaySpending> Budgets::days_since(BuyerId buyer, CurrencyCode currency,
                                             Date from) const {
  std::vector<DaySpending> out;
  if (buyer.value() >= buyers_.size()) return out;
  for (const DaySpending& day : buyers_[buyer.value()].days) {
    if (day.day >= from && day.currency == currency) out.push_back(day);
  }
  return out;
}

Minor Budgets::taken_since(BuyerId buyer, CurrencyCode currency, Date from) const {
  Minor sum;
  for (const DaySpending& day : days_since(buyer, currency, from))
    sum += day.amount;
  return sum;
}

Minor Budgets::outstanding(BuyerId buyer) const {
  return buyer.value() < buyers_.size() ? buyers_[buyer.value()].outstanding : Minor{};
}

const Budgets::Spender* Budgets::spender_of(InvoiceRef invoice) const {
  const auto found = spenders_.find(invoice.value());
  return found == spenders_.end() ? nullptr : &found->second;
}

}  // namespace kontor
