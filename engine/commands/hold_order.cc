// A hold by a person. What the order counts goes on counting; only a person's ReleaseHold ends it.
#include "credit_generated.h"
#include "hold_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const HoldOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  expect_text(step, "comment", view(command.comment()));
  if (order == nullptr) return;
  expect_not_closed(step, *order);
  expect_not_recurring(step, *order);
  if (order->forced_hold != 0) {
    Cause cause = about(ReasonCode::on_hold, Subject::order, view(command.order()), order->ref);
    cause.evidence.emplace_back(order->held_at);
    step.refuse(std::move(cause));
  }
  expect_authority(step, SellerAct::hold_order, std::nullopt);
  if (step.refused()) return;

  const OrderRef ref{order->ref};
  const CompanyId payer{order->payer};
  const CompanyId company{order->company};
  const BuyerId buyer{order->buyer};
  const CurrencyCode currency{order->currency};
  const Minor need = facts_of(step.book(), *order).need;
  Causes causes;
  const auto person = step.book().parties().find_buyer(step.actor_name());
  Cause cause = about(ReasonCode::held_by_person, Subject::buyer, step.actor_name(),
                      person ? person->value() : 0);
  cause.outcome = Outcome::hold;
  causes.add(std::move(cause));
  step.emit<OrderHeld>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto grounds = causes.write(out);
    const auto comment = text(out, view(command.comment()));
    return CreateOrderHeld(out, ref.value(), payer.value(), grounds, need.value(), currency.value(),
                           false, true, comment, company.value(), buyer.value());
  });
}

}  // namespace kontor
