// Credit notes: what each credits of its invoice, and what of it is applied and refunded; to what
// it is applied: projections/settlements.h. Rules: domain, Terms, invoices, payments, and Stock.
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
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct CreditNoteIssued;
struct CreditNoteApplied;
struct CreditNoteUnapplied;
struct CreditNoteCancelled;
struct RefundPaid;

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
  std::uint64_t ref = 0;
  std::uint64_t invoice = 0;
  std::uint64_t order = 0;
  Minor net;
  Minor tax;
  Minor total;
  Minor applied;
  Minor refunded;
  std::uint32_t payer = 0;
  std::uint32_t number = 0;  // within the fiscal year
  std::uint32_t first_part = 0;
  std::uint32_t part_count = 0;
  std::uint32_t first_tax = 0;
  std::uint32_t tax_count = 0;
  std::uint32_t older = kNoOrdinal;  // index of the one before it of the same invoice
  std::uint32_t version = 0;
  std::int32_t date = 0;
  std::uint16_t fiscal_year = 0;
  std::uint16_t currency = 0;
  CreditCause cause = CreditCause::goods_return;
  std::uint8_t moved_goods = 0;  // voided or returned some itself
  std::uint8_t cancelled = 0;
  std::uint8_t spare = 0;
  std::uint32_t spare2 = 0;

  Minor unapplied() const { return cancelled != 0 ? Minor{0} : total - applied - refunded; }
};

// "C2026-000042": how people read a credit note's number.
std::string format_credit_note_number(std::uint16_t fiscal_year, std::uint32_t number);

class CreditNotes {
 public:
  static constexpr std::uint32_t kNumber = 17;

  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const CreditNoteApplied& event);
  void on(const Envelope& by, const CreditNoteUnapplied& event);
  void on(const Envelope& by, const CreditNoteCancelled& event);
  void on(const Envelope& by, const RefundPaid& event);

  const CreditNote* find(std::string_view name) const;  // null: none; valid until the next event
  const CreditNote* find(CreditNoteRef ref) const;
  std::string_view name(const CreditNote& note) const;
  std::span<const CreditedPart> parts(const CreditNote& note) const {
    return std::span(parts_).subspan(note.first_part, note.part_count);
  }
  std::span<const CreditedTax> taxes(const CreditNote& note) const {
    return std::span(taxes_).subspan(note.first_tax, note.tax_count);
  }
  std::span<const CreditNote> all() const { return notes_; }  // by birth
  std::vector<CreditNoteRef> of(InvoiceRef invoice) const;    // oldest first

  std::uint32_t next_number(std::uint16_t fiscal_year) const;  // of the gapless series
  Date last_date() const { return last_date_; }                // kNoDate: none yet

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  CreditNote& touch(std::uint64_t ref);
  void add_parts(CreditNote& note, const CreditNoteIssued& event);

  NameTable names_;  // ordinal = index of the note
  KeyTable index_;   // birth sequence to index
  KeyTable newest_;  // of an invoice, by its birth
  std::vector<CreditNote> notes_;
  std::vector<CreditedPart> parts_;
  std::vector<CreditedTax> taxes_;
  std::map<std::uint16_t, std::uint32_t> last_number_;
  Date last_date_ = kNoDate;
};

}  // namespace kontor
