#include <algorithm>

#include "allocate_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/allocation.h"
#include "engine/rules/depositing.h"
#include "engine/rules/holding.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

void refuse_missing(Step& step, const Order& order, const Missing& missing) {
  const auto lines = step.book().orders().lines(order);
  for (const auto& [line, quantity] : missing) {
    const ItemId item{lines[line - 1].item};
    const Quantity need = needs_stock(lines[line - 1]);
    step.refuse(
        with_quantity(about_line(ReasonCode::short_stock, line, step.book().catalogue().name(item)),
                      need - quantity, need));
  }
}

// Units billed ahead of their shipment can no longer be cancelled.
bool can_cancel(const Step& step, const Order& order, const Missing& missing) {
  const auto lines = step.book().orders().lines(order);
  return std::any_of(missing.begin(), missing.end(), [&](const auto& of_line) {
    return lines[of_line.first - 1].open() > Quantity{0};
  });
}

// By what stock.short says of each line: one that refuses refuses the command, and so does a plan
// that would change nothing.
void check_missing(Step& step, const Order& order, const AllocationPlan& plan) {
  const auto by_policy = [&](std::string_view shortage) {
    return missing_by_policy(step.book(), order, plan.missing, shortage);
  };
  const Missing refused = by_policy("refuse");
  if (!refused.empty()) return refuse_missing(step, order, refused);
  if (!plan.parts.empty() || plan.missing.empty()) return;
  const bool waits = !by_policy("backorder").empty();
  if (waits || can_cancel(step, order, by_policy("cancel_rest"))) return;
  refuse_missing(step, order, plan.missing);
}

// The caller's own parts, each checked against need and stock.
AllocationPlan read_parts(Step& step, const AllocateOrder& command, const Order& order) {
  AllocationPlan plan;
  ExplicitParts parts(step, order);
  for (const AllocatePart& part : run(command.parts())) {
    parts.add(part.line(), pool_name(command.names(), part.warehouse()), Quantity{part.quantity()},
              plan.parts);
  }
  return plan;
}

}  // namespace

void decide(Step& step, const AllocateOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  if (order == nullptr) return;
  expect_taken(step, *order);
  expect_deposit(step, *order);
  const std::size_t held = step.book().stock().reservation_count(OrderRef{order->ref});
  if (held + run(command.parts()).size() > limits::kReservationsMax) {
    step.refuse(too_many(Subject::order, limits::kReservationsMax, "parts of an order"));
  }
  if (step.refused()) return;

  const bool given = !run(command.parts()).empty();
  const AllocationPlan plan =
      given ? read_parts(step, command, *order) : plan_allocation(step.book(), *order);
  if (step.refused()) return;
  if (plan.parts.empty() && plan.missing.empty()) {
    return step.refuse(
        about(ReasonCode::nothing_to_allocate, Subject::order, view(command.order()), order->ref));
  }
  check_missing(step, *order, plan);
  const AtMoment at = assess_moment(step, *order, Moment::allocation);
  if (step.refused()) return;
  const OrderRef ref{order->ref};
  if (!at.holds.causes.empty()) {
    KONTOR_MARK("an order held instead of allocated");
    return hold(step, ref, at.holds);
  }
  warn(step, ref, at.warnings);
  if (takes_part(step, ref, CreditFrom::allocation)) allocate(step, ref, plan);
}

}  // namespace kontor
