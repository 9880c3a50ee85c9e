// One command being decided, and the rules that more than one command needs. Each function says one
// rule of the domain; they read the state, and those that change it say so in their name.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "tests/simulation/model/state.h"

namespace kontor::model {

using Reasons = std::set<std::string_view>;  // names, as in the domain

struct Deciding {
  State& state;
  const Request& request;
  Day effective = 0;
  Reasons reasons;

  bool refused() const { return !reasons.empty(); }
  void refuse(std::string_view reason) { reasons.insert(reason); }
  void refuse_if(bool wrong, std::string_view reason) {
    if (wrong) refuse(reason);
  }
  void expect_version(std::uint64_t version) {
    refuse_if(request.expected_version && *request.expected_version != version, "wrong_version");
  }
  void expect_no_recurring(const Order& order) {
    refuse_if(order.recurs.has_value(), "is_recurring_order");
  }
  // The order named; kNone after refusing.
  int expect_order(const std::string& name) {
    const int order = state.orders.find(name);
    if (order == kNone) refuse("unknown_order");
    if (order != kNone) expect_version(state.orders[order].version);
    return order;
  }
  // Whether the line is one of the order's, from 1; refuses it otherwise.
  bool expect_line(const Order& order, int line) {
    const bool known = line >= 1 && line <= static_cast<int>(order.lines.size());
    refuse_if(!known, "unknown_line");
    return known;
  }
  // Goods and bills move only for an order that is approved and not held.
  void expect_movable(const Order& order) {
    expect_no_recurring(order);
    refuse_if(order.failed, "order_failed");
    refuse_if(order.approval != Approval::kApproved && !order.fulfilled, "not_approved");
    refuse_if(order.held, "on_hold");
  }
};

// ---- policies and people (master_data.cc)
// Whom a policy is asked for: the most specific scope that says something wins. kNone: not asked.
struct Whom {
  int company = kNone;
  int buyer = kNone;
  int item = kNone;
};
Whom whom(const Order& order, int item = kNone);
std::string_view policy(const State& state, std::string_view name, const Whom& of = {});
bool policy_is(const State& state, std::string_view name, std::string_view value,
               const Whom& of = {});
bool is_currency(Currency code);  // of ISO 4217
void check_scope(Deciding& d, Scope kind, const std::string& scope);
Int policy_number(const State& state, std::string_view name, const Whom& of = {});
bool is_at_or_above(const State& state, int above, int below);
// Whether one of the buyer's grants of the role reaches the company; own: for own orders.
bool holds_role(const State& state, int buyer, std::string_view role, int company, bool own);
bool grant_reaches(const State& state, int buyer, const Role& grant, int company, bool own);

// ---- the seller's people (staff.cc)
// Refuses what the actor has no authority for; no currency: whatever the amount.
void expect_authority(Deciding& d, Act act, Int amount = 0, Currency currency = 0);

// ---- prices and totals (pricing.cc)
struct Wanted {
  int company = kNone;
  int payer = kNone;
  int buyer = kNone;
  int terms = kNone;
  Currency currency = 0;
};
struct Totals {
  Int net = 0;
  Int total = 0;
};
Line price_line(Deciding& d, const std::string& country, const Wanted& wanted,
                const PlaceLine& said);
// Nothing after refusing no_tax_rate. No country: the company's.
std::optional<Int> find_tax_rate(Deciding& d, int company, int category,
                                 const std::string& country);
// Sums the lines up and spreads the tax over them; settled ones keep theirs. Refuses what no
// document may come to.
Totals total_up(Deciding& d, std::vector<Line>& lines, const std::vector<bool>& settled);
struct TaxSum {
  int category = kNone;
  Int rate = 0;
  Wide net = 0;
  Wide tax = 0;
};
// Tax per category and rate on the summed net, rounded once each.
std::vector<TaxSum> tax_by_category(const std::vector<Line>& lines, const std::vector<Int>& nets);

// ---- rules (rules.cc)
struct FactLine {
  int item = kNone;
  Int quantity = 0;
  Int unit_price = 0;
  Int net = 0;
};
struct Facts {
  int company = kNone;
  int payer = kNone;
  int buyer = kNone;
  Currency currency = 0;
  Int net = 0;
  Int total = 0;
  Int need = 0;        // what it would add to its payer's exposure
  Int deposit = 0;     // and what its deposit would then take off
  Int undeducted = 0;  // of its deposit
  Int deducted = 0;
  Int counted = 0;  // what it counts already, and its deposit takes off already
  Int counted_deposit = 0;
  bool prepaid = false;
  int terms = kNone;
  Day placed_on = 0;
  std::optional<Day> requested;
  std::string country;
  std::string cost_centre;
  std::vector<FactLine> lines;
  Int distinct_items = 0;
  Int still_to_spend = 0;  // what it would still take from budgets and its buyer's period
  Int spent = 0;           // what it has taken
  bool recurring = false;  // it recurs, or is a run of one that does
};
Facts facts_of(const State& state, const Order& order);
using Moments = std::set<Moment>;
// The rules in force that match at one of the moments and have one of the outcomes; what is
// excluded is left out.
std::vector<const Rule*> matching_rules(const State& state, const Facts& facts,
                                        const Moments& moments, const std::set<Outcome>& outcomes);
// A hold by the limits and nothing else, which no exclusion sets aside or could.
bool limit_applies(const State& state, const Facts& facts, const Moments& moments);
bool is_in_scope(const State& state, const SetRule& rule, int item);
bool has_rule_at(const State& state, Moment moment);
bool is_entitled(const State& state, int company, int item);

// ---- figures (figures.cc)
enum class Matched { kNo, kYes, kNotComparable };
Matched matches(const State& state, const Facts& facts, const SetRule& rule,
                const Condition& condition);
void check_condition(Deciding& d, const Condition& condition);
bool reads_exposure(Figure figure);
Day due_of(const TermsLine& line, Day start);  // billing.cc

// ---- limits in the company tree (tree.cc)
struct AccountOf {
  int company = kNone;
  bool with_below = false;
};
std::vector<AccountOf> accounts_of(const State& state, int payer, Whose whose);
std::vector<AccountOf> limits_met(const State& state, int payer);
std::vector<int> companies_of(const State& state, const AccountOf& account);
Watched watched_by(const State& state, int payer);
// Room under the limits that the held orders of the payer were said to meet; nothing: no limit.
struct Room {
  bool comparable = true;
  std::optional<Wide> left;
};
Room room_of(const State& state, int payer);
// ---- deposits (deposits.cc)
// The highest that anything wants; percent 0: none.
struct DepositDemand {
  Int percent = 0;
  Int amount = 0;
};
DepositDemand find_deposit(const State& state, const Facts& facts, const Moments& moments);
void raise(DepositDemand& demand, const DepositDemand& other);
void set_need(Facts& facts, Int gross, Int undeducted);
Facts with_deposit(Facts facts, const DepositDemand& demand);
Int room_needed(const Facts& facts);
void ask_deposit(State& state, int order, const DepositDemand& demand);
struct NamedOrder {
  int order = kNone;
  Int most = 0;
};
std::vector<NamedOrder> named_orders(Deciding& d, const std::vector<PayOrder>& orders,
                                     Currency currency, bool by_hand);
// What of the orders named so much money pays.
std::vector<NamedOrder> parts_of(const std::vector<NamedOrder>& named, Int left);
void receive(State& state, const FundRef& fund, int order, Int amount);
// What an invoice deducts, and how its order stood before it.
struct Deducting {
  int invoice = kNone;
  Int total = 0;
  Int billed = 0;  // of the order's worth
  Int billed_before = 0;
  Int left_before = 0;
};
Int deduct(State& state, int order, const Deducting& of);
// By order, the newest first.
std::vector<std::pair<int, Int>> newest_deposited(const State& state, const Fund& fund,
                                                  const FundRef& ref, Int amount);
Int deposited_in(const State& state, const FundRef& fund, int order);
void take_out(State& state, const FundRef& fund, int order, Int amount);
// Gives back what is more than is left of the order; and of one with nothing left, asks no more.
void return_excess(State& state, int order);
void settle_deposit(State& state, int order);

// What the rules want of an order that is about to be placed or changed.
struct Wishes {
  DepositDemand deposit;
  std::vector<const Rule*> asks;
  bool approved_by_rule = false;
  bool only_placer = false;  // nobody else could answer, and the policy takes that for a yes
  bool wants_people() const { return !asks.empty() && !approved_by_rule; }
};
// Refuses what a rule refuses; with `will_ask`, also where nobody could answer.
Wishes assess(Deciding& d, const Facts& facts, bool will_ask);
bool approves_at_once(const State& state, const Facts& facts, const Wishes& wishes);

// ---- asking people (asking.cc)
// Refuses where nobody could answer.
void check_approvers(Deciding& d, const Facts& facts, Wishes& wishes);
// A step of what a new day makes of requests that wait. False: there is none to make.
bool review_requests(State& state);
void approve_or_ask(State& state, int order, const Facts& facts, const Wishes& wishes);

// ---- credit (credit.cc)
struct Exposure {
  Int ordered = 0;
  Int delivered = 0;
  Int receivable = 0;
  Int deposits = 0;
  Int unapplied = 0;
  Int sum() const { return ordered + delivered + receivable - deposits - unapplied; }
  bool operator==(const Exposure&) const = default;
};
Exposure exposure_of(const State& state, int payer);
std::optional<Int> limit_in_force(const State& state, int payer);
bool has_room(const State& state, int payer, Int amount);
// Takes the order as far as it may go: holds it, takes credit, reserves stock. now: the moment it
// has come to.
void go_on(State& state, int order, std::optional<Moment> now);
// Whether a part may be taken that counts from there on; else the order is held.
bool takes_part(State& state, int order, CreditFrom from);
// Gives back what the order has, until it is tried again.
void fail_order(State& state, int order);
// What an account counts is another: held orders of the payer, and of relatives that look up, are
// to be looked at again if one of them could pass.
void want_examination(State& state, int payer);
// The same where what the payer counts is not as it was before.
void want_examination_if_moved(State& state, int payer, const Exposure& before);
void want_examination_alone(State& state, int payer);  // nobody's but the payer's
void want_examination_of_all(State& state);
// Those of payers that suit, whatever room there is.
using SuitsPayer = std::function<bool(int payer)>;
void want_examination_of(State& state, const SuitsPayer& suits);
// Whether one pays for an order that is held, not by a person, and suits.
template <class Suits>
bool has_held_order(const State& state, int payer, Suits suits) {
  return std::any_of(state.orders.all.begin(), state.orders.all.end(), [&](const Order& order) {
    return order.held && !order.forced && order.payer == payer && suits(order);
  });
}
void want_examination_under(State& state, int company, bool whole);
bool has_told_held(const State& state, int payer);
void examine(State& state, int payer);
void look_at_the_day(State& state);

// What rules of a later moment want of an order that is there, as the facts have it.
struct Holds {
  bool any = false;
  bool needs_room = false;  // no order goes on past that, whatever else changes
  Moment moment = Moment::kPlacement;
  std::vector<HoldingRule> why;
};
// Refuses what a rule refuses.
Holds assess_moment(Deciding& d, const Order& order, Moment moment);
Holds assess_moment(Deciding& d, const Order& order, const Facts& facts, Moment moment);
void hold(State& state, int order, const Holds& holds);
// Whether stock may be reserved for it unasked; holds it where a rule does.
bool may_allocate(State& state, int order);

// ---- stock (stock.cc)
struct Plan {
  std::vector<Reservation> parts;
  std::vector<std::pair<int, Int>> missing;  // line, quantity
};
std::vector<int> warehouses_by_priority(const State& state);
bool serves(const Warehouse& warehouse, std::string_view region);
Int salable(const State& state, int item, int warehouse);
Plan plan_allocation(const State& state, const Order& order);
// Whether what lines need beyond what they have could not be reserved whole. No region: the
// company's.
struct Need {
  int item = kNone;
  Int quantity = 0;
};
// For an item whose stock.short says refuse.
struct Source {
  std::string region;
  bool no_split = false;
};
bool is_short_of_stock(const State& state, const std::vector<Need>& needs, const Source& from,
                       const Whom& orderer);
void reserve(State& state, int order, const std::vector<Reservation>& parts, bool had_waited);
void release(State& state, int order, const std::vector<Reservation>& parts);
void take_off_reserved(State& state, int order, const std::vector<Reservation>& parts);
// The missing whose item's stock.short says this.
std::vector<std::pair<int, Int>> missing_treated(const State& state, const Order& order,
                                                 const Plan& plan, std::string_view shortage);
void allocate(State& state, int order, const Plan& plan);
// Lines wait, each at its place in the queue, or all of it at the end.
void join_queue(State& state, int order, const std::vector<std::pair<int, Int>>& missing,
                bool to_end);
void want_serving(State& state, int item);
void serve(State& state, int item);
void leave_queue(State& state, int order, int line, Int quantity);

// ---- orders (orders.cc)
// Counts one more event of the order.
void touch(State& state, int order);
void cancel_quantities(State& state, int order, const std::vector<Int>& quantities,
                       const std::string& document);
void end_if_done(State& state, int order);

// Cuts what a line no longer needs from its place in the queue and its reservations; what was cut
// of them.
struct GivenUp {
  Int from_queue = 0;
  std::vector<Reservation> released;
};
GivenUp give_up(const Order& order, int line, Int quantity);
void release_and_wake(State& state, int order, const std::vector<Reservation>& released);

// ---- placing (placing.cc)
struct PlacingAs {
  std::vector<Reservation> kept;  // stock that is its own already
  bool run = false;
  std::optional<Int> agreed;  // of a run: what was approved
};
struct Placement {
  Wanted wanted;
  Totals totals;
  std::vector<Line> lines;
  std::string cost_centre;
  Facts facts;
  Wishes wishes;
  bool covered = false;
};
Wanted find_parties(Deciding& d, const PlaceOrder& wish);
void check_wish(Deciding& d, const PlaceOrder& wish);
std::optional<Placement> price_wish(Deciding& d, const PlaceOrder& wish);
std::optional<Placement> plan_placement(Deciding& d, const PlaceOrder& wish, const PlacingAs& as);
int add_order(Deciding& d, const PlaceOrder& wish, const Placement& found);
void take_placed_on(State& state, int order, const Placement& found);

// ---- what is wanted (drafts.cc, recurring.cc)
void save_draft(Deciding& d, const PlaceOrder& wish, const std::vector<int>& items);
// Nothing after refusing.
std::optional<std::vector<int>> plan_draft(Deciding& d, const PlaceOrder& wish);
// The order has got its yes: its runs begin.
void begin_runs(State& state, int order);
// The next run that is due, placed or refused; false: none is.
bool run_recurring(State& state, const Request& request);

// ---- approved orders (approving.cc, amending.cc)
// A line as it will be; settled: it has moved, and keeps what it is worth.
struct Draft {
  int place = kNone;  // in the order; a new line's is behind them
  Line line;
  bool settled = false;
};
Totals total_of(Deciding& d, std::vector<Draft>& drafts);
bool draft_changes(const Order& order, const Draft& draft);
// command: what else is to change; null: nothing.
Facts facts_after(const State& state, const Order& order, const std::vector<Draft>& drafts,
                  const Totals& totals, const AmendOrder* command);
bool asks_again(const State& state, const Order& order, Int total);
void amend_lines(State& state, int order, const std::vector<Draft>& drafts);
void set_totals(Order& order, const Totals& totals);
void check_items(Deciding& d, const Order& order);
// The price of a list for so much of an item; its name in `item`.
std::optional<Int> find_price(const Deciding& d, const Wanted& wanted, const PlaceLine& line);
// What to state where a line is ordered again that had this price; nothing: today's price holds.
std::optional<Int> price_again(const Deciding& d, const Wanted& wanted, const PlaceLine& was);
// Everybody has said yes: it goes on, is asked for once more, or fails.
void approve_order(Deciding& d, int order);

// ---- money (settling.cc)
int fiscal_year(const State& state, Day day);
// Closes the instalments of a credit note's own invoice with what is left of it.
void apply_to_own_invoice(State& state, CreditNote& note);
void take_back(State& state, Fund& fund, const std::vector<AppliedPart>& parts, bool is_note);
std::vector<AppliedPart> newest_applied(const Fund& fund, Int amount);
bool has_room_to_return(const State& state, const Fund& fund,
                        const std::vector<AppliedPart>& parts);

// ---- what buyers may spend (spending.cc)
void expect_cost_centre(Deciding& d, int company, int buyer, const std::string& name);
// What stands in the way of an order that takes at approval.
void check_spending(Deciding& d, const Order& order);
// What of the order is kept by its buyer, with tax; and what it has taken.
Int spending_worth(const Order& order);
Int spent_sum(const std::vector<SpentPart>& parts);
bool has_spending_room(const State& state, const Facts& facts);
// Nothing: it has no such limit. Otherwise what would be found, what is allowed, and whether the
// two can be compared.
struct Compared {
  Int found = 0;
  Int allowed = 0;
  bool comparable = true;
};
std::optional<Compared> period_limit(const State& state, const Facts& facts);
std::vector<Compared> budget_limits(const State& state, const Facts& facts);
Int taken_of_budget(const State& state, int budget);
Int reserved_of_budget(const State& state, int budget);
Int taken_in_period(const State& state, int buyer);
// Of each order.
std::vector<DueBefore> spending_before(const State& state);
// Takes and gives back what has changed of one order so far, before something else in the same
// decision changes it.
void settle_spending_so_far(State& state, int place);
// The same of all that a decision has touched.
void settle_spending(State& state, const std::vector<DueBefore>& before,
                     const std::set<int>& touched);
std::optional<Spender> spender_by_paying(const State& state, const Order& order);
void spend_by_paying(State& state, int invoice, Int amount);  // below zero: comes back
// What an order has taken, before it goes to another cost centre.
void return_all_spent(State& state, int order);

// ---- the commands
void decide(Deciding& d, const OpenBook& command);
void decide(Deciding& d, const RegisterCompany& command);
void decide(Deciding& d, const SetCreditLimit& command);
void decide(Deciding& d, const RegisterBuyer& command);
void decide(Deciding& d, const SetRule& command);
void decide(Deciding& d, const SetPolicy& command);
void decide(Deciding& d, const DefineTerms& command);
void decide(Deciding& d, const RegisterItem& command);
void decide(Deciding& d, const DefineAssortment& command);
void decide(Deciding& d, const SetTaxRate& command);
void decide(Deciding& d, const SetPrice& command);
void decide(Deciding& d, const RegisterWarehouse& command);
void decide(Deciding& d, const ReceiveStock& command);
void decide(Deciding& d, const PlaceOrder& command);
void decide(Deciding& d, const ApproveOrder& command);
void decide(Deciding& d, const RejectOrder& command);
void decide(Deciding& d, const WithdrawApproval& command);
void decide(Deciding& d, const OverrideApproval& command);
void decide(Deciding& d, const RegisterStaff& command);
void decide(Deciding& d, const CancelOrder& command);
void decide(Deciding& d, const AllocateOrder& command);
void decide(Deciding& d, const ShipOrder& command);
void decide(Deciding& d, const ReleaseHold& command);
void decide(Deciding& d, const HoldOrder& command);
void decide(Deciding& d, const ReleaseReservation& command);
void decide(Deciding& d, const CountStock& command);
void decide(Deciding& d, const AmendOrder& command);
void decide(Deciding& d, const ReturnGoods& command);
void decide(Deciding& d, const InvoiceOrder& command);
void decide(Deciding& d, const RecordPayment& command);
void decide(Deciding& d, const ApplyCredit& command);
void decide(Deciding& d, const UndoApplication& command);
void decide(Deciding& d, const Refund& command);
void decide(Deciding& d, const ReversePayment& command);
void decide(Deciding& d, const IssueCreditNote& command);
void decide(Deciding& d, const CancelCreditNote& command);
void decide(Deciding& d, const OpenBusinessDay& command);
void decide(Deciding& d, const RetryOrder& command);
void decide(Deciding& d, const RegisterCostCentre& command);
void decide(Deciding& d, const SetBudget& command);
void decide(Deciding& d, const SaveDraft& command);
void decide(Deciding& d, const PlaceDraft& command);
void decide(Deciding& d, const DiscardDraft& command);
void decide(Deciding& d, const DefineTemplate& command);
void decide(Deciding& d, const Reorder& command);
void decide(Deciding& d, const DefineRecurringOrder& command);
void decide(Deciding& d, const StopRecurringOrder& command);

}  // namespace kontor::model
