// Which rules can concern an order: those of its buyer, roles, company, tags, class, items and of
// the book, found by what they concern. And how specific their scopes are for it. Rules: domain,
// One kind of rule (scopes).
#pragma once

#include <compare>
#include <span>
#include <vector>

#include "engine/rules/order_facts.h"
#include "projections/rules.h"

namespace kontor {

// Rules whose scope covers the order, exclusions aside, ascending; in force or not. Valid until the
// next RuleSet.
class RulesConcerning {
 public:
  RulesConcerning(const Book& book, const OrderFacts& facts);
  std::span<const RuleId> all() const { return merged_.empty() ? of_one_ : merged_; }

 private:
  class Collector;
  std::span<const RuleId> of_one_;  // where they are of one scope, as mostly
  std::vector<RuleId> merged_;      // of several
};

bool scope_covers(const Book& book, const RuleVersion& rule, const OrderFacts& facts);

// How wide a scope that covers the order is for it: the smaller, the more specific. Item, category,
// assortment, buyer, role, company, its ancestors, tag, class, book; roles and tags in the order
// that buyer and company have them, the nearest ancestor first.
struct Breadth {
  int kind = 0;
  std::size_t within = 0;
  friend auto operator<=>(const Breadth&, const Breadth&) = default;
};
Breadth breadth_of(const Book& book, const RuleVersion& rule, const OrderFacts& facts);

}  // namespace kontor
