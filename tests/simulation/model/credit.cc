// What a payer owes, and which orders wait for it (domain: 8 and 9).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

Wide magnitude(Int value) {
  return value < 0 ? -Wide{value} : Wide{value};
}

bool release_in_force(const State& state, const Order& order) {
  return order.released &&
         (!order.release_expires || *order.release_expires >= state.business_date);
}

// Why the order would be held now.
struct Holds {
  bool any = false;
  bool needs_room = false;  // no order goes on past that, whatever else changes
};
Holds holds_of(const State& state, const Order& order) {
  const Facts facts = facts_of(state, order);
  const bool released = release_in_force(state, order);
  if (!has_room(state, order.payer, facts.need)) {
    return {true, !released && limit_applies(state, facts)};
  }
  if (released) return {};
  Holds holds;
  holds.any = !matching_rules(state, facts, {Outcome::kHold}).empty();
  holds.needs_room = holds.any && limit_applies(state, facts);
  return holds;
}

void hold(State& state, int place, bool needs_room) {
  Order& order = state.orders[place];
  order.held = true;
  order.held_need = order.uncounted();
  order.needs_room = needs_room;
  touch(state, place);
}

// Whether nothing holds it; else it is held, or stays so.
bool passes(State& state, int place) {
  Order& order = state.orders[place];
  if (order.forced) return false;
  const Holds holds = holds_of(state, order);
  if (holds.any) {
    const bool same = order.held_need == order.uncounted() && order.needs_room == holds.needs_room;
    if (!order.held || !same) hold(state, place, holds.needs_room);
    return false;
  }
  if (!order.held) return true;
  order.held = false;
  touch(state, place);
  for (const Line& line : order.lines) {
    if (line.waiting > 0) want_serving(state, line.item);
  }
  return true;
}

CreditFrom credit_from(const State& state, const Order& order) {
  if (policy_is(state, "credit.at", "allocation", whom(order))) return CreditFrom::kAllocation;
  if (policy_is(state, "credit.at", "shipment", whom(order))) return CreditFrom::kShipment;
  if (policy_is(state, "credit.at", "invoice", whom(order))) return CreditFrom::kInvoice;
  return CreditFrom::kOrder;
}

void take_credit(State& state, int place) {
  Order& order = state.orders[place];
  const bool at_placement = policy_is(state, "credit.at", "placement", whom(order));
  if (order.taken || (order.approval != Approval::kApproved && !at_placement)) return;
  order.taken = true;
  order.from = credit_from(state, order);
  touch(state, place);
  want_examination(state, order.payer);
}

bool takes_stock_now(const State& state, const Order& order) {
  if (order.held) return false;
  if (policy_is(state, "stock.at", "placement", whom(order))) return true;
  return policy_is(state, "stock.at", "approval", whom(order)) &&
         order.approval == Approval::kApproved;
}

// Whether a held order could pass: with the room there is, or because room is not all it lacks.
bool one_could_pass(const State& state, int payer) {
  const Company& company = state.companies[payer];
  const Int exposure = exposure_of(state, payer).sum();
  return std::any_of(state.orders.all.begin(), state.orders.all.end(), [&](const Order& order) {
    if (!order.held || order.forced || order.payer != payer) return false;
    return !order.needs_room || !company.limit || order.held_need <= *company.limit - exposure;
  });
}

void enqueue(State& state, int payer) {
  auto& work = state.payers_to_examine;
  if (std::find(work.begin(), work.end(), payer) == work.end()) work.push_back(payer);
}

}  // namespace

Int Order::open_value() const {
  Int sum = 0;
  for (const Line& line : lines)
    sum += line.open_value();
  return sum;
}
Int Order::delivered_value() const {
  Int sum = 0;
  for (const Line& line : lines)
    sum += line.delivered_value();
  return sum;
}

Int Order::counted_ordered() const {
  Int sum = 0;
  for (const Line& line : lines) {
    if (taken && from == CreditFrom::kOrder) sum += line.open_value();
    if (taken && from == CreditFrom::kAllocation) sum += line.allocated_value();
  }
  return sum;
}

Exposure exposure_of(const State& state, int payer) {
  Exposure e;
  for (const Order& order : state.orders.all) {
    if (order.payer != payer) continue;
    e.ordered += order.counted_ordered();
    e.delivered += order.counted_delivered();
  }
  for (const Invoice& invoice : state.invoices.all) {
    if (invoice.payer == payer) e.receivable += invoice.open;
  }
  for (const Payment& payment : state.payments.all) {
    if (payment.payer == payer) e.unapplied += payment.unapplied();
  }
  for (const CreditNote& note : state.credit_notes.all) {
    if (note.payer == payer) e.unapplied += note.unapplied();
  }
  return e;
}

std::optional<Int> limit_in_force(const State& state, int payer) {
  const Company& company = state.companies[payer];
  const bool expired = company.limit_expires && *company.limit_expires < state.business_date;
  if (company.limit) return expired ? 0 : *company.limit;
  if (policy_is(state, "credit.absent_limit", "none", {payer})) return 0;
  return std::nullopt;
}

bool has_room(const State& state, int payer, Int amount) {
  const Exposure e = exposure_of(state, payer);
  const Wide sum = magnitude(amount) + magnitude(e.ordered) + magnitude(e.delivered) +
                   magnitude(e.receivable) + magnitude(e.unapplied);
  return sum <= kSumMost;
}

void go_on(State& state, int place) {
  Order& order = state.orders[place];
  if (order.failed) return;
  const bool waits = !order.taken || (order.from != CreditFrom::kOrder && order.held);
  if (waits && !passes(state, place)) return;
  if (!takes_stock_now(state, order)) return take_credit(state, place);
  const Plan plan = plan_allocation(state, order);
  const bool is_short = !missing_treated(state, order, plan, "refuse").empty();
  if (is_short && order.approval == Approval::kApproved) return fail_order(state, place);
  take_credit(state, place);
  allocate(state, place, plan);
}

bool takes_part(State& state, int place, CreditFrom from) {
  const Order& order = state.orders[place];
  return !order.taken || order.from != from || passes(state, place);
}

void fail_order(State& state, int place) {
  Order& order = state.orders[place];
  std::vector<Reservation> reserved = order.reservations;
  std::reverse(reserved.begin(), reserved.end());
  release_and_wake(state, place, reserved);
  if (order.held && !order.forced) {
    order.held = false;
    touch(state, place);
    for (const Line& line : order.lines) {
      if (line.waiting > 0) want_serving(state, line.item);
    }
  }
  for (int line = 0; line < static_cast<int>(order.lines.size()); ++line) {
    const Int waiting = order.lines[static_cast<std::size_t>(line)].waiting;
    if (waiting > 0) leave_queue(state, place, line, waiting);
  }
  order.failed = true;
  order.taken = false;
  touch(state, place);
  want_examination(state, order.payer);
}

void want_examination(State& state, int payer) {
  if (one_could_pass(state, payer)) enqueue(state, payer);
}

void want_examination_of_all(State& state) {
  std::set<int> payers;
  for (const Order& order : state.orders.all) {
    if (order.held && !order.forced) payers.insert(order.payer);
  }
  for (const int payer : payers)
    enqueue(state, payer);
}

void examine(State& state, int payer) {
  // What one takes that is released may free another: until nobody is.
  for (bool released = true; released;) {
    released = false;
    for (int order = 0; order < state.orders.size(); ++order) {
      const Order& held = state.orders[order];
      if (!held.held || held.forced || held.payer != payer) continue;
      go_on(state, order);
      released = released || !state.orders[order].held;
    }
  }
}

}  // namespace kontor::model
