// Credit notes: what each credits of its invoice, and what of it is applied and refunded; to what
// it is applied: projections/settlements.h. One that is settled and that no event has touched for
// as many events as BookOpened says leaves at the end of a decision; DocumentReopened brings it
// back (settling_notes.cc). Rules: domain, Terms, invoices, payments, and Stock.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/leaving.h"
#include "projections/places.h"
#include "projections/runs.h"
#include "projections/settled.h"
#include "projections/sink.h"
#include "projections/slot_names.h"
#include "projections/tables.h"

namespace kontor {

struct BookOpened;
struct DocumentReopened;
struct CreditNoteIssued;
struct CreditNoteApplied;
struct CreditNoteUnapplied;
struct CreditNoteCancelled;
struct RefundPaid;
struct DepositApplied;
struct DepositReleased;
struct InvoiceIssued;

// A part of a line of the invoice. quantity 0: money only.
struct CreditedPart {
  Quantity quantity;
  Minor net;
  std::uint64_t goods_return = 0;  // birth of the return it names; 0: none
  std::uint32_t item = 0;
  std::uint32_t line = 0;  // of the order
  std::uint32_t tax_category = 0;
  std::int32_t tax_rate = 0;
};

struct CreditedTax {
  Minor net;
  Minor tax;
  std::uint32_t category = 0;
  std::int32_t rate = 0;
};

struct CreditNote {
  std::uint64_t ref = 0;         // birth sequence; 0: a free place
  std::uint64_t touched_at = 0;  // its last event
  std::uint64_t invoice = 0;
  std::uint64_t order = 0;
  Minor net;
  Minor tax;
  Minor total;
  Minor applied;
  Minor refunded;
  Minor deposited;  // in deposits of orders, and not yet deducted from an invoice
  std::uint32_t payer = 0;
  std::uint32_t number = 0;  // within the fiscal year
  std::uint32_t first_part = 0;
  std::uint32_t part_count = 0;
  std::uint32_t first_tax = 0;
  std::uint32_t tax_count = 0;
  std::uint32_t older = kNoOrdinal;  // index of the one before it of the same invoice, in memory
  std::uint32_t newer = kNoOrdinal;
  std::uint32_t version = 0;
  std::int32_t date = 0;
  std::uint16_t fiscal_year = 0;
  std::uint16_t currency = 0;
  CreditCause cause = CreditCause::goods_return;
  std::uint8_t moved_goods = 0;  // voided or returned some itself
  std::uint8_t cancelled = 0;
  std::uint8_t reopened = 0;  // was settled, and needed again

  Minor unapplied() const {
    return cancelled != 0 ? Minor{0} : total - applied - refunded - deposited;
  }
};

// Nothing will happen to it unless a command names it.
inline bool is_settled(const CreditNote& note) {
  return note.unapplied() == Minor{0} && note.deposited == Minor{0};
}

// "C2026-000042": how people read a credit note's number.
std::string format_credit_note_number(std::uint16_t fiscal_year, std::uint32_t number);

class CreditNotes {
 public:
  static constexpr std::uint32_t kNumber = 17;

  void on(const Envelope& by, const BookOpened& event);
  void on(const Envelope& by, const DocumentReopened& event);
  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const CreditNoteApplied& event);
  void on(const Envelope& by, const CreditNoteUnapplied& event);
  void on(const Envelope& by, const CreditNoteCancelled& event);
  void on(const Envelope& by, const RefundPaid& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const InvoiceIssued& event);  // what it deducts of a deposit
  // The last event of a decision was folded: what has been settled for long enough leaves.
  // left(birth): of each that did.
  template <class Left>
  void end_decision(Sequence last, Left left) {
    while (const auto due = leaving_.take_due(last)) {
      if (leave(*due)) left(due->document);
    }
  }

  // Null: none in memory (see settled()). Valid until the next event, or the end of the decision.
  const CreditNote* find(std::string_view name) const;
  const CreditNote* find(CreditNoteRef ref) const;
  std::string_view name(const CreditNote& note) const;
  std::span<const CreditedPart> parts(const CreditNote& note) const {
    return parts_.at(note.first_part, note.part_count);
  }
  std::span<const CreditedTax> taxes(const CreditNote& note) const {
    return taxes_.at(note.first_tax, note.tax_count);
  }
  Places<CreditNote> all() const { return Places<CreditNote>(notes_, names_.size()); }
  std::span<const CreditNote> places() const { return notes_; }  // with free ones, whose ref is 0
  const SettledDocuments& settled() const { return settled_; }
  void tell_left(RecentlyLeft* recently, BookNumber book) {
    settled_.tell(recently, book, SettledKind::kCreditNote);
  }
  std::vector<CreditNoteRef> of(InvoiceRef invoice) const;  // those in memory, oldest first

  std::uint32_t next_number(std::uint16_t fiscal_year) const;  // of the gapless series
  Date last_date() const { return last_date_; }                // kNoDate: none yet

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  CreditNote& touch(std::uint64_t ref);
  void note_touch(CreditNote& note, Sequence position);  // when its figures are as they will be
  CreditNote& add(std::string_view name, std::uint64_t ref);
  void add_parts(CreditNote& note, const CreditNoteIssued& event);
  bool leave(const Leaving::Touch& due);  // whether it did
  void link(CreditNote& note);            // into the list of its invoice, by birth
  void unlink(const CreditNote& note);
  std::uint32_t index_of(const CreditNote& note) const {
    return static_cast<std::uint32_t>(&note - notes_.data());
  }
  bool records_are_sound() const;  // each part and tax is of one note, or free
  bool lists_are_sound() const;    // each note is in the list of its invoice, by birth
  Status check_note(const CreditNote& note) const;
  Status check_numbers() const;

  SlotNames names_;  // place = index of the note
  KeyTable index_;   // birth sequence to index
  KeyTable newest_;  // of an invoice, by its birth
  std::vector<CreditNote> notes_;
  Runs<CreditedPart> parts_;
  Runs<CreditedTax> taxes_;
  std::map<std::uint16_t, std::uint32_t> last_number_;
  std::map<std::uint16_t, std::uint32_t> left_numbers_;  // of notes that left, how many
  Date last_date_ = kNoDate;
  Leaving leaving_;
  SettledDocuments settled_;
};

}  // namespace kontor
