// CheckOrder: what PlaceOrder would come to, without writing. The same first half, and then what
// would hold the order and what stock it would get. Rules: domain, Orders.
#pragma once

#include <optional>

#include "place_order_generated.h"

#include "engine/rules/holding.h"
#include "engine/rules/placing.h"
#include "engine/step.h"

namespace kontor {

struct CheckedOrder {
  Causes refusals;                     // empty: it would be placed
  std::optional<Placement> placement;  // of one that would; as long as the command and book stay
  Holds holds;
  AllocationPlan stock;  // what it could have now
};
// At the book's position; context says who asks, and for which effective date; rules look at what
// is supposed.
CheckedOrder check_order(const Book& book, const Context& context, const PlaceOrder& command,
                         const Supposed& supposed = {});

}  // namespace kontor
