#include "engine/rules/budgets.h"

#include <algorithm>
#include <array>

#include "spending_generated.h"

#include "engine/rules/matching.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

constexpr std::size_t kSpendingApplicationsMax = 1024;  // an event each

// Units, from the first of a line on, whose worth an order has taken.
Minor worth_of(const Book& book, const Order& order, Quantity (*units)(const OrderLineState&)) {
  Minor sum;
  for (const OrderLineState& line : book.orders().lines(order))
    sum += line.gross_of(units(line));
  return sum;
}

Quantity kept_units(const OrderLineState& line) {
  return line.ordered - line.cancelled - line.voided - line.returned_unbilled - line.credited;
}
Quantity shipped_units(const OrderLineState& line) {
  return line.shipped - line.returned_unbilled - line.credited;
}
Quantity billed_units(const OrderLineState& line) {
  return line.billed() - line.credited;
}

Minor taken_of(const Book& book, const Order& order) {
  const Taking* const taking = book.budgets().takings().find(order.ref);
  return taking == nullptr ? Minor{} : taking->amount;
}

std::string_view budget_at(const Book& book, const Order& order) {
  return policy_in_force(book, PolicyKey::budget_at, policy_context(order)).value;
}

// What is due to have been taken of the order by now; of one that has failed, or recurs, nothing.
// An approved order that waits again keeps what it had taken.
Minor due_of(const Book& book, const Order& order) {
  if (order.failed_at != 0 || order.recurring != 0) return Minor{};
  const std::string_view when = budget_at(book, order);
  if (when == "shipment") return worth_of(book, order, shipped_units);
  if (when == "invoice") return worth_of(book, order, billed_units);
  const Minor worth = spending_worth(book, order);
  const bool now =
      when == "placement" || (when == "approval" && order.approval == Approval::kApproved);
  return now ? worth : std::min(worth, taken_of(book, order));
}

bool reads_spending(const RuleVersion& rule) {
  return std::any_of(rule.conditions.begin(), rule.conditions.end(), [](const auto& condition) {
    return condition.figure == Figure::over_budget || condition.figure == Figure::over_period_limit;
  });
}

// The people who say yes now were asked by this version of the rule.
bool was_asked(const Book& book, const Order& order, const RuleVersion& rule) {
  const ApprovalRequest* const request = book.approvals().find(OrderRef{order.ref});
  return request != nullptr && std::find(request->rules.begin(), request->rules.end(),
                                         rule.set_at) != request->rules.end();
}

// What takes and gives back: an order, or the payment of one of its invoices.
struct Spend {
  std::uint64_t order = 0;
  std::uint64_t invoice = 0;
  BuyerId buyer = no_id<BuyerId>();
  CostCentreId cost_centre = no_id<CostCentreId>();
  CurrencyCode currency;
  bool pending = false;
};

CostCentreId find_centre(const Book& book, std::string_view name) {
  if (name.empty()) return no_id<CostCentreId>();
  return book.budgets().find_cost_centre(name).value_or(no_id<CostCentreId>());
}

Spend spend_of(const Book& book, const Order& order) {
  return {order.ref,
          0,
          BuyerId{order.buyer},
          find_centre(book, book.orders().cost_centre(order)),
          CurrencyCode{order.currency},
          order.approval == Approval::kPending};
}

bool has_room(Minor sum, Minor amount) {
  return Int128{sum.value()} + amount.value() <= limits::kSumMax;
}

// Whether the buyer's orders are counted.
bool has_period(const Book& book, BuyerId buyer) {
  return is_set(buyer) && book.parties().buyer(buyer).period_limit.has_value();
}

void take(Step& step, const Spend& spend, Minor amount) {
  const Book& book = step.book();
  const bool in_period =
      has_period(book, spend.buyer) && has_room(book.budgets().outstanding(spend.buyer), amount);
  std::vector<BudgetPart> parts;
  if (is_set(spend.cost_centre)) {
    for (const BudgetId id : valid_budgets(book, spend.cost_centre, step.context().business_date)) {
      const Budget& budget = book.budgets().budget(id);
      if (budget.currency != spend.currency || !has_room(budget.taken, amount)) continue;
      parts.emplace_back(amount.value(), id.value(), 0);
    }
  }
  if (!in_period && parts.empty()) return;
  if (parts.size() > 1) KONTOR_MARK("an order that takes from several budgets");
  const PeriodKind period = in_period ? book.parties().buyer(spend.buyer).period : PeriodKind::none;
  const Date start =
      in_period ? book.calendar().period_start(period, step.context().business_date) : kNoDate;
  step.emit<SpendingTaken>(spend.order, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateSpendingTaken(out, spend.order, spend.invoice, spend.buyer.value(),
                               spend.cost_centre.value(), amount.value(), spend.currency.value(),
                               in_period ? amount.value() : 0, period, start.value(), spend.pending,
                               structs(out, parts));
  });
}

// At most what was taken.
void give_back(Step& step, const Spend& spend, Minor amount) {
  const Book& book = step.book();
  Taking taking = *book.budgets().takings().find(spend.invoice != 0 ? spend.invoice : spend.order);
  const GivenBack back = give_back(taking, amount);
  std::vector<BudgetPart> parts;
  for (const auto& [budget, part] : back.budgets)
    parts.emplace_back(part.value(), budget.value(), 0);
  const bool in_period = back.period != Minor{0};
  const PeriodKind period = in_period ? book.parties().buyer(spend.buyer).period : PeriodKind::none;
  const Date start =
      in_period ? book.calendar().period_start(period, step.context().business_date) : kNoDate;
  step.emit<SpendingReturned>(spend.order, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateSpendingReturned(out, spend.order, spend.invoice, spend.buyer.value(),
                                  amount.value(), spend.currency.value(), back.period.value(),
                                  period, start.value(), structs(out, parts));
  });
}

}  // namespace

// ---- cost centres -------------------------------------------------------------------------------

void expect_cost_centre(Step& step, CompanyId company, BuyerId buyer, std::string_view name,
                        std::span<const PutRight> put_right) {
  const Book& book = step.book();
  if (name.empty()) {
    const PolicyContext orderer{company, buyer};
    if (!policy_is(book, PolicyKey::spending_cost_centre, orderer, "required")) return;
    return step.refuse(about(ReasonCode::no_budget, Subject::company, book.parties().name(company),
                             company.value()));
  }
  const Budgets& budgets = book.budgets();
  if (budgets.cost_centre_count() == 0) return;
  const auto id = budgets.find_cost_centre(name);
  if (!id) return step.refuse(about(ReasonCode::unknown_cost_centre, Subject::cost_centre, name));
  const CostCentre& centre = budgets.cost_centre(*id);
  const auto refuse = [&](ReasonCode code) {
    if (is_put_right(put_right, code, name)) return;
    Cause cause = about(code, Subject::cost_centre, name, id->value());
    cause.evidence.push_back(centre.last_change);
    step.refuse(std::move(cause));
  };
  if (centre.status != CostCentreStatus::active) refuse(ReasonCode::cost_centre_inactive);
  if (!book.parties().is_at_or_above(centre.company, company)) refuse(ReasonCode::wrong_company);
  if (centre.mandatory && valid_budgets(book, *id, step.context().business_date).empty())
    refuse(ReasonCode::no_budget);
}

std::vector<BudgetId> valid_budgets(const Book& book, CostCentreId centre, Date day) {
  std::vector<BudgetId> out;
  for (const BudgetId id : book.budgets().cost_centre(centre).budgets) {
    if (book.budgets().budget(id).is_valid_on(day)) out.push_back(id);
  }
  return out;
}

std::vector<Date> days_spending_may_ease(const Book& book, const OrderFacts& facts) {
  const Date today = book.calendar().business_date();
  std::vector<Date> out;
  if (has_period(book, facts.buyer)) {
    const PeriodKind period = book.parties().buyer(facts.buyer).period;
    Date next = add_days(today, 1);
    while (book.calendar().period_start(period, next) <= today)
      next = add_days(next, 1);
    out.push_back(next);
  }
  const CostCentreId centre = find_centre(book, facts.cost_centre);
  if (!is_set(centre)) return out;
  for (const BudgetId id : valid_budgets(book, centre, today)) {
    const Date last = book.budgets().budget(id).valid_to;
    if (last != kNoDate) out.push_back(add_days(last, 1));
  }
  for (const BudgetId id : book.budgets().cost_centre(centre).budgets) {
    const Date first = book.budgets().budget(id).valid_from;
    if (first > today) out.push_back(first);
  }
  return out;
}

// ---- what an order takes ------------------------------------------------------------------------

Minor spending_worth(const Book& book, const Order& order) {
  return worth_of(book, order, kept_units);
}

Minor still_to_take(const Book& book, const Order& order) {
  return spending_worth(book, order) - taken_of(book, order);
}

Minor still_to_take(const Book& book, const OrderFacts& facts) {
  if (facts.order.value() == 0) return facts.total;
  const Order& order = book.orders().get(facts.order);
  const bool moves = facts.cost_centre != book.orders().cost_centre(order);
  const Minor taken = moves ? Minor{} : taken_of(book, order);
  const Minor worth = spending_worth(book, order);
  if (facts.lines.empty()) return worth - taken - facts.supposed.cancelled_worth;
  // The total of an amendment knows nothing of what came back.
  const auto sold = [](const OrderLineState& line) {
    return line.ordered - line.cancelled - line.voided;
  };
  return facts.total - (worth_of(book, order, sold) - worth) - taken;
}

Minor to_take_in_all(const Book& book, const OrderFacts& facts) {
  const Minor left = still_to_take(book, facts);
  if (facts.order.value() == 0) return left;
  const Order& order = book.orders().get(facts.order);
  const bool moves = facts.cost_centre != book.orders().cost_centre(order);
  return moves ? left : left + taken_of(book, order);
}

void check_spending_room(Step& step, const OrderFacts& facts) {
  const Book& book = step.book();
  if (!book.budgets().in_use()) return;
  const Minor amount = std::max(still_to_take(book, facts), Minor{0});
  const auto refuse = [&](Subject kind, std::string_view name, std::uint64_t subject) {
    step.refuse(with_money(about(ReasonCode::amount_overflow, kind, name, subject), amount,
                           Minor{limits::kSumMax}, facts.currency));
  };
  if (has_period(book, facts.buyer) && !has_room(book.budgets().outstanding(facts.buyer), amount)) {
    refuse(Subject::buyer, book.parties().name(facts.buyer), facts.buyer.value());
  }
  const CostCentreId centre = find_centre(book, facts.cost_centre);
  if (!is_set(centre)) return;
  for (const BudgetId id : valid_budgets(book, centre, step.context().business_date)) {
    if (has_room(book.budgets().budget(id).taken, amount)) continue;
    refuse(Subject::budget, book.budgets().name(id), id.value());
  }
}

void check_spending(Step& step, const Order& order, const Supposed& supposed) {
  const Book& book = step.book();
  if (budget_at(book, order) != "approval") return;
  const std::string_view centre = book.orders().cost_centre(order);
  if (!centre.empty()) {
    expect_cost_centre(step, CompanyId{order.company}, BuyerId{order.buyer}, centre,
                       supposed.put_right);
  }
  OrderFacts facts = facts_of(book, order);
  facts.supposed = supposed;
  const std::vector<Match> matches = match_rules(book, facts, {Moment::placement},
                                                 {Outcome::refuse, Outcome::ask, Outcome::approve});
  const bool approved = std::any_of(matches.begin(), matches.end(), [](const Match& match) {
    return match.rule->outcome == Outcome::approve;
  });
  for (const Match& match : matches) {
    const Outcome outcome = match.rule->outcome;
    if (outcome == Outcome::approve || !reads_spending(*match.rule)) continue;
    if (outcome == Outcome::ask && (approved || was_asked(book, order, *match.rule))) continue;
    KONTOR_MARK("an order beyond its budget or period when it is approved");
    for (const Cause& cause : match.causes) {
      const bool lacks =
          cause.code == ReasonCode::over_budget || cause.code == ReasonCode::over_period_limit;
      if (lacks) step.refuse(cause);
    }
  }
}

SpendingChange::SpendingChange(const Book& book, const Order& order) : existed_(true) {
  if (!book.budgets().in_use()) return;
  due_before_ = due_of(book, order);
  cost_centre_before_ = order.cost_centre;
}

void SpendingChange::settle(Step& step, OrderRef ref) const {
  const Book& book = step.book();
  if (!book.budgets().in_use()) return;
  const Order& order = book.orders().get(ref);
  const Spend spend = spend_of(book, order);
  Minor before = due_before_;
  if (existed_ && order.cost_centre != cost_centre_before_) {
    KONTOR_MARK("an amendment that moves an order to another cost centre");
    if (const Minor taken = taken_of(book, order); taken > Minor{0}) give_back(step, spend, taken);
    before = Minor{};
  }
  const Minor taken = taken_of(book, order);
  const Minor due = due_of(book, order);
  // Lines below zero may make an order worth less than what is due of it, or than nothing.
  const Minor worth = spending_worth(book, order);
  const Minor more = std::min(due - before, std::min(due, worth) - taken);
  if (more > Minor{0}) return take(step, spend, more);
  // What was taken and is no longer due, or is beyond the order's worth: budget.at may have
  // changed.
  const Minor less = std::min(std::max(std::min(before, taken) - due, taken - worth), taken);
  if (less > Minor{0}) give_back(step, spend, less);
}

void return_spending(Step& step, OrderRef ref) {
  const Order& order = step.book().orders().get(ref);
  const Minor taken = taken_of(step.book(), order);
  if (taken == Minor{0}) return;
  KONTOR_MARK("an order that failed gives back what it had taken");
  give_back(step, spend_of(step.book(), order), taken);
}

// ---- by paying ----------------------------------------------------------------------------------

namespace {

// Calls visit(spend, amount) for each invoice among the parts that somebody spends.
template <class Visit>
void for_each_spent(const Book& book, std::span<const Application> parts, Visit visit) {
  if (book.budgets().spenders().empty()) return;
  std::map<std::uint64_t, Minor> amounts;
  for (const Application& part : parts)
    amounts[part.invoice()] += Minor{part.amount()};
  for (const auto& [ref, amount] : amounts) {
    const Budgets::Spender* const spender = book.budgets().spender_of(InvoiceRef{ref});
    if (spender == nullptr) continue;
    const Invoice& invoice = *book.receivables().find_invoice(InvoiceRef{ref});
    visit(Spend{invoice.order, ref, spender->buyer, spender->cost_centre,
                CurrencyCode{invoice.currency}, false},
          amount);
  }
}

}  // namespace

void spend_by_paying(Step& step, std::span<const Application> parts) {
  for_each_spent(step.book(), parts, [&](const Spend& spend, Minor amount) {
    KONTOR_MARK("a payment that takes from a budget or period");
    take(step, spend, amount);
  });
}

void unspend_by_paying(Step& step, std::span<const Application> parts) {
  for_each_spent(step.book(), parts, [&](const Spend& spend, Minor amount) {
    const Taking* const taking = step.book().budgets().takings().find(spend.invoice);
    if (taking == nullptr) return;
    KONTOR_MARK("a payment that comes back to a budget or period");
    give_back(step, spend, std::min(amount, taking->amount));
  });
}

std::size_t applications_max(const Book& book) {
  return book.budgets().spenders().empty() ? kApplicationsMax : kSpendingApplicationsMax;
}

Budgets::Spender spender_by_paying(const Book& book, const Order& order) {
  if (!book.budgets().in_use() || budget_at(book, order) != "payment") return {};
  if (taken_of(book, order) > Minor{0}) return {};  // taken by an earlier setting
  const Spend spend = spend_of(book, order);
  return {spend.buyer, spend.cost_centre};
}

}  // namespace kontor
