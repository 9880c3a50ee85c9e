// Which rules match an order, and what they then want. Rules: domain, One kind of rule.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/step.h"

namespace kontor {

// What the figures are read from: an order about to be placed, or one that is examined again.
struct OrderFacts {
  CompanyId company = no_id<CompanyId>();
  CompanyId payer = no_id<CompanyId>();
  BuyerId buyer = no_id<BuyerId>();
  CurrencyCode currency;
  Minor net;
  Minor total;
  std::uint32_t distinct_items = 0;
  Minor need;  // what it would add to the payer's exposure; 0 where it counts already
};

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

// Whether this version acts on the figure with that operator; a rule with another is refused.
bool figure_is_evaluated(Figure figure);
// Whether it does so for the scope, moment and outcome.
bool scope_is_evaluated(ScopeKind scope);
bool moment_is_evaluated(Moment moment);
bool outcome_is_evaluated(Outcome outcome);

// The payer's limit for deciding: nothing is unlimited; expired or absent limits by policy.
struct LimitInForce {
  std::optional<Minor> limit;
  ReasonCode why = ReasonCode::over_credit_limit;  // the reason when it is exceeded
};
LimitInForce limit_in_force(const Book& book, CompanyId payer);

}  // namespace kontor
