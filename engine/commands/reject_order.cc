#include "approval_generated.h"
#include "reject_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/asking.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const RejectOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  expect_text(step, "comment", view(command.comment()));
  if (order == nullptr) return;
  const OrderRef ref{order->ref};
  const std::optional<Voter> voter = expect_voter(step, *order);
  if (step.refused() || !voter) return;

  step.emit<OrderRejected>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, step.actor_name());
    const auto comment = text(out, view(command.comment()));
    const auto role = text(out, voter->standing.role);
    return CreateOrderRejected(out, ref.value(), voter->person.value(), name, comment,
                               voter->standing.as, role);
  });
  cancel_everything(step, ref, CancelCause::rejected, "");
}

}  // namespace kontor
