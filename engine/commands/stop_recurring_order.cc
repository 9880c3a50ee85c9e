#include "stop_recurring_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/recurring.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const StopRecurringOrder& command) {
  const std::string_view name = view(command.order());
  expect_text(step, "comment", view(command.comment()));
  const Order* const order = expect_recurring(step, name);
  if (order == nullptr) return;
  expect_version(step, order->version, Subject::recurring_order, name);
  const RecurringOrder& recurring = *step.book().drafts().recurring(OrderRef{order->ref});
  if (recurring.state == RecurringState::kStopped) {
    Cause cause =
        about(ReasonCode::recurring_order_stopped, Subject::recurring_order, name, order->ref);
    cause.evidence.emplace_back(recurring.changed_at);
    step.refuse(std::move(cause));
  }
  if (step.refused()) return;
  stop_recurring(step, OrderRef{order->ref}, StopCause::person, {}, view(command.comment()));
}

}  // namespace kontor
