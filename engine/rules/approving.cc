#include "engine/rules/approving.h"

#include <algorithm>

#include "order_generated.h"

#include "engine/rules/allocation.h"
#include "engine/rules/budgets.h"
#include "engine/rules/counting.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/depositing.h"
#include "engine/rules/holding.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

void check_company(Step& step, const Order& order, const Supposed& supposed) {
  const CompanyId id{order.company};
  const Company& company = step.book().parties().company(id);
  const std::string_view name = step.book().parties().name(id);
  if (company.status == CompanyStatus::active) return;
  if (is_put_right(supposed.put_right, ReasonCode::company_blocked, name)) return;
  Cause cause = about(ReasonCode::company_blocked, Subject::company, name, id.value());
  cause.evidence.push_back(company.last_change);
  step.refuse(std::move(cause));
}

// What is to be taken now; under a hold by a person nothing is.
void check_stock(Step& step, const Order& order, const Supposed& supposed) {
  const PolicyContext context = policy_context(order);
  const std::string_view at = policy_in_force(step.book(), PolicyKey::stock_at, context).value;
  if ((at != "placement" && at != "approval") || order.forced_hold != 0) return;
  std::vector<StockNeed> needs = needs_of(step.book(), order);
  for (StockNeed& need : needs)
    need.quantity -= cancelled_of(supposed, need.line);
  leave_out_needless(step.book(), needs);
  leave_out_put_right(step.book(), supposed.put_right, needs);
  check_stock_for(step, needs, {step.book().orders().region(order), order.no_split != 0}, context);
}

void emit_repriced(Step& step, const Order& order, const Amendment& amendment) {
  const OrderRef ref{order.ref};
  Order untaken = order;
  untaken.credit = CreditState::kNotTaken;
  const std::vector<CreditMove> moves = moves_between(
      step.book(), order, counted_of(step.book(), order), counted_of(step.book(), untaken));
  const Minor previous = order.total;
  const CurrencyCode currency{order.currency};
  const PricedOrder& priced = amendment.priced;
  KONTOR_MARK("an order priced anew");
  step.emit<OrderRepriced>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto lines = structs(out, amendment.lines);
    const auto taxes = structs(out, priced.taxes);
    return CreateOrderRepriced(out, ref.value(), lines, taxes, priced.net.value(),
                               priced.tax.value(), priced.total.value(), previous.value(),
                               currency.value(), structs(out, moves));
  });
}

}  // namespace

void check_items(Step& step, const Order& order, const Supposed& supposed) {
  const Catalogue& catalogue = step.book().catalogue();
  std::uint32_t number = 0;
  for (const OrderLineState& line : step.book().orders().lines(order)) {
    ++number;
    const ItemId item{line.item};
    const Quantity open = line.open() - cancelled_of(supposed, number);
    if (open == Quantity{0} || catalogue.item(item).status == ItemStatus::active) continue;
    if (is_put_right(supposed.put_right, ReasonCode::item_inactive, catalogue.name(item))) continue;
    step.refuse(about_line(ReasonCode::item_inactive, number, catalogue.name(item)));
  }
}

Approvable look_at_approved(Step& step, const Order& order, const Supposed& supposed) {
  Approvable out;
  if (order.recurring != 0) return out;  // each run is looked at when it comes
  check_company(step, order, supposed);
  check_items(step, order, supposed);
  check_stock(step, order, supposed);
  check_spending(step, order, supposed);
  AtMoment at = assess_moment(step, order, Moment::approval, supposed);
  out.warnings = std::move(at.warnings);
  out.deposit = std::move(at.deposit);
  if (!policy_is(step.book(), PolicyKey::price_at, policy_context(order), "approval")) return out;
  Amendment amendment = plan_new_prices(step, order);
  if (step.refused() || amendment.lines.empty()) return out;
  out.repriced = std::move(amendment);
  out.facts = facts_after(step.book(), order, *out.repriced);
  out.facts.supposed = supposed;
  out.asks = asks_again(step.book(), order, out.facts.total);
  out.wishes = assess_rules(step, out.facts, out.asks ? Asking::kAsk : Asking::kLook);
  out.deposit = find_deposit(step.book(), out.facts, {Moment::approval});
  raise(out.deposit, out.wishes.deposit);
  out.facts = with_deposit(step.book(), out.facts, out.deposit);
  check_room(step, out.facts);
  out.asks = out.asks && !approves_at_once(step.book(), out.facts, out.wishes);
  return out;
}

bool take_new_prices(Step& step, OrderRef ref, const Approvable& found) {
  if (!found.repriced) return true;
  emit_repriced(step, step.book().orders().get(ref), *found.repriced);
  return_excess_deposit(step, ref);
  ask_deposit(step, ref, found.wishes.deposit);
  warn(step, ref, found.wishes);
  if (!found.asks) return true;
  KONTOR_MARK("a new price that asks people again");
  approve_or_ask(step, ref, found.facts, found.wishes);
  return false;
}

void approve_order(Step& step, OrderRef ref, ApprovalCause cause,
                   const std::function<void()>& say_so) {
  Step today = step.look();
  const Approvable found = look_at_approved(today, step.book().orders().get(ref));
  const SpendingChange spending(step.book(), step.book().orders().get(ref));
  if (say_so) say_so();
  if (!today.refused() && !take_new_prices(step, ref, found)) {
    spending.settle(step, ref);
    return go_on(step, ref, std::nullopt);
  }
  step.emit<OrderApproved>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateOrderApproved(out, ref.value(), cause);
  });
  if (today.refused()) return fail_order(step, ref, today.refusals());
  ask_deposit(step, ref, found.deposit);
  warn(step, ref, found.warnings);
  spending.settle(step, ref);
  go_on(step, ref, Moment::approval);
}

}  // namespace kontor
