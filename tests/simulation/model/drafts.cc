// Drafts, templates, and ordering again (domain: 4 and 8).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::size_t at(int place) {
  return static_cast<std::size_t>(place);
}

// The newest first.
std::vector<Reservation> newest_first(const std::vector<Reservation>& parts) {
  return {parts.rbegin(), parts.rend()};
}

void give_back(State& state, SavedDraft& draft) {
  for (const Reservation& part : newest_first(draft.reservations)) {
    const int item = draft.items[at(part.line)];
    state.stock[{item, part.warehouse}].reserved -= part.quantity;
    if (!state.items[item].queue.empty()) want_serving(state, item);
  }
  draft.reservations.clear();
}

void hold(State& state, SavedDraft& draft, const Reservation& part) {
  state.stock[{draft.items[at(part.line)], part.warehouse}].reserved += part.quantity;
  for (Reservation& known : draft.reservations) {
    if (known.line != part.line || known.warehouse != part.warehouse) continue;
    known.quantity += part.quantity;
    return;
  }
  draft.reservations.push_back(part);
}

// What it has and still wants it keeps; of the rest it is a newcomer.
std::vector<Reservation> wanted_parts(const State& state, const PlaceOrder& wish, const Whom& of,
                                      const std::vector<int>& items, const SavedDraft& before) {
  if (!policy_is(state, "stock.draft", "reserve", of)) return {};
  Order order;
  order.company = of.company;
  order.region = wish.region;
  order.no_split = wish.no_split;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Line& line = order.lines.emplace_back();
    line.item = items[i];
    line.charge = state.items[items[i]].is_charge();
    line.ordered = wish.lines[i].quantity;
  }
  std::vector<Reservation> parts;
  for (const Reservation& part : newest_first(before.reservations)) {
    if (at(part.line) >= items.size() || items[at(part.line)] != before.items[at(part.line)]) {
      continue;
    }
    Line& line = order.lines[at(part.line)];
    const Int kept = std::min(line.ordered, part.quantity);
    if (kept == 0) continue;
    parts.push_back({part.line, part.warehouse, kept});
    line.ordered -= kept;
  }
  const Plan more = plan_allocation(state, order);
  parts.insert(parts.end(), more.parts.begin(), more.parts.end());
  return parts;
}

struct SourceLine {
  int item = kNone;
  Int quantity = 0;
  std::optional<Int> unit_price;
};

std::vector<SourceLine> lines_of(const Order& order) {
  const bool cancelled = std::all_of(order.lines.begin(), order.lines.end(),
                                     [](const Line& line) { return line.not_cancelled() == 0; });
  std::vector<SourceLine> out;
  for (const Line& line : order.lines) {
    const Int quantity = cancelled ? line.valued : line.not_cancelled();
    if (quantity != 0) out.push_back({line.item, quantity, line.unit_price});
  }
  return out;
}

PlaceOrder header_of(const State& state, const Order& order) {
  PlaceOrder wish;
  wish.company = state.companies[order.company].name;
  if (order.buyer != kNone) wish.buyer = state.buyers[order.buyer].name;
  wish.payer = state.companies[order.payer].name;
  wish.currency = order.currency;
  wish.region = order.region;
  wish.country = order.country;
  wish.cost_centre = order.cost_centre;
  wish.no_split = order.no_split;
  wish.prepaid = order.prepaid;
  return wish;
}

// currency: that their prices are in.
void read_lines(Deciding& d, const Reorder& command, const std::vector<SourceLine>& lines,
                Currency currency, PlaceOrder& wish) {
  Wanted who;
  who.company = d.state.companies.find(wish.company);
  who.buyer = d.state.buyers.find(wish.buyer);
  who.currency = wish.currency;
  if (who.company != kNone && who.currency == 0) {
    who.currency = d.state.companies[who.company].currency;
  }
  for (const SourceLine& line : lines) {
    const Item& item = d.state.items[line.item];
    if (command.leave_out && !item.said.active) continue;
    PlaceLine again{item.name, line.quantity, line.unit_price};
    const bool foreign = item.is_charge() && who.currency != currency;
    again.unit_price = who.company == kNone || foreign ? std::nullopt : price_again(d, who, again);
    wish.lines.push_back(again);
  }
  d.refuse_if(wish.lines.empty(), "nothing_to_reorder");
}

}  // namespace

std::optional<std::vector<int>> plan_draft(Deciding& d, const PlaceOrder& wish) {
  check_wish(d, wish);
  find_parties(d, wish);
  std::vector<int> items;
  for (const PlaceLine& line : wish.lines) {
    const int item = d.state.items.find(line.item);
    d.refuse_if(item == kNone, "unknown_item");
    if (item == kNone) continue;
    items.push_back(item);
    d.refuse_if(line.quantity <= 0, "not_positive");
    d.refuse_if(line.quantity > kMost, "amount_overflow");
  }
  if (d.refused()) return std::nullopt;
  return items;
}

void save_draft(Deciding& d, const PlaceOrder& wish, const std::vector<int>& items) {
  Deciding today{d.state, d.request, d.effective, {}};
  const auto priced = price_wish(today, wish);
  const Whom of{d.state.companies.find(wish.company), d.state.buyers.find(wish.buyer)};
  SavedDraft& draft = d.state.drafts[wish.order];
  const std::vector<Reservation> parts = wanted_parts(d.state, wish, of, items, draft);
  give_back(d.state, draft);
  draft.wish = wish;
  draft.items = items;
  draft.total = priced ? std::optional(priced->totals.total) : std::nullopt;
  ++draft.version;
  for (const Reservation& part : parts)
    hold(d.state, draft, part);
}

void decide(Deciding& d, const SaveDraft& command) {
  const auto known = d.state.drafts.find(command.wish.order);
  d.expect_version(known == d.state.drafts.end() ? 0 : known->second.version);
  const auto items = plan_draft(d, command.wish);
  if (items) save_draft(d, command.wish, *items);
}

void decide(Deciding& d, const DiscardDraft& command) {
  const auto known = d.state.drafts.find(command.draft);
  if (known == d.state.drafts.end()) return d.refuse("unknown_draft");
  d.expect_version(known->second.version);
  if (d.refused()) return;
  give_back(d.state, known->second);
  d.state.drafts.erase(known);
}

void decide(Deciding& d, const PlaceDraft& command) {
  State& state = d.state;
  const auto known = state.drafts.find(command.draft);
  if (known == state.drafts.end()) {
    d.refuse("unknown_draft");
    return d.refuse_if(state.orders.find(command.order) != kNone, "order_exists");
  }
  d.expect_version(known->second.version);
  PlaceOrder wish = known->second.wish;
  wish.order = command.order;
  PlacingAs as;
  as.kept = newest_first(known->second.reservations);
  const auto found = plan_placement(d, wish, as);
  if (!found) return;
  const int order = add_order(d, wish, *found);
  give_back(state, known->second);
  state.drafts.erase(known);
  if (!as.kept.empty()) reserve(state, order, as.kept, false);
  take_placed_on(state, order, *found);
}

void decide(Deciding& d, const DefineTemplate& command) {
  State& state = d.state;
  const int self = state.templates.find(command.template_name);
  d.expect_version(self == kNone ? 0 : state.templates[self].version);
  const bool unknown = !command.company.empty() && state.companies.find(command.company) == kNone;
  d.refuse_if(unknown, "unknown_company");
  d.refuse_if(command.lines.empty(), "too_many");
  for (const ItemQuantity& line : command.lines) {
    d.refuse_if(state.items.find(line.item) == kNone, "unknown_item");
    d.refuse_if(line.quantity <= 0, "not_positive");
    d.refuse_if(line.quantity > kMost, "amount_overflow");
  }
  if (d.refused()) return;
  Template& of = state.templates[state.templates.place_of(command.template_name)];
  of.said = command;
  ++of.version;
}

void decide(Deciding& d, const Reorder& command) {
  State& state = d.state;
  d.refuse_if(command.order.empty() == command.template_name.empty(), "invalid_value");
  d.refuse_if(command.new_order.empty() == command.new_draft.empty(), "invalid_value");
  if (d.refused()) return;
  std::vector<SourceLine> lines;
  PlaceOrder wish;
  if (!command.order.empty()) {
    const int place = d.expect_order(command.order);
    if (place == kNone) return;
    lines = lines_of(state.orders[place]);
    wish = header_of(state, state.orders[place]);
  } else {
    const int place = state.templates.find(command.template_name);
    if (place == kNone || state.templates[place].said.withdrawn) {
      return d.refuse("unknown_template");
    }
    const Template& of = state.templates[place];
    d.expect_version(of.version);
    for (const ItemQuantity& line : of.said.lines)
      lines.push_back({state.items.find(line.item), line.quantity, std::nullopt});
    wish.company = of.said.company;
  }
  if (d.refused()) return;
  const Currency currency = wish.currency;
  if (!command.company.empty() && command.company != wish.company) {
    wish = PlaceOrder{};
    wish.company = command.company;
  }
  if (!command.buyer.empty()) wish.buyer = command.buyer;
  wish.requested = command.requested;
  read_lines(d, command, lines, currency, wish);
  if (d.refused()) return;
  if (!command.new_order.empty()) {
    wish.order = command.new_order;
    const auto found = plan_placement(d, wish, {});
    if (found) take_placed_on(state, add_order(d, wish, *found), *found);
    return;
  }
  wish.order = command.new_draft;
  d.refuse_if(state.drafts.contains(command.new_draft), "draft_exists");
  const auto items = plan_draft(d, wish);
  if (items) save_draft(d, wish, *items);
}

}  // namespace kontor::model
