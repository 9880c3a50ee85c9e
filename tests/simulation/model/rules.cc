// One kind of rule (domain: 7).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

bool compares(Compare compare, Int found, Int threshold) {
  switch (compare) {
    case Compare::kGreater:
      return found > threshold;
    case Compare::kAtLeast:
      return found >= threshold;
    case Compare::kLess:
      return found < threshold;
    case Compare::kAtMost:
      return found <= threshold;
    case Compare::kEqual:
    case Compare::kIn:
      return found == threshold;
  }
  return false;
}

enum class Matched { kNo, kYes, kNotComparable };

Matched matched_if(bool matched) {
  return matched ? Matched::kYes : Matched::kNo;
}

Matched over_order_limit(const State& state, const Facts& facts) {
  if (facts.buyer == kNone) return Matched::kNo;
  const Buyer& buyer = state.buyers[facts.buyer];
  const bool unlimited =
      policy_is(state, "spending.absent_limit", "unlimited", {facts.company, facts.buyer});
  if (!buyer.said.order_limit && unlimited) return Matched::kNo;
  if (buyer.currency != facts.currency) return Matched::kNotComparable;
  return matched_if(facts.total > buyer.said.order_limit.value_or(0));
}

Matched over(const Compared& compared) {
  if (!compared.comparable) return Matched::kNotComparable;
  return matched_if(compared.found > compared.allowed);
}

Matched over_period_limit(const State& state, const Facts& facts) {
  const std::optional<Compared> limit = period_limit(state, facts);
  return limit ? over(*limit) : Matched::kNo;
}

// One that is exceeded, or else one that cannot be compared.
Matched over_budget(const State& state, const Facts& facts) {
  Matched out = Matched::kNo;
  for (const Compared& budget : budget_limits(state, facts)) {
    const Matched matched = over(budget);
    if (matched == Matched::kYes || out == Matched::kNo) out = matched;
  }
  return out;
}

Matched over_credit_limit(const State& state, const Facts& facts) {
  const std::optional<Int> limit = limit_in_force(state, facts.payer);
  if (!limit) return Matched::kNo;
  return matched_if(exposure_of(state, facts.payer).sum() + facts.need > *limit);
}

Matched matches(const State& state, const Facts& facts, const Condition& condition) {
  const auto money = [&](Int found) {
    const Currency wanted = condition.currency != 0 ? condition.currency : state.currency;
    if (wanted != facts.currency) return Matched::kNotComparable;
    return matched_if(compares(condition.compare, found, condition.amount));
  };
  switch (condition.figure) {
    case Figure::kOverOrderLimit:
      return over_order_limit(state, facts);
    case Figure::kOverPeriodLimit:
      return over_period_limit(state, facts);
    case Figure::kOverBudget:
      return over_budget(state, facts);
    case Figure::kExposureOverLimit:
      return over_credit_limit(state, facts);
    case Figure::kTotal:
      return money(facts.total);
    case Figure::kNet:
      return money(facts.net);
    case Figure::kExposureAfter:
      return money(exposure_of(state, facts.payer).sum() + facts.need);
    case Figure::kDistinctItems:
      return matched_if(compares(condition.compare, facts.distinct_items, condition.count));
    case Figure::kWeight:
      break;  // cannot be set
  }
  return Matched::kNo;
}

// What cannot be compared counts as matched, but not for what makes things easier.
bool all_match(const State& state, const Facts& facts, const SetRule& rule) {
  const bool eases = rule.outcome == Outcome::kApprove || rule.outcome == Outcome::kExclude;
  return std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const Condition& c) {
    const Matched matched = matches(state, facts, c);
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
    case Scope::kItemCategory:
    case Scope::kItem:
      break;  // cannot be set
  }
  return false;
}

// Buyer, role, company, its ancestors, tag, class, book: the smaller, the more specific.
int breadth(Scope scope) {
  switch (scope) {
    case Scope::kBuyer:
      return 0;
    case Scope::kRole:
      return 1;
    case Scope::kCompany:
      return 2;
    case Scope::kCompanyAndBelow:
      return 3;
    case Scope::kTag:
      return 4;
    case Scope::kClass:
      return 5;
    default:
      return 6;
  }
}

bool in_force(const SetRule& rule, Day today) {
  const bool begun = !rule.valid_from || *rule.valid_from <= today;
  const bool over = rule.valid_to && *rule.valid_to < today;
  return !rule.withdrawn && begun && !over;
}

void check_conditions(Deciding& d, const SetRule& command) {
  for (const Condition& condition : command.conditions) {
    d.refuse_if(condition.figure == Figure::kWeight, "not_supported");
    d.refuse_if(condition.compare == Compare::kIn, "not_supported");
  }
}

void check_tiers(Deciding& d, const SetRule& command) {
  const bool asks = command.outcome == Outcome::kAsk;
  d.refuse_if(asks && command.tiers.empty(), "invalid_value");
  d.refuse_if(!asks && !command.tiers.empty(), "invalid_value");
  for (const Tier& tier : command.tiers) {
    d.refuse_if(tier.groups.empty(), "invalid_value");
    for (const Group& group : tier.groups) {
      const bool nobody = group.people.empty() && group.roles.empty();
      d.refuse_if((nobody && !group.climb) || group.needed == 0, "invalid_value");
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
}

Facts facts_of(const State&, const Order& order) {
  Facts facts;
  facts.company = order.company;
  facts.payer = order.payer;
  facts.buyer = order.buyer;
  facts.currency = order.currency;
  facts.net = order.net;
  facts.total = order.total;
  std::set<int> items;
  for (const Line& line : order.lines)
    items.insert(line.item);
  facts.distinct_items = static_cast<Int>(items.size());
  facts.need = order.uncounted();
  facts.cost_centre = order.cost_centre;
  facts.still_to_spend = spending_worth(order) - spent_sum(order.spent);
  return facts;
}

std::vector<const Rule*> matching_rules(const State& state, const Facts& facts,
                                        const std::set<Outcome>& outcomes) {
  std::vector<const Rule*> matched;
  for (const Rule& rule : state.rules.all) {
    const bool wanted =
        outcomes.contains(rule.said.outcome) || rule.said.outcome == Outcome::kExclude;
    if (wanted && in_force(rule.said, state.business_date) && covers(state, rule.said, facts) &&
        all_match(state, facts, rule.said)) {
      matched.push_back(&rule);
    }
  }
  const auto excluded = [&](const Rule* rule) {
    return std::any_of(matched.begin(), matched.end(), [&](const Rule* other) {
      return other->said.outcome == Outcome::kExclude && other->said.exclude == rule->name &&
             breadth(other->said.scope_kind) < breadth(rule->said.scope_kind);
    });
  };
  std::vector<const Rule*> left;
  for (const Rule* const rule : matched) {
    if (rule->said.outcome != Outcome::kExclude && !excluded(rule)) left.push_back(rule);
  }
  return left;
}

// A hold by the limit and nothing else, which no exclusion sets aside or could with other exposure.
bool limit_applies(const State& state, const Facts& facts) {
  const auto is_exposure = [](const Condition& condition) {
    return condition.figure == Figure::kExposureOverLimit ||
           condition.figure == Figure::kExposureAfter;
  };
  for (const Rule& limit : state.rules.all) {
    const SetRule& said = limit.said;
    const bool alone = said.outcome == Outcome::kHold && said.conditions.size() == 1 &&
                       said.conditions[0].figure == Figure::kExposureOverLimit;
    if (!alone || !in_force(said, state.business_date) || !covers(state, said, facts)) continue;
    bool lasts = true;
    for (const Rule& other : state.rules.all) {
      const SetRule& exclusion = other.said;
      if (exclusion.outcome != Outcome::kExclude || exclusion.exclude != limit.name) continue;
      if (breadth(exclusion.scope_kind) >= breadth(said.scope_kind)) continue;
      if (!in_force(exclusion, state.business_date) || !covers(state, exclusion, facts)) continue;
      const auto& conditions = exclusion.conditions;
      lasts = lasts && std::none_of(conditions.begin(), conditions.end(), is_exposure) &&
              !all_match(state, facts, exclusion);
    }
    if (lasts) return true;
  }
  return false;
}

Wishes assess(Deciding& d, const Facts& facts, bool will_ask) {
  Wishes wishes;
  for (const Rule* const rule :
       matching_rules(d.state, facts, {Outcome::kRefuse, Outcome::kAsk, Outcome::kApprove})) {
    d.refuse_if(rule->said.outcome == Outcome::kRefuse, "refused_by_rule");
    if (rule->said.outcome == Outcome::kApprove) wishes.approved_by_rule = true;
    if (rule->said.outcome == Outcome::kAsk) wishes.asks.push_back(rule);
  }
  if (wishes.approved_by_rule || !will_ask) return wishes;
  check_approvers(d, facts, wishes);
  return wishes;
}

void decide(Deciding& d, const SetRule& command) {
  State& state = d.state;
  const int self = state.rules.find(command.rule);
  d.expect_version(self == kNone ? 0 : state.rules[self].version);
  const bool of_items =
      command.scope_kind == Scope::kItemCategory || command.scope_kind == Scope::kItem;
  d.refuse_if(of_items, "not_supported");
  if (!of_items) check_scope(d, command.scope_kind, command.scope);
  check_conditions(d, command);
  d.refuse_if(command.outcome == Outcome::kDeposit, "not_supported");
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
