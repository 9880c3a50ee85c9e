// An order's life (domain: 5).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::size_t at(int line) {
  return static_cast<std::size_t>(line);
}

// ---- what quantities are asked for, by line

std::vector<Int> cancel_wishes(Deciding& d, const Order& order, const CancelOrder& command) {
  std::vector<Int> out(order.lines.size());
  for (const LineQuantity& wanted : command.lines) {
    if (!d.expect_line(order, wanted.line)) continue;
    const Int open = order.lines[at(wanted.line - 1)].open();
    Int& sum = out[at(wanted.line - 1)];
    if (wanted.quantity <= 0) {
      d.refuse("not_positive");
    } else if (wanted.quantity > open - sum) {
      d.refuse(open == 0 ? "nothing_left_to_cancel" : "more_than_open");
    } else {
      sum += wanted.quantity;
    }
  }
  return out;
}

std::vector<Int> everything_open(const Order& order) {
  std::vector<Int> out;
  for (const Line& line : order.lines)
    out.push_back(line.open());
  return out;
}

bool is_anything(const std::vector<Int>& quantities) {
  return std::any_of(quantities.begin(), quantities.end(), [](Int q) { return q > 0; });
}

}  // namespace

void touch(State& state, int order) {
  ++state.orders[order].version;
  state.touched.insert(order);
}

// First what nothing was done for, then what waits, then what is reserved, the newest first.
GivenUp give_up(const Order& order, int place, Int quantity) {
  const Line& line = order.lines[at(place)];
  const Int beyond = std::max<Int>(0, quantity - std::max<Int>(0, line.needs_stock()));
  GivenUp out;
  out.from_queue = std::min(line.waiting, beyond);
  Int excess = beyond - out.from_queue;
  for (auto held = order.reservations.rbegin(); held != order.reservations.rend(); ++held) {
    const Int part = held->line == place ? std::min(excess, held->quantity) : 0;
    if (part > 0) out.released.push_back({place, held->warehouse, part});
    excess -= part;
  }
  return out;
}

void release_and_wake(State& state, int place, const std::vector<Reservation>& released) {
  if (released.empty()) return;
  release(state, place, released);
  touch(state, place);
  for (const Reservation& part : released) {
    const int item = state.orders[place].lines[at(part.line)].item;
    if (!state.items[item].queue.empty()) want_serving(state, item);
  }
}

void cancel_quantities(State& state, int place, const std::vector<Int>& quantities,
                       const std::string& document) {
  Order& order = state.orders[place];
  std::vector<Reservation> released;
  std::map<int, Int> from_queue;
  for (int i = 0; i < static_cast<int>(order.lines.size()); ++i) {
    if (quantities[at(i)] == 0) continue;
    const GivenUp given_up = give_up(order, i, quantities[at(i)]);
    released.insert(released.end(), given_up.released.begin(), given_up.released.end());
    from_queue[i] = given_up.from_queue;
  }
  release_and_wake(state, place, released);
  const Int counted = order.counted_ordered();
  for (const auto& [line, waited] : from_queue) {
    order.lines[at(line)].cancelled += quantities[at(line)];
    if (waited > 0) leave_queue(state, place, line, waited);
  }
  if (!document.empty()) state.cancellations.insert(document);
  touch(state, place);
  if (order.counted_ordered() != counted) {
    touch(state, place);
    want_examination(state, order.payer);
  }
  settle_deposit(state, place);
}

void end_if_done(State& state, int place) {
  Order& order = state.orders[place];
  if (order.cancelled || order.fulfilled) return;
  const auto& lines = order.lines;
  if (std::any_of(lines.begin(), lines.end(), [](const Line& l) { return l.to_ship() > 0; })) {
    return;
  }
  const bool moved = std::any_of(lines.begin(), lines.end(), [](const Line& line) {
    return line.shipped > 0 || line.invoiced > 0;
  });
  // A person's hold outlives the goods: what was delivered is not billed before it is released.
  if (order.held && !(moved && order.forced)) {
    order.held = false;
    order.forced = false;
    touch(state, place);
  }
  touch(state, place);
  order.asked.reset();
  order.fulfilled = moved;
  order.cancelled = !moved;
  order.failed = false;
  if (moved && order.approval == Approval::kPending) order.approval = Approval::kNew;
}

void decide(Deciding& d, const CancelOrder& command) {
  const int place = d.expect_order(command.order);
  const bool whole = command.lines.empty();
  d.refuse_if(!whole && command.cancellation.empty(), "invalid_value");
  d.refuse_if(d.state.cancellations.contains(command.cancellation), "cancellation_exists");
  if (place == kNone) return;
  const Order& order = d.state.orders[place];
  d.expect_no_recurring(order);
  const std::vector<Int> quantities =
      whole ? everything_open(order) : cancel_wishes(d, order, command);
  if (!d.refused()) d.refuse_if(!is_anything(quantities), "nothing_left_to_cancel");
  if (d.refused()) return;
  cancel_quantities(d.state, place, quantities, command.cancellation);
  end_if_done(d.state, place);
  if (order.held) go_on(d.state, place, std::nullopt);  // what is left of it may pass now
}

void decide(Deciding& d, const ReleaseHold& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  d.refuse_if(!order.held, "not_on_hold");
  d.refuse_if(command.expires && *command.expires < d.state.business_date, "date_not_allowed");
  expect_authority(d, Act::kReleaseHold, order.open_value(), order.currency);
  if (d.refused()) return;
  order.held = false;
  order.forced = false;
  order.released = true;
  order.released_for = order.total;
  order.release_expires = command.expires;
  touch(d.state, place);
  for (const Line& line : order.lines) {
    if (line.waiting > 0) want_serving(d.state, line.item);
  }
  go_on(d.state, place, std::nullopt);
}

// What the order counts goes on counting.
void decide(Deciding& d, const HoldOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  d.refuse_if(order.is_closed(), "order_closed");
  d.expect_no_recurring(order);
  d.refuse_if(order.forced, "on_hold");
  expect_authority(d, Act::kHoldOrder);
  if (d.refused()) return;
  order.held = true;
  order.forced = true;
  order.held_need = facts_of(d.state, order).need;
  order.needs_room = false;
  order.held_moment = Moment::kPlacement;
  touch(d.state, place);
}

}  // namespace kontor::model
