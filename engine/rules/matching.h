// Which rules match an order at a moment, and what they then want. Rules: domain, One kind of rule.
//
// What an outcome does, by moment:
//   placement   PlaceOrder and AmendOrder. refuse refuses the command; ask asks people; approve
//               does without them; warn goes along with the answer; hold holds the order before it
//               takes credit, then and whenever it is looked at again until it has; deposit asks
//               for one, before all else is looked at.
//   approval    when the last yes comes, or nobody is asked. refuse lets an order fail that people
//               have approved, and refuses the command where nobody is asked; hold holds the
//               approved order; warn goes along; deposit asks for one.
//   allocation  AllocateOrder, and wherever stock is reserved without it. refuse refuses the
//               command, and elsewhere leaves the order without stock; hold holds it and reserves
//               nothing; warn goes along.
//   shipment    ShipOrder. refuse refuses the command; hold holds the order, and nothing leaves;
//               warn goes along.
//   day         when a business day opens, of every approved order that is not held and has
//               something left to ship: hold.
// An exclusion takes the rule it names out at every moment, whatever its own. A hold is looked at
// again by the rules of the moment it was made at, and an order that does not count yet by those of
// placement and approval too; a person's release satisfies holds of every moment until it expires.
// An order that has taken credit counts already: its exposure is read without adding it once more.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "engine/rules/figures.h"
#include "engine/step.h"

namespace kontor {

// A small set of enumerators below 32.
template <class E>
class SetOf {
 public:
  constexpr SetOf() = default;
  constexpr SetOf(std::initializer_list<E> values) {
    for (const E value : values)
      add(value);
  }
  constexpr void add(E value) { bits_ |= bit(value); }
  constexpr bool contains(E value) const { return (bits_ & bit(value)) != 0; }

 private:
  static constexpr std::uint32_t bit(E value) { return 1U << static_cast<std::uint32_t>(value); }
  std::uint32_t bits_ = 0;
};
using MomentSet = SetOf<Moment>;
using OutcomeSet = SetOf<Outcome>;

struct Match {
  const RuleVersion* rule = nullptr;  // valid until the next RuleSet
  std::vector<Cause> causes;          // of each condition, with the numbers compared
  bool credit_only = false;           // room under the limits that orders meet releases it
};

// The rules of the moments and outcomes that match, without those excluded, in the order they were
// first set.
std::vector<Match> match_rules(const Book& book, const OrderFacts& facts, MomentSet moments,
                               OutcomeSet outcomes);

// Whether a hold by the payer's limits alone applies to the order whatever the exposure: without
// room for it, no other change releases it. The exposure itself changes nothing about that.
bool room_is_needed(const Book& book, const OrderFacts& facts, MomentSet moments);

// Whether the outcome means something at the moment; see above.
bool makes_sense(Moment moment, Outcome outcome);

}  // namespace kontor
