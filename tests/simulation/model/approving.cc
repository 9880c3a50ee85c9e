// What becomes of an order once everybody has said yes (domain: 8).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

// The lines at the prices and taxes of the day, and what they come to.
struct Repriced {
  std::vector<Draft> drafts;
  Totals totals;
  bool changed = false;
};

std::optional<Draft> at_todays_price(Deciding& d, const Order& order, int place) {
  const Line& line = order.lines[static_cast<std::size_t>(place)];
  Draft draft{place, line, line.has_moved()};
  draft.line.ordered = line.not_cancelled();
  const Int units = draft.line.ordered;
  if (units == 0) return std::nullopt;
  if (draft.settled) {
    draft.line.net = line.net_of_first(units);
    draft.line.gross = line.gross_of_first(units);
    return draft;
  }
  const Wanted who{order.company, order.payer, order.buyer, order.terms, order.currency};
  const PlaceLine was{d.state.items[line.item].name, units, line.unit_price};
  std::optional<Int> price = price_again(d, who, was);
  if (!price) price = find_price(d, who, was);
  d.refuse_if(!price, "no_price");
  const auto rate = find_tax_rate(d, order.company, line.tax_category, order.country);
  if (!price || !rate) return std::nullopt;
  const Wide net = net_of(units, *price);
  if (net > kMost || net < -kMost) {
    d.refuse("amount_overflow");
    return std::nullopt;
  }
  draft.line.unit_price = *price;
  draft.line.tax_rate = *rate;
  draft.line.net = static_cast<Int>(net);
  draft.line.gross = draft.line.net;
  return draft;
}

Repriced reprice(Deciding& d, const Order& order) {
  Repriced out;
  for (int place = 0; place < static_cast<int>(order.lines.size()); ++place) {
    const auto draft = at_todays_price(d, order, place);
    if (draft) out.drafts.push_back(*draft);
  }
  if (d.refused()) return out;
  out.totals = total_of(d, out.drafts);
  out.changed = std::any_of(out.drafts.begin(), out.drafts.end(),
                            [&](const Draft& draft) { return draft_changes(order, draft); });
  return out;
}

void check_stock(Deciding& d, const Order& order) {
  const bool takes = policy_is(d.state, "stock.at", "placement", whom(order)) ||
                     policy_is(d.state, "stock.at", "approval", whom(order));
  if (!takes || order.forced) return;
  std::vector<Need> needs;
  for (const Line& line : order.lines) {
    if (line.needs_stock() > 0) needs.push_back({line.item, line.needs_stock()});
  }
  d.refuse_if(is_short_of_stock(d.state, needs, {order.region, order.no_split}, whom(order)),
              "short_stock");
}

// What the day says of it.
struct Today {
  Repriced repriced;
  Facts facts;
  Wishes wishes;
  DepositDemand deposit;
  bool asks = false;
};

Today look_at(Deciding& d, const Order& order) {
  Today today;
  if (order.recurs) return today;  // each run is looked at when it comes
  const CompanyStatus status = d.state.companies[order.company].said.status;
  d.refuse_if(status != CompanyStatus::kActive, "company_blocked");
  check_items(d, order);
  check_stock(d, order);
  check_spending(d, order);
  const Facts facts = facts_of(d.state, order);
  today.deposit = find_deposit(d.state, facts, {Moment::kApproval});
  assess_moment(d, order, with_deposit(facts, today.deposit), Moment::kApproval);
  if (!policy_is(d.state, "price.at", "approval", whom(order))) return today;
  today.repriced = reprice(d, order);
  if (d.refused() || !today.repriced.changed) return today;
  today.facts = facts_after(d.state, order, today.repriced.drafts, today.repriced.totals, nullptr);
  const bool again = asks_again(d.state, order, today.facts.total);
  today.wishes = assess(d, today.facts, again);
  today.deposit = find_deposit(d.state, today.facts, {Moment::kApproval});
  raise(today.deposit, today.wishes.deposit);
  today.facts = with_deposit(today.facts, today.deposit);
  d.refuse_if(!has_room(d.state, order.payer, room_needed(today.facts)), "amount_overflow");
  today.asks = again && !approves_at_once(d.state, today.facts, today.wishes);
  return today;
}

// False: people are asked.
bool take_new_prices(State& state, int place, const Today& today) {
  if (!today.repriced.changed) return true;
  Order& order = state.orders[place];
  const Exposure before = exposure_of(state, order.payer);
  amend_lines(state, place, today.repriced.drafts);
  set_totals(order, today.repriced.totals);
  order.taken = false;
  touch(state, place);
  want_examination_if_moved(state, order.payer, before);
  return_excess(state, place);
  ask_deposit(state, place, today.wishes.deposit);
  if (!today.asks) return true;
  approve_or_ask(state, place, today.facts, today.wishes);
  return false;
}

}  // namespace

void set_totals(Order& order, const Totals& totals) {
  order.net = totals.net;
  order.total = totals.total;
  if (order.total > order.released_for) order.released = false;
}

void check_items(Deciding& d, const Order& order) {
  for (const Line& line : order.lines)
    d.refuse_if(line.open() > 0 && !d.state.items[line.item].said.active, "item_inactive");
}

void approve_order(Deciding& d, int place) {
  State& state = d.state;
  Order& order = state.orders[place];
  Deciding now{state, d.request, d.effective, {}};
  const Today today = look_at(now, order);
  if (!now.refused() && !take_new_prices(state, place, today)) {
    return go_on(state, place, std::nullopt);
  }
  order.approval = Approval::kApproved;
  order.agreed = order.total;
  order.asked.reset();
  touch(state, place);
  if (now.refused()) return fail_order(state, place);
  ask_deposit(state, place, today.deposit);
  begin_runs(state, place);
  go_on(state, place, Moment::kApproval);
}

void decide(Deciding& d, const RetryOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  d.refuse_if(!order.failed, "order_not_failed");
  if (d.refused()) return;
  const Today today = look_at(d, order);
  if (d.refused()) return;
  order.failed = false;
  touch(d.state, place);
  if (take_new_prices(d.state, place, today)) ask_deposit(d.state, place, today.deposit);
  go_on(d.state, place, std::nullopt);
}

}  // namespace kontor::model
