// Who is who, what is sold, and what the book has been told to do (domain: 1 to 4, 7, 8).
#include <algorithm>
#include <charconv>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

// A policy: its default, what may be said, and what is known but not acted on yet.
struct PolicyRow {
  std::string_view name;
  std::string_view fallback;
  std::vector<std::string_view> words;  // none: a number, or a name
  std::vector<std::string_view> later;
  // Scopes below the book: 0 none, 1 those of a company, 2 those of a person too, 3 of an item too.
  int reach = 2;
};

const std::vector<PolicyRow>& policy_rows() {
  static const std::vector<PolicyRow> kRows = {
      {"credit.at",
       "approval",
       {"placement", "approval", "allocation", "shipment", "invoice"},
       {"payment"}},
      {"stock.at",
       "allocation",
       {"placement", "approval", "allocation", "shipment"},
       {"invoice", "payment"}},
      {"stock.draft", "none", {"none", "reserve"}, {}},
      {"price.at", "placement", {"placement", "approval"}, {"shipment", "invoice"}},
      {"stock.short", "backorder", {"backorder", "partial", "refuse", "cancel_rest"}, {}, 3},
      {"stock.sourcing", "priority", {"priority"}, {"single_first", "earliest"}, 3},
      {"price.from", "list", {"list", "command"}, {}},
      {"price.list", "", {}, {}},
      {"invoice.basis", "shipped", {"shipped", "ordered"}, {}},
      {"payment.auto_apply",
       "oldest_due_first",
       {"oldest_due_first", "none"},
       {"by_reference", "exact_match"},
       1},
      {"approval.self", "forbidden", {"forbidden", "allowed", "sole_holder"}, {}},
      {"approval.tiers", "in_sequence", {"in_sequence", "together"}, {}},
      {"approval.expiry", "reject", {"reject", "escalate"}, {}},
      {"approval.expiry_days", "0", {}, {}},
      {"approval.reminder_days", "0", {}, {}},
      {"approval.escalation_days", "0", {}, {}},
      {"staff.reason", "optional", {"optional", "required"}, {}, 0},
      {"approval.on_change", "ask_if_higher", {"ask_if_higher", "always_ask", "keep"}, {}},
      {"credit.tree", "own", {"own", "each", "shared"}, {}, 1},
      {"credit.absent_limit", "unlimited", {"unlimited", "none"}, {}, 1},
      {"spending.absent_limit", "unlimited", {"unlimited", "zero"}, {}},
      {"spending.cost_centre", "optional", {"optional", "required"}, {}},
      {"budget.at",
       "placement",
       {"placement", "approval", "shipment", "invoice", "payment"},
       {"allocation"}},
      {"company.depth_max", "16", {}, {}, 0},
      {"effective.days_back", "36600", {}, {}, 0},
      {"effective.days_ahead", "0", {}, {}, 0},
  };
  return kRows;
}

const PolicyRow& policy_row(std::string_view name) {
  const auto& rows = policy_rows();
  return *std::find_if(rows.begin(), rows.end(),
                       [&](const PolicyRow& row) { return row.name == name; });
}

int reach_of(Scope kind) {
  if (kind == Scope::kBook) return 0;
  if (kind == Scope::kItem || kind == Scope::kItemCategory) return 3;
  if (kind == Scope::kAssortment) return 4;  // no policy's
  return kind == Scope::kBuyer || kind == Scope::kRole ? 2 : 1;
}

bool is_one_of(std::string_view word, const std::vector<std::string_view>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<Int> number_in(std::string_view text) {
  Int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

int depth_of(const State& state, int company) {
  int depth = 0;
  for (int at = company; at != kNone; at = state.companies[at].parent)
    ++depth;
  return depth;
}

// How many levels the company's tree has, from itself down.
int height_of(const State& state, int company) {
  int height = 1;
  for (int other = 0; other < state.companies.size(); ++other) {
    if (!is_at_or_above(state, company, other)) continue;
    height = std::max(height, depth_of(state, other) - depth_of(state, company) + 1);
  }
  return height;
}

int find_or_refuse(Deciding& d, const auto& things, const std::string& name,
                   std::string_view reason) {
  if (name.empty()) return kNone;
  const int found = things.find(name);
  if (found == kNone) d.refuse(reason);
  return found;
}

void check_tree(Deciding& d, const RegisterCompany& command, int parent) {
  if (parent == kNone) return;
  const int self = d.state.companies.find(command.company);
  if (self != kNone && is_at_or_above(d.state, self, parent)) return d.refuse("company_cycle");
  const bool moves = self != kNone && d.state.companies[self].parent != parent;
  const int below = moves ? height_of(d.state, self) : 1;
  const Int most = std::min<Int>(16, policy_number(d.state, "company.depth_max"));
  d.refuse_if(depth_of(d.state, parent) + below > most, "tree_too_deep");
}

void check_company_currency(Deciding& d, const RegisterCompany& command) {
  const int self = d.state.companies.find(command.company);
  const bool known = is_currency(command.currency);
  if (command.currency != 0 && !known) return d.refuse("unknown_currency");
  const bool changes = self != kNone && command.currency != 0 &&
                       command.currency != d.state.companies[self].currency;
  d.refuse_if(changes, "currency_fixed");
}

void check_closing(Deciding& d, const RegisterCompany& command) {
  const int self = d.state.companies.find(command.company);
  if (self == kNone || command.status != CompanyStatus::kClosed) return;
  const Exposure e = exposure_of(d.state, self);
  const bool settled = e.ordered == 0 && e.delivered == 0 && e.receivable == 0 && e.unapplied == 0;
  d.refuse_if(!settled, "company_not_settled");
}

}  // namespace

// Every other one the generator makes up is unknown.
bool is_currency(Currency code) {
  return code == 978 || code == 840 || code == 392 || code == 414;
}

Whom whom(const Order& order, int item) {
  return {order.company, order.buyer, item};
}

std::string_view policy(const State& state, std::string_view name, const Whom& of) {
  std::vector<std::pair<Scope, std::string>> scopes;  // the most specific first
  if (of.item != kNone) scopes.emplace_back(Scope::kItem, state.items[of.item].name);
  if (of.buyer != kNone) {
    const Buyer& buyer = state.buyers[of.buyer];
    scopes.emplace_back(Scope::kBuyer, buyer.name);
    for (const Role& role : buyer.said.roles) {
      if (holds_role(state, of.buyer, role.role, of.company, true)) {
        scopes.emplace_back(Scope::kRole, role.role);
      }
    }
  }
  if (of.company != kNone) {
    const RegisterCompany& company = state.companies[of.company].said;
    scopes.emplace_back(Scope::kCompany, company.company);
    for (int at = of.company; at != kNone; at = state.companies[at].parent)
      scopes.emplace_back(Scope::kCompanyAndBelow, state.companies[at].name);
    for (const std::string& tag : company.tags)
      scopes.emplace_back(Scope::kTag, tag);
    scopes.emplace_back(Scope::kClass, company.company_class);
  }
  scopes.emplace_back(Scope::kBook, "");
  for (const auto& [kind, scope] : scopes) {
    const auto set = state.policies.find({std::string(name), kind, scope});
    if (set != state.policies.end()) return set->second;
  }
  return policy_row(name).fallback;
}
bool policy_is(const State& state, std::string_view name, std::string_view value, const Whom& of) {
  return policy(state, name, of) == value;
}
Int policy_number(const State& state, std::string_view name, const Whom& of) {
  return number_in(policy(state, name, of)).value_or(0);
}

bool is_at_or_above(const State& state, int above, int below) {
  for (int at = below; at != kNone; at = state.companies[at].parent) {
    if (at == above) return true;
  }
  return false;
}

bool holds_role(const State& state, int buyer, std::string_view role, int company, bool own) {
  const Buyer& person = state.buyers[buyer];
  if (!person.said.active) return false;
  return std::any_of(person.said.roles.begin(), person.said.roles.end(), [&](const Role& grant) {
    return grant.role == role && grant_reaches(state, buyer, grant, company, own);
  });
}

bool grant_reaches(const State& state, int buyer, const Role& grant, int company, bool own) {
  const Buyer& person = state.buyers[buyer];
  const bool here = person.company == company && (own || grant.reach != Reach::kOwn);
  const bool below =
      grant.reach == Reach::kCompanyAndBelow && is_at_or_above(state, person.company, company);
  return person.said.active && (here || below);
}

void decide(Deciding& d, const OpenBook& command) {
  d.expect_version(0);
  d.refuse_if(!d.state.book.empty() && command.book == d.state.book, "book_exists");
  d.refuse_if(!is_currency(command.currency), "unknown_currency");
  d.refuse_if(command.first_month < 1 || command.first_month > 12, "invalid_value");
  d.refuse_if(command.first_weekday < 1 || command.first_weekday > 7, "invalid_value");
  if (d.refused()) return;
  State& state = d.state;
  state.book = command.book;
  state.currency = command.currency;
  state.business_date = command.first_day;
  state.fiscal_first_month = command.first_month;
  if (command.outcomes_kept > 0) {
    state.outcomes.kept = static_cast<std::uint64_t>(command.outcomes_kept);
  }
  state.first_weekday = command.first_weekday;
  // The rules every book begins with.
  SetRule limit;
  limit.rule = "order-limit";
  limit.conditions.emplace_back().figure = Figure::kOverOrderLimit;
  limit.outcome = Outcome::kAsk;
  limit.tiers = {{1, {{{}, {"approver"}, 1}}}};
  SetRule credit;
  credit.rule = "credit-limit";
  credit.conditions.emplace_back().figure = Figure::kExposureOverLimit;
  credit.outcome = Outcome::kHold;
  for (const SetRule& said : {limit, credit}) {
    Rule& rule = state.rules[state.rules.place_of(said.rule)];
    rule.said = said;
    rule.version = 1;
  }
}

namespace {

void examine_who_look_around(State& state) {
  want_examination_of(state,
                      [&](int payer) { return state.companies[payer].watched.looks_around; });
}

// A company was stated anew: what it pays, what it ordered, and what stands under it is looked at
// again; after a move in the tree whatever anybody below it ordered, and all who look up.
void examine_around(State& state, int company, bool moved) {
  want_examination_of(state, [&](int payer) { return payer == company; });
  want_examination_under(state, company, true);
  if (moved) {
    want_examination_of(state, [&](int payer) { return state.companies[payer].watched.looks_up; });
  }
  for (int orderer = 0; orderer < state.companies.size(); ++orderer) {
    if (!moved && orderer != company) continue;
    want_examination_of(state, [&](int payer) {
      return has_held_order(state, payer, [&](const Order& o) { return o.company == orderer; });
    });
  }
}

// One limit more or less may be another that is the nearest.
void examine_after_limit(State& state, int company, bool other) {
  want_examination_alone(state, company);
  want_examination_under(state, company, other);
}

}  // namespace

void decide(Deciding& d, const RegisterCompany& command) {
  State& state = d.state;
  const int self = state.companies.find(command.company);
  d.expect_version(self == kNone ? 0 : state.companies[self].version);
  const int parent = find_or_refuse(d, state.companies, command.parent, "unknown_company");
  const bool pays_itself = command.default_payer == command.company;
  const int payer =
      pays_itself ? self
                  : find_or_refuse(d, state.companies, command.default_payer, "unknown_company");
  const int terms = find_or_refuse(d, state.terms, command.terms, "unknown_terms");
  for (const std::string& name : command.allowed_payers)
    find_or_refuse(d, state.companies, name, "unknown_company");
  for (const std::string& name : command.allowed_terms)
    find_or_refuse(d, state.terms, name, "unknown_terms");
  for (const std::string& name : command.price_lists)
    find_or_refuse(d, state.price_lists, name, "unknown_price_list");
  check_tree(d, command, parent);
  check_company_currency(d, command);
  check_closing(d, command);
  if (d.refused()) return;

  const bool moved = self != kNone && state.companies[self].parent != parent;
  const int place = state.companies.place_of(command.company);
  Company& company = state.companies[place];
  if (self == kNone) {
    company.currency = command.currency != 0 ? command.currency : state.currency;
  }
  company.said = command;
  company.parent = parent;
  company.default_payer = pays_itself ? place : payer;
  company.terms = terms;
  ++company.version;
  if (self != kNone) examine_around(state, place, moved);
}

void decide(Deciding& d, const SetCreditLimit& command) {
  const int place = d.state.companies.find(command.company);
  if (place == kNone) return d.refuse("unknown_company");
  Company& company = d.state.companies[place];
  d.expect_version(company.version);
  d.refuse_if(command.currency != 0 && command.currency != company.currency, "currency_mismatch");
  d.refuse_if(command.limit && (*command.limit < 0 || *command.limit > kMost), "invalid_value");
  if (d.refused()) return;
  const bool other = company.limit.has_value() != command.limit.has_value();
  company.limit = command.limit;
  company.limit_expires = command.expires;
  company.limit_review = command.review;
  ++company.version;
  examine_after_limit(d.state, place, other);
}

void decide(Deciding& d, const RegisterBuyer& command) {
  State& state = d.state;
  const int self = state.buyers.find(command.buyer);
  d.expect_version(self == kNone ? 0 : state.buyers[self].version);
  const int company = state.companies.find(command.company);
  if (company == kNone) return d.refuse("unknown_company");
  for (const std::optional<Int>& limit : {command.order_limit, command.period_limit})
    d.refuse_if(limit && (*limit < 0 || *limit > kMost), "invalid_value");
  d.refuse_if(command.period_limit.has_value() != (command.period != Period::kNone),
              "invalid_value");
  if (d.refused()) return;
  Buyer& buyer = state.buyers[state.buyers.place_of(command.buyer)];
  buyer.said = command;
  buyer.company = company;
  state.anything_to_spend = state.anything_to_spend || command.period_limit.has_value();
  buyer.currency = command.currency != 0 ? command.currency : state.companies[company].currency;
  ++buyer.version;
  const int place = state.buyers.find(command.buyer);
  want_examination_of(state, [&](int payer) {
    return has_held_order(state, payer, [&](const Order& o) { return o.buyer == place; });
  });
}

void decide(Deciding& d, const SetPolicy& command) {
  const PolicyRow& row = policy_row(command.policy);
  if (reach_of(command.scope_kind) > row.reach) return d.refuse("not_supported");
  check_scope(d, command.scope_kind, command.scope);
  const std::tuple where{command.policy, command.scope_kind, command.scope};
  if (command.value.empty()) {
    if (d.refused()) return;
    d.state.policies.erase(where);
    return want_examination_of_all(d.state);
  }
  const bool is_number = row.words.empty() && number_in(row.fallback).has_value();
  if (is_number) {
    const std::optional<Int> number = number_in(command.value);
    d.refuse_if(!number || *number < 0 || *number > 1'000'000'000, "invalid_value");
  } else if (!row.words.empty() && !is_one_of(command.value, row.words)) {
    d.refuse(is_one_of(command.value, row.later) ? "not_supported" : "invalid_value");
  }
  if (d.refused()) return;
  d.state.policies[where] = command.value;
  want_examination_of_all(d.state);
}

void decide(Deciding& d, const RegisterItem& command) {
  State& state = d.state;
  const int self = state.items.find(command.item);
  d.expect_version(self == kNone ? 0 : state.items[self].version);
  d.refuse_if(command.decimals < 0 || command.decimals > 6, "invalid_value");
  d.refuse_if(command.kind == Kind::kBundle, "not_supported");
  d.refuse_if(command.freight && command.kind != Kind::kNotStocked, "invalid_value");
  d.refuse_if(self != kNone && state.items[self].said.kind != command.kind, "kind_fixed");
  for (const Int value : {command.minimum, command.maximum, command.multiple})
    d.refuse_if(value < 0 || value > kMost, "invalid_value");
  const bool broken =
      command.minimum > 0 && command.multiple > 0 && command.minimum % command.multiple != 0;
  const bool crossed = command.maximum > 0 && command.maximum < command.minimum;
  d.refuse_if(broken || crossed, "quantity_rule_conflict");
  if (d.refused()) return;
  Item& item = state.items[state.items.place_of(command.item)];
  item.said = command;
  item.tax_category = state.tax_categories.place_of(command.tax_category);
  ++item.version;
  examine_who_look_around(state);
}

void decide(Deciding& d, const DefineAssortment& command) {
  State& state = d.state;
  const int self = state.assortments.find(command.assortment);
  d.expect_version(self == kNone ? 0 : state.assortments[self].version);
  for (const std::string& item : command.items)
    d.refuse_if(state.items.find(item) == kNone, "unknown_item");
  for (const std::string& company : command.companies)
    d.refuse_if(state.companies.find(company) == kNone, "unknown_company");
  for (const Names* words : {&command.categories, &command.tags}) {
    d.refuse_if(std::find(words->begin(), words->end(), "") != words->end(), "invalid_value");
  }
  if (d.refused()) return;
  Assortment& assortment = state.assortments[state.assortments.place_of(command.assortment)];
  assortment.said = command;
  ++assortment.version;
  examine_who_look_around(state);
}

void decide(Deciding& d, const SetTaxRate& command) {
  d.refuse_if(command.rate < 0 || command.rate > kHundredPercent, "invalid_value");
  if (d.refused()) return;
  const int place = d.state.tax_categories.place_of(command.category);
  d.state.tax_categories[place].rates.push_back(command);
}

void decide(Deciding& d, const SetPrice& command) {
  State& state = d.state;
  d.refuse_if(state.items.find(command.item) == kNone, "unknown_item");
  Int last = -1;
  for (const Break& price : command.breaks) {
    const bool ascends = price.from_quantity > last && price.from_quantity <= kMost;
    d.refuse_if(!ascends || price.unit_price < 0 || price.unit_price > kMost, "invalid_value");
    last = price.from_quantity;
  }
  const int known = state.price_lists.find(command.list);
  const bool given = command.currency != 0;
  d.refuse_if(known == kNone && given && !is_currency(command.currency), "unknown_currency");
  d.refuse_if(known != kNone && given && state.price_lists[known].currency != command.currency,
              "currency_fixed");
  if (d.refused()) return;
  PriceList& list = state.price_lists[state.price_lists.place_of(command.list)];
  if (known == kNone) list.currency = given ? command.currency : state.currency;
  list.prices.push_back(command);
}

void decide(Deciding& d, const RegisterWarehouse& command) {
  State& state = d.state;
  const int self = state.warehouses.find(command.warehouse);
  d.expect_version(self == kNone ? 0 : state.warehouses[self].version);
  d.refuse_if(command.lead_time_days < 0 || command.lead_time_days > 3660, "invalid_value");
  if (d.refused()) return;
  Warehouse& warehouse = state.warehouses[state.warehouses.place_of(command.warehouse)];
  warehouse.said = command;
  ++warehouse.version;
  if (!command.active) return;
  for (int item = 0; item < state.items.size(); ++item) {
    if (!state.items[item].queue.empty()) want_serving(state, item);
  }
}

void decide(Deciding& d, const OpenBusinessDay& command) {
  const Int days = Int{command.date} - d.state.business_date;
  d.refuse_if(days <= 0, "day_not_later");
  d.refuse_if(days > 3660, "day_too_far");
  if (d.refused()) return;
  d.state.business_date = command.date;
  want_examination_of_all(d.state);
  d.state.day_to_look_at = has_rule_at(d.state, Moment::kDay);
}

}  // namespace kontor::model
