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

// What the rules want of the order.
struct Wishes {
  std::vector<const Rule*> asks;
  bool approved_by_rule = false;
  bool only_placer = false;  // nobody else could answer, and the policy takes that for a yes
};

Wishes assess(Deciding& d, const Facts& facts) {
  Wishes wishes;
  for (const Rule* const rule :
       matching_rules(d.state, facts, {Outcome::kRefuse, Outcome::kAsk, Outcome::kApprove})) {
    d.refuse_if(rule->said.outcome == Outcome::kRefuse, "refused_by_rule");
    if (rule->said.outcome == Outcome::kApprove) wishes.approved_by_rule = true;
    if (rule->said.outcome == Outcome::kAsk) wishes.asks.push_back(rule);
  }
  if (wishes.approved_by_rule) return wishes;
  const bool sole_ok = policy_is(d.state, "approval.self", "sole_holder");
  wishes.only_placer = sole_ok && !wishes.asks.empty();
  for (const Rule* const rule : wishes.asks) {
    for (const Tier& tier : rule->said.tiers) {
      for (const Group& group : tier.groups) {
        if (sole_ok && only_placer_may_answer(d.state, group, facts)) continue;
        wishes.only_placer = false;
        d.refuse_if(!somebody_may_answer(d.state, group, facts), "no_approver");
      }
    }
  }
  return wishes;
}

void check_header(Deciding& d, const PlaceOrder& command) {
  d.expect_version(0);
  d.refuse_if(d.state.orders.find(command.order) != kNone, "order_exists");
  d.refuse_if(command.lines.empty(), "too_many");
  d.refuse_if(command.requested && *command.requested < d.effective, "date_before_order");
  d.refuse_if(command.prepaid, "not_supported");
}

int add_order(Deciding& d, const PlaceOrder& command, const Wanted& wanted, Priced priced) {
  const int place = d.state.orders.place_of(command.order);
  Order& order = d.state.orders[place];
  order.company = wanted.company;
  order.payer = wanted.payer;
  order.buyer = wanted.buyer;
  order.terms = wanted.terms;
  order.currency = wanted.currency;
  order.region = command.region;
  order.placed_on = d.effective;
  order.no_split = command.no_split;
  order.net = priced.net;
  order.total = priced.total;
  order.lines = std::move(priced.lines);
  touch(d.state, place);
  return place;
}

void approve_or_ask(State& state, int place, const Facts& facts, const Wishes& wishes) {
  Order& order = state.orders[place];
  const bool asked = !wishes.asks.empty() && !wishes.approved_by_rule;
  const bool self = wishes.only_placer || placer_answers_all(state, wishes.asks, facts);
  if (asked && !self) {
    order.approval = Approval::kPending;
    order.asked.emplace();
    for (const Rule* const rule : wishes.asks)
      order.asked->rules.push_back(*rule);
  } else {
    order.approval = Approval::kApproved;
  }
  touch(state, place);
}

// ---- what quantities are asked for, by line

// Whether the line is one of the order's; refuses it otherwise.
bool expect_line(Deciding& d, const Order& order, int line) {
  const bool known = line >= 1 && line <= static_cast<int>(order.lines.size());
  d.refuse_if(!known, "unknown_line");
  return known;
}

std::vector<Int> cancel_wishes(Deciding& d, const Order& order, const CancelOrder& command) {
  std::vector<Int> out(order.lines.size());
  for (const LineQuantity& wanted : command.lines) {
    if (!expect_line(d, order, wanted.line)) continue;
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

// ---- allocating and shipping

std::vector<Reservation> parts_by_hand(Deciding& d, const Order& order,
                                       const AllocateOrder& command) {
  std::vector<Reservation> out;
  for (const PartOfLine& part : command.parts) {
    const int warehouse = d.state.warehouses.find(part.warehouse);
    if (warehouse == kNone) {
      d.refuse("unknown_warehouse");
      continue;
    }
    if (!d.state.warehouses[warehouse].said.active) {
      d.refuse("warehouse_inactive");
      continue;
    }
    if (!expect_line(d, order, part.line)) continue;
    const Line& line = order.lines[at(part.line - 1)];
    Int need = line.needs_stock();
    Int free = salable(d.state, line.item, warehouse);
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
  if (plan.missing.empty()) return;
  const bool refuses = policy_is(d.state, "stock.short", "refuse");
  const bool cancels = policy_is(d.state, "stock.short", "cancel_rest");
  const bool leaves = policy_is(d.state, "stock.short", "partial");
  const bool cancellable =
      std::any_of(plan.missing.begin(), plan.missing.end(),
                  [&](const auto& missing) { return order.lines[at(missing.first)].open() > 0; });
  const bool nothing = plan.parts.empty() && (leaves || (cancels && !cancellable));
  d.refuse_if(refuses || nothing, "short_stock");
}

std::vector<Reservation> shipped_by_hand(Deciding& d, const Order& order,
                                         const ShipOrder& command) {
  std::vector<Reservation> out;
  for (const PartOfLine& part : command.lines) {
    const int warehouse = d.state.warehouses.find(part.warehouse);
    if (warehouse == kNone) {
      d.refuse("unknown_warehouse");
      continue;
    }
    if (!expect_line(d, order, part.line)) continue;
    Int left = 0;
    for (const Reservation& held : order.reservations) {
      const bool same = held.line == part.line - 1 && held.warehouse == warehouse;
      if (same) left += held.quantity;
    }
    for (const Reservation& other : out) {
      const bool same = other.line == part.line - 1 && other.warehouse == warehouse;
      if (same) left -= other.quantity;
    }
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
  if (!order.taken || order.open_value() == value_before) return;
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
  touch(state, place);
  if (moved) {
    order.fulfilled = true;
    return;
  }
  if (order.held) touch(state, place);
  order.held = false;
  order.cancelled = true;
  order.asked.reset();
}

void decide(Deciding& d, const PlaceOrder& command) {
  check_header(d, command);
  const Wanted wanted = find_parties(d, command);
  if (wanted.company == kNone) return;
  Priced priced = price_lines(d, command, wanted);
  if (d.refused()) return;

  std::set<int> items;
  for (const Line& line : priced.lines)
    items.insert(line.item);
  const Facts facts{wanted.company,
                    wanted.payer,
                    wanted.buyer,
                    wanted.currency,
                    priced.net,
                    priced.total,
                    static_cast<Int>(items.size()),
                    priced.total};
  const Wishes wishes = assess(d, facts);
  d.refuse_if(!has_room(d.state, wanted.payer, priced.total), "amount_overflow");
  const bool whole_or_not =
      policy_is(d.state, "stock.at", "placement") && policy_is(d.state, "stock.short", "refuse");
  if (whole_or_not) {
    d.refuse_if(!lines_short_of_stock(d.state, command, priced.lines, wanted.company).empty(),
                "short_stock");
  }
  if (d.refused()) return;

  const int order = add_order(d, command, wanted, std::move(priced));
  approve_or_ask(d.state, order, facts, wishes);
  go_on(d.state, order);
}

void decide(Deciding& d, const ApproveOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  const int tier = expect_voter(d, order);
  if (d.refused()) return;
  const int person = d.state.buyers.find(d.request.actor);
  const auto& votes = order.asked->votes;
  d.refuse_if(std::any_of(votes.begin(), votes.end(),
                          [&](const Vote& v) { return v.buyer == person && v.tier == tier; }),
              "not_this_tier");
  if (d.refused()) return;
  order.asked->votes.push_back({person, tier});
  touch(d.state, place);
  if (!has_everybody_approved(d.state, order)) return;
  order.approval = Approval::kApproved;
  order.asked.reset();
  touch(d.state, place);
  go_on(d.state, place);
}

void decide(Deciding& d, const RejectOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  expect_voter(d, order);
  if (d.refused()) return;
  order.approval = Approval::kRejected;
  order.asked.reset();
  touch(d.state, place);
  const std::vector<Int> open = everything_open(order);
  if (is_anything(open)) cancel_quantities(d.state, place, open, "");
  end_if_done(d.state, place);
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
  if (order.held) go_on(d.state, place);  // what is left of it may pass now
}

void decide(Deciding& d, const AllocateOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  const Order& order = d.state.orders[place];
  d.expect_movable(order);
  if (d.refused()) return;
  Plan plan;
  if (command.parts.empty()) {
    plan = plan_allocation(d.state, order);
  } else {
    plan.parts = parts_by_hand(d, order, command);
  }
  if (d.refused()) return;
  d.refuse_if(plan.parts.empty() && plan.missing.empty(), "nothing_to_allocate");
  check_shortage(d, order, plan);
  if (d.refused()) return;
  allocate(d.state, place, plan);
}

void decide(Deciding& d, const ShipOrder& command) {
  State& state = d.state;
  const int place = d.expect_order(command.order);
  d.refuse_if(state.shipments.contains(command.shipment), "shipment_exists");
  if (place == kNone) return;
  Order& order = state.orders[place];
  d.expect_movable(order);
  if (d.refused()) return;
  const std::vector<Reservation> leaving =
      command.lines.empty() ? order.reservations : shipped_by_hand(d, order, command);
  if (!d.refused()) d.refuse_if(leaving.empty(), "more_than_reserved");
  if (d.refused()) return;

  state.shipments.insert(command.shipment);
  release(state, place, leaving);
  std::set<int> warehouses;
  for (const Reservation& part : leaving) {
    Line& line = order.lines[at(part.line)];
    line.shipped += part.quantity;
    state.stock[{line.item, part.warehouse}].on_hand -= part.quantity;
    warehouses.insert(part.warehouse);
  }
  for (std::size_t i = 0; i < warehouses.size(); ++i)
    touch(state, place);  // one event for each
  want_examination(state, order.payer);
  end_if_done(state, place);
}

void decide(Deciding& d, const ReleaseHold& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  d.refuse_if(!order.held, "not_on_hold");
  d.refuse_if(command.expires && *command.expires < d.state.business_date, "date_not_allowed");
  if (d.refused()) return;
  order.held = false;
  order.forced = false;
  order.released = true;
  order.release_expires = command.expires;
  touch(d.state, place);
  for (const Line& line : order.lines) {
    if (line.waiting > 0) want_serving(d.state, line.item);
  }
  go_on(d.state, place);
}

}  // namespace kontor::model
