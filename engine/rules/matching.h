// Which rules match an order, and what they then want. Rules: domain, One kind of rule.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/rules/figures.h"
#include "engine/step.h"

namespace kontor {

struct Match {
  const RuleVersion* rule = nullptr;  // valid until the next RuleSet
  std::vector<Cause> causes;          // one per condition, with the numbers compared
  bool credit_only = false;           // its only condition is the payer's limit
};

// The rules of the given outcomes that match, exclusions applied, in the order they were first set.
std::vector<Match> match_rules(const Book& book, const OrderFacts& facts,
                               std::span<const Outcome> outcomes);

// Whether a hold by the payer's limit alone applies to the order whatever the exposure: without
// room for it, no other change releases it. The exposure itself changes nothing about that.
bool room_is_needed(const Book& book, const OrderFacts& facts);

// Whether this version acts on the scope, moment and outcome; a rule with another is refused.
bool scope_is_evaluated(ScopeKind scope);
bool moment_is_evaluated(Moment moment);
bool outcome_is_evaluated(Outcome outcome);

}  // namespace kontor
