// Stock that is taken for orders, leaves, and is given back (domain: 5 and 10).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::size_t at(int line) {
  return static_cast<std::size_t>(line);
}

// kNone after refusing.
int expect_active(Deciding& d, const std::string& name) {
  const int warehouse = d.state.warehouses.find(name);
  d.refuse_if(warehouse == kNone, "unknown_warehouse");
  if (warehouse == kNone || d.state.warehouses[warehouse].said.active) return warehouse;
  d.refuse("warehouse_inactive");
  return kNone;
}

std::vector<Reservation> parts_by_hand(Deciding& d, const Order& order,
                                       const AllocateOrder& command) {
  std::vector<Reservation> out;
  for (const PartOfLine& part : command.parts) {
    const int warehouse = expect_active(d, part.warehouse);
    if (warehouse == kNone || !d.expect_line(order, part.line)) continue;
    const Line& line = order.lines[at(part.line - 1)];
    d.refuse_if(line.charge, "not_stocked");
    if (line.charge) continue;
    Int need = line.needs_stock();
    const bool others_wait = !d.state.items[line.item].queue.empty();
    Int free = others_wait ? 0 : salable(d.state, line.item, warehouse);
    for (const Reservation& other : out) {
      if (other.line == part.line - 1) need -= other.quantity;
      const bool same_item = order.lines[at(other.line)].item == line.item;
      if (same_item && other.warehouse == warehouse) free -= other.quantity;
    }
    if (part.quantity <= 0) {
      d.refuse("not_positive");
    } else if (part.quantity > need) {
      d.refuse("more_than_open");
    } else if (part.quantity > free) {
      d.refuse("short_stock");
    } else {
      out.push_back({part.line - 1, warehouse, part.quantity});
    }
  }
  return out;
}

void check_shortage(Deciding& d, const Order& order, const Plan& plan) {
  const auto treated = [&](std::string_view shortage) {
    return missing_treated(d.state, order, plan, shortage);
  };
  const auto cancelled = treated("cancel_rest");
  const bool cancels = std::any_of(cancelled.begin(), cancelled.end(), [&](const auto& missing) {
    return order.lines[at(missing.first)].open() > 0;
  });
  const bool nothing =
      plan.parts.empty() && !plan.missing.empty() && treated("backorder").empty() && !cancels;
  d.refuse_if(!treated("refuse").empty() || nothing, "short_stock");
}

Int sum_at(const std::vector<Reservation>& parts, int line, int warehouse) {
  Int sum = 0;
  for (const Reservation& part : parts) {
    if (part.line == line - 1 && part.warehouse == warehouse) sum += part.quantity;
  }
  return sum;
}

// Parts of what the order has reserved.
std::vector<Reservation> held_by_hand(Deciding& d, const Order& order,
                                      const std::vector<PartOfLine>& parts) {
  std::vector<Reservation> out;
  for (const PartOfLine& part : parts) {
    const int warehouse = d.state.warehouses.find(part.warehouse);
    if (warehouse == kNone) {
      d.refuse("unknown_warehouse");
      continue;
    }
    if (!d.expect_line(order, part.line)) continue;
    const Int left =
        sum_at(order.reservations, part.line, warehouse) - sum_at(out, part.line, warehouse);
    if (part.quantity <= 0) {
      d.refuse("not_positive");
    } else if (part.quantity > left) {
      d.refuse("more_than_reserved");
    } else {
      out.push_back({part.line - 1, warehouse, part.quantity});
    }
  }
  return out;
}

// Where stock is taken when it leaves: what the order has, and by hand what it has not.
std::vector<Reservation> taken_by_hand(Deciding& d, const Order& order,
                                       const std::vector<PartOfLine>& wanted, Plan& plan) {
  std::vector<Reservation> leaving;
  std::vector<PartOfLine> by_hand;
  for (const PartOfLine& part : wanted) {
    const int warehouse = d.state.warehouses.find(part.warehouse);
    const Int left =
        sum_at(order.reservations, part.line, warehouse) - sum_at(leaving, part.line, warehouse);
    if (part.quantity <= 0 && warehouse != kNone) {
      if (d.expect_line(order, part.line)) d.refuse("not_positive");
      continue;
    }
    const Int reserved = std::min(part.quantity, std::max<Int>(0, left));
    if (reserved > 0) leaving.push_back({part.line - 1, warehouse, reserved});
    if (part.quantity > reserved || warehouse == kNone) {
      by_hand.push_back(part);
      by_hand.back().quantity -= reserved;
    }
  }
  AllocateOrder rest;
  rest.parts = by_hand;
  plan.parts = parts_by_hand(d, order, rest);
  return leaving;
}

// Charges leave no warehouse: of what a warehouse is said to have they are refused.
std::vector<PartOfLine> goods_of(Deciding& d, const Order& order,
                                 const std::vector<PartOfLine>& wanted) {
  std::vector<PartOfLine> out;
  for (const PartOfLine& part : wanted) {
    const bool known = d.state.warehouses.find(part.warehouse) != kNone;
    const bool is_line = part.line >= 1 && part.line <= static_cast<int>(order.lines.size());
    const bool charge = known && is_line && order.lines[at(part.line - 1)].charge;
    d.refuse_if(charge, "not_stocked");
    if (!charge) out.push_back(part);
  }
  return out;
}

// By line, as a list of what leaves.
using Charges = std::map<int, Int>;

Charges every_charge(const Order& order) {
  Charges out;
  for (int line = 0; line < static_cast<int>(order.lines.size()); ++line) {
    const Line& of = order.lines[at(line)];
    if (of.charge && of.to_ship() > 0) out[line] = of.to_ship();
  }
  return out;
}

Charges charges_by_hand(Deciding& d, const Order& order, const std::vector<LineQuantity>& wanted) {
  Charges out;
  for (const LineQuantity& part : wanted) {
    if (!d.expect_line(order, part.line)) continue;
    const Line& line = order.lines[at(part.line - 1)];
    if (!line.charge) {
      d.refuse("not_a_charge");
      continue;
    }
    Int& leaves = out[part.line - 1];
    d.refuse_if(part.quantity <= 0, "not_positive");
    const bool fits = part.quantity <= line.to_ship() - leaves;
    d.refuse_if(part.quantity > 0 && !fits, "more_than_open");
    if (part.quantity > 0 && fits) leaves += part.quantity;
  }
  return out;
}

// Something of the order leaves in one event: what could be released by then is examined.
template <class Leave>
void ship_at_once(State& state, int place, Leave leave) {
  const int payer = state.orders[place].payer;
  const Exposure before = exposure_of(state, payer);
  leave();
  touch(state, place);
  want_examination_if_moved(state, payer, before);
}

// Each warehouse is one event, and so are the charges.
void ship(State& state, int place, const std::vector<Reservation>& leaving,
          const Charges& charges) {
  Order& order = state.orders[place];
  std::map<int, std::vector<Reservation>> by_warehouse;
  for (const Reservation& part : leaving)
    by_warehouse[part.warehouse].push_back(part);
  for (const auto& [warehouse, parts] : by_warehouse) {
    ship_at_once(state, place, [&] {
      take_off_reserved(state, place, parts);
      for (const Reservation& part : parts) {
        Line& line = order.lines[at(part.line)];
        line.shipped += part.quantity;
        state.stock[{line.item, part.warehouse}].on_hand -= part.quantity;
      }
    });
  }
  if (!charges.empty()) {
    ship_at_once(state, place, [&] {
      for (const auto& [line, quantity] : charges)
        order.lines[at(line)].shipped += quantity;
    });
  }
  end_if_done(state, place);
}

}  // namespace

void decide(Deciding& d, const AllocateOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  const Order& order = d.state.orders[place];
  d.expect_movable(order);
  d.refuse_if(order.lacking() > 0, "deposit_outstanding");
  if (d.refused()) return;
  Plan plan;
  if (command.parts.empty()) {
    plan = plan_allocation(d.state, order);
  } else {
    plan.parts = parts_by_hand(d, order, command);
  }
  if (d.refused()) return;
  d.refuse_if(plan.parts.empty() && plan.missing.empty(), "nothing_to_allocate");
  if (d.refused()) return;
  check_shortage(d, order, plan);
  const Holds holds = assess_moment(d, order, Moment::kAllocation);
  if (d.refused()) return;
  if (holds.any) return hold(d.state, place, holds);
  if (takes_part(d.state, place, CreditFrom::kAllocation)) allocate(d.state, place, plan);
}

void decide(Deciding& d, const ShipOrder& command) {
  State& state = d.state;
  const int place = d.expect_order(command.order);
  d.refuse_if(state.shipments.contains(command.shipment), "shipment_exists");
  if (place == kNone) return;
  Order& order = state.orders[place];
  d.expect_movable(order);
  d.refuse_if(order.lacking() > 0, "deposit_outstanding");
  if (d.refused()) return;
  const bool takes = policy_is(state, "stock.at", "shipment", whom(order));
  Plan plan;
  std::vector<Reservation> leaving;
  Charges charges;
  const std::vector<PartOfLine> goods = goods_of(d, order, command.lines);
  if (command.lines.empty() && command.charges.empty()) {
    leaving = order.reservations;
    charges = every_charge(order);
    if (takes) plan = plan_allocation(state, order);
    d.refuse_if(!missing_treated(state, order, plan, "refuse").empty(), "short_stock");
  } else if (takes) {
    leaving = taken_by_hand(d, order, goods, plan);
    charges = charges_by_hand(d, order, command.charges);
  } else {
    leaving = held_by_hand(d, order, goods);
    charges = charges_by_hand(d, order, command.charges);
  }
  const bool nothing = leaving.empty() && plan.parts.empty() && charges.empty();
  if (!d.refused()) d.refuse_if(nothing, "more_than_reserved");
  // A count may have found less than is reserved.
  std::map<std::pair<int, int>, Int> sums;
  std::vector<Reservation> all = leaving;
  all.insert(all.end(), plan.parts.begin(), plan.parts.end());
  if (d.refused()) all.clear();
  for (const Reservation& part : all)
    sums[{order.lines[at(part.line)].item, part.warehouse}] += part.quantity;
  for (const auto& [where, quantity] : sums)
    d.refuse_if(quantity > state.stock[where].on_hand, "short_stock");
  const Holds holds = assess_moment(d, order, Moment::kShipment);
  if (d.refused()) return;
  if (holds.any) return hold(state, place, holds);

  const bool reserves = !plan.parts.empty();
  if (reserves && !takes_part(state, place, CreditFrom::kAllocation)) return;
  if (!takes_part(state, place, CreditFrom::kShipment)) return;
  if (reserves) allocate(state, place, plan);
  state.shipments.insert(command.shipment);
  ship(state, place, all, charges);
}

// The lines join the end of their items' queues.
void decide(Deciding& d, const ReleaseReservation& command) {
  State& state = d.state;
  const int place = d.expect_order(command.order);
  d.refuse_if(state.releases.contains(command.release), "release_exists");
  if (d.refused()) return;
  const Order& order = state.orders[place];
  std::vector<Reservation> parts =
      command.lines.empty() ? order.reservations : held_by_hand(d, order, command.lines);
  if (!d.refused()) d.refuse_if(parts.empty(), "nothing_reserved");
  if (d.refused()) return;
  std::stable_sort(parts.begin(), parts.end(), [](const Reservation& a, const Reservation& b) {
    return std::pair(a.line, a.warehouse) < std::pair(b.line, b.warehouse);
  });
  state.releases.insert(command.release);
  release_and_wake(state, place, parts);
  std::map<int, Int> waiting;
  for (const Reservation& part : parts)
    waiting[part.line] += part.quantity;
  join_queue(state, place, {waiting.begin(), waiting.end()}, true);
}

}  // namespace kontor::model
