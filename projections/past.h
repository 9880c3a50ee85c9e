// One document as it was: folded from its own stream alone, its birth first. The folds are those of
// the deciding state where they look at nothing but the document; an invoice and a payment have
// their own, as Receivables looks at both sides of an application.
#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "events/base/result.h"
#include "events/codec/decision.h"
#include "projections/credit_notes.h"
#include "projections/deposits.h"
#include "projections/envelope.h"
#include "projections/orders.h"
#include "projections/receivables.h"
#include "projections/settlements.h"
#include "projections/takings.h"

namespace kontor {

struct ReservedPart;

// What an order holds of one line in one warehouse.
struct HeldPart {
  Quantity quantity;
  std::uint32_t line = 0;
  std::uint32_t warehouse = 0;
};

class HeldParts {
 public:
  void on(const Envelope& by, const StockReserved& event);
  void on(const Envelope& by, const ReservationReleased& event);
  void on(const Envelope& by, const GoodsShipped& event);
  const std::vector<HeldPart>& parts() const { return parts_; }  // newest first, no zeros

 private:
  void move(std::uint32_t line, std::uint32_t warehouse, Quantity quantity);
  std::vector<HeldPart> parts_;
};

struct PastOrder {
  Orders orders;  // this one
  HeldParts held;
  Takings takings;
  Deposits deposits;
};

class PastInvoice {
 public:
  explicit PastInvoice(std::uint64_t ref) { invoice_.ref = ref; }

  void on(const Envelope& by, const InvoiceIssued& event);
  void on(const Envelope& by, const PaymentApplied& event);
  void on(const Envelope& by, const PaymentUnapplied& event);
  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const CreditNoteApplied& event);
  void on(const Envelope& by, const CreditNoteUnapplied& event);
  void on(const Envelope& by, const CreditNoteCancelled& event);

  const Invoice& invoice() const { return invoice_; }
  const std::vector<InstalmentState>& instalments() const { return instalments_; }
  const std::vector<InvoiceLineState>& lines() const { return lines_; }
  const std::vector<InvoiceTaxState>& taxes() const { return taxes_; }
  const std::vector<CreditNoteRef>& credit_notes() const { return notes_; }  // oldest first

 private:
  template <class Event>
  void settle(const Envelope& by, const Event& event, Minor Invoice::*settled, std::int64_t sign);
  template <class Event>
  void credit(const Envelope& by, const Event& event, std::int64_t sign);

  Invoice invoice_;
  std::vector<InstalmentState> instalments_;
  std::vector<InvoiceLineState> lines_;
  std::vector<InvoiceTaxState> taxes_;
  std::vector<CreditNoteRef> notes_;
};

// What of a payment or credit note is in the deposit of an order.
struct InDeposit {
  std::uint64_t order = 0;
  Minor amount;
};

// Of the source whose birth was folded; the same events may name others.
class DepositsOfSource {
 public:
  void on(const Envelope& by, const PaymentReceived& event);
  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const InvoiceIssued& event);
  const std::vector<InDeposit>& parts() const { return parts_; }  // oldest first

 private:
  void move(std::uint64_t order, Minor amount);
  void take(std::uint64_t order, std::span<const DepositPart> parts);

  std::uint64_t source_ = 0;
  std::vector<InDeposit> parts_;
};

class PastPayment {
 public:
  void on(const Envelope& by, const PaymentReceived& event);
  void on(const Envelope& by, const PaymentApplied& event);
  void on(const Envelope& by, const PaymentUnapplied& event);
  void on(const Envelope& by, const PaymentReversed& event);
  void on(const Envelope& by, const RefundPaid& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const InvoiceIssued& event);  // what it deducts of a deposit
  const Payment& payment() const { return payment_; }
  const Settlements& settlements() const { return settlements_; }
  const std::vector<InDeposit>& deposits() const { return deposits_.parts(); }

 private:
  void touch(const Envelope& by);

  Payment payment_;
  Settlements settlements_;
  DepositsOfSource deposits_;
};

struct PastCreditNote {
  CreditNotes notes;  // this one
  Settlements settlements;
  DepositsOfSource deposits;
};

using PastDocument = std::variant<PastOrder, PastInvoice, PastPayment, PastCreditNote>;
PastDocument make_past(SettledKind kind, std::uint64_t birth);

// What the events of a settled document add up to.
struct Gathered {
  SettledKind kind = SettledKind::kOrder;
  std::uint64_t birth = 0;
  std::string_view name;
  const PastDocument& past;
};

// How the document stands after what was folded of it.
struct PastStanding {
  bool born = false;
  bool settled = false;
  std::uint64_t touched_at = 0;
};
PastStanding standing_of(const PastDocument& past, std::uint64_t birth);

// The event of the document's stream, which has been checked (projections/views/view.h).
void fold_past(PastOrder& past, const Envelope& by, const EventView& event);
void fold_past(PastInvoice& past, const Envelope& by, const EventView& event);
void fold_past(PastPayment& past, const Envelope& by, const EventView& event);
void fold_past(PastCreditNote& past, const Envelope& by, const EventView& event);
void fold_past(PastDocument& past, const Envelope& by, const EventView& event);

}  // namespace kontor
