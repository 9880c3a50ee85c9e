// An order as its parties now want it: priced and assessed anew (domain: 5, 7 and 8).
#include <algorithm>
#include <utility>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::size_t at(int place) {
  return static_cast<std::size_t>(place);
}

std::map<int, const AmendLine*> wishes_by_line(Deciding& d, const Order& order,
                                               const AmendOrder& command) {
  std::map<int, const AmendLine*> out;
  for (const AmendLine& wish : command.lines) {
    if (wish.line == 0) continue;
    const bool known = wish.line <= static_cast<int>(order.lines.size());
    d.refuse_if(!known, "unknown_line");
    if (known) d.refuse_if(!out.emplace(wish.line - 1, &wish).second, "invalid_value");
  }
  return out;
}

bool expect_amendable(Deciding& d, const Line& line, const AmendLine& wish) {
  const bool another = !wish.item.empty() && wish.item != d.state.items[line.item].name;
  if (line.has_moved()) {
    d.refuse("already_shipped_or_billed");
  } else if (another) {
    d.refuse("invalid_value");
  }
  return !line.has_moved() && !another;
}

std::optional<Draft> kept(Deciding& d, const Order& order, const std::string& country, int place) {
  const Line& line = order.lines[at(place)];
  const Int units = line.not_cancelled();
  if (units == 0) return std::nullopt;
  Draft draft{place, line, line.has_moved()};
  draft.line.ordered = units;
  draft.line.net = line.net_of_first(units);
  if (country != order.country) {
    const auto rate = find_tax_rate(d, order.company, line.tax_category, country);
    if (!rate) return std::nullopt;
    draft.line.tax_rate = *rate;
  }
  if (draft.settled && draft.line.tax_rate != line.tax_rate) {
    d.refuse("already_shipped_or_billed");
    return std::nullopt;
  }
  draft.line.gross = draft.settled ? line.gross_of_first(units) : draft.line.net;
  return draft;
}

std::vector<Draft> drafts_of(Deciding& d, const Order& order, const AmendOrder& command,
                             const std::string& country) {
  const Wanted wanted{order.company, order.payer, order.buyer, order.terms, order.currency};
  const auto wishes = wishes_by_line(d, order, command);
  std::vector<Draft> out;
  const int lines = static_cast<int>(order.lines.size());
  for (int place = 0; place < lines; ++place) {
    const auto found = wishes.find(place);
    if (found == wishes.end()) {
      if (const auto draft = kept(d, order, country, place)) out.push_back(*draft);
      continue;
    }
    const AmendLine& wish = *found->second;
    const Line& line = order.lines[at(place)];
    if (!expect_amendable(d, line, wish)) continue;
    const std::string& item = d.state.items[line.item].name;
    out.push_back(
        {place, price_line(d, country, wanted, {item, wish.quantity, wish.unit_price}), false});
  }
  int place = lines;
  for (const AmendLine& wish : command.lines) {
    if (wish.line != 0) continue;
    out.push_back({place++,
                   price_line(d, country, wanted, {wish.item, wish.quantity, wish.unit_price}),
                   false});
  }
  return out;
}

bool is_new(const Order& order, const Draft& draft) {
  return draft.place >= static_cast<int>(order.lines.size());
}

Int open_after(const Order& order, const std::vector<Draft>& drafts) {
  Int sum = 0;
  for (const Draft& draft : drafts)
    sum += draft.settled ? order.lines[at(draft.place)].open_value() : draft.line.gross;
  return sum;
}

bool changes_header(const Order& order, const AmendOrder& command) {
  return (command.requested && command.requested != order.requested) ||
         (!command.region.empty() && command.region != order.region) ||
         (!command.country.empty() && command.country != order.country) ||
         !command.cost_centre.empty();
}

void check_order(Deciding& d, const Order& order, const AmendOrder& command) {
  d.refuse_if(order.is_closed(), "order_closed");
  d.expect_no_recurring(order);
  const CompanyStatus status = d.state.companies[order.company].said.status;
  d.refuse_if(status != CompanyStatus::kActive, "company_blocked");
  d.refuse_if(command.currency != 0 && command.currency != order.currency, "currency_mismatch");
  if (!command.cost_centre.empty())
    expect_cost_centre(d, order.company, order.buyer, command.cost_centre);
}

// What every line will still need.
void check_stock(Deciding& d, const Order& order, const AmendOrder& command,
                 const std::vector<Draft>& drafts, bool approved) {
  const bool at_approval = policy_is(d.state, "stock.at", "approval", whom(order));
  if (!policy_is(d.state, "stock.at", "placement", whom(order)) && !(at_approval && approved))
    return;
  std::vector<Need> needs;
  for (int place = 0; place < static_cast<int>(order.lines.size()); ++place) {
    const Line& line = order.lines[at(place)];
    Int need = line.needs_stock();
    for (const Draft& draft : drafts) {
      if (draft.place == place && draft_changes(order, draft))
        need += draft.line.ordered - line.not_cancelled();
    }
    if (need > 0) needs.push_back({line.item, need});
  }
  for (const Draft& draft : drafts) {
    if (is_new(order, draft)) needs.push_back({draft.line.item, draft.line.ordered});
  }
  const std::string& region = command.region.empty() ? order.region : command.region;
  d.refuse_if(is_short_of_stock(d.state, needs, {region, order.no_split}, whom(order)),
              "short_stock");
}

void amend(State& state, int place, const AmendOrder& command, const std::vector<Draft>& drafts,
           const Totals& totals) {
  Order& order = state.orders[place];
  const Int before = order.counted_ordered();
  amend_lines(state, place, drafts);
  state.amendments.insert(command.amendment);
  if (!command.region.empty()) order.region = command.region;
  if (!command.country.empty()) order.country = command.country;
  if (!command.cost_centre.empty() && command.cost_centre != order.cost_centre) {
    return_all_spent(state, place);
    order.cost_centre = command.cost_centre;
  }
  if (command.requested) order.requested = command.requested;
  set_totals(order, totals);
  order.failed = false;
  // Under a hold by a person nothing is examined: what counts goes on counting.
  const bool kept = order.taken && order.forced;
  order.taken = kept;
  touch(state, place);
  if (order.counted_ordered() != before) want_examination(state, order.payer);
}

// What came back of it is neither in its total nor spent.
Int came_back(const Order& order) {
  Int sum = 0;
  for (const Line& line : order.lines)
    sum += line.gross_of_first(line.not_cancelled());
  return sum - spending_worth(order);
}

}  // namespace

Totals total_of(Deciding& d, std::vector<Draft>& drafts) {
  std::vector<Line> lines;
  std::vector<bool> settled;
  for (const Draft& draft : drafts) {
    lines.push_back(draft.line);
    settled.push_back(draft.settled);
  }
  const Totals totals = total_up(d, lines, settled);
  for (std::size_t i = 0; i < drafts.size(); ++i)
    drafts[i].line.gross = lines[i].gross;
  return totals;
}

bool draft_changes(const Order& order, const Draft& draft) {
  if (draft.settled) return false;
  if (is_new(order, draft)) return true;
  const Line& before = order.lines[at(draft.place)];
  const Int units = before.not_cancelled();
  const Line& now = draft.line;
  return now.ordered != units || now.unit_price != before.unit_price ||
         now.net != before.net_of_first(units) || now.gross != before.gross_of_first(units) ||
         now.tax_category != before.tax_category || now.tax_rate != before.tax_rate;
}

Facts facts_after(const State& state, const Order& order, const std::vector<Draft>& drafts,
                  const Totals& totals, const AmendOrder* command) {
  Facts facts = facts_of(state, order);
  if (command != nullptr) {
    if (command->requested) facts.requested = command->requested;
    if (!command->country.empty()) facts.country = command->country;
    if (!command->cost_centre.empty()) facts.cost_centre = command->cost_centre;
  }
  facts.net = totals.net;
  facts.total = totals.total;
  facts.lines.clear();
  std::set<int> items;
  for (const Draft& draft : drafts) {
    items.insert(draft.line.item);
    const Line& line = draft.line;
    facts.lines.push_back({line.item, line.ordered, line.unit_price, line.net});
  }
  facts.distinct_items = static_cast<Int>(items.size());
  set_need(facts, open_after(order, drafts) + order.delivered_value() - facts.counted,
           facts.undeducted);
  facts.spent = spent_sum(order.spent);
  facts.still_to_spend = totals.total - came_back(order) - facts.spent;
  return facts;
}

bool asks_again(const State& state, const Order& order, Int total) {
  if (policy_is(state, "approval.on_change", "keep", whom(order))) return false;
  return policy_is(state, "approval.on_change", "always_ask", whom(order)) || total > order.agreed;
}

// The lines that change take their new quantity and worth; what they no longer need is given up.
void amend_lines(State& state, int place, const std::vector<Draft>& drafts) {
  Order& order = state.orders[place];
  std::vector<Draft> changed;
  std::vector<Reservation> released;
  std::map<int, Int> from_queue;
  for (const Draft& draft : drafts) {
    if (!draft_changes(order, draft)) continue;
    changed.push_back(draft);
    if (is_new(order, draft)) continue;
    const Int less = order.lines[at(draft.place)].not_cancelled() - draft.line.ordered;
    if (less <= 0) continue;
    const GivenUp given_up = give_up(order, draft.place, less);
    released.insert(released.end(), given_up.released.begin(), given_up.released.end());
    from_queue[draft.place] = given_up.from_queue;
  }
  release_and_wake(state, place, released);
  for (const Draft& draft : changed) {
    if (is_new(order, draft)) {
      order.lines.push_back(draft.line);
      continue;
    }
    Line& line = order.lines[at(draft.place)];
    const Int units = draft.line.ordered;
    const Int had = line.not_cancelled();
    line.ordered += std::max<Int>(0, units - had);
    line.cancelled += std::max<Int>(0, had - units);
    line.valued = units;
    line.net = draft.line.net;
    line.gross = draft.line.gross;
    line.unit_price = draft.line.unit_price;
    line.tax_category = draft.line.tax_category;
    line.tax_rate = draft.line.tax_rate;
    if (from_queue[draft.place] > 0)
      leave_queue(state, place, draft.place, from_queue[draft.place]);
  }
}

void decide(Deciding& d, const AmendOrder& command) {
  State& state = d.state;
  const int place = d.expect_order(command.order);
  d.refuse_if(state.amendments.contains(command.amendment), "amendment_exists");
  d.refuse_if(command.requested && *command.requested < d.effective, "date_before_order");
  if (place == kNone) return;
  const Order& order = state.orders[place];
  check_order(d, order, command);
  if (order.failed) check_items(d, order);
  if (d.refused()) return;
  const std::string country = command.country.empty() ? order.country : command.country;
  std::vector<Draft> drafts = drafts_of(d, order, command, country);
  if (d.refused()) return;
  const Totals totals = total_of(d, drafts);
  if (d.refused()) return;
  const bool other = std::any_of(drafts.begin(), drafts.end(),
                                 [&](const Draft& draft) { return draft_changes(order, draft); });
  if (!other && !changes_header(order, command)) return d.refuse("nothing_changed");
  Facts facts = facts_after(state, order, drafts, totals, &command);
  if (!command.cost_centre.empty() && command.cost_centre != order.cost_centre) {
    facts.still_to_spend += std::exchange(facts.spent, 0);
  }
  const bool again = asks_again(state, order, facts.total);
  Wishes wishes = assess(d, facts, again);
  const bool asked_anew = again && wishes.wants_people();
  const bool approved =
      asked_anew ? approves_at_once(state, facts, wishes) : order.approval == Approval::kApproved;
  if (approved) raise(wishes.deposit, find_deposit(state, facts, {Moment::kApproval}));
  facts = with_deposit(facts, wishes.deposit);
  d.refuse_if(!has_room(state, order.payer, room_needed(facts)), "amount_overflow");
  d.refuse_if(!has_spending_room(state, facts), "amount_overflow");
  check_stock(d, order, command, drafts, approved);
  if (d.refused()) return;

  amend(state, place, command, drafts, totals);
  return_excess(state, place);
  ask_deposit(state, place, wishes.deposit);
  const bool keep = policy_is(state, "approval.on_change", "keep", whom(order));
  const bool pending = order.approval == Approval::kPending;
  const bool ask = again && wishes.wants_people();
  const bool drop = pending && !keep && !wishes.wants_people();
  if (ask || drop) approve_or_ask(state, place, facts, wishes);
  go_on(state, place, Moment::kPlacement);
}

}  // namespace kontor::model
