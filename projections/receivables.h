// Invoices with their instalments, and payments with what of them is applied, reversed and
// refunded; to what they are applied: projections/settlements.h. Rules: domain, Terms, invoices,
// payments.
#pragma once

#include <map>
#include <optional>
#include <set>
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
#include "projections/prefetch.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct InvoiceIssued;
struct PaymentReceived;
struct PaymentApplied;
struct PaymentUnapplied;
struct PaymentReversed;
struct RefundPaid;
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
  std::uint64_t ref = 0;
  std::uint64_t order = 0;
  Minor net;
  Minor tax;
  Minor total;
  Minor open;
  Minor paid;
  Minor credited;
  Minor written_off;
  std::uint32_t payer = 0;
  std::uint32_t terms = kNoOrdinal;
  std::uint32_t number = 0;  // within the fiscal year
  std::uint32_t first_instalment = 0;
  std::uint32_t instalment_count = 0;
  std::uint32_t first_line = 0;
  std::uint32_t line_count = 0;
  std::uint32_t first_tax = 0;
  std::uint32_t tax_count = 0;
  std::uint32_t version = 0;
  std::int32_t date = 0;
  std::uint16_t fiscal_year = 0;
  std::uint16_t currency = 0;

  bool is_paid() const { return open == Minor{0} && paid > Minor{0}; }
};

struct Payment {
  std::uint64_t ref = 0;
  Minor amount;
  Minor applied;
  Minor reversed;
  Minor refunded;
  std::uint32_t payer = 0;
  std::uint32_t version = 0;
  std::int32_t value_date = 0;
  std::uint16_t currency = 0;
  std::uint16_t spare = 0;

  Minor kept() const { return amount - reversed - refunded; }
  Minor unapplied() const { return kept() - applied; }
};

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

  void on(const Envelope& by, const InvoiceIssued& event);
  void on(const Envelope& by, const PaymentReceived& event);
  void on(const Envelope& by, const PaymentApplied& event);
  void on(const Envelope& by, const PaymentUnapplied& event);
  void on(const Envelope& by, const PaymentReversed& event);
  void on(const Envelope& by, const RefundPaid& event);
  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const CreditNoteApplied& event);
  void on(const Envelope& by, const CreditNoteUnapplied& event);
  void on(const Envelope& by, const CreditNoteCancelled& event);

  const Invoice* find_invoice(std::string_view name) const;  // by the caller's name
  const Invoice* find_invoice(InvoiceRef ref) const;
  const Payment* find_payment(std::string_view name) const;
  const Payment* find_payment(PaymentRef ref) const;
  std::string_view name(const Invoice& invoice) const;
  std::string_view name(const Payment& payment) const;
  std::span<const InstalmentState> instalments(const Invoice& invoice) const {
    return std::span(instalments_).subspan(invoice.first_instalment, invoice.instalment_count);
  }
  std::span<const InvoiceLineState> lines(const Invoice& invoice) const {  // ascending by line
    return std::span(lines_).subspan(invoice.first_line, invoice.line_count);
  }
  std::span<const InvoiceTaxState> taxes(const Invoice& invoice) const {
    return std::span(taxes_).subspan(invoice.first_tax, invoice.tax_count);
  }
  std::span<const Invoice> invoices() const { return invoices_; }  // by birth
  std::span<const Payment> payments() const { return payments_; }

  // The open instalments of a payer, in the order they are paid.
  const std::set<OpenInstalment>& open_of(CompanyId payer) const;

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
  void settle_all(const Parts* parts, Minor Invoice::*settled, std::int64_t sign);
  Payment& touch_payment(std::uint64_t ref);
  Invoice& invoice_at(std::uint64_t ref);
  void add_lines(Invoice& invoice, const InvoiceIssued& event);
  // Counts lines and taxes of a credit note; sign -1: one that is cancelled.
  template <class Event>
  void credit(const Event& event, std::int64_t sign);
  Status check_invoice(const Invoice& invoice) const;

  NameTable invoice_names_;
  NameTable payment_names_;
  KeyTable invoice_index_;
  KeyTable payment_index_;
  std::vector<Invoice> invoices_;
  std::vector<InstalmentState> instalments_;
  std::vector<InvoiceLineState> lines_;
  std::vector<InvoiceTaxState> taxes_;
  std::vector<Payment> payments_;
  std::vector<std::set<OpenInstalment>> open_of_;  // by payer
  std::vector<std::uint32_t> paid_;                // invoices, by payer
  std::map<std::uint16_t, std::uint32_t> last_number_;
  Date last_invoice_date_ = kNoDate;
};

}  // namespace kontor
