// PlaceOrder: gather who and what, assess everything, refuse with all reasons, then make it so.
#include "place_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/placing.h"
#include "engine/rules/refusals.h"

namespace kontor {

void decide(Step& step, const PlaceOrder& command) {
  const std::string_view name = view(command.order());
  expect_version(step, 0, Subject::order, name);
  const OrderWish wish = wish_of(command);
  const auto found = plan_placement(step, wish, {name});
  if (!found) return;

  // Nothing below refuses.
  take_placed_on(step, emit_placed(step, wish, *found, name), *found);
}

}  // namespace kontor
