// What comes back stays unapplied: a credit note is never applied again because of this.
#include "undo_application_generated.h"

#include "engine/commands.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "projections/fold.h"

namespace kontor {
namespace {

void undo_of_invoice(Step& step, const UndoApplication& command,
                     const std::optional<CreditSource>& source) {
  const std::string_view name = view(command.invoice());
  const Invoice* const invoice = step.book().receivables().find_invoice(name);
  if (invoice == nullptr) {
    step.refuse(about(ReasonCode::unknown_invoice, Subject::invoice, name));
  }
  if (!source || invoice == nullptr) return;
  const auto parts = applied_to(step.book(), source->ref, InvoiceRef{invoice->ref});
  if (parts.empty()) {
    step.refuse(about(ReasonCode::nothing_applied, Subject::invoice, name, invoice->ref));
  }
  expect_room_to_return(step, *source, parts);
  if (step.refused()) return;
  emit_unapplied(step, *source, view(command.undo()), parts);
}

void undo_of_order(Step& step, const UndoApplication& command,
                   const std::optional<CreditSource>& source) {
  const std::string_view name = view(command.order());
  const Order* const order = step.book().orders().find(name);
  if (order == nullptr) step.refuse(about(ReasonCode::unknown_order, Subject::order, name));
  if (!source || order == nullptr) return;
  const OrderRef ref{order->ref};
  const Minor amount = deposited_in(step.book(), source->ref, ref);
  if (amount == Minor{0}) {
    step.refuse(about(ReasonCode::nothing_applied, Subject::order, name, order->ref));
  }
  if (step.refused()) return;
  emit_undeposited(step, *source, DepositRelease::undone, view(command.undo()), {{ref, amount}});
}

}  // namespace

void decide(Step& step, const UndoApplication& command) {
  const std::string_view undo = view(command.undo());
  expect_identifier(step, Subject::application, undo);
  if (step.book().settlements().has_application(undo)) {
    step.refuse(about(ReasonCode::application_exists, Subject::application, undo));
  }
  const SourceNames names{view(command.payment()), view(command.credit_note())};
  const auto source = expect_source(step, names);
  if ((command.invoice() == nullptr) == (command.order() == nullptr)) {
    return step.refuse(
        about(ReasonCode::invalid_value, Subject::command, "exactly one of invoice, order"));
  }
  if (command.order() != nullptr) return undo_of_order(step, command, source);
  undo_of_invoice(step, command, source);
}

}  // namespace kontor
