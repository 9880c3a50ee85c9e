// Placing an order, wherever it was wished for (domain: 5).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

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

// The one it names, or its buyer's.
std::string cost_centre_of(const State& state, const PlaceOrder& wish, const Wanted& wanted) {
  if (!wish.cost_centre.empty() || wanted.buyer == kNone) return wish.cost_centre;
  return state.buyers[wanted.buyer].said.cost_centre;
}

Facts facts_of(const Deciding& d, const PlaceOrder& wish, const Placement& found) {
  Facts facts;
  facts.company = found.wanted.company;
  facts.payer = found.wanted.payer;
  facts.buyer = found.wanted.buyer;
  facts.currency = found.wanted.currency;
  facts.net = found.totals.net;
  facts.total = found.totals.total;
  facts.need = found.totals.total;
  facts.terms = found.wanted.terms;
  facts.placed_on = d.effective;
  facts.requested = wish.requested;
  facts.country = wish.country;
  facts.cost_centre = found.cost_centre;
  facts.prepaid = wish.prepaid;
  facts.still_to_spend = found.totals.total;
  std::set<int> items;
  for (const Line& line : found.lines) {
    items.insert(line.item);
    facts.lines.push_back({line.item, line.ordered, line.unit_price, line.net});
  }
  facts.distinct_items = static_cast<Int>(items.size());
  return facts;
}

// A run needs no yes of its own where the total is one that was agreed to.
bool is_covered(const State& state, const Facts& facts, Int agreed) {
  const Whom of{facts.company, facts.buyer};
  if (policy_is(state, "approval.on_change", "keep", of)) return true;
  if (policy_is(state, "approval.on_change", "always_ask", of)) return facts.total == agreed;
  return facts.total <= agreed;
}

void check_stock(Deciding& d, const PlaceOrder& wish, const Placement& found, const PlacingAs& as) {
  const Whom of{found.wanted.company, found.wanted.buyer};
  const bool approved = found.covered || approves_at_once(d.state, found.facts, found.wishes);
  const bool takes = policy_is(d.state, "stock.at", "placement", of) ||
                     (policy_is(d.state, "stock.at", "approval", of) && approved);
  if (!takes) return;
  std::vector<Need> needs;
  for (const Line& line : found.lines)
    needs.push_back({line.item, line.ordered});
  for (const Reservation& part : as.kept)
    needs[static_cast<std::size_t>(part.line)].quantity -= part.quantity;
  std::erase_if(needs, [](const Need& need) { return need.quantity <= 0; });
  d.refuse_if(is_short_of_stock(d.state, needs, {wish.region, wish.no_split}, of), "short_stock");
}

}  // namespace

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

void check_wish(Deciding& d, const PlaceOrder& wish) {
  d.refuse_if(wish.lines.empty(), "too_many");
  d.refuse_if(wish.requested && *wish.requested < d.effective, "date_before_order");
}

std::optional<Placement> price_wish(Deciding& d, const PlaceOrder& wish) {
  Placement out;
  out.wanted = find_parties(d, wish);
  if (out.wanted.company == kNone) return std::nullopt;
  out.cost_centre = cost_centre_of(d.state, wish, out.wanted);
  expect_cost_centre(d, out.wanted.company, out.wanted.buyer, out.cost_centre);
  for (const PlaceLine& line : wish.lines)
    out.lines.push_back(price_line(d, wish.country, out.wanted, line));
  if (d.refused()) return std::nullopt;
  out.totals = total_up(d, out.lines, std::vector<bool>(out.lines.size(), false));
  if (d.refused()) return std::nullopt;
  out.facts = facts_of(d, wish, out);
  return out;
}

std::optional<Placement> plan_placement(Deciding& d, const PlaceOrder& wish, const PlacingAs& as) {
  d.refuse_if(d.state.orders.find(wish.order) != kNone, "order_exists");
  check_wish(d, wish);
  std::optional<Placement> out = price_wish(d, wish);
  if (!out) return std::nullopt;
  out->facts.recurring = as.run;
  out->covered = as.agreed && is_covered(d.state, out->facts, *as.agreed);
  out->wishes = assess(d, out->facts, !out->covered);
  if (out->covered) {
    raise(out->wishes.deposit, find_deposit(d.state, out->facts, {Moment::kApproval}));
  }
  out->facts = with_deposit(out->facts, out->wishes.deposit);
  d.refuse_if(!has_room(d.state, out->wanted.payer, room_needed(out->facts)), "amount_overflow");
  d.refuse_if(!has_spending_room(d.state, out->facts), "amount_overflow");
  check_stock(d, wish, *out, as);
  if (d.refused()) return std::nullopt;
  return out;
}

int add_order(Deciding& d, const PlaceOrder& wish, const Placement& found) {
  const int place = d.state.orders.place_of(wish.order);
  Order& order = d.state.orders[place];
  order.company = found.wanted.company;
  order.payer = found.wanted.payer;
  order.buyer = found.wanted.buyer;
  order.terms = found.wanted.terms;
  order.currency = found.wanted.currency;
  order.region = wish.region;
  order.country = wish.country;
  order.cost_centre = found.cost_centre;
  order.requested = wish.requested;
  order.placed_on = d.effective;
  order.no_split = wish.no_split;
  order.prepaid = wish.prepaid;
  order.net = found.totals.net;
  order.total = found.totals.total;
  order.lines = found.lines;
  touch(d.state, place);
  return place;
}

void take_placed_on(State& state, int place, const Placement& found) {
  const std::string& of = state.companies[found.wanted.company].said.company_class;
  if (!of.empty()) {
    const Order& placed = state.orders[place];
    state.class_orders.push_back({of, placed.currency, state.business_date, placed.total});
  }
  ask_deposit(state, place, found.wishes.deposit);
  if (found.covered) {
    Order& order = state.orders[place];
    order.approval = Approval::kApproved;
    order.agreed = order.total;
    touch(state, place);
  } else {
    approve_or_ask(state, place, found.facts, found.wishes);
  }
  go_on(state, place, Moment::kPlacement);
}

void decide(Deciding& d, const PlaceOrder& command) {
  d.expect_version(0);
  const auto found = plan_placement(d, command, {});
  if (found) take_placed_on(d.state, add_order(d, command, *found), *found);
}

}  // namespace kontor::model
