// One kind of rule (domain: 7).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

// What cannot be compared counts as matched, but not for what makes things easier.
bool all_match(const State& state, const Facts& facts, const SetRule& rule) {
  const bool eases = rule.outcome == Outcome::kApprove || rule.outcome == Outcome::kExclude;
  return std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const Condition& c) {
    const Matched matched = matches(state, facts, rule, c);
    return matched == Matched::kYes || (matched == Matched::kNotComparable && !eases);
  });
}

bool covers(const State& state, const SetRule& rule, const Facts& facts) {
  const RegisterCompany& company = state.companies[facts.company].said;
  switch (rule.scope_kind) {
    case Scope::kBook:
      return true;
    case Scope::kTag:
      return std::find(company.tags.begin(), company.tags.end(), rule.scope) != company.tags.end();
    case Scope::kCompany:
      return state.companies[facts.company].name == rule.scope;
    case Scope::kCompanyAndBelow:
      return is_at_or_above(state, state.companies.find(rule.scope), facts.company);
    case Scope::kClass:
      return company.company_class == rule.scope;
    case Scope::kRole:
      return facts.buyer != kNone &&
             holds_role(state, facts.buyer, rule.scope, facts.company, true);
    case Scope::kBuyer:
      return facts.buyer != kNone && state.buyers[facts.buyer].name == rule.scope;
    case Scope::kItem:
    case Scope::kItemCategory:
    case Scope::kAssortment:
      return std::any_of(facts.lines.begin(), facts.lines.end(),
                         [&](const FactLine& line) { return is_in_scope(state, rule, line.item); });
  }
  return false;
}

// Item, category, assortment, buyer, role, company, its ancestors from the nearest on, tag and role
// in their order, class, book: the smaller, the more specific.
std::pair<int, Int> breadth(const State& state, const SetRule& rule, const Facts& facts) {
  const std::vector<Scope> order = {
      Scope::kItem,    Scope::kItemCategory,    Scope::kAssortment, Scope::kBuyer, Scope::kRole,
      Scope::kCompany, Scope::kCompanyAndBelow, Scope::kTag,        Scope::kClass, Scope::kBook};
  const int kind =
      static_cast<int>(std::find(order.begin(), order.end(), rule.scope_kind) - order.begin());
  Int within = 0;
  if (rule.scope_kind == Scope::kCompanyAndBelow) {
    for (int at = facts.company; at != kNone && state.companies[at].name != rule.scope;
         at = state.companies[at].parent)
      ++within;
  }
  if (rule.scope_kind == Scope::kTag) {
    const Names& tags = state.companies[facts.company].said.tags;
    within = std::find(tags.begin(), tags.end(), rule.scope) - tags.begin();
  }
  if (rule.scope_kind == Scope::kRole && facts.buyer != kNone) {
    for (const Role& role : state.buyers[facts.buyer].said.roles) {
      if (role.role == rule.scope) break;
      ++within;
    }
  }
  return {kind, within};
}

bool in_force(const SetRule& rule, Day today) {
  const bool begun = !rule.valid_from || *rule.valid_from <= today;
  const bool over = rule.valid_to && *rule.valid_to < today;
  return !rule.withdrawn && begun && !over;
}

void check_tiers(Deciding& d, const SetRule& command) {
  const bool asks = command.outcome == Outcome::kAsk;
  d.refuse_if(asks && command.tiers.empty(), "invalid_value");
  d.refuse_if(!asks && !command.tiers.empty(), "invalid_value");
  for (const Tier& tier : command.tiers) {
    d.refuse_if(tier.groups.empty(), "invalid_value");
    for (const Group& group : tier.groups) {
      const bool nobody =
          group.people.empty() && group.roles.empty() && !group.climb && !group.cost_centre_owner;
      d.refuse_if(nobody || group.needed == 0, "invalid_value");
      for (const std::string& person : group.people)
        d.refuse_if(d.state.buyers.find(person) == kNone, "unknown_buyer");
    }
  }
}

}  // namespace

void check_scope(Deciding& d, Scope kind, const std::string& scope) {
  d.refuse_if((kind == Scope::kBook) != scope.empty(), "invalid_value");
  if (kind == Scope::kBook || scope.empty()) return;
  const bool company = kind == Scope::kCompany || kind == Scope::kCompanyAndBelow;
  d.refuse_if(company && d.state.companies.find(scope) == kNone, "unknown_company");
  d.refuse_if(kind == Scope::kBuyer && d.state.buyers.find(scope) == kNone, "unknown_buyer");
  d.refuse_if(kind == Scope::kItem && d.state.items.find(scope) == kNone, "unknown_item");
  d.refuse_if(kind == Scope::kAssortment && d.state.assortments.find(scope) == kNone,
              "unknown_assortment");
}

bool is_in_scope(const State& state, const SetRule& rule, int item) {
  const Item& of = state.items[item];
  if (rule.scope_kind == Scope::kItem) return of.name == rule.scope;
  if (rule.scope_kind == Scope::kItemCategory) return of.said.category == rule.scope;
  if (rule.scope_kind != Scope::kAssortment) return true;
  const DefineAssortment& said = state.assortments[state.assortments.find(rule.scope)].said;
  const auto has = [](const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return has(said.items, of.name) || has(said.categories, of.said.category);
}

Facts facts_of(const State&, const Order& order) {
  Facts facts;
  facts.company = order.company;
  facts.payer = order.payer;
  facts.buyer = order.buyer;
  facts.currency = order.currency;
  facts.net = order.net;
  facts.total = order.total;
  facts.prepaid = order.prepaid;
  facts.counted = order.counted_ordered() + order.counted_delivered();
  facts.counted_deposit = order.counted_deposit();
  facts.deducted = order.deposit_deducted;
  set_need(facts, order.uncounted(), order.undeducted());
  facts.terms = order.terms;
  facts.placed_on = order.placed_on;
  facts.requested = order.requested;
  facts.country = order.country;
  facts.cost_centre = order.cost_centre;
  std::set<int> items;
  for (const Line& line : order.lines) {
    items.insert(line.item);
    if (line.not_cancelled() > 0)
      facts.lines.push_back({line.item, line.not_cancelled(), line.unit_price,
                             line.net_of_first(line.not_cancelled())});
  }
  facts.distinct_items = static_cast<Int>(items.size());
  facts.recurring = order.is_run || order.recurs;
  facts.spent = spent_sum(order.spent);
  facts.still_to_spend = spending_worth(order) - facts.spent;
  return facts;
}

bool has_rule_at(const State& state, Moment moment) {
  return std::any_of(state.rules.all.begin(), state.rules.all.end(), [&](const Rule& rule) {
    return !rule.said.withdrawn && rule.said.outcome != Outcome::kExclude &&
           rule.said.moment == moment;
  });
}

namespace {

// An exclusion in force, more specific than the rule it takes out, that `suits`.
template <class Suits>
bool is_excluded(const State& state, const Facts& facts, const Rule& rule, Suits suits) {
  return std::any_of(state.rules.all.begin(), state.rules.all.end(), [&](const Rule& other) {
    const SetRule& said = other.said;
    return said.outcome == Outcome::kExclude && said.exclude == rule.name &&
           in_force(said, state.business_date) && covers(state, said, facts) &&
           breadth(state, said, facts) < breadth(state, rule.said, facts) && suits(said);
  });
}

}  // namespace

std::vector<const Rule*> matching_rules(const State& state, const Facts& facts,
                                        const Moments& moments, const std::set<Outcome>& outcomes) {
  std::vector<const Rule*> matched;
  for (const Rule& rule : state.rules.all) {
    const SetRule& said = rule.said;
    const bool wanted = moments.contains(said.moment) && outcomes.contains(said.outcome);
    if (!wanted || !in_force(said, state.business_date) || !covers(state, said, facts)) continue;
    if (!all_match(state, facts, said)) continue;
    const bool excluded = is_excluded(state, facts, rule, [&](const SetRule& exclusion) {
      return all_match(state, facts, exclusion);
    });
    if (!excluded) matched.push_back(&rule);
  }
  return matched;
}

bool limit_applies(const State& state, const Facts& facts, const Moments& moments) {
  return std::any_of(state.rules.all.begin(), state.rules.all.end(), [&](const Rule& limit) {
    const SetRule& said = limit.said;
    const bool alone = said.outcome == Outcome::kHold && said.conditions.size() == 1 &&
                       said.conditions[0].figure == Figure::kExposureOverLimit &&
                       said.conditions[0].whose == Whose::kPayer;
    if (!alone || !moments.contains(said.moment)) return false;
    if (!in_force(said, state.business_date) || !covers(state, said, facts)) return false;
    return !is_excluded(state, facts, limit, [&](const SetRule& exclusion) {
      const auto& conditions = exclusion.conditions;
      return std::any_of(conditions.begin(), conditions.end(),
                         [](const Condition& c) { return reads_exposure(c.figure); }) ||
             all_match(state, facts, exclusion);
    });
  });
}

Wishes assess(Deciding& d, const Facts& bare, bool will_ask) {
  Wishes wishes;
  wishes.deposit = find_deposit(d.state, bare, {Moment::kPlacement});
  Facts facts = with_deposit(bare, wishes.deposit);
  for (const Rule* const rule :
       matching_rules(d.state, facts, {Moment::kPlacement},
                      {Outcome::kRefuse, Outcome::kAsk, Outcome::kApprove})) {
    d.refuse_if(rule->said.outcome == Outcome::kRefuse, "refused_by_rule");
    if (rule->said.outcome == Outcome::kApprove) wishes.approved_by_rule = true;
    if (rule->said.outcome == Outcome::kAsk) wishes.asks.push_back(rule);
  }
  if (!will_ask) return wishes;
  if (!wishes.approved_by_rule) check_approvers(d, facts, wishes);
  // Where nobody will be asked, this is the approval.
  if (!approves_at_once(d.state, facts, wishes) || !has_rule_at(d.state, Moment::kApproval)) {
    return wishes;
  }
  raise(wishes.deposit, find_deposit(d.state, bare, {Moment::kApproval}));
  facts = with_deposit(bare, wishes.deposit);
  d.refuse_if(!matching_rules(d.state, facts, {Moment::kApproval}, {Outcome::kRefuse}).empty(),
              "refused_by_rule");
  return wishes;
}

namespace {

// At later moments people are not asked any more; a day only holds.
bool makes_sense(Moment moment, Outcome outcome) {
  if (moment == Moment::kPlacement || outcome == Outcome::kExclude) return true;
  if (outcome == Outcome::kHold) return true;
  if (outcome == Outcome::kDeposit) return moment == Moment::kApproval;
  return moment != Moment::kDay && (outcome == Outcome::kRefuse || outcome == Outcome::kWarn);
}

}  // namespace

void decide(Deciding& d, const SetRule& command) {
  State& state = d.state;
  const int self = state.rules.find(command.rule);
  d.expect_version(self == kNone ? 0 : state.rules[self].version);
  check_scope(d, command.scope_kind, command.scope);
  for (const Condition& condition : command.conditions)
    check_condition(d, condition);
  const bool deposit = command.outcome == Outcome::kDeposit;
  const bool states_one = command.deposit > 0 && command.deposit <= kHundredPercent;
  d.refuse_if(deposit ? !states_one : command.deposit != 0, "invalid_value");
  d.refuse_if(!makes_sense(command.moment, command.outcome), "invalid_value");
  check_tiers(d, command);
  const bool excludes = command.outcome == Outcome::kExclude;
  d.refuse_if(excludes && state.rules.find(command.exclude) == kNone, "unknown_rule");
  if (d.refused()) return;
  Rule& rule = state.rules[state.rules.place_of(command.rule)];
  rule.said = command;
  ++rule.version;
  want_examination_of_all(state);
}

}  // namespace kontor::model
