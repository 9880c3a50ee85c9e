// An order that has failed is tried again: refused with all that still stands in its way, else it
// goes on from where it was - with the approvals it had, unless a new price wants others.
#include "order_generated.h"
#include "retry_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/approving.h"
#include "engine/rules/budgets.h"
#include "engine/rules/depositing.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const RetryOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  expect_text(step, "comment", view(command.comment()));
  if (order == nullptr) return;
  if (order->failed_at == 0) {
    step.refuse(
        about(ReasonCode::order_not_failed, Subject::order, view(command.order()), order->ref));
  }
  if (step.refused()) return;
  const Approvable found = look_at_approved(step, *order);
  if (step.refused()) return;

  const OrderRef ref{order->ref};
  const SpendingChange spending(step.book(), *order);
  step.emit<OrderRetried>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateOrderRetried(out, ref.value(), text(out, view(command.comment())));
  });
  if (take_new_prices(step, ref, found)) ask_deposit(step, ref, found.deposit);
  spending.settle(step, ref);
  go_on(step, ref, std::nullopt);
}

}  // namespace kontor
