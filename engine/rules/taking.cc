#include "engine/rules/taking.h"

#include <algorithm>

#include "credit_generated.h"
#include "draft_generated.h"
#include "order_generated.h"

#include "engine/rules/allocation.h"
#include "engine/rules/budgets.h"
#include "engine/rules/counting.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/depositing.h"
#include "engine/rules/holding.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

CreditFrom credit_from(const Book& book, const Order& order) {
  const std::string_view at =
      policy_in_force(book, PolicyKey::credit_at, policy_context(order)).value;
  if (at == "allocation") return CreditFrom::allocation;
  if (at == "shipment") return CreditFrom::shipment;
  return at == "invoice" ? CreditFrom::invoice : CreditFrom::order;
}

void commit_credit(Step& step, const Order& order) {
  const OrderRef ref{order.ref};
  const CreditFrom from = credit_from(step.book(), order);
  Order taken = order;
  taken.credit = CreditState::kTaken;
  taken.credit_from = from;
  std::vector<CreditMove> moves = moves_between(step.book(), order, counted_of(step.book(), order),
                                                counted_of(step.book(), taken));
  if (from != CreditFrom::order) KONTOR_MARK("an order that counts part by part");
  if (moves.empty() && from == CreditFrom::order) {
    moves.push_back(order_move(order, Bucket::ordered, Minor{0}));
  }
  step.emit<CreditCommitted>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateCreditCommitted(out, ref.value(), structs(out, moves), from);
  });
}

void release_hold(Step& step, const Order& order) {
  KONTOR_MARK("a hold released by examination");
  const OrderRef ref{order.ref};
  const CompanyId payer{order.payer};
  const Account& account = step.book().credit().account(payer);
  const Minor exposure = account.exposure();
  const std::int64_t limit = account.limit ? account.limit->value() : kAbsent;
  const CurrencyCode currency = account.currency;
  step.emit<HoldReleased>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateHoldReleased(out, ref.value(), payer.value(), ReleaseCause::examined, 0,
                              kNoDate.value(), exposure.value(), limit, currency.value());
  });
}

// Cuts what waits, then what is reserved, until the line needs no more than is left of it.
struct Cut {
  std::vector<CancelledLine> lines;
  std::vector<ReservedPart> released;
  Minor net;
  Minor gross;
};

void cut_reservations(const Book& book, OrderRef order, std::uint32_t line, Quantity excess,
                      std::vector<ReservedPart>& out) {
  book.stock().for_each_reservation(order, [&](const Reservation& held) {
    if (held.line != line || excess <= Quantity{0}) return;
    KONTOR_MARK("a reservation cut by a cancellation");
    const Quantity part = std::min(excess, held.quantity);
    out.emplace_back(part.value(), held.item, held.warehouse, line, kNoDate.value());
    excess -= part;
  });
}

Cut plan_cut(const Book& book, const Order& order, std::span<const Quantity> quantities) {
  Cut out;
  const auto lines = book.orders().lines(order);
  for (std::uint32_t i = 0; i < lines.size(); ++i) {
    const Quantity quantity = quantities[i];
    if (quantity == Quantity{0}) continue;
    const OrderLineState& line = lines[i];
    const Quantity from_backorder = cut_line(book, order, i + 1, quantity, out.released);
    out.lines.emplace_back(quantity.value(), from_backorder.value(), line.item, i + 1);
    // The run of units cancelled now ends where the earlier cancellations began.
    const Quantity from = line.ordered - line.cancelled - line.voided - quantity;
    const Quantity to = line.ordered - line.cancelled - line.voided;
    out.net += line.net_of(to) - line.net_of(from);
    out.gross += line.gross_of(to) - line.gross_of(from);
  }
  return out;
}

bool nothing_left_to_ship(const Book& book, const Order& order) {
  const auto lines = book.orders().lines(order);
  return std::all_of(lines.begin(), lines.end(),
                     [](const OrderLineState& line) { return line.unshipped() == Quantity{0}; });
}

// Nothing is left to be held.
void end_hold(Step& step, const Order& order, ReleaseCause cause) {
  const OrderRef ref{order.ref};
  const CompanyId payer{order.payer};
  const CurrencyCode currency{order.currency};
  step.emit<HoldReleased>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateHoldReleased(out, ref.value(), payer.value(), cause, 0, kNoDate.value(), 0,
                              kAbsent, currency.value());
  });
}

// Whether nothing holds the order; else it is held, or stays so.
bool passes(Step& step, OrderRef ref, std::optional<Moment> now) {
  const Order& order = step.book().orders().get(ref);
  if (order.forced_hold != 0) return false;
  const Holds holds = find_holds(step.book(), order, facts_of(step.book(), order),
                                 moments_to_examine(step.book(), order, now));
  if (!holds.causes.empty()) {
    if (order.held_at != 0) KONTOR_MARK("an order that stays held");
    if (order.held_at == 0 || hold_has_changed(step.book(), order, holds)) hold(step, ref, holds);
    return false;
  }
  if (order.held_at != 0) release_hold(step, order);
  return true;
}

void take_credit(Step& step, OrderRef ref) {
  const Order& order = step.book().orders().get(ref);
  if (order.credit == CreditState::kTaken) return;
  const bool approved = order.approval == Approval::kApproved;
  const bool at_placement =
      policy_is(step.book(), PolicyKey::credit_at, policy_context(order), "placement");
  if (!approved && at_placement) KONTOR_MARK("credit before approval");
  if (approved || at_placement) commit_credit(step, order);
}

bool takes_stock_now(const Book& book, const Order& order) {
  const std::string_view when =
      policy_in_force(book, PolicyKey::stock_at, policy_context(order)).value;
  if (order.held_at != 0) return false;
  return when == "placement" || (when == "approval" && order.approval == Approval::kApproved);
}

// What stock.short = refuse says of what is missing for an order that is approved.
Causes find_shortage(const Book& book, const Order& order, const AllocationPlan& plan) {
  Causes out;
  if (order.approval != Approval::kApproved) return out;
  const auto lines = book.orders().lines(order);
  for (const auto& [line, quantity] : missing_by_policy(book, order, plan.missing, "refuse")) {
    const Quantity need = needs_stock(lines[line - 1]);
    const std::string_view item = book.catalogue().name(ItemId{lines[line - 1].item});
    out.add(with_quantity(about_line(ReasonCode::short_stock, line, item), need - quantity, need));
  }
  return out;
}

std::vector<ReservedPart> everything_reserved(const Book& book, OrderRef ref) {
  std::vector<ReservedPart> out;
  book.stock().for_each_reservation(ref, [&](const Reservation& held) {
    out.emplace_back(held.quantity.value(), held.item, held.warehouse, held.line, kNoDate.value());
  });
  return out;
}

}  // namespace

OrderFacts facts_of(const Book& book, const Order& order) {
  OrderFacts facts;
  facts.company = CompanyId{order.company};
  facts.payer = CompanyId{order.payer};
  facts.buyer = BuyerId{order.buyer};
  facts.terms = TermsId{order.terms};
  facts.currency = CurrencyCode{order.currency};
  facts.settlement = order.settlement;
  facts.placed_on = Date{order.placed_on};
  facts.requested_on = Date{order.requested_on};
  facts.country = book.orders().country(order);
  facts.cost_centre = book.orders().cost_centre(order);
  facts.recurring = order.recurring != 0 || order.run_of != 0;
  facts.order = OrderRef{order.ref};
  facts.net = order.net;
  facts.total = order.total;
  set_need(book, facts, uncounted_value(book, order), undeducted_deposit(book, order));
  return facts;
}

bool account_has_room(const Book& book, CompanyId payer, Minor amount) {
  const Account& account = book.credit().account(payer);
  Int128 sum = amount.value() < 0 ? -Int128{amount.value()} : Int128{amount.value()};
  sum += account.deposited().value();  // it may come back
  for (const Bucket bucket : EnumValuesBucket()) {
    const std::int64_t value = account.bucket(bucket).value();
    sum += value < 0 ? -Int128{value} : Int128{value};
  }
  return sum <= limits::kSumMax;
}

void go_on(Step& step, OrderRef ref, std::optional<Moment> now) {
  const Order& order = step.book().orders().get(ref);
  if (order.failed_at != 0 || order.recurring != 0) return;
  // One that is taken is looked at where it is held, or has come to a moment of its own.
  const bool counts = order.credit == CreditState::kTaken;
  if ((!counts || order.held_at != 0 || now) && !passes(step, ref, now)) return;
  const Order& then = step.book().orders().get(ref);
  if (!takes_stock_now(step.book(), then)) return take_credit(step, ref);
  KONTOR_MARK("stock taken without AllocateOrder");
  const AllocationPlan plan = plan_allocation(step.book(), then);
  const Causes shortage = find_shortage(step.book(), then, plan);
  if (!shortage.empty()) return fail_order(step, ref, shortage);
  take_credit(step, ref);
  if (may_allocate(step, ref)) allocate(step, ref, plan);
}

void look_again(Step& step, OrderRef ref) {
  const Order& order = step.book().orders().get(ref);
  if (order.held_at == 0 || order.cancelled != 0) return;
  KONTOR_MARK("a held order that has become less");
  go_on(step, ref, std::nullopt);
}

bool takes_part(Step& step, OrderRef ref, CreditFrom from) {
  const Order& order = step.book().orders().get(ref);
  if (order.credit != CreditState::kTaken || order.credit_from != from) return true;
  const bool may = passes(step, ref, std::nullopt);
  if (!may) KONTOR_MARK("a part held where it would be taken");
  return may;
}

void fail_order(Step& step, OrderRef ref, const Causes& causes) {
  KONTOR_ASSERT(!causes.empty());
  KONTOR_MARK("an order that failed");
  release_parts(step, ref, everything_reserved(step.book(), ref));
  const Order& order = step.book().orders().get(ref);
  if (order.held_at != 0 && order.forced_hold == 0) {
    KONTOR_MARK("a held order that failed");
    end_hold(step, order, ReleaseCause::failed);
  }
  const Order& now = step.book().orders().get(ref);
  Order after = now;
  after.credit = CreditState::kNotTaken;
  const std::vector<CreditMove> moves =
      moves_between(step.book(), now, counted_of(step.book(), now), counted_of(step.book(), after));
  std::vector<EndedWait> waited;
  std::uint32_t number = 0;
  for (const OrderLineState& line : step.book().orders().lines(now)) {
    ++number;
    if (line.backordered == Quantity{0}) continue;
    waited.emplace_back(line.backordered.value(), line.item, number);
  }
  step.emit<OrderFailed>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto grounds = causes.write(out);
    return CreateOrderFailed(out, ref.value(), grounds, structs(out, waited), structs(out, moves));
  });
  return_spending(step, ref);
}

Quantity cut_line(const Book& book, const Order& order, std::uint32_t line, Quantity quantity,
                  std::vector<ReservedPart>& released) {
  const OrderLineState& state = book.orders().lines(order)[line - 1];
  const Quantity beyond_unserved =
      std::max(Quantity{0}, quantity - std::max(needs_stock(state), Quantity{0}));
  const Quantity from_backorder = std::min(state.backordered, beyond_unserved);
  if (from_backorder > Quantity{0}) KONTOR_MARK("a backorder cut by a cancellation");
  cut_reservations(book, OrderRef{order.ref}, line, beyond_unserved - from_backorder, released);
  return from_backorder;
}

void release_parts(Step& step, OrderRef ref, const std::vector<ReservedPart>& parts) {
  if (parts.empty()) return;
  const std::vector<CreditMove> moves = moves_of_reserved(step.book(), ref, parts, -1);
  step.emit<ReservationReleased>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateReservationReleased(out, ref.value(), structs(out, parts), 0, structs(out, moves));
  });
}

void cancel_quantities(Step& step, OrderRef ref, std::span<const Quantity> quantities,
                       std::string_view document) {
  const SpendingChange spending(step.book(), step.book().orders().get(ref));
  const Cut cut = plan_cut(step.book(), step.book().orders().get(ref), quantities);
  release_parts(step, ref, cut.released);
  const Order& order = step.book().orders().get(ref);
  const Counted before = counted_of(step.book(), order);
  const CurrencyCode currency{order.currency};
  step.emit<LinesCancelled>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, document);
    const auto lines = structs(out, cut.lines);
    return CreateLinesCancelled(out, ref.value(), name, lines, cut.net.value(), cut.gross.value(),
                                currency.value());
  });
  const Order& now = step.book().orders().get(ref);
  const auto moves = moves_between(step.book(), now, before, counted_of(step.book(), now));
  if (!moves.empty()) {
    step.emit<CreditReleased>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
      return CreateCreditReleased(out, ref.value(), structs(out, moves));
    });
  }
  settle_deposit(step, ref);
  spending.settle(step, ref);
}

void cancel_everything(Step& step, OrderRef ref, CancelCause cause, std::string_view document) {
  if (step.book().orders().get(ref).recurring != 0) {
    return stop_recurring(step, ref, StopCause::rejected, {});
  }
  std::vector<Quantity> quantities;
  bool anything = false;
  for (const OrderLineState& line : step.book().orders().lines(step.book().orders().get(ref))) {
    quantities.push_back(line.open());
    anything = anything || line.open() > Quantity{0};
  }
  if (anything) cancel_quantities(step, ref, quantities, document);
  end_if_done(step, ref, cause);
}

void stop_recurring(Step& step, OrderRef ref, StopCause cause, const Causes& causes,
                    std::string_view comment) {
  step.emit<RecurringOrderStopped>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto grounds = causes.empty() ? 0 : causes.write(out);
    const auto said = text(out, comment);
    return CreateRecurringOrderStopped(out, ref.value(), cause, grounds, said);
  });
}

void end_if_done(Step& step, OrderRef ref, CancelCause cause) {
  const Order& order = step.book().orders().get(ref);
  if (order.cancelled != 0 || order.fulfilled != 0) return;
  if (!nothing_left_to_ship(step.book(), order)) return;
  const auto lines = step.book().orders().lines(order);
  const bool moved = std::any_of(lines.begin(), lines.end(), [](const OrderLineState& line) {
    return line.shipped > Quantity{0} || line.invoiced > Quantity{0};
  });
  // A person's hold outlives the goods: what was delivered is not billed before it is released.
  if (order.held_at != 0 && !(moved && order.forced_hold != 0)) {
    KONTOR_MARK("a held order cancelled whole");
    end_hold(step, order, ReleaseCause::cancelled);
  }
  if (moved) {
    KONTOR_MARK("an order fulfilled");
    if (order.held_at != 0) KONTOR_MARK("a hold by a person that outlives the goods");
    // One that has failed took nothing any more; what had left before stays spent.
    const bool had_failed = order.failed_at != 0;
    const SpendingChange spending(step.book(), order);
    step.emit<OrderFulfilled>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
      return CreateOrderFulfilled(out, ref.value());
    });
    if (had_failed) spending.settle(step, ref);
    return;
  }
  step.emit<OrderCancelled>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateOrderCancelled(out, ref.value(), cause);
  });
}

}  // namespace kontor
