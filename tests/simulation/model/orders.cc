// An order's life (domain: 5).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::size_t at(int line) {
  return static_cast<std::size_t>(line);
}

// ---- placing

int find_buyer(Deciding& d, const PlaceOrder& command, int company) {
  if (command.buyer.empty()) return kNone;
  const int buyer = d.state.buyers.find(command.buyer);
  if (buyer == kNone) {
    d.refuse("unknown_buyer");
  } else if (!d.state.buyers[buyer].said.active) {
    d.refuse("buyer_inactive");
  } else if (!holds_role(d.state, buyer, "buyer", company, true) &&
             !holds_role(d.state, buyer, "admin", company, true)) {
    d.refuse("not_in_scope");
  }
  return buyer;
}

int find_payer(Deciding& d, const PlaceOrder& command, int company) {
  const Company& orderer = d.state.companies[company];
  const int standard = orderer.default_payer != kNone ? orderer.default_payer : company;
  if (command.payer.empty()) return standard;
  const int payer = d.state.companies.find(command.payer);
  const Names& allowed = orderer.said.allowed_payers;
  const bool listed = std::find(allowed.begin(), allowed.end(), command.payer) != allowed.end();
  if (payer == kNone) {
    d.refuse("unknown_company");
    return standard;
  }
  if (payer != company && payer != standard && !listed) {
    d.refuse("payer_not_allowed");
    return standard;
  }
  return payer;
}

// The order's, else the orderer's, else the payer's, else the book's.
int find_terms(Deciding& d, const PlaceOrder& command, int company, int payer) {
  const Company& orderer = d.state.companies[company];
  int standard = orderer.terms;
  if (standard == kNone) standard = d.state.companies[payer].terms;
  if (standard == kNone) standard = d.state.default_terms;
  if (command.terms.empty()) return standard;
  const int terms = d.state.terms.find(command.terms);
  const Names& allowed = orderer.said.allowed_terms;
  const bool listed = std::find(allowed.begin(), allowed.end(), command.terms) != allowed.end();
  if (terms == kNone) {
    d.refuse("unknown_terms");
  } else if (!allowed.empty() && !listed && terms != standard) {
    d.refuse("terms_not_allowed");
  }
  return terms;
}

Wanted find_parties(Deciding& d, const PlaceOrder& command) {
  Wanted wanted;
  wanted.company = d.state.companies.find(command.company);
  if (wanted.company == kNone) {
    d.refuse("unknown_company");
    return wanted;
  }
  const Company& company = d.state.companies[wanted.company];
  d.refuse_if(company.said.status != CompanyStatus::kActive, "company_blocked");
  wanted.buyer = find_buyer(d, command, wanted.company);
  wanted.payer = find_payer(d, command, wanted.company);
  wanted.terms = find_terms(d, command, wanted.company, wanted.payer);
  wanted.currency = command.currency != 0 ? command.currency : company.currency;
  d.refuse_if(wanted.currency != d.state.companies[wanted.payer].currency, "no_rate");
  return wanted;
}

void check_header(Deciding& d, const PlaceOrder& command) {
  d.expect_version(0);
  d.refuse_if(d.state.orders.find(command.order) != kNone, "order_exists");
  d.refuse_if(command.lines.empty(), "too_many");
  d.refuse_if(command.requested && *command.requested < d.effective, "date_before_order");
  d.refuse_if(command.prepaid, "not_supported");
}

// The one it names, or its buyer's.
std::string cost_centre_of(const State& state, const PlaceOrder& command, const Wanted& wanted) {
  if (!command.cost_centre.empty() || wanted.buyer == kNone) return command.cost_centre;
  return state.buyers[wanted.buyer].said.cost_centre;
}

int add_order(Deciding& d, const PlaceOrder& command, const Wanted& wanted, const Totals& totals,
              std::vector<Line> lines) {
  const int place = d.state.orders.place_of(command.order);
  Order& order = d.state.orders[place];
  order.company = wanted.company;
  order.payer = wanted.payer;
  order.buyer = wanted.buyer;
  order.terms = wanted.terms;
  order.currency = wanted.currency;
  order.region = command.region;
  order.country = command.country;
  order.cost_centre = cost_centre_of(d.state, command, wanted);
  order.requested = command.requested;
  order.placed_on = d.effective;
  order.no_split = command.no_split;
  order.net = totals.net;
  order.total = totals.total;
  order.lines = std::move(lines);
  const std::string& of = d.state.companies[wanted.company].said.company_class;
  if (!of.empty()) {
    d.state.class_orders.push_back({of, wanted.currency, d.state.business_date, totals.total});
  }
  touch(d.state, place);
  return place;
}

Facts facts_before(const Deciding& d, const PlaceOrder& command, const Wanted& wanted,
                   const Totals& totals, const std::vector<Line>& lines) {
  Facts facts;
  facts.company = wanted.company;
  facts.payer = wanted.payer;
  facts.buyer = wanted.buyer;
  facts.currency = wanted.currency;
  facts.net = totals.net;
  facts.total = totals.total;
  facts.need = totals.total;
  facts.terms = wanted.terms;
  facts.placed_on = d.effective;
  facts.requested = command.requested;
  facts.country = command.country;
  facts.cost_centre = cost_centre_of(d.state, command, wanted);
  facts.still_to_spend = totals.total;
  std::set<int> items;
  for (const Line& line : lines) {
    items.insert(line.item);
    facts.lines.push_back({line.item, line.ordered, line.unit_price});
  }
  facts.distinct_items = static_cast<Int>(items.size());
  return facts;
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
  const bool counts_whole = order.taken && order.from == CreditFrom::kOrder;
  const Int value_before = order.open_value();
  std::vector<Reservation> released;
  for (int i = 0; i < static_cast<int>(order.lines.size()); ++i) {
    Line& line = order.lines[at(i)];
    const Int quantity = quantities[at(i)];
    if (quantity == 0) continue;
    const GivenUp given_up = give_up(order, i, quantity);
    released.insert(released.end(), given_up.released.begin(), given_up.released.end());
    line.cancelled += quantity;
    if (given_up.from_queue > 0) leave_queue(state, place, i, given_up.from_queue);
  }
  release_and_wake(state, place, released);
  if (!document.empty()) state.cancellations.insert(document);
  touch(state, place);
  if (!counts_whole || order.open_value() == value_before) return;
  touch(state, place);
  want_examination(state, order.payer);
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

void decide(Deciding& d, const PlaceOrder& command) {
  check_header(d, command);
  const Wanted wanted = find_parties(d, command);
  if (wanted.company == kNone) return;
  const std::string cost_centre = cost_centre_of(d.state, command, wanted);
  expect_cost_centre(d, wanted.company, wanted.buyer, cost_centre);
  std::vector<Line> lines;
  for (const PlaceLine& line : command.lines)
    lines.push_back(price_line(d, command.country, wanted, line));
  if (d.refused()) return;
  const Totals totals = total_up(d, lines, std::vector<bool>(lines.size(), false));
  if (d.refused()) return;

  std::vector<Need> needs;
  for (const Line& line : lines)
    needs.push_back({line.item, line.ordered});
  const Facts facts = facts_before(d, command, wanted, totals, lines);
  const Wishes wishes = assess(d, facts, true);
  d.refuse_if(!has_room(d.state, wanted.payer, totals.total), "amount_overflow");
  d.refuse_if(!has_spending_room(d.state, facts), "amount_overflow");
  const Whom orderer{wanted.company, wanted.buyer};
  const bool takes = policy_is(d.state, "stock.at", "placement", orderer) ||
                     (policy_is(d.state, "stock.at", "approval", orderer) &&
                      approves_at_once(d.state, facts, wishes));
  d.refuse_if(
      takes && is_short_of_stock(d.state, needs, {command.region, command.no_split}, orderer),
      "short_stock");
  if (d.refused()) return;

  const int order = add_order(d, command, wanted, totals, std::move(lines));
  approve_or_ask(d.state, order, facts, wishes);
  go_on(d.state, order, Moment::kPlacement);
}

void decide(Deciding& d, const CancelOrder& command) {
  const int place = d.expect_order(command.order);
  const bool whole = command.lines.empty();
  d.refuse_if(!whole && command.cancellation.empty(), "invalid_value");
  d.refuse_if(d.state.cancellations.contains(command.cancellation), "cancellation_exists");
  if (place == kNone) return;
  const Order& order = d.state.orders[place];
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
  d.refuse_if(order.forced, "on_hold");
  expect_authority(d, Act::kHoldOrder);
  if (d.refused()) return;
  order.held = true;
  order.forced = true;
  order.held_need = order.uncounted();
  order.needs_room = false;
  order.held_moment = Moment::kPlacement;
  touch(d.state, place);
}

}  // namespace kontor::model
