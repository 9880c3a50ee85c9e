// What a payer owes, and which orders wait for it (domain: 8 and 9).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

Wide magnitude(Int value) {
  return value < 0 ? -Wide{value} : Wide{value};
}

bool has_held(const State& state, int payer) {
  return std::any_of(state.orders.all.begin(), state.orders.all.end(),
                     [&](const Order& order) { return order.held && order.payer == payer; });
}

// Money of the payer that may come back from deposits.
Wide deposited_by(const State& state, int payer) {
  Wide sum = 0;
  for (const Payment& payment : state.payments.all)
    sum += payment.payer == payer ? payment.deposited : 0;
  for (const CreditNote& note : state.credit_notes.all)
    sum += note.payer == payer ? note.deposited : 0;
  return sum;
}

bool release_in_force(const State& state, const Order& order) {
  return order.released &&
         (!order.release_expires || *order.release_expires >= state.business_date);
}

// later: the moments whose rules look at it when it is looked at again.
void add_rules(const State& state, const Facts& facts, const Moments& moments, const Moments& later,
               Holds& holds) {
  for (const Rule* const rule : matching_rules(state, facts, moments, {Outcome::kHold})) {
    holds.any = true;
    holds.moment = std::max(holds.moment, rule->said.moment);
    holds.why.emplace_back(state.rules.find(rule->name), rule->version);
  }
  holds.needs_room = holds.any && limit_applies(state, facts, later);
}

Holds holds_of(const State& state, const Order& order, const Moments& moments) {
  const Facts facts = facts_of(state, order);
  const bool released = release_in_force(state, order);
  Holds holds;
  if (!has_room(state, order.payer, room_needed(facts))) {
    holds.any = true;
    holds.why.emplace_back(kNone, 0);
    holds.needs_room = !released && limit_applies(state, facts, moments);
  } else if (!released) {
    add_rules(state, facts, moments, moments, holds);
  }
  return holds;
}

// Those of the moment it was held at and, while it does not count whole, those it has passed.
Moments moments_of(const Order& order, std::optional<Moment> now) {
  Moments out;
  if (now) out.insert(*now);
  if (order.held) out.insert(order.held_moment);
  if (order.taken && order.from == CreditFrom::kOrder) return out;
  out.insert(Moment::kPlacement);
  if (order.approval == Approval::kApproved) out.insert(Moment::kApproval);
  return out;
}

bool is_held_so(const State& state, const Order& order, const Holds& holds) {
  return order.held && order.held_need == facts_of(state, order).need &&
         order.needs_room == holds.needs_room && order.held_why == holds.why &&
         order.held_moment == holds.moment &&
         state.companies[order.payer].watched == watched_by(state, order.payer);
}

// Whether nothing holds it; else it is held, or stays so.
bool passes(State& state, int place, std::optional<Moment> now) {
  Order& order = state.orders[place];
  if (order.forced) return false;
  const Holds holds = holds_of(state, order, moments_of(order, now));
  if (holds.any) {
    if (!is_held_so(state, order, holds)) hold(state, place, holds);
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
  const Exposure before = exposure_of(state, order.payer);
  order.taken = true;
  order.from = credit_from(state, order);
  touch(state, place);
  // One that counts whole is said to count, also where it is worth nothing.
  if (order.from == CreditFrom::kOrder) return want_examination(state, order.payer);
  want_examination_if_moved(state, order.payer, before);
}

bool takes_stock_now(const State& state, const Order& order) {
  if (order.held) return false;
  if (policy_is(state, "stock.at", "placement", whom(order))) return true;
  return policy_is(state, "stock.at", "approval", whom(order)) &&
         order.approval == Approval::kApproved;
}

// Whether a held order could pass: with the room there is, or because room is not all it lacks.
bool one_could_pass(const State& state, int payer) {
  const Room room = room_of(state, payer);
  return std::any_of(state.orders.all.begin(), state.orders.all.end(), [&](const Order& order) {
    if (!order.held || order.forced || order.payer != payer) return false;
    if (!order.needs_room) return true;
    return room.comparable && (!room.left || order.held_need <= *room.left);
  });
}

int root_of(const State& state, int company) {
  while (state.companies[company].parent != kNone)
    company = state.companies[company].parent;
  return company;
}

bool looks_up(const State& state, int payer) {
  return state.companies[payer].watched.looks_up && has_held(state, payer);
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
    e.deposits += order.counted_deposit();
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
                   magnitude(e.receivable) + magnitude(e.deposits) + magnitude(e.unapplied) +
                   deposited_by(state, payer);
  return sum <= kSumMost;
}

void hold(State& state, int place, const Holds& holds) {
  Order& order = state.orders[place];
  order.held = true;
  order.held_need = facts_of(state, order).need;
  order.needs_room = holds.needs_room;
  order.held_moment = holds.moment;
  order.held_why = holds.why;
  state.companies[order.payer].watched = watched_by(state, order.payer);
  touch(state, place);
}

Holds assess_moment(Deciding& d, const Order& order, Moment moment) {
  return assess_moment(d, order, facts_of(d.state, order), moment);
}

Holds assess_moment(Deciding& d, const Order& order, const Facts& facts, Moment moment) {
  d.refuse_if(!matching_rules(d.state, facts, {moment}, {Outcome::kRefuse}).empty(),
              "refused_by_rule");
  Holds holds;
  if (!release_in_force(d.state, order))
    add_rules(d.state, facts, {moment}, moments_of(order, moment), holds);
  return holds;
}

bool may_allocate(State& state, int place) {
  const Order& order = state.orders[place];
  const Facts facts = facts_of(state, order);
  if (!matching_rules(state, facts, {Moment::kAllocation}, {Outcome::kRefuse}).empty()) {
    return false;
  }
  Holds holds;
  if (!release_in_force(state, order))
    add_rules(state, facts, {Moment::kAllocation}, moments_of(order, Moment::kAllocation), holds);
  if (holds.any) hold(state, place, holds);
  return !holds.any;
}

void look_at_the_day(State& state) {
  state.day_to_look_at = false;
  for (int place = 0; place < state.orders.size(); ++place) {
    const Order& order = state.orders[place];
    const bool on_its_way = order.approval == Approval::kApproved && !order.cancelled &&
                            !order.fulfilled && !order.failed && !order.recurs && !order.held;
    if (!on_its_way || release_in_force(state, order)) continue;
    Holds holds;
    add_rules(state, facts_of(state, order), {Moment::kDay}, moments_of(order, Moment::kDay),
              holds);
    if (holds.any) hold(state, place, holds);
  }
}

void go_on(State& state, int place, std::optional<Moment> now) {
  Order& order = state.orders[place];
  if (order.failed || order.recurs) return;
  if ((!order.taken || order.held || now) && !passes(state, place, now)) return;
  if (!takes_stock_now(state, order)) return take_credit(state, place);
  const Plan plan = plan_allocation(state, order);
  const bool is_short = !missing_treated(state, order, plan, "refuse").empty();
  if (is_short && order.approval == Approval::kApproved) return fail_order(state, place);
  take_credit(state, place);
  if (may_allocate(state, place)) allocate(state, place, plan);
}

bool takes_part(State& state, int place, CreditFrom from) {
  const Order& order = state.orders[place];
  return !order.taken || order.from != from || passes(state, place, std::nullopt);
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
  const Exposure before = exposure_of(state, order.payer);
  order.failed = true;
  order.taken = false;
  touch(state, place);
  want_examination_if_moved(state, order.payer, before);
}

void want_examination_if_moved(State& state, int payer, const Exposure& before) {
  if (exposure_of(state, payer) != before) want_examination(state, payer);
}

void want_examination_alone(State& state, int payer) {
  if (one_could_pass(state, payer)) enqueue(state, payer);
}

void want_examination(State& state, int payer) {
  want_examination_alone(state, payer);
  const int root = root_of(state, payer);
  for (int other = 0; other < state.companies.size(); ++other) {
    const bool related = other != payer && looks_up(state, other) && root_of(state, other) == root;
    if (related && one_could_pass(state, other)) enqueue(state, other);
  }
}

bool has_told_held(const State& state, int payer) {
  return std::any_of(state.orders.all.begin(), state.orders.all.end(), [&](const Order& order) {
    return order.held && !order.forced && order.payer == payer;
  });
}

void want_examination_of(State& state, const SuitsPayer& suits) {
  for (int payer = 0; payer < state.companies.size(); ++payer) {
    if (has_told_held(state, payer) && suits(payer)) enqueue(state, payer);
  }
}

void want_examination_of_all(State& state) {
  want_examination_of(state, [](int) { return true; });
}

void want_examination_under(State& state, int company, bool whole) {
  for (int payer = 0; payer < state.companies.size(); ++payer) {
    const bool below = looks_up(state, payer) && is_at_or_above(state, company, payer);
    if (below && (whole || one_could_pass(state, payer))) enqueue(state, payer);
  }
}

void examine(State& state, int payer) {
  // What one takes that is released may free another: until nobody is.
  for (bool again = true; again;) {
    bool released = false;
    for (int order = 0; order < state.orders.size(); ++order) {
      const Order& held = state.orders[order];
      if (!held.held || held.forced || held.payer != payer) continue;
      go_on(state, order, std::nullopt);
      released = released || !state.orders[order].held;
    }
    again = released && one_could_pass(state, payer);
  }
}

}  // namespace kontor::model
