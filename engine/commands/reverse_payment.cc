#include "reverse_payment_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// What of the payment goes back: the amount, or all that was not reversed or refunded before.
Minor read_amount(Step& step, const ReversePayment& command, const Payment& payment) {
  const bool whole = command.amount() == kAbsent;
  const Minor amount = whole ? payment.kept() : Minor{command.amount()};
  const Cause cause =
      about(ReasonCode::more_than_paid, Subject::payment, view(command.payment()), payment.ref);
  const CurrencyCode currency{payment.currency};
  if (whole && amount == Minor{0}) {
    step.refuse(with_money(cause, payment.amount, Minor{0}, currency));
  } else if (amount <= Minor{0}) {
    step.refuse(with_money(
        about(ReasonCode::not_positive, Subject::payment, view(command.payment()), payment.ref),
        amount, Minor{0}, currency));
  } else if (amount > payment.kept()) {
    step.refuse(with_money(cause, amount, payment.kept(), currency));
  }
  return amount;
}

void emit_reversed(Step& step, const CreditSource& payment, std::string_view reversal,
                   Minor amount) {
  const std::vector<CreditMove> moves = {unapplied_move(payment, -amount)};
  step.emit<PaymentReversed>(payment.ref, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, reversal);
    return CreatePaymentReversed(out, payment.ref, payment.payer.value(), name, amount.value(),
                                 payment.currency.value(), structs(out, moves));
  });
}

}  // namespace

void decide(Step& step, const ReversePayment& command) {
  const std::string_view reversal = view(command.reversal());
  expect_identifier(step, Subject::reversal, reversal);
  if (step.book().settlements().has_reversal(reversal)) {
    step.refuse(about(ReasonCode::reversal_exists, Subject::reversal, reversal));
  }
  const SourceNames names{view(command.payment()), ""};
  const auto source = expect_source(step, names);
  if (!source) return;
  expect_currency(step, *source, names.payment, CurrencyCode{command.currency()});
  const Payment& payment = *step.book().receivables().find_payment(names.payment);
  const Minor amount = read_amount(step, command, payment);
  if (step.refused()) return;
  const std::vector<Application> parts =
      newest_applied(step.book(), source->ref, amount - source->unapplied);
  expect_room_to_return(step, *source, parts);
  if (step.refused()) return;

  if (!parts.empty()) emit_unapplied(step, *source, "", parts);
  emit_reversed(step, *source, reversal, amount);
}

}  // namespace kontor
