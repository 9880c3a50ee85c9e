// How credit notes leave memory when they are settled, and come back.
#include "book_generated.h"
#include "document_generated.h"

#include "events/base/mark.h"
#include "projections/credit_notes.h"
#include "projections/fold.h"

namespace kontor {

void CreditNotes::on(const Envelope&, const BookOpened& event) {
  if (event.settled_rule() != 0) leaving_.keep_for(event.settled_kept());
}

// ---- leaving ------------------------------------------------------------------------------------

void CreditNotes::note_touch(CreditNote& note, Sequence position) {
  note.touched_at = position.value();
  if (is_settled(note)) leaving_.touched(position, note.ref);
}

bool CreditNotes::leave(const Leaving::Touch& due) {
  const auto index = index_.find(due.document);
  if (!index) return false;
  const CreditNote& note = notes_[*index];
  if (note.touched_at != due.position || !is_settled(note)) return false;
  KONTOR_MARK("a settled credit note that left memory");
  if (note.reopened != 0) KONTOR_MARK("a settled credit note that left memory once more");
  settled_.add(names_.name(*index), note.ref, note.reopened != 0, Sequence{note.touched_at});
  ++left_numbers_[note.fiscal_year];
  unlink(note);
  parts_.give(note.first_part, note.part_count);
  taxes_.give(note.first_tax, note.tax_count);
  index_.erase(note.ref);
  names_.erase(*index);
  notes_[*index] = CreditNote{};
  return true;
}

// ---- coming back --------------------------------------------------------------------------------

void CreditNotes::on(const Envelope& by, const DocumentReopened& event) {
  if (event.credit_note_state() == nullptr) return;
  if (find(CreditNoteRef{event.credit_note()}) != nullptr) return;  // its own events alone
  const ReopenedCreditNote& state = *event.credit_note_state();
  settled_.came_back();
  CreditNote& note = add(view(state.credit_note()), event.credit_note());
  note.invoice = state.invoice();
  note.order = state.order();
  note.net = Minor{state.net()};
  note.tax = Minor{state.tax()};
  note.total = Minor{state.total()};
  note.applied = Minor{state.applied()};
  note.refunded = Minor{state.refunded()};
  note.payer = state.payer();
  note.number = state.number();
  note.version = state.version();
  note.date = state.date();
  note.fiscal_year = state.fiscal_year();
  note.currency = state.currency();
  note.cause = state.cause();
  note.moved_goods = state.moved_goods() ? 1 : 0;
  note.cancelled = state.cancelled() ? 1 : 0;
  note.reopened = 1;
  link(note);
  note.part_count = static_cast<std::uint32_t>(run(state.lines()).size());
  note.first_part = parts_.take(note.part_count);
  CreditedPart* part = parts_.at(note.first_part, note.part_count).data();
  for (const ReopenedCreditedLine& line : run(state.lines())) {
    *part++ = {
        Quantity{line.quantity()}, Minor{line.net()}, line.goods_return(), line.item(), line.line(),
        line.tax_category(),       line.tax_rate()};
  }
  note.tax_count = static_cast<std::uint32_t>(run(state.taxes()).size());
  note.first_tax = taxes_.take(note.tax_count);
  CreditedTax* next = taxes_.at(note.first_tax, note.tax_count).data();
  for (const TaxAmount& tax : run(state.taxes()))
    *next++ = {Minor{tax.net()}, Minor{tax.tax()}, tax.category(), tax.rate()};
  const auto left = left_numbers_.find(note.fiscal_year);
  KONTOR_ASSERT(left != left_numbers_.end());
  if (--left->second == 0) left_numbers_.erase(left);
  note_touch(note, by.sequence);
}

// ---- places -------------------------------------------------------------------------------------

CreditNote& CreditNotes::add(std::string_view name, std::uint64_t ref) {
  const std::uint32_t index = names_.add(name);
  if (index == notes_.size()) notes_.emplace_back();
  index_.set(ref, index);
  notes_[index].ref = ref;
  return notes_[index];
}

// One that comes back may be older than others that stayed.
void CreditNotes::link(CreditNote& note) {
  const std::uint32_t index = index_of(note);
  note.older = newest_.find(note.invoice).value_or(kNoOrdinal);
  while (note.older != kNoOrdinal && notes_[note.older].ref > note.ref) {
    KONTOR_MARK("a credit note that came back among newer ones");
    note.newer = note.older;
    note.older = notes_[note.older].older;
  }
  if (note.older != kNoOrdinal) notes_[note.older].newer = index;
  if (note.newer != kNoOrdinal) {
    notes_[note.newer].older = index;
  } else {
    newest_.set(note.invoice, index);
  }
}

void CreditNotes::unlink(const CreditNote& note) {
  if (note.older != kNoOrdinal) notes_[note.older].newer = note.newer;
  if (note.newer != kNoOrdinal) {
    notes_[note.newer].older = note.older;
  } else if (note.older != kNoOrdinal) {
    newest_.set(note.invoice, note.older);
  } else {
    newest_.erase(note.invoice);
  }
}

}  // namespace kontor
