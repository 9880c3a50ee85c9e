#include "refund_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const Refund& command) {
  const std::string_view refund = view(command.refund());
  expect_identifier(step, Subject::refund, refund);
  if (step.book().settlements().has_refund(refund)) {
    step.refuse(about(ReasonCode::refund_exists, Subject::refund, refund));
  }
  const SourceNames names{view(command.payment()), view(command.credit_note())};
  const auto source = expect_source(step, names);
  if (!source) return;
  expect_currency(step, *source, names.name(), CurrencyCode{command.currency()});
  const Minor amount = expect_unapplied(step, *source, names.name(), command.amount());
  if (step.refused()) return;
  expect_authority(step, SellerAct::refund, ActAmount{amount, source->currency});
  if (step.refused()) return;

  const std::vector<CreditMove> moves = {unapplied_move(*source, -amount)};
  const bool is_payment = source->kind == Subject::payment;
  const std::uint64_t payment = is_payment ? source->ref : 0;
  const std::uint64_t credit_note = is_payment ? 0 : source->ref;
  step.emit<RefundPaid>(source->ref, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, refund);
    return CreateRefundPaid(out, name, payment, credit_note, source->payer.value(), amount.value(),
                            source->currency.value(), structs(out, moves));
  });
}

}  // namespace kontor
