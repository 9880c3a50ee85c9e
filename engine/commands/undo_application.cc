// What comes back stays unapplied: a credit note is never applied again because of this.
#include "undo_application_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const UndoApplication& command) {
  const std::string_view undo = view(command.undo());
  expect_identifier(step, Subject::application, undo);
  if (step.book().settlements().has_application(undo)) {
    step.refuse(about(ReasonCode::application_exists, Subject::application, undo));
  }
  const SourceNames names{view(command.payment()), view(command.credit_note())};
  const auto source = expect_source(step, names);
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
  emit_unapplied(step, *source, undo, parts);
}

}  // namespace kontor
