#include "engine/rules/matching.h"

#include <algorithm>

#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

// The condition's cause where it matches; nothing: it does not. eases: what cannot be compared does
// not count as matched.
std::optional<Cause> match_condition(const Book& book, const OrderFacts& facts,
                                     const RuleCondition& condition, bool eases) {
  const FigureRow* const row = find_figure(condition.figure);
  if (row == nullptr) return std::nullopt;  // SetRule refuses figures that are not evaluated
  FigureReading reading = row->read(book, facts, condition);
  if (reading.is == FigureReading::Is::kNoRate)
    KONTOR_MARK("an amount in a currency without a rate");
  const bool compared = reading.is == FigureReading::Is::kNumber &&
                        compares(condition.op, reading.found, reading.allowed);
  const bool matched = compared || reading.is == FigureReading::Is::kMatched ||
                       (reading.is == FigureReading::Is::kNoRate && !eases);
  if (!matched) return std::nullopt;
  Cause cause = about(reading.code, reading.subject_kind, reading.name, reading.subject);
  cause.line = reading.line;
  cause.found = reading.found;
  cause.allowed = reading.allowed;
  cause.unit = reading.unit;
  cause.currency = reading.currency;
  cause.evidence = std::move(reading.evidence);
  return cause;
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
    const FigureRow* const row = find_figure(condition.figure);
    return row != nullptr && row->reads_exposure;
  });
}

std::optional<Match> match_rule(const Book& book, const OrderFacts& facts,
                                const RuleVersion& rule) {
  Match match;
  match.rule = &rule;
  const bool eases = rule.outcome == Outcome::approve || rule.outcome == Outcome::exclude;
  for (const RuleCondition& condition : rule.conditions) {
    std::optional<Cause> cause = match_condition(book, facts, condition, eases);
    if (!cause) return std::nullopt;
    cause->rule = rule.set_at;
    cause->outcome = rule.outcome;
    if (cause->name.empty()) cause->name = book.rules().name(rule.rule);
    match.causes.push_back(std::move(*cause));
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
  const Date today = today_of(book, facts);
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
  const Date today = today_of(book, facts);
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

}  // namespace kontor
