#include "engine/rules/figures.h"

#include <algorithm>
#include <array>

#include "engine/rules/figures_of_spending.h"
#include "engine/rules/policy.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Is = FigureReading::Is;

FigureReading count(std::int64_t found, const RuleCondition& condition) {
  FigureReading out;
  out.is = Is::kNumber;
  out.unit = Unit::count;
  out.found = found;
  out.allowed = condition.count;
  return out;
}

// Money in the order's currency against the condition's amount.
FigureReading money(const Book& book, const OrderFacts& facts, const RuleCondition& condition,
                    Minor found) {
  const CurrencyCode wanted =
      condition.currency.value() != 0 ? condition.currency : book.calendar().currency();
  FigureReading out;
  out.is = wanted == facts.currency ? Is::kNumber : Is::kNoRate;
  out.unit = Unit::money;
  out.currency = facts.currency;
  out.found = found.value();
  out.allowed = condition.amount;
  return out;
}

// ---- of the order -------------------------------------------------------------------------------

FigureReading total_with_tax(const Book& book, const OrderFacts& facts,
                             const RuleCondition& condition) {
  return money(book, facts, condition, facts.total);
}

FigureReading total_without_tax(const Book& book, const OrderFacts& facts,
                                const RuleCondition& condition) {
  return money(book, facts, condition, facts.net);
}

FigureReading distinct_items(const Book&, const OrderFacts& facts, const RuleCondition& condition) {
  return count(facts.distinct_items, condition);
}

// The buyer's order limit is the threshold; the rule states none.
FigureReading over_order_limit(const Book& book, const OrderFacts& facts, const RuleCondition&) {
  if (!is_set(facts.buyer)) return {};
  const Buyer& buyer = book.parties().buyer(facts.buyer);
  const PolicyContext orderer{facts.company, facts.buyer};
  const bool zero = policy_is(book, PolicyKey::spending_absent_limit, orderer, "zero");
  if (!buyer.order_limit && !zero) return {};
  const Minor limit = buyer.order_limit.value_or(Minor{0});
  const bool comparable = buyer.currency == facts.currency;
  if (comparable && facts.total <= limit) return {};
  FigureReading out;
  out.is = comparable ? Is::kMatched : Is::kNoRate;
  out.code = ReasonCode::over_order_limit;
  out.subject_kind = Subject::buyer;
  out.subject = facts.buyer.value();
  out.name = book.parties().name(facts.buyer);
  out.unit = Unit::money;
  out.currency = facts.currency;
  out.found = facts.total.value();
  out.allowed = limit.value();
  out.evidence.push_back(buyer.last_change);
  return out;
}

// ---- of the payer -------------------------------------------------------------------------------

FigureReading exposure_over_limit(const Book& book, const OrderFacts& facts, const RuleCondition&) {
  const Account& account = payer_account(book, facts);
  const LimitInForce in_force = limit_in_force(book, facts.payer, account, today_of(book, facts));
  if (!in_force.limit) return {};
  const Minor after = exposure_after(book, facts);
  if (after <= *in_force.limit) return {};
  FigureReading out;
  out.is = Is::kMatched;
  out.code = in_force.why;
  out.subject_kind = Subject::company;
  out.subject = facts.payer.value();
  out.name = book.parties().name(facts.payer);
  out.unit = Unit::money;
  out.currency = facts.currency;
  out.found = after.value();
  out.allowed = in_force.limit->value();
  const Sequence set_at = account.limit_set_at;
  if (set_at.value() != 0) out.evidence.push_back(set_at);
  return out;
}

FigureReading exposure_after_order(const Book& book, const OrderFacts& facts,
                                   const RuleCondition& condition) {
  return money(book, facts, condition, exposure_after(book, facts));
}

constexpr auto kRegistry = std::to_array<FigureRow>({
    {Figure::order_total_with_tax, Unit::money, "its order total with tax", false, total_with_tax},
    {Figure::order_total_without_tax, Unit::money, "its order total without tax", false,
     total_without_tax},
    {Figure::distinct_items, Unit::count, "its distinct items", false, distinct_items},
    {Figure::over_order_limit, Unit::none, "it is over order limit", false, over_order_limit},
    {Figure::over_period_limit, Unit::none, "it is over period limit", false,
     read_over_period_limit},
    {Figure::over_budget, Unit::none, "it is over budget", false, read_over_budget},
    {Figure::exposure_over_limit, Unit::none, "it is exposure over limit", true,
     exposure_over_limit},
    {Figure::exposure_after_order, Unit::money, "its exposure after order", true,
     exposure_after_order},
});

}  // namespace

std::span<const FigureRow> figure_registry() {
  return kRegistry;
}

const FigureRow* find_figure(Figure figure) {
  const auto* const found = std::find_if(kRegistry.begin(), kRegistry.end(),
                                         [&](const auto& row) { return row.figure == figure; });
  return found == kRegistry.end() ? nullptr : found;
}

bool compares(Operator op, std::int64_t found, std::int64_t allowed) {
  switch (op) {
    case Operator::gt:
      return found > allowed;
    case Operator::ge:
      return found >= allowed;
    case Operator::lt:
      return found < allowed;
    case Operator::le:
      return found <= allowed;
    case Operator::eq:
    case Operator::in:
      return found == allowed;
  }
  return false;
}

Minor exposure_after(const Book& book, const OrderFacts& facts) {
  return payer_account(book, facts).exposure() + facts.need;
}

LimitInForce limit_in_force(const Book& book, CompanyId payer) {
  return limit_in_force(book, payer, book.credit().account(payer), book.calendar().business_date());
}

LimitInForce limit_in_force(const Book& book, CompanyId payer, const Account& account, Date today) {
  const bool expired = account.expires != kNoDate && account.expires < today;
  if (account.limit && expired) {
    KONTOR_MARK("a credit limit that has expired");
    return {Minor{0}, ReasonCode::limit_expired};
  }
  if (account.limit) return {account.limit, ReasonCode::over_credit_limit};
  if (policy_is(book, PolicyKey::credit_absent_limit, {payer}, "none")) {
    return {Minor{0}, ReasonCode::no_credit_limit};
  }
  return {std::nullopt, ReasonCode::over_credit_limit};
}

}  // namespace kontor
