#include "engine/rules/matching.h"

#include <algorithm>

#include "engine/rules/candidates.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Is = FigureReading::Is;

// The causes of one rule while its conditions are looked at.
class Matching {
 public:
  Matching(const Book& book, const OrderFacts& facts, const RuleVersion& rule)
      : book_(book), facts_(facts), rule_(rule) {
    const bool eases = rule.outcome == Outcome::approve || rule.outcome == Outcome::exclude;
    counts_incomparable_ = !eases;
  }

  bool matches(const RuleCondition& condition) {
    const FigureRow* const row = find_figure(condition.figure);
    if (row == nullptr) return false;  // SetRule refuses figures that are not evaluated
    if (row->read != nullptr) return take(condition, row->read(book_, facts_, condition));
    bool any = false;
    const auto look = [&](AccountOf account) {
      any = take(condition, row->read_account(book_, facts_, condition, account)) || any;
    };
    const bool by_tree = condition.figure == Figure::exposure_over_limit;
    if (by_tree && condition.whose == Whose::payer) {
      for_each_limit(book_, facts_.payer, look);
    } else {
      for_each_account(book_, facts_.payer, condition.whose, look);
    }
    return any;
  }

  std::vector<Cause> take_causes() { return std::move(causes_); }
  bool all_compared() const { return all_compared_; }

  void add_unconditional() {
    Cause cause = about(ReasonCode::rule_matched, Subject::rule, book_.rules().name(rule_.rule),
                        rule_.rule.value());
    add(std::move(cause));
  }

 private:
  // Keeps the cause where it matches.
  bool take(const RuleCondition& condition, FigureReading reading) {
    const bool incomparable = reading.is == Is::kNotComparable;
    if (incomparable) KONTOR_MARK("an amount in a currency without a rate");
    const bool compared =
        reading.is == Is::kNumber && compares(condition.op, reading.found, reading.allowed);
    const bool matched =
        compared || reading.is == Is::kMatched || (incomparable && counts_incomparable_);
    if (!matched) return false;
    all_compared_ = all_compared_ && !incomparable;
    Cause cause = about(reading.code, reading.subject_kind, reading.name, reading.subject);
    if (cause.name.empty()) cause.name = book_.rules().name(rule_.rule);
    cause.line = reading.line;
    cause.found = reading.found;
    cause.allowed = reading.allowed;
    cause.unit = reading.unit;
    cause.currency = reading.currency;
    cause.evidence = std::move(reading.evidence);
    add(std::move(cause));
    return true;
  }

  void add(Cause cause) {
    cause.rule = rule_.set_at;
    cause.outcome = rule_.outcome;
    causes_.push_back(std::move(cause));
  }

  const Book& book_;
  const OrderFacts& facts_;
  const RuleVersion& rule_;
  std::vector<Cause> causes_;
  bool counts_incomparable_ = true;
  bool all_compared_ = true;
};

bool in_force(const RuleVersion& rule, Date today) {
  if (rule.withdrawn) return false;
  if (rule.valid_from != kNoDate && rule.valid_from > today) return false;
  return rule.valid_to == kNoDate || rule.valid_to >= today;
}

// Its only condition is the limits that orders meet.
bool is_limit_alone(const RuleVersion& rule) {
  return rule.conditions.size() == 1 && rule.conditions[0].figure == Figure::exposure_over_limit &&
         rule.conditions[0].whose == Whose::payer;
}

// Whether it may match with one exposure and not with another.
bool reads_exposure(const RuleVersion& rule) {
  return std::any_of(rule.conditions.begin(), rule.conditions.end(), [](const auto& condition) {
    const FigureRow* const row = find_figure(condition.figure);
    return row != nullptr && row->reads_exposure;
  });
}

std::optional<Match> match_in_scope(const Book& book, const OrderFacts& facts,
                                    const RuleVersion& rule) {
  Matching matching(book, facts, rule);
  for (const RuleCondition& condition : rule.conditions) {
    if (!matching.matches(condition)) return std::nullopt;
  }
  if (rule.conditions.empty()) matching.add_unconditional();  // it always matches
  Match match;
  match.rule = &rule;
  match.credit_only = is_limit_alone(rule) && matching.all_compared();
  match.causes = matching.take_causes();
  return match;
}

// A rule of items looks at the lines of those.
std::optional<Match> match_rule(const Book& book, const OrderFacts& facts,
                                const RuleVersion& rule) {
  if (!concerns_lines(rule.scope_kind)) return match_in_scope(book, facts, rule);
  OrderFacts scoped = facts;
  scoped.scope = {rule.scope_kind, rule.scope_ordinal, rule.scope};
  return match_in_scope(book, scoped, rule);
}

// Whether an exclusion in force, of a more specific scope, has `suits` of its conditions.
template <class Suits>
bool is_excluded(const Book& book, const OrderFacts& facts, const RuleVersion& rule, Suits suits) {
  const auto exclusions = book.rules().index().exclusions_of(book.rules().name(rule.rule));
  if (exclusions.empty()) return false;
  const Date today = today_of(book, facts);
  const Breadth breadth = breadth_of(book, rule, facts);
  return std::any_of(exclusions.begin(), exclusions.end(), [&](RuleId id) {
    const RuleVersion& exclusion = book.rules().current(id);
    return in_force(exclusion, today) && scope_covers(book, exclusion, facts) &&
           breadth_of(book, exclusion, facts) < breadth && suits(exclusion);
  });
}

}  // namespace

std::vector<Match> match_rules(const Book& book, const OrderFacts& facts, MomentSet moments,
                               OutcomeSet outcomes) {
  const Date today = today_of(book, facts);
  std::vector<Match> out;
  const RulesConcerning concerning(book, facts);
  for (const RuleId id : concerning.all()) {
    const RuleVersion& rule = book.rules().current(id);
    if (!moments.contains(rule.moment) || !outcomes.contains(rule.outcome)) continue;
    if (!in_force(rule, today)) continue;
    auto match = match_rule(book, facts, rule);
    if (!match) continue;
    const bool excluded = is_excluded(book, facts, rule, [&](const RuleVersion& exclusion) {
      return match_rule(book, facts, exclusion).has_value();
    });
    if (excluded) KONTOR_MARK("a rule that excludes another");
    if (!excluded) out.push_back(std::move(*match));
  }
  return out;
}

bool room_is_needed(const Book& book, const OrderFacts& facts, MomentSet moments) {
  const Date today = today_of(book, facts);
  const RulesConcerning concerning(book, facts);
  const auto rules = concerning.all();
  return std::any_of(rules.begin(), rules.end(), [&](RuleId id) {
    const RuleVersion& rule = book.rules().current(id);
    const bool limit = rule.outcome == Outcome::hold && is_limit_alone(rule);
    if (!limit || !moments.contains(rule.moment) || !in_force(rule, today)) return false;
    return !is_excluded(book, facts, rule, [&](const RuleVersion& exclusion) {
      return reads_exposure(exclusion) || match_rule(book, facts, exclusion);
    });
  });
}

bool makes_sense(Moment moment, Outcome outcome) {
  if (moment == Moment::placement || outcome == Outcome::exclude) return true;
  if (moment == Moment::day) return outcome == Outcome::hold;
  if (outcome == Outcome::deposit) return moment == Moment::approval;
  return outcome == Outcome::refuse || outcome == Outcome::hold || outcome == Outcome::warn;
}

}  // namespace kontor
