#include "projections/credit_notes.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "credit_note_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

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
  const std::uint32_t index = names_.add(view(event.credit_note()));
  KONTOR_ASSERT(index == notes_.size());
  index_.set(by.sequence.value(), index);
  CreditNote note;
  note.ref = by.sequence.value();
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
  note.older = newest_.find(note.invoice).value_or(kNoOrdinal);
  newest_.set(note.invoice, index);
  add_parts(note, event);
  notes_.push_back(note);
  last_number_[note.fiscal_year] = note.number;
  last_date_ = Date{note.date};
}

void CreditNotes::add_parts(CreditNote& note, const CreditNoteIssued& event) {
  note.first_part = static_cast<std::uint32_t>(parts_.size());
  for (const CreditedLine& line : run(event.lines())) {
    parts_.push_back({Quantity{line.quantity()}, Minor{line.net()}, line.goods_return(),
                      line.item(), line.line(), line.tax_category(), line.tax_rate()});
    if (line.voided() > 0 || line.returned() > 0) note.moved_goods = 1;
  }
  note.part_count = static_cast<std::uint32_t>(parts_.size()) - note.first_part;
  note.first_tax = static_cast<std::uint32_t>(taxes_.size());
  for (const TaxAmount& tax : run(event.taxes()))
    taxes_.push_back({Minor{tax.net()}, Minor{tax.tax()}, tax.category(), tax.rate()});
  note.tax_count = static_cast<std::uint32_t>(taxes_.size()) - note.first_tax;
}

CreditNote& CreditNotes::touch(std::uint64_t ref) {
  const auto index = index_.find(ref);
  KONTOR_ASSERT(index.has_value());
  ++notes_[*index].version;
  return notes_[*index];
}

void CreditNotes::on(const Envelope&, const CreditNoteApplied& event) {
  touch(event.credit_note()).applied += sum_of(event.applications());
}

void CreditNotes::on(const Envelope&, const CreditNoteUnapplied& event) {
  touch(event.credit_note()).applied -= sum_of(event.applications());
}

void CreditNotes::on(const Envelope&, const CreditNoteCancelled& event) {
  touch(event.credit_note()).cancelled = 1;
}

void CreditNotes::on(const Envelope&, const RefundPaid& event) {
  if (index_.find(event.credit_note())) {
    touch(event.credit_note()).refunded += Minor{event.amount()};
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
  return names_.name(static_cast<std::uint32_t>(&note - notes_.data()));
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

// ---- state --------------------------------------------------------------------------------------

void CreditNotes::save(Sink& out) const {
  names_.save(out);
  index_.save(out);
  newest_.save(out);
  out.pods(notes_);
  out.pods(parts_);
  out.pods(taxes_);
  out.pod(std::uint64_t{last_number_.size()});
  for (const auto& [year, number] : last_number_) {
    out.pod(year);
    out.pod(number);
  }
  out.pod(last_date_.value());
}

void CreditNotes::load(Source& in) {
  *this = CreditNotes{};
  names_.load(in);
  index_.load(in);
  newest_.load(in);
  in.pods(notes_);
  in.pods(parts_);
  in.pods(taxes_);
  for (std::uint64_t left = in.size_of_run(6); left > 0 && in.ok(); --left) {
    std::uint16_t year = 0;
    in.pod(year);
    in.pod(last_number_[year]);
  }
  in.pod(last_date_);
  bool sound = notes_.size() == names_.size() && is_index_of(index_, notes_);
  newest_.for_each([&](std::uint64_t invoice, std::uint32_t newest) {
    sound = sound && newest < notes_.size() && notes_[newest].invoice == invoice;
  });
  for (std::size_t i = 0; i < notes_.size(); ++i) {
    const CreditNote& note = notes_[i];
    sound = sound && is_run(note.first_part, note.part_count, parts_.size()) &&
            is_run(note.first_tax, note.tax_count, taxes_.size()) &&
            is_place_or_none(note.older, i);  // older, and so before it
  }
  if (!sound) in.fail();
}

Status CreditNotes::check_invariants() const {
  std::map<std::uint16_t, std::uint32_t> numbers;
  for (const CreditNote& note : notes_) {
    const std::string where = " in credit note " + std::string(name(note));
    const Minor none;
    if (note.applied < none || note.refunded < none || note.unapplied() < none) {
      return broken("more applied or refunded than credited" + where);
    }
    if (note.cancelled != 0 && (note.applied != none || note.refunded != none)) {
      return broken("cancelled, but applied or refunded" + where);
    }
    Minor net;
    for (const CreditedPart& part : parts(note))
      net += part.net;
    if (net != note.net || note.net + note.tax != note.total) return broken("sums" + where);
    if (note.number != ++numbers[note.fiscal_year]) {
      return broken("a gap in credit note numbers before " +
                    format_credit_note_number(note.fiscal_year, note.number));
    }
  }
  return {};
}

}  // namespace kontor
