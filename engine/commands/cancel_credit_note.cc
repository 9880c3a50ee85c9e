#include "cancel_credit_note_generated.h"
#include "credit_note_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/budgets.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "projections/fold.h"

namespace kontor {
namespace {

void check_note(Step& step, const CreditNote& note, std::string_view name) {
  if (note.cancelled != 0) {
    return step.refuse(
        about(ReasonCode::credit_note_cancelled, Subject::credit_note, name, note.ref));
  }
  if (note.moved_goods != 0) {
    step.refuse(about(ReasonCode::goods_moved, Subject::credit_note, name, note.ref));
  }
  if (note.refunded > Minor{0}) {
    step.refuse(
        with_money(about(ReasonCode::more_than_unapplied, Subject::credit_note, name, note.ref),
                   note.total, note.total - note.refunded, CurrencyCode{note.currency}));
  }
}

void emit_cancelled(Step& step, const CreditNote& note) {
  const CreditSource source = source_of(note);
  std::vector<CreditedLine> lines;
  for (const CreditedPart& part : step.book().credit_notes().parts(note)) {
    lines.emplace_back(part.quantity.value(), 0, 0, 0, part.net.value(), part.goods_return,
                       part.item, part.line, part.tax_category, part.tax_rate);
  }
  std::vector<TaxAmount> taxes;
  for (const CreditedTax& tax : step.book().credit_notes().taxes(note))
    taxes.emplace_back(tax.net.value(), tax.tax.value(), tax.category, tax.rate);
  std::vector<CreditMove> moves;
  if (note.total != Minor{0}) moves.push_back(unapplied_move(source, -note.total));
  const CreditNote gone = note;
  step.emit<CreditNoteCancelled>(gone.ref, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto line_list = structs(out, lines);
    const auto tax_list = structs(out, taxes);
    return CreateCreditNoteCancelled(out, gone.ref, gone.invoice, gone.order, gone.payer,
                                     gone.currency, line_list, tax_list, gone.total.value(),
                                     structs(out, moves));
  });
}

}  // namespace

void decide(Step& step, const CancelCreditNote& command) {
  const std::string_view name = view(command.credit_note());
  const CreditNote* const note = step.book().credit_notes().find(name);
  if (note == nullptr) {
    return step.refuse(about(ReasonCode::unknown_credit_note, Subject::credit_note, name));
  }
  expect_version(step, note->version, Subject::credit_note, name);
  check_note(step, *note, name);
  expect_authority(step, SellerAct::cancel_credit_note,
                   ActAmount{note->total, CurrencyCode{note->currency}});
  const CreditSource source = source_of(*note);
  const auto parts = newest_applied(step.book(), note->ref, note->applied);
  const auto deposits = newest_deposited(step.book(), note->ref, note->deposited);
  expect_room_to_return(step, source, parts);
  if (step.refused()) return;
  const OrderRef order{note->order};
  const SpendingChange spending(step.book(), step.book().orders().get(order));
  emit_undeposited(step, source, DepositRelease::returned, "", deposits);
  if (!parts.empty()) emit_unapplied(step, source, "", parts);
  emit_cancelled(step, *step.book().credit_notes().find(CreditNoteRef{source.ref}));
  spending.settle(step, order);
}

}  // namespace kontor
