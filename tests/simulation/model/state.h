// What the model knows of a book: lists of plain structs, referred to by their place in the list.
// Sums are not kept but computed anew wherever they are asked for.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/simulation/model/bills.h"
#include "tests/simulation/model/commands.h"
#include "tests/simulation/model/outcomes.h"

namespace kontor::model {

// Things in the order they were first named.
template <class T>
struct Register {
  std::vector<T> all;
  std::map<std::string, int, std::less<>> places;

  int find(std::string_view name) const {
    const auto found = places.find(name);
    return found == places.end() ? kNone : found->second;
  }
  T& operator[](int place) { return all[static_cast<std::size_t>(place)]; }
  const T& operator[](int place) const { return all[static_cast<std::size_t>(place)]; }
  int size() const { return static_cast<int>(all.size()); }
  // The place of the name, which is new if it was not known.
  int place_of(const std::string& name) {
    const auto [entry, is_new] = places.try_emplace(name, size());
    if (is_new) all.emplace_back().name = name;
    return entry->second;
  }
};

// What the held orders of a payer were last said to depend on.
struct Watched {
  std::vector<int> limits;  // whose limits they meet; empty: the payer's own
  bool looks_up = false;
  bool looks_around = false;
  bool operator==(const Watched&) const = default;
};

struct Company {
  std::string name;
  RegisterCompany said;  // as last registered
  int parent = kNone;
  int default_payer = kNone;
  int terms = kNone;
  Currency currency = 0;
  std::optional<Int> limit;
  std::optional<Day> limit_expires;
  std::optional<Day> limit_review;
  std::uint64_t version = 0;
  Watched watched;  // as a payer of held orders
};

struct Buyer {
  std::string name;
  RegisterBuyer said;
  int company = kNone;
  Currency currency = 0;
  std::uint64_t version = 0;
};

struct CostCentre {
  std::string name;
  RegisterCostCentre said;
  int company = kNone;
  std::uint64_t version = 0;
};

struct Budget {
  std::string name;
  SetBudget said;
  Currency currency = 0;
  bool moved = false;  // something was taken of it once
  std::uint64_t version = 0;
};

// What a buyer's orders took on a day, or below zero gave back.
struct SpendingMove {
  int buyer = kNone;
  Day day = 0;
  Currency currency = 0;
  Int amount = 0;
};
struct StaffMember {
  std::string name;
  RegisterStaff said;
  Currency currency = 0;
  std::uint64_t version = 0;
};

struct Rule {
  std::string name;
  SetRule said;
  std::uint64_t version = 0;
};

struct Assortment {
  std::string name;
  DefineAssortment said;
  std::uint64_t version = 0;
};

// An order that a company of the class has placed.
struct ClassOrder {
  std::string company_class;
  Currency currency = 0;
  Day day = 0;
  Int total = 0;
};

// A rule that holds an order, and its version then; kNone: the account has no room at all.
using HoldingRule = std::pair<int, std::uint64_t>;

struct Terms {
  std::string name;
  std::vector<TermsLine> lines;
  std::uint64_t version = 0;
};

struct TaxCategory {
  std::string name;
  std::vector<SetTaxRate> rates;  // in the order they were set
};

// A line of an order that waits for stock.
struct Waiting {
  int order = kNone;
  int line = kNone;
};

struct Item {
  std::string name;
  RegisterItem said;
  int tax_category = kNone;
  std::uint64_t version = 0;
  std::vector<Waiting> queue;  // oldest first

  bool is_charge() const { return said.kind == Kind::kNotStocked; }
};

struct PriceList {
  std::string name;
  Currency currency = 0;
  std::vector<SetPrice> prices;  // in the order they were set
};

struct Warehouse {
  std::string name;
  RegisterWarehouse said;
  std::uint64_t version = 0;
};

struct Stock {
  Int on_hand = 0;
  Int reserved = 0;
  Int salable() const { return on_hand - reserved; }
};

struct Line {
  int item = kNone;
  bool charge = false;  // of an item that is not stocked
  int tax_category = kNone;
  Int tax_rate = 0;
  Int unit_price = 0;
  Int net = 0;
  Int gross = 0;
  Int ordered = 0;
  Int valued = 0;  // units that net and gross are for
  Int cancelled = 0;
  Int voided = 0;
  Int shipped = 0;
  Int invoiced = 0;
  Int returned = 0;
  Int returned_unbilled = 0;
  Int credited = 0;  // billed units that credit notes name, without those voided
  Int reserved = 0;
  Int waiting = 0;

  // The boxes of the domain (Orders).
  Int billed() const { return invoiced - voided; }
  Int gone() const { return std::max(shipped, billed() + returned_unbilled); }
  Int open() const { return ordered - cancelled - voided - gone(); }
  Int delivered() const { return gone() - billed() - returned_unbilled; }
  Int not_cancelled() const { return ordered - cancelled - voided; }
  bool has_moved() const { return shipped > 0 || invoiced > 0; }
  Int to_ship() const { return ordered - cancelled - voided - shipped; }
  Int needs_stock() const { return charge ? 0 : to_ship() - reserved - waiting; }
  Int net_of_first(Int units) const { return value_of_part(net, units, valued); }
  Int gross_of_first(Int units) const { return value_of_part(gross, units, valued); }
  // Of the open units those that have stock: they go first, behind what was billed ahead. Charges
  // need none.
  Int allocated() const { return charge ? open() : std::max<Int>(0, shipped + reserved - gone()); }
  Int allocated_value() const {
    return gross_of_first(gone() + allocated()) - gross_of_first(gone());
  }
  // Laid out as billed and back unbilled, delivered, open, the rest; a box counts what it spans.
  Int open_value() const {
    return open() == 0 ? 0 : gross_of_first(gone() + open()) - gross_of_first(gone());
  }
  Int delivered_value() const {
    return delivered() == 0 ? 0 : gross_of_first(gone()) - gross_of_first(gone() - delivered());
  }
};

struct Reservation {
  int line = kNone;
  int warehouse = kNone;
  Int quantity = 0;
};

struct Vote {
  int buyer = kNone;
  int tier = 1;
};

// People are asked about an order, by the rules as they were then.
struct Asked {
  std::vector<Rule> rules;
  std::vector<Vote> votes;
  std::vector<Vote> escalated;  // whom else, in which tier; 0: in all of them
  std::optional<Day> expires_on;
  std::optional<Day> remind_on;
  std::optional<Day> escalate_on;
};

// Where parts of an order begin to count once it is taken.
enum class CreditFrom { kOrder, kAllocation, kShipment, kInvoice };
enum class Approval { kNew, kPending, kApproved, kRejected };

// When the runs of a recurring order come.
struct Schedule {
  DefineRecurringOrder said;
  bool running = false;
  bool stopped = false;
  int runs = 0;
  int at = 0;  // place of the next run
  Day date_of(int place) const;
  std::optional<Day> next() const;
};

struct Order {
  std::string name;
  int company = kNone;
  int payer = kNone;
  int buyer = kNone;
  int terms = kNone;
  std::string region;
  std::string country;
  std::string cost_centre;
  std::vector<SpentPart> spent;  // oldest first
  std::optional<Day> requested;
  std::optional<Day> release_expires;
  Int agreed = 0;        // the total that was approved, or is asked for
  Int released_for = 0;  // the total when a person released it last
  Int deposit_asked = 0;
  Int deposit_deducted = 0;
  std::vector<DepositShare> deposit_shares;  // oldest first
  Int net = 0;
  Int total = 0;
  std::vector<Line> lines;
  std::vector<Reservation> reservations;  // oldest first
  std::optional<Asked> asked;             // what waits for people
  std::optional<Schedule> recurs;         // a recurring order: never taken itself
  Int held_need = 0;                      // what it would have counted when it was held
  std::vector<HoldingRule> held_why;
  std::uint64_t version = 0;
  Day placed_on = 0;
  Currency currency = 0;
  Approval approval = Approval::kNew;
  CreditFrom from = CreditFrom::kOrder;
  Moment held_moment = Moment::kPlacement;
  bool no_split = false;
  bool prepaid = false;
  bool taken = false;   // counts at its payer
  bool failed = false;  // approved, but not possible
  bool is_run = false;  // of a recurring one
  bool held = false;
  bool needs_room = false;  // of a held one: goes on only with room, whatever else changes
  bool forced = false;
  bool released = false;  // by a person
  bool cancelled = false;
  bool fulfilled = false;

  Int open_value() const;
  Int delivered_value() const;
  Int counted_ordered() const;
  Int counted_delivered() const { return from == CreditFrom::kInvoice ? 0 : delivered_value(); }
  // Without its deposit.
  Int uncounted() const { return unbilled() - counted_ordered() - counted_delivered(); }
  Int unbilled() const { return open_value() + delivered_value(); }
  Int deposit_held() const;
  Int undeducted() const;       // asked or received, not deducted
  Int counted_deposit() const;  // of that, what takes off what it counts
  Int lacking() const;          // of its deposit
  bool may_move() const {
    return (approval == Approval::kApproved || fulfilled) && !held && !failed;
  }
  bool is_closed() const { return cancelled || fulfilled || approval == Approval::kRejected; }
};

// What somebody wants; no order yet.
struct SavedDraft {
  PlaceOrder wish;
  std::vector<int> items;                 // by line
  std::vector<Reservation> reservations;  // oldest first
  std::optional<Int> total;
  std::uint64_t version = 0;
};

struct Template {
  std::string name;
  DefineTemplate said;
  std::uint64_t version = 0;
};

// What was due to have been taken of an order before something changed it, and where from.
struct DueBefore {
  Int due = 0;
  std::string cost_centre;
};

struct State {
  std::string book;  // empty: not opened yet
  Currency currency = 0;
  Day business_date = 0;
  int fiscal_first_month = 1;
  int first_weekday = 1;
  int default_terms = kNone;
  Register<Company> companies;
  Register<Buyer> buyers;
  Register<CostCentre> cost_centres;
  Register<Budget> budgets;
  std::vector<SpendingMove> spending;
  bool anything_to_spend = false;  // some buyer had a period limit, or there is a budget
  Register<StaffMember> staff;
  Register<Rule> rules;
  Register<Terms> terms;
  Register<TaxCategory> tax_categories;
  Register<Item> items;
  Register<PriceList> price_lists;
  Register<Warehouse> warehouses;
  Register<Assortment> assortments;
  std::vector<ClassOrder> class_orders;
  std::map<std::pair<int, int>, Stock> stock;  // by item and warehouse
  Register<Order> orders;
  std::map<std::string, SavedDraft, std::less<>> drafts;
  Register<Template> templates;
  Register<Invoice> invoices;
  Register<Payment> payments;
  Register<CreditNote> credit_notes;
  Register<GoodsReturn> returns;
  std::set<std::string, std::less<>> receipts;
  std::set<std::string, std::less<>> shipments;
  std::set<std::string, std::less<>> cancellations;
  std::set<std::string, std::less<>> amendments;
  std::set<std::string, std::less<>> counts;
  std::set<std::string, std::less<>> releases;
  std::set<std::string, std::less<>> applications;  // and undoings of one
  std::set<std::string, std::less<>> reversals;
  std::set<std::string, std::less<>> refunds;
  // Those that were set: (policy, scope kind, its name) to the value.
  std::map<std::tuple<std::string, Scope, std::string>, std::string> policies;
  std::vector<int> items_to_serve;  // work that is left, oldest first
  std::vector<int> payers_to_examine;
  bool day_to_look_at = false;

  Outcomes outcomes;          // of the book
  Outcomes opening_outcomes;  // of the commands that open it: those are the server's

  // For whoever compares: orders that have changed since it was last emptied.
  std::vector<DueBefore> due_before;  // by order, while a decision is made
  std::set<int> touched;
};

}  // namespace kontor::model
