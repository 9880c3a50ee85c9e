// How credit notes are put into bytes and taken back, and what must hold of them.
#include <algorithm>

#include "projections/credit_notes.h"
#include "projections/fold.h"
#include "projections/load_check.h"
#include "projections/saved_numbers.h"

namespace kontor {

void CreditNotes::save(Sink& out) const {
  names_.save(out);
  index_.save(out);
  newest_.save(out);
  out.pods(notes_);
  parts_.save(out);
  taxes_.save(out);
  save_numbers(out, last_number_);
  save_numbers(out, left_numbers_);
  out.pod(last_date_.value());
  leaving_.save(out);
  settled_.save(out);
}

void CreditNotes::load(Source& in) {
  *this = CreditNotes{};
  names_.load(in);
  index_.load(in);
  newest_.load(in);
  in.pods(notes_);
  parts_.load(in);
  taxes_.load(in);
  load_numbers(in, last_number_);
  load_numbers(in, left_numbers_);
  in.pod(last_date_);
  leaving_.load(in);
  settled_.load(in);
  if (!in.ok()) return;
  in.expect(are_places_of(notes_, names_, index_) && records_are_sound() && lists_are_sound());
}

bool CreditNotes::records_are_sound() const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> parts;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> taxes;
  for (const CreditNote& note : all()) {
    parts.emplace_back(note.first_part, note.part_count);
    taxes.emplace_back(note.first_tax, note.tax_count);
  }
  return parts_.are_sound(parts) && taxes_.are_sound(taxes);
}

bool CreditNotes::lists_are_sound() const {
  std::size_t heads = 0;
  for (std::uint32_t at = 0; at < notes_.size(); ++at) {
    const CreditNote& note = notes_[at];
    if (note.ref == 0) continue;
    const bool places =
        is_place_or_none(note.older, notes_.size()) && is_place_or_none(note.newer, notes_.size());
    if (!places) return false;
    if (note.older != kNoOrdinal) {
      const CreditNote& older = notes_[note.older];
      if (older.newer != at || older.invoice != note.invoice || older.ref >= note.ref) return false;
    }
    if (note.newer != kNoOrdinal) {
      if (notes_[note.newer].older != at) return false;
      continue;
    }
    ++heads;
    if (newest_.find(note.invoice) != at) return false;
  }
  return heads == newest_.size();
}

Status CreditNotes::check_note(const CreditNote& note) const {
  const std::string where = " in credit note " + std::string(name(note));
  const Minor none;
  if (note.applied < none || note.refunded < none || note.deposited < none ||
      note.unapplied() < none) {
    return broken("more applied or refunded than credited" + where);
  }
  if (note.cancelled != 0 &&
      (note.applied != none || note.refunded != none || note.deposited != none)) {
    return broken("cancelled, but applied or refunded" + where);
  }
  Minor net;
  for (const CreditedPart& part : parts(note))
    net += part.net;
  if (net != note.net || note.net + note.tax != note.total) return broken("sums" + where);
  return {};
}

Status CreditNotes::check_numbers() const {
  std::vector<std::pair<std::uint16_t, std::uint32_t>> given;
  for (const CreditNote& note : all())
    given.emplace_back(note.fiscal_year, note.number);
  if (!are_gapless(std::move(given), left_numbers_, last_number_)) {
    return broken("a credit note number that is missing, there twice, or was never given");
  }
  return {};
}

Status CreditNotes::check_invariants() const {
  for (const CreditNote& note : all()) {
    if (Status sound = check_note(note); !sound) return sound;
  }
  if (!records_are_sound()) return broken("records of credit notes that overlap");
  if (!lists_are_sound()) return broken("the lists of an invoice's credit notes");
  if (!leaving_.is_sound()) return broken("the order in which credit notes were touched");
  return check_numbers();
}

}  // namespace kontor
