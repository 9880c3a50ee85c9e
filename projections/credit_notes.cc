#include "projections/credit_notes.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "credit_generated.h"
#include "credit_note_generated.h"
#include "invoice_generated.h"

#include "projections/fold.h"

namespace kontor {
namespace {

template <class Parts>
Minor sum_of(const Parts* parts) {
  Minor sum;
  for (const Application& part : run(parts))
    sum += Minor{part.amount()};
  return sum;
}

}  // namespace

std::string format_credit_note_number(std::uint16_t fiscal_year, std::uint32_t number) {
  std::array<char, 24> out{};
  const int size =
      std::snprintf(out.data(), out.size(), "C%04u-%06u", unsigned{fiscal_year}, number);
  return {out.data(), static_cast<std::size_t>(size)};
}

// ---- folds --------------------------------------------------------------------------------------

void CreditNotes::on(const Envelope& by, const CreditNoteIssued& event) {
  CreditNote& note = add(view(event.credit_note()), by.sequence.value());
  note.invoice = event.invoice();
  note.order = event.order();
  note.net = Minor{event.net()};
  note.tax = Minor{event.tax()};
  note.total = Minor{event.total()};
  note.payer = event.payer();
  note.number = event.number();
  note.fiscal_year = event.fiscal_year();
  note.currency = event.currency();
  note.cause = event.cause();
  note.date = event.date();
  note.version = 1;
  link(note);
  add_parts(note, event);
  last_number_[note.fiscal_year] = note.number;
  last_date_ = Date{note.date};
  note_touch(note, by.sequence);
}

void CreditNotes::add_parts(CreditNote& note, const CreditNoteIssued& event) {
  note.part_count = static_cast<std::uint32_t>(run(event.lines()).size());
  note.first_part = parts_.take(note.part_count);
  CreditedPart* part = parts_.at(note.first_part, note.part_count).data();
  for (const CreditedLine& line : run(event.lines())) {
    *part++ = {
        Quantity{line.quantity()}, Minor{line.net()}, line.goods_return(), line.item(), line.line(),
        line.tax_category(),       line.tax_rate()};
    if (line.voided() > 0 || line.returned() > 0) note.moved_goods = 1;
  }
  note.tax_count = static_cast<std::uint32_t>(run(event.taxes()).size());
  note.first_tax = taxes_.take(note.tax_count);
  CreditedTax* next = taxes_.at(note.first_tax, note.tax_count).data();
  for (const TaxAmount& tax : run(event.taxes()))
    *next++ = {Minor{tax.net()}, Minor{tax.tax()}, tax.category(), tax.rate()};
}

CreditNote& CreditNotes::touch(std::uint64_t ref) {
  const auto index = index_.find(ref);
  KONTOR_ASSERT(index.has_value());
  ++notes_[*index].version;
  return notes_[*index];
}

void CreditNotes::on(const Envelope& by, const CreditNoteApplied& event) {
  CreditNote& note = touch(event.credit_note());
  note.applied += sum_of(event.applications());
  note_touch(note, by.sequence);
}

void CreditNotes::on(const Envelope& by, const CreditNoteUnapplied& event) {
  CreditNote& note = touch(event.credit_note());
  note.applied -= sum_of(event.applications());
  note_touch(note, by.sequence);
}

void CreditNotes::on(const Envelope& by, const CreditNoteCancelled& event) {
  CreditNote& note = touch(event.credit_note());
  note.cancelled = 1;
  note_touch(note, by.sequence);
}

void CreditNotes::on(const Envelope& by, const RefundPaid& event) {
  if (event.credit_note() == 0) return;
  CreditNote& note = touch(event.credit_note());
  note.refunded += Minor{event.amount()};
  note_touch(note, by.sequence);
}

void CreditNotes::on(const Envelope& by, const DepositApplied& event) {
  if (event.payment() != 0) return;
  CreditNote& note = touch(event.credit_note());
  note.deposited += Minor{event.amount()};
  note_touch(note, by.sequence);
}

// Where the events of one note alone are folded, those of others are not there.
void CreditNotes::on(const Envelope& by, const DepositReleased& event) {
  for (const DepositPart& part : run(event.parts())) {
    if (part.payment() != 0 || find(CreditNoteRef{part.credit_note()}) == nullptr) continue;
    CreditNote& note = touch(part.credit_note());
    note.deposited -= Minor{part.amount()};
    note_touch(note, by.sequence);
  }
}

void CreditNotes::on(const Envelope& by, const InvoiceIssued& event) {
  for (const DepositPart& part : run(event.deposits())) {
    if (part.payment() != 0 || find(CreditNoteRef{part.credit_note()}) == nullptr) continue;
    CreditNote& note = touch(part.credit_note());
    note.deposited -= Minor{part.amount()};
    note.applied += Minor{part.amount()};
    note_touch(note, by.sequence);
  }
}

// ---- questions ----------------------------------------------------------------------------------

const CreditNote* CreditNotes::find(std::string_view name) const {
  const auto index = names_.find(name);
  return index ? &notes_[*index] : nullptr;
}

const CreditNote* CreditNotes::find(CreditNoteRef ref) const {
  const auto index = index_.find(ref.value());
  return index ? &notes_[*index] : nullptr;
}

std::string_view CreditNotes::name(const CreditNote& note) const {
  return names_.name(index_of(note));
}

std::vector<CreditNoteRef> CreditNotes::of(InvoiceRef invoice) const {
  std::vector<CreditNoteRef> out;
  for (std::uint32_t at = newest_.find(invoice.value()).value_or(kNoOrdinal); at != kNoOrdinal;
       at = notes_[at].older) {
    out.emplace_back(notes_[at].ref);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::uint32_t CreditNotes::next_number(std::uint16_t fiscal_year) const {
  const auto found = last_number_.find(fiscal_year);
  return found == last_number_.end() ? 1 : found->second + 1;
}

}  // namespace kontor
