// Invoices with their instalments, and payments with what of them is applied, reversed and
// refunded; to what they are applied: projections/settlements.h. Those that are settled and that no
// event has touched for as many events as BookOpened says leave at the end of a decision
// (settling_bills.cc); DocumentReopened brings them back. Rules: domain, Terms, invoices, payments.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/leaving.h"
#include "projections/places.h"
#include "projections/prefetch.h"
#include "projections/runs.h"
#include "projections/settled.h"
#include "projections/sink.h"
#include "projections/slot_names.h"
#include "projections/sorted_blocks.h"
#include "projections/tables.h"

namespace kontor {

struct BookOpened;
struct DocumentReopened;
struct InvoiceIssued;
struct PaymentReceived;
struct PaymentApplied;
struct PaymentUnapplied;
struct PaymentReversed;
struct RefundPaid;
struct DepositApplied;
struct DepositReleased;
struct DepositPart;
struct CreditNoteIssued;
struct CreditNoteApplied;
struct CreditNoteUnapplied;
struct CreditNoteCancelled;
struct Application;

struct InstalmentState {
  Minor amount;
  Minor open;
  std::int32_t due = 0;
  std::uint32_t number = 0;
};

// A line as billed, and what of it has been credited since.
struct InvoiceLineState {
  Quantity quantity;
  Quantity credited;
  Minor net;
  Minor credited_net;      // for the quantity credited
  Minor reduced_net;       // credited as money only
  std::uint32_t line = 0;  // of the order
  std::uint32_t item = 0;
  std::uint32_t tax = 0;  // its place among the invoice's taxes
  std::uint32_t spare = 0;

  Quantity left() const { return quantity - credited; }
  Minor net_left() const { return net - credited_net - reduced_net; }
};

struct InvoiceTaxState {
  Minor net;
  Minor tax;
  Minor credited_net;
  Minor credited_tax;
  std::uint32_t category = 0;
  std::int32_t rate = 0;
};

struct Invoice {
  std::uint64_t ref = 0;         // birth sequence; 0: a free place
  std::uint64_t touched_at = 0;  // its last event
  std::uint64_t order = 0;
  Minor net;
  Minor tax;
  Minor total;
  Minor open;
  Minor paid;
  Minor credited;
  Minor written_off;
  Minor deposit_deducted;  // of its order's; paid by it from the outset
  std::uint32_t payer = 0;
  std::uint32_t terms = kNoOrdinal;
  std::uint32_t number = 0;  // within the fiscal year
  std::uint32_t first_instalment = 0;
  std::uint32_t instalment_count = 0;
  std::uint32_t first_line = 0;
  std::uint32_t line_count = 0;
  std::uint32_t first_tax = 0;
  std::uint32_t tax_count = 0;
  std::uint32_t credit_note_count = 0;  // issued of it, in memory or not
  std::uint32_t version = 0;
  std::int32_t date = 0;
  std::uint16_t fiscal_year = 0;
  std::uint16_t currency = 0;
  std::uint32_t reopened = 0;  // 1: was settled, and needed again

  bool is_paid() const { return open == Minor{0} && paid > Minor{0}; }
};

struct Payment {
  std::uint64_t ref = 0;         // birth sequence; 0: a free place
  std::uint64_t touched_at = 0;  // its last event
  Minor amount;
  Minor applied;
  Minor reversed;
  Minor refunded;
  Minor deposited;  // in deposits of orders, and not yet deducted from an invoice
  std::uint32_t payer = 0;
  std::uint32_t version = 0;
  std::int32_t value_date = 0;
  std::uint16_t currency = 0;
  std::uint16_t reopened = 0;  // 1: was settled, and needed again

  Minor kept() const { return amount - reversed - refunded; }
  Minor unapplied() const { return kept() - applied - deposited; }
};

// Nothing will happen to it unless a command names it, or what is bound to it.
bool is_settled(const Invoice& invoice, std::span<const InstalmentState> instalments);
inline bool is_settled(const Payment& payment) {
  return payment.unapplied() == Minor{0} && payment.deposited == Minor{0};
}

// What was deducted of a deposit closes that much of the invoice from the outset: by payments as
// paid, by credit notes as credited.
void pay_by_deposit(const InvoiceIssued& event, Invoice& invoice);

// One open instalment of a payer; ordered as it is paid: oldest due first.
struct OpenInstalment {
  Date due;
  InvoiceRef invoice;
  std::uint32_t number = 0;
  friend auto operator<=>(const OpenInstalment&, const OpenInstalment&) = default;
};

// "2026-000042": how people read an invoice number.
std::string format_invoice_number(std::uint16_t fiscal_year, std::uint32_t number);

class Receivables {
 public:
  static constexpr std::uint32_t kNumber = 11;

  void on(const Envelope& by, const BookOpened& event);
  void on(const Envelope& by, const DocumentReopened& event);
  void on(const Envelope& by, const InvoiceIssued& event);
  void on(const Envelope& by, const PaymentReceived& event);
  void on(const Envelope& by, const PaymentApplied& event);
  void on(const Envelope& by, const PaymentUnapplied& event);
  void on(const Envelope& by, const PaymentReversed& event);
  void on(const Envelope& by, const RefundPaid& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const CreditNoteApplied& event);
  void on(const Envelope& by, const CreditNoteUnapplied& event);
  void on(const Envelope& by, const CreditNoteCancelled& event);
  // The last event of a decision was folded: what has been settled for long enough leaves.
  // left(birth): of each payment that did.
  template <class Left>
  void end_decision(Sequence last, Left left) {
    while (const auto due = leaving_invoices_.take_due(last))
      leave_invoice(*due);
    while (const auto due = leaving_payments_.take_due(last)) {
      if (leave_payment(*due)) left(due->document);
    }
  }

  // Null: none in memory (see settled_invoices()). Valid until the next event, or the end of the
  // decision. By the caller's name, or by birth.
  const Invoice* find_invoice(std::string_view name) const;
  const Invoice* find_invoice(InvoiceRef ref) const;
  const Payment* find_payment(std::string_view name) const;
  const Payment* find_payment(PaymentRef ref) const;
  std::string_view name(const Invoice& invoice) const;
  std::string_view name(const Payment& payment) const;
  std::span<const InstalmentState> instalments(const Invoice& invoice) const {
    return instalments_.at(invoice.first_instalment, invoice.instalment_count);
  }
  std::span<const InvoiceLineState> lines(const Invoice& invoice) const {  // ascending by line
    return lines_.at(invoice.first_line, invoice.line_count);
  }
  std::span<const InvoiceTaxState> taxes(const Invoice& invoice) const {
    return taxes_.at(invoice.first_tax, invoice.tax_count);
  }
  Places<Invoice> invoices() const { return Places<Invoice>(invoices_, invoice_names_.size()); }
  Places<Payment> payments() const { return Places<Payment>(payments_, payment_names_.size()); }
  // With free places, whose ref is 0.
  std::span<const Invoice> invoice_places() const { return invoices_; }
  std::span<const Payment> payment_places() const { return payments_; }
  const SettledDocuments& settled_invoices() const { return settled_invoices_; }
  const SettledDocuments& settled_payments() const { return settled_payments_; }
  void tell_left(RecentlyLeft* recently, BookNumber book) {
    settled_invoices_.tell(recently, book, SettledKind::kInvoice);
    settled_payments_.tell(recently, book, SettledKind::kPayment);
  }

  // The open instalments of a payer, in the order they are paid.
  const SortedBlocks<OpenInstalment>& open_of(CompanyId payer) const;

  void prefetch_invoice(std::string_view name, Prefetch step) const;
  void prefetch_payment(std::string_view name) const { payment_names_.prefetch(name); }
  void prefetch_birth(Sequence birth) const;

  // Invoices of the payer of which nothing is open, and something was paid.
  std::uint32_t paid_invoices(CompanyId payer) const;

  std::uint32_t next_number(std::uint16_t fiscal_year) const;    // of the gapless series
  Date last_invoice_date() const { return last_invoice_date_; }  // kNoDate: none yet

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  // Moves `amount` of an instalment from open to settled; below zero: back.
  Invoice& settle(const Application& part, Minor amount);
  template <class Parts>
  void settle_all(const Envelope& by, const Parts* parts, Minor Invoice::*settled,
                  std::int64_t sign);
  Payment& touch_payment(std::uint64_t ref);
  void note_touch(Invoice& invoice, Sequence position);  // when its figures are as they will be
  void note_touch(Payment& payment, Sequence position);
  Invoice& invoice_at(std::uint64_t ref);
  Invoice& add_invoice(std::string_view name, std::uint64_t ref);
  Payment& add_payment(std::string_view name, std::uint64_t ref);
  void add_lines(Invoice& invoice, const InvoiceIssued& event);
  // What a deposit had of payments pays an invoice from now on.
  void deduct(const Envelope& by, const InvoiceIssued& event);
  // Counts lines and taxes of a credit note; sign -1: one that is cancelled.
  template <class Event>
  Invoice& credit(const Event& event, std::int64_t sign);
  void leave_invoice(const Leaving::Touch& due);
  bool leave_payment(const Leaving::Touch& due);  // whether it did
  void prefetch_leaving() const;                  // what is looked at some touches from now
  void reopen_invoice(const Envelope& by, const DocumentReopened& event);
  void reopen_payment(const Envelope& by, const DocumentReopened& event);
  bool counts_are_sound() const;   // of paid invoices: at least those in memory
  bool records_are_sound() const;  // each instalment, line and tax is of one invoice, or free
  void list_open_instalments();
  Status check_invoice(const Invoice& invoice) const;
  Status check_numbers() const;

  SlotNames invoice_names_;  // place = index of the invoice
  SlotNames payment_names_;
  KeyTable invoice_index_;  // birth sequence to index
  KeyTable payment_index_;
  std::vector<Invoice> invoices_;
  Runs<InstalmentState> instalments_;
  Runs<InvoiceLineState> lines_;
  Runs<InvoiceTaxState> taxes_;
  std::vector<Payment> payments_;
  std::vector<SortedBlocks<OpenInstalment>> open_of_;  // by payer
  std::vector<std::uint32_t> paid_;                    // invoices, by payer, in memory or not
  std::map<std::uint16_t, std::uint32_t> last_number_;
  std::map<std::uint16_t, std::uint32_t> left_numbers_;  // of invoices that left, how many
  Date last_invoice_date_ = kNoDate;
  Leaving leaving_invoices_;
  Leaving leaving_payments_;
  SettledDocuments settled_invoices_;
  SettledDocuments settled_payments_;
};

}  // namespace kontor
