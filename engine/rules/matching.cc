#include "engine/rules/matching.h"

#include <algorithm>

#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/currency.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

// A figure's value and what it is compared with. comparable false: a money amount in a currency
// without a rate, which counts as matched except for approve and exclude.
struct Compared {
  Cause cause;
  bool comparable = true;
};

bool holds(Operator op, std::int64_t found, std::int64_t threshold) {
  switch (op) {
    case Operator::gt:
      return found > threshold;
    case Operator::ge:
      return found >= threshold;
    case Operator::lt:
      return found < threshold;
    case Operator::le:
      return found <= threshold;
    case Operator::eq:
    case Operator::in:
      return found == threshold;
  }
  return false;
}

Minor exposure_after(const Book& book, const OrderFacts& facts) {
  return book.credit().account(facts.payer).exposure() + facts.need;
}

Compared compare_money(const Book& book, const OrderFacts& facts, const RuleCondition& condition,
                       Minor found) {
  const CurrencyCode wanted =
      condition.currency.value() != 0 ? condition.currency : book.calendar().currency();
  Compared out;
  out.cause = with_money(about(ReasonCode::rule_matched, Subject::order, ""), found,
                         Minor{condition.amount}, facts.currency);
  out.comparable = wanted == facts.currency;
  return out;
}

// The buyer's order limit is a condition of its own: no threshold in the rule.
std::optional<Compared> compare_order_limit(const Book& book, const OrderFacts& facts) {
  if (!is_set(facts.buyer)) return std::nullopt;
  const Buyer& buyer = book.parties().buyer(facts.buyer);
  const PolicyContext orderer{facts.company, facts.buyer};
  const bool zero = policy_is(book, PolicyKey::spending_absent_limit, orderer, "zero");
  if (!buyer.order_limit && !zero) return std::nullopt;
  const Minor limit = buyer.order_limit.value_or(Minor{0});
  const bool comparable = buyer.currency == facts.currency;
  if (comparable && facts.total <= limit) return std::nullopt;
  Compared out;
  out.cause = with_money(about(ReasonCode::over_order_limit, Subject::buyer,
                               book.parties().name(facts.buyer), facts.buyer.value()),
                         facts.total, limit, facts.currency);
  out.cause.evidence.push_back(buyer.last_change);
  out.comparable = comparable;
  return out;
}

std::optional<Compared> compare_credit_limit(const Book& book, const OrderFacts& facts) {
  const LimitInForce in_force = limit_in_force(book, facts.payer);
  if (!in_force.limit) return std::nullopt;
  const Minor after = exposure_after(book, facts);
  if (after <= *in_force.limit) return std::nullopt;
  Compared out;
  out.cause = with_money(
      about(in_force.why, Subject::company, book.parties().name(facts.payer), facts.payer.value()),
      after, *in_force.limit, facts.currency);
  const Sequence set_at = book.credit().account(facts.payer).limit_set_at;
  if (set_at.value() != 0) out.cause.evidence.push_back(set_at);
  return out;
}

// Nothing: the condition does not match.
std::optional<Compared> compare(const Book& book, const OrderFacts& facts,
                                const RuleCondition& condition) {
  Compared out;
  switch (condition.figure) {
    case Figure::over_order_limit:
      return compare_order_limit(book, facts);
    case Figure::exposure_over_limit:
      return compare_credit_limit(book, facts);
    case Figure::order_total_with_tax:
      out = compare_money(book, facts, condition, facts.total);
      break;
    case Figure::order_total_without_tax:
      out = compare_money(book, facts, condition, facts.net);
      break;
    case Figure::exposure_after_order:
      out = compare_money(book, facts, condition, exposure_after(book, facts));
      break;
    case Figure::distinct_items:
      out.cause = about(ReasonCode::rule_matched, Subject::order, "");
      out.cause.unit = Unit::count;
      out.cause.found = facts.distinct_items;
      out.cause.allowed = condition.count;
      break;
    default:
      return std::nullopt;  // SetRule refuses figures that are not evaluated
  }
  if (!out.comparable) return out;
  if (!holds(condition.op, out.cause.found, out.cause.allowed)) return std::nullopt;
  return out;
}

bool scope_covers(const Book& book, const RuleVersion& rule, const OrderFacts& facts) {
  const Parties& parties = book.parties();
  const Company& company = parties.company(facts.company);
  switch (rule.scope_kind) {
    case ScopeKind::book:
      return true;
    case ScopeKind::company:
      return rule.scope_ordinal == facts.company.value();
    case ScopeKind::company_and_below:
      return parties.is_at_or_above(CompanyId{rule.scope_ordinal}, facts.company);
    case ScopeKind::company_class:
      return company.company_class == rule.scope;
    case ScopeKind::tag:
      return std::find(company.tags.begin(), company.tags.end(), rule.scope) != company.tags.end();
    case ScopeKind::buyer:
      return is_set(facts.buyer) && rule.scope_ordinal == facts.buyer.value();
    case ScopeKind::role:
      return is_set(facts.buyer) &&
             parties.holds_role(facts.buyer, rule.scope, facts.company, true);
    default:
      return false;  // SetRule refuses the others
  }
}

// The smaller, the more specific (domain: buyer, role, company, its ancestors, tag, class, book).
int breadth(ScopeKind scope) {
  switch (scope) {
    case ScopeKind::buyer:
      return 0;
    case ScopeKind::role:
      return 1;
    case ScopeKind::company:
      return 2;
    case ScopeKind::company_and_below:
      return 3;
    case ScopeKind::tag:
      return 4;
    case ScopeKind::company_class:
      return 5;
    default:
      return 6;
  }
}

bool in_force(const RuleVersion& rule, Date today) {
  if (rule.withdrawn) return false;
  if (rule.valid_from != kNoDate && rule.valid_from > today) return false;
  return rule.valid_to == kNoDate || rule.valid_to >= today;
}

// Its only condition is the payer's limit.
bool is_limit_alone(const RuleVersion& rule) {
  return rule.conditions.size() == 1 && rule.conditions[0].figure == Figure::exposure_over_limit;
}

// Whether it may match with one exposure and not with another.
bool reads_exposure(const RuleVersion& rule) {
  return std::any_of(rule.conditions.begin(), rule.conditions.end(), [](const auto& condition) {
    return condition.figure == Figure::exposure_over_limit ||
           condition.figure == Figure::exposure_after_order;
  });
}

std::optional<Match> match_rule(const Book& book, const OrderFacts& facts,
                                const RuleVersion& rule) {
  Match match;
  match.rule = &rule;
  for (const RuleCondition& condition : rule.conditions) {
    auto compared = compare(book, facts, condition);
    if (!compared) return std::nullopt;
    const bool kind = rule.outcome == Outcome::approve || rule.outcome == Outcome::exclude;
    if (!compared->comparable) KONTOR_MARK("an amount in a currency without a rate");
    if (!compared->comparable && kind) return std::nullopt;
    compared->cause.rule = rule.set_at;
    compared->cause.outcome = rule.outcome;
    if (compared->cause.name.empty()) compared->cause.name = book.rules().name(rule.rule);
    match.causes.push_back(std::move(compared->cause));
  }
  match.credit_only = is_limit_alone(rule);
  if (match.causes.empty()) {  // a rule without conditions always matches
    Cause cause = about(ReasonCode::rule_matched, Subject::rule, book.rules().name(rule.rule),
                        rule.rule.value());
    cause.rule = rule.set_at;
    cause.outcome = rule.outcome;
    match.causes.push_back(std::move(cause));
  }
  return match;
}

bool would_exclude(const Book& book, const RuleVersion& exclusion, const RuleVersion& rule) {
  return exclusion.outcome == Outcome::exclude &&
         exclusion.exclude == book.rules().name(rule.rule) &&
         breadth(exclusion.scope_kind) < breadth(rule.scope_kind);
}

bool is_excluded(const Book& book, const Match& match, const std::vector<Match>& all) {
  return std::any_of(all.begin(), all.end(), [&](const Match& other) {
    return would_exclude(book, *other.rule, *match.rule);
  });
}

}  // namespace

std::vector<Match> match_rules(const Book& book, const OrderFacts& facts,
                               std::span<const Outcome> outcomes) {
  const Date today = book.calendar().business_date();
  std::vector<Match> all;
  bool exclusions = false;
  for (std::uint32_t i = 0; i < book.rules().count(); ++i) {
    const RuleVersion& rule = book.rules().current(RuleId{i});
    const bool wanted = std::find(outcomes.begin(), outcomes.end(), rule.outcome) != outcomes.end();
    if (!wanted && rule.outcome != Outcome::exclude) continue;
    if (!in_force(rule, today) || !scope_covers(book, rule, facts)) continue;
    auto match = match_rule(book, facts, rule);
    if (!match) continue;
    exclusions = exclusions || rule.outcome == Outcome::exclude;
    all.push_back(std::move(*match));
  }
  if (!exclusions) return all;
  KONTOR_MARK("a rule that excludes another");
  std::vector<Match> left;
  for (const Match& match : all) {
    if (match.rule->outcome != Outcome::exclude && !is_excluded(book, match, all)) {
      left.push_back(match);
    }
  }
  return left;
}

bool room_is_needed(const Book& book, const OrderFacts& facts) {
  const Date today = book.calendar().business_date();
  std::vector<const RuleVersion*> limits;
  std::vector<const RuleVersion*> exclusions;  // that match, or may with another exposure
  for (std::uint32_t i = 0; i < book.rules().count(); ++i) {
    const RuleVersion& rule = book.rules().current(RuleId{i});
    const bool limit = rule.outcome == Outcome::hold && is_limit_alone(rule);
    if (!limit && rule.outcome != Outcome::exclude) continue;
    if (!in_force(rule, today) || !scope_covers(book, rule, facts)) continue;
    if (limit) {
      limits.push_back(&rule);
    } else if (reads_exposure(rule) || match_rule(book, facts, rule)) {
      exclusions.push_back(&rule);
    }
  }
  return std::any_of(limits.begin(), limits.end(), [&](const RuleVersion* limit) {
    return std::none_of(exclusions.begin(), exclusions.end(), [&](const RuleVersion* exclusion) {
      return would_exclude(book, *exclusion, *limit);
    });
  });
}

bool figure_is_evaluated(Figure figure) {
  switch (figure) {
    case Figure::over_order_limit:
    case Figure::exposure_over_limit:
    case Figure::order_total_with_tax:
    case Figure::order_total_without_tax:
    case Figure::exposure_after_order:
    case Figure::distinct_items:
      return true;
    default:
      return false;
  }
}

bool scope_is_evaluated(ScopeKind scope) {
  return scope != ScopeKind::item && scope != ScopeKind::item_category &&
         scope != ScopeKind::assortment;
}

bool moment_is_evaluated(Moment moment) {
  return moment == Moment::placement;
}

bool outcome_is_evaluated(Outcome outcome) {
  return outcome != Outcome::deposit;
}

LimitInForce limit_in_force(const Book& book, CompanyId payer) {
  const Account& account = book.credit().account(payer);
  const bool expired =
      account.expires != kNoDate && account.expires < book.calendar().business_date();
  if (account.limit && expired) {
    KONTOR_MARK("a credit limit that has expired");
    return {Minor{0}, ReasonCode::limit_expired};
  }
  if (account.limit) return {account.limit, ReasonCode::over_credit_limit};
  if (policy_is(book, PolicyKey::credit_absent_limit, {payer}, "none")) {
    return {Minor{0}, ReasonCode::no_credit_limit};
  }
  return {std::nullopt, ReasonCode::over_credit_limit};
}

}  // namespace kontor
