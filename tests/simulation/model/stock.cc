// What lies where, who has it, and who waits for it (domain: 10).
#include <algorithm>
#include <tuple>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

// A plan that is being made: what it has given away already is no longer there.
struct Planning {
  const State& state;
  Plan plan;

  Int free(int item, int warehouse, const std::vector<Line>& lines) const {
    Int taken = 0;
    for (const Reservation& part : plan.parts) {
      const int other = lines[static_cast<std::size_t>(part.line)].item;
      if (other == item && part.warehouse == warehouse) taken += part.quantity;
    }
    return std::max<Int>(0, salable(state, item, warehouse) - taken);
  }
};

std::string_view region_of(const State& state, const Order& order) {
  return order.region.empty() ? state.companies[order.company].said.region : order.region;
}

// From the active warehouses of the region in order, what is there. Returns what is missing.
Int take_by_priority(Planning& planning, const std::vector<Line>& lines, int line, Int need,
                     std::string_view region) {
  const int item = lines[static_cast<std::size_t>(line)].item;
  for (const int warehouse : warehouses_by_priority(planning.state)) {
    if (!serves(planning.state.warehouses[warehouse], region)) continue;
    const Int part = std::min(need, planning.free(item, warehouse, lines));
    if (part == 0) continue;
    planning.plan.parts.push_back({line, warehouse, part});
    need -= part;
  }
  return need;
}

// No newcomer takes stock while older backorders of it wait.
Int take_as_newcomer(Planning& planning, const std::vector<Line>& lines, int line, Int need,
                     std::string_view region) {
  const int item = lines[static_cast<std::size_t>(line)].item;
  if (!planning.state.items[item].queue.empty()) return need;
  return take_by_priority(planning, lines, line, need, region);
}

// All of it from one warehouse, or nothing.
Plan plan_from_one(const State& state, const Order& order) {
  Plan nothing;
  for (int line = 0; line < static_cast<int>(order.lines.size()); ++line) {
    const Int need = order.lines[static_cast<std::size_t>(line)].needs_stock();
    if (need > 0) nothing.missing.emplace_back(line, need);
  }
  for (const int warehouse : warehouses_by_priority(state)) {
    if (!serves(state.warehouses[warehouse], region_of(state, order))) continue;
    Planning planning{state, {}};
    const bool whole =
        std::all_of(nothing.missing.begin(), nothing.missing.end(), [&](const auto& missing) {
          const auto [line, need] = missing;
          const int item = order.lines[static_cast<std::size_t>(line)].item;
          if (!state.items[item].queue.empty()) return false;
          if (planning.free(item, warehouse, order.lines) < need) return false;
          planning.plan.parts.push_back({line, warehouse, need});
          return true;
        });
    if (whole) return planning.plan;
  }
  return nothing;
}

// What a line that waits can have now.
std::vector<Reservation> parts_for_waiting(const State& state, const Order& order, int line) {
  const Int need = order.lines[static_cast<std::size_t>(line)].waiting;
  const int item = order.lines[static_cast<std::size_t>(line)].item;
  const std::string_view region = region_of(state, order);
  if (!order.no_split) {
    Planning planning{state, {}};
    take_by_priority(planning, order.lines, line, need, region);
    return planning.plan.parts;
  }
  // From one warehouse; the one it has stock in already, if any.
  for (const int warehouse : warehouses_by_priority(state)) {
    const bool bound =
        !order.reservations.empty() && order.reservations.front().warehouse != warehouse;
    if (bound || !serves(state.warehouses[warehouse], region)) continue;
    if (salable(state, item, warehouse) >= need) return {{line, warehouse, need}};
  }
  return {};
}

bool is_salable_anywhere(const State& state, int item) {
  for (int warehouse = 0; warehouse < state.warehouses.size(); ++warehouse) {
    const bool active = state.warehouses[warehouse].said.active;
    if (active && salable(state, item, warehouse) > 0) return true;
  }
  return false;
}

void cancel_missing(State& state, int order, const std::vector<std::pair<int, Int>>& missing) {
  const std::vector<Line>& lines = state.orders[order].lines;
  std::vector<Int> quantities(lines.size());
  bool anything = false;
  for (const auto& [line, quantity] : missing) {
    Int& cancelled = quantities[static_cast<std::size_t>(line)];
    cancelled = std::min(quantity, lines[static_cast<std::size_t>(line)].open());
    anything = anything || cancelled > 0;
  }
  if (!anything) return;
  settle_spending_so_far(state, order);
  cancel_quantities(state, order, quantities, "");
  end_if_done(state, order);
}

}  // namespace

std::vector<int> warehouses_by_priority(const State& state) {
  std::vector<int> out;
  for (int warehouse = 0; warehouse < state.warehouses.size(); ++warehouse)
    out.push_back(warehouse);
  std::stable_sort(out.begin(), out.end(), [&](int a, int b) {
    return state.warehouses[a].said.priority < state.warehouses[b].said.priority;
  });
  return out;
}

bool serves(const Warehouse& warehouse, std::string_view region) {
  const Names& regions = warehouse.said.regions;
  const bool everywhere = regions.empty() || region.empty();
  return warehouse.said.active &&
         (everywhere || std::find(regions.begin(), regions.end(), region) != regions.end());
}

Int salable(const State& state, int item, int warehouse) {
  const auto found = state.stock.find({item, warehouse});
  return found == state.stock.end() ? 0 : found->second.salable();
}

Plan plan_allocation(const State& state, const Order& order) {
  if (order.no_split) return plan_from_one(state, order);
  Planning planning{state, {}};
  for (int line = 0; line < static_cast<int>(order.lines.size()); ++line) {
    const Int need = order.lines[static_cast<std::size_t>(line)].needs_stock();
    if (need == 0) continue;
    const Int missing =
        take_as_newcomer(planning, order.lines, line, need, region_of(state, order));
    if (missing > 0) planning.plan.missing.emplace_back(line, missing);
  }
  return planning.plan;
}

// As if an order of just these lines were allocated.
bool is_short_of_stock(const State& state, const std::vector<Need>& needs, const Source& from,
                       const Whom& orderer) {
  Order order;
  order.company = orderer.company;
  order.region = from.region;
  order.no_split = from.no_split;
  for (const Need& need : needs) {
    Line& line = order.lines.emplace_back();
    line.item = need.item;
    line.charge = state.items[need.item].is_charge();
    line.ordered = need.quantity;
  }
  const Plan plan = plan_allocation(state, order);
  return std::any_of(plan.missing.begin(), plan.missing.end(), [&](const auto& missing) {
    const Whom of{orderer.company, orderer.buyer,
                  order.lines[static_cast<std::size_t>(missing.first)].item};
    return policy_is(state, "stock.short", "refuse", of);
  });
}

void reserve(State& state, int order, const std::vector<Reservation>& parts, bool had_waited) {
  Order& of = state.orders[order];
  const Exposure before = exposure_of(state, of.payer);
  for (const Reservation& part : parts) {
    Line& line = of.lines[static_cast<std::size_t>(part.line)];
    line.reserved += part.quantity;
    state.stock[{line.item, part.warehouse}].reserved += part.quantity;
    if (had_waited) leave_queue(state, order, part.line, part.quantity);
    const auto known = std::find_if(
        of.reservations.begin(), of.reservations.end(),
        [&](const Reservation& r) { return r.line == part.line && r.warehouse == part.warehouse; });
    if (known == of.reservations.end()) {
      of.reservations.push_back(part);
    } else {
      known->quantity += part.quantity;
    }
  }
  touch(state, order);
  if (of.taken && of.from == CreditFrom::kAllocation) {
    want_examination_if_moved(state, of.payer, before);
  }
}

// What leaves or is given back is reserved no longer.
void take_off_reserved(State& state, int order, const std::vector<Reservation>& parts) {
  Order& of = state.orders[order];
  for (const Reservation& part : parts) {
    Line& line = of.lines[static_cast<std::size_t>(part.line)];
    line.reserved -= part.quantity;
    state.stock[{line.item, part.warehouse}].reserved -= part.quantity;
    for (Reservation& held : of.reservations) {
      const bool same = held.line == part.line && held.warehouse == part.warehouse;
      if (same) held.quantity -= part.quantity;
    }
    std::erase_if(of.reservations, [](const Reservation& held) { return held.quantity == 0; });
  }
}

void release(State& state, int order, const std::vector<Reservation>& parts) {
  const int payer = state.orders[order].payer;
  const Exposure before = exposure_of(state, payer);
  take_off_reserved(state, order, parts);
  want_examination_if_moved(state, payer, before);
}

std::vector<std::pair<int, Int>> missing_treated(const State& state, const Order& order,
                                                 const Plan& plan, std::string_view shortage) {
  std::vector<std::pair<int, Int>> out;
  for (const auto& missing : plan.missing) {
    const int item = order.lines[static_cast<std::size_t>(missing.first)].item;
    if (policy_is(state, "stock.short", shortage, whom(order, item))) out.push_back(missing);
  }
  return out;
}

void allocate(State& state, int order, const Plan& plan) {
  const auto treated = [&](std::string_view shortage) {
    return missing_treated(state, state.orders[order], plan, shortage);
  };
  const auto waiting = treated("backorder");
  const auto cancelled = treated("cancel_rest");
  if (!plan.parts.empty()) reserve(state, order, plan.parts, false);
  if (!waiting.empty()) join_queue(state, order, waiting, false);
  if (!cancelled.empty()) cancel_missing(state, order, cancelled);
}

void join_queue(State& state, int order, const std::vector<std::pair<int, Int>>& missing,
                bool to_end) {
  for (const auto& [place, quantity] : missing) {
    Line& line = state.orders[order].lines[static_cast<std::size_t>(place)];
    auto& queue = state.items[line.item].queue;
    const int number = place;
    if (to_end) {
      std::erase_if(queue, [&](const Waiting& w) { return w.order == order && w.line == number; });
    }
    if (line.waiting == 0 || to_end) queue.push_back({order, place});
    line.waiting += quantity;
    // What those before it cannot have may be for this one.
    if (is_salable_anywhere(state, line.item)) want_serving(state, line.item);
  }
  touch(state, order);
}

void want_serving(State& state, int item) {
  auto& work = state.items_to_serve;
  if (std::find(work.begin(), work.end(), item) == work.end()) work.push_back(item);
}

// Oldest first; who is held or cannot have what there is goes on waiting.
void serve(State& state, int item) {
  const std::vector<Waiting> queue = state.items[item].queue;
  for (const Waiting& waiting : queue) {
    if (!is_salable_anywhere(state, item)) return;
    const Order& order = state.orders[waiting.order];
    if (order.held) continue;
    const bool may_wait = policy_is(state, "stock.at", "placement", whom(order)) ||
                          policy_is(state, "stock.at", "approval", whom(order));
    if (order.lacking() > 0 && !may_wait) continue;
    const auto parts = parts_for_waiting(state, order, waiting.line);
    if (parts.empty() || !may_allocate(state, waiting.order)) continue;
    if (takes_part(state, waiting.order, CreditFrom::kAllocation)) {
      reserve(state, waiting.order, parts, true);
    }
  }
}

void leave_queue(State& state, int order, int line, Int quantity) {
  Line& waiting = state.orders[order].lines[static_cast<std::size_t>(line)];
  waiting.waiting -= quantity;
  if (waiting.waiting > 0) return;
  std::erase_if(state.items[waiting.item].queue,
                [&](const Waiting& w) { return w.order == order && w.line == line; });
}

void decide(Deciding& d, const ReceiveStock& command) {
  State& state = d.state;
  d.refuse_if(state.receipts.contains(command.receipt), "receipt_exists");
  const int warehouse = state.warehouses.find(command.warehouse);
  d.refuse_if(warehouse == kNone, "unknown_warehouse");
  d.refuse_if(command.lines.empty(), "too_many");
  if (d.refused()) return;
  for (const ItemQuantity& line : command.lines) {
    const int item = state.items.find(line.item);
    d.refuse_if(item == kNone, "unknown_item");
    if (item == kNone) continue;
    d.refuse_if(state.items[item].is_charge(), "not_stocked");
    if (state.items[item].is_charge()) continue;
    const Wide after = Wide{state.stock[{item, warehouse}].on_hand} + line.quantity;
    d.refuse_if(line.quantity <= 0, "not_positive");
    d.refuse_if(line.quantity > kMost || after > kSumMost, "amount_overflow");
  }
  if (d.refused()) return;
  state.receipts.insert(command.receipt);
  for (const ItemQuantity& line : command.lines) {
    const int item = state.items.find(line.item);
    state.stock[{item, warehouse}].on_hand += line.quantity;
    if (!state.items[item].queue.empty()) want_serving(state, item);
  }
}

// What was found is there; reservations stay.
void decide(Deciding& d, const CountStock& command) {
  State& state = d.state;
  d.refuse_if(state.counts.contains(command.count), "count_exists");
  expect_authority(d, Act::kCountStock);
  const int warehouse = state.warehouses.find(command.warehouse);
  d.refuse_if(warehouse == kNone, "unknown_warehouse");
  d.refuse_if(command.lines.empty(), "too_many");
  if (d.refused()) return;
  std::set<int> items;
  for (const ItemQuantity& line : command.lines) {
    const int item = state.items.find(line.item);
    d.refuse_if(item == kNone, "unknown_item");
    if (item == kNone) continue;
    d.refuse_if(state.items[item].is_charge(), "not_stocked");
    if (state.items[item].is_charge()) continue;
    d.refuse_if(line.quantity < 0, "invalid_value");
    d.refuse_if(line.quantity > kMost, "amount_overflow");
    const bool counted = line.quantity >= 0 && line.quantity <= kMost;
    if (counted) d.refuse_if(!items.insert(item).second, "invalid_value");
  }
  if (d.refused()) return;
  state.counts.insert(command.count);
  for (const ItemQuantity& line : command.lines) {
    const int item = state.items.find(line.item);
    Int& on_hand = state.stock[{item, warehouse}].on_hand;
    const bool more = line.quantity > on_hand;
    on_hand = line.quantity;
    if (more && !state.items[item].queue.empty()) want_serving(state, item);
  }
}

}  // namespace kontor::model
