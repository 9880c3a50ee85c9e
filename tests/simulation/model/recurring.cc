// Recurring orders, and their runs (domain: 4).
#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

void stop(Schedule& schedule) {
  schedule.running = false;
  schedule.stopped = true;
}

// What its runs want.
PlaceOrder wish_of(const Deciding& d, const Order& order) {
  const State& state = d.state;
  PlaceOrder wish;
  wish.company = state.companies[order.company].name;
  if (order.buyer != kNone) wish.buyer = state.buyers[order.buyer].name;
  wish.payer = state.companies[order.payer].name;
  if (order.terms != kNone) wish.terms = state.terms[order.terms].name;
  wish.currency = order.currency;
  wish.region = order.region;
  wish.country = order.country;
  wish.cost_centre = order.cost_centre;
  wish.no_split = order.no_split;
  wish.prepaid = order.prepaid;
  const Wanted who{order.company, order.payer, order.buyer, order.terms, order.currency};
  for (const Line& line : order.lines) {
    PlaceLine again{state.items[line.item].name, line.ordered, line.unit_price};
    again.unit_price = price_again(d, who, again);
    wish.lines.push_back(again);
  }
  return wish;
}

std::string name_of_run(const State& state, const Order& order) {
  const std::string first = order.name + "-" + std::to_string(order.recurs->runs + 1);
  std::string name = first;
  for (int next = 2; state.orders.find(name) != kNone; ++next)
    name = first + "-" + std::to_string(next);
  return name;
}

void run(State& state, int place, const Request& request) {
  Deciding today{state, request, state.business_date, {}};
  PlaceOrder wish = wish_of(today, state.orders[place]);
  wish.order = name_of_run(state, state.orders[place]);
  PlacingAs as;
  as.run = true;
  as.agreed = state.orders[place].agreed;
  const auto found = plan_placement(today, wish, as);
  if (!found) return stop(*state.orders[place].recurs);
  const int placed = add_order(today, wish, *found);
  state.orders[placed].is_run = true;
  Schedule& schedule = *state.orders[place].recurs;
  ++schedule.runs;
  ++schedule.at;
  if (!schedule.next()) stop(schedule);
  take_placed_on(state, placed, *found);
}

}  // namespace

Day Schedule::date_of(int place) const {
  const int steps = said.every * place;
  if (said.unit == Every::kMonth) return plus_months(said.from, steps);
  return said.from + steps * (said.unit == Every::kWeek ? 7 : 1);
}

std::optional<Day> Schedule::next() const {
  const Day day = date_of(at);
  const bool over = (said.count != 0 && runs >= said.count) || (said.until && day > *said.until);
  return over ? std::nullopt : std::optional(day);
}

// Days before the yes are not made up for.
void begin_runs(State& state, int order) {
  auto& recurs = state.orders[order].recurs;
  if (!recurs) return;
  recurs->running = true;
  while (recurs->date_of(recurs->at) < state.business_date)
    ++recurs->at;
}

bool run_recurring(State& state, const Request& request) {
  int longest = kNone;
  Day due = 0;
  for (int place = 0; place < state.orders.size(); ++place) {
    const auto& recurs = state.orders[place].recurs;
    const auto next = recurs && recurs->running ? recurs->next() : std::nullopt;
    if (!next || *next > state.business_date) continue;
    if (longest != kNone && due <= *next) continue;
    longest = place;
    due = *next;
  }
  if (longest == kNone) return false;
  run(state, longest, request);
  return true;
}

void decide(Deciding& d, const DefineRecurringOrder& command) {
  State& state = d.state;
  const PlaceOrder& wish = command.wish;
  const int known = state.orders.find(wish.order);
  d.expect_version(known == kNone ? 0 : state.orders[known].version);
  d.refuse_if(known != kNone && !state.orders[known].recurs, "order_exists");
  d.refuse_if(command.every < 1 || command.every > 3660, "invalid_value");
  d.refuse_if(command.from < state.business_date, "date_not_allowed");
  d.refuse_if(command.until && *command.until < command.from, "date_not_allowed");
  check_wish(d, wish);
  auto found = price_wish(d, wish);
  if (!found) return;
  if (known != kNone && state.orders[known].recurs) {
    const Order& before = state.orders[known];
    d.refuse_if(before.company != found->wanted.company || before.payer != found->wanted.payer,
                "wrong_company");
    d.refuse_if(before.currency != found->wanted.currency, "currency_mismatch");
  }
  found->facts.recurring = true;
  found->wishes = assess(d, found->facts, true);
  if (d.refused()) return;
  const std::uint64_t version = known == kNone ? 0 : state.orders[known].version;
  const Day placed_on = known == kNone ? d.effective : state.orders[known].placed_on;
  if (known != kNone) {
    Order fresh;
    fresh.name = wish.order;
    state.orders[known] = fresh;
  }
  const int place = add_order(d, wish, *found);
  Order& order = state.orders[place];
  order.version = version + 1;
  order.placed_on = placed_on;
  order.recurs.emplace().said = command;
  approve_or_ask(state, place, found->facts, found->wishes);
}

void decide(Deciding& d, const StopRecurringOrder& command) {
  const int place = d.state.orders.find(command.order);
  if (place == kNone || !d.state.orders[place].recurs) {
    return d.refuse("unknown_recurring_order");
  }
  d.expect_version(d.state.orders[place].version);
  Schedule& schedule = *d.state.orders[place].recurs;
  d.refuse_if(schedule.stopped, "recurring_order_stopped");
  if (d.refused()) return;
  stop(schedule);
  Order& order = d.state.orders[place];
  if (order.asked) order.approval = Approval::kNew;
  order.asked.reset();
}

}  // namespace kontor::model
