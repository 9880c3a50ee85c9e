#include "projections/receivables.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "credit_generated.h"
#include "credit_note_generated.h"
#include "invoice_generated.h"
#include "payment_generated.h"

#include "projections/fold.h"

namespace kontor {

std::string format_invoice_number(std::uint16_t fiscal_year, std::uint32_t number) {
  std::array<char, 24> out{};
  const int size =
      std::snprintf(out.data(), out.size(), "%04u-%06u", unsigned{fiscal_year}, number);
  return {out.data(), static_cast<std::size_t>(size)};
}

void pay_by_deposit(const InvoiceIssued& event, Invoice& invoice) {
  for (const DepositPart& part : run(event.deposits()))
    (part.payment() != 0 ? invoice.paid : invoice.credited) += Minor{part.amount()};
  invoice.open = invoice.total - invoice.paid - invoice.credited;
}

// ---- folds --------------------------------------------------------------------------------------

void Receivables::on(const Envelope& by, const InvoiceIssued& event) {
  Invoice& invoice = add_invoice(view(event.invoice()), by.sequence.value());
  invoice.order = event.order();
  invoice.net = Minor{event.net()};
  invoice.tax = Minor{event.tax()};
  invoice.total = Minor{event.total()};
  invoice.deposit_deducted = Minor{event.deposit_deducted()};
  pay_by_deposit(event, invoice);
  invoice.payer = event.payer();
  invoice.terms = event.terms();
  invoice.number = event.number();
  invoice.fiscal_year = event.fiscal_year();
  invoice.currency = event.currency();
  invoice.date = event.date();
  invoice.version = 1;
  const auto parts = run(event.instalments());
  invoice.instalment_count = static_cast<std::uint32_t>(parts.size());
  invoice.first_instalment = instalments_.take(invoice.instalment_count);
  if (open_of_.size() <= event.payer()) open_of_.resize(event.payer() + 1);
  if (paid_.size() <= event.payer()) paid_.resize(event.payer() + 1);
  if (invoice.is_paid()) ++paid_[event.payer()];
  InstalmentState* next =
      instalments_.at(invoice.first_instalment, invoice.instalment_count).data();
  Minor deducted = invoice.deposit_deducted;  // the first of them is this
  for (const Instalment& part : parts) {
    const Minor open = Minor{part.amount()} - deducted;
    deducted = Minor{0};
    *next++ = {Minor{part.amount()}, open, part.due(), part.number()};
    if (open != Minor{0}) {
      open_of_[event.payer()].insert({Date{part.due()}, InvoiceRef{invoice.ref}, part.number()});
    }
  }
  add_lines(invoice, event);
  deduct(by, event);
  last_number_[event.fiscal_year()] = event.number();
  last_invoice_date_ = Date{event.date()};
  note_touch(invoice, by.sequence);
}

void Receivables::deduct(const Envelope& by, const InvoiceIssued& event) {
  for (const DepositPart& part : run(event.deposits())) {
    if (part.payment() == 0) continue;
    Payment& payment = touch_payment(part.payment());
    payment.deposited -= Minor{part.amount()};
    payment.applied += Minor{part.amount()};
    note_touch(payment, by.sequence);
  }
}

void Receivables::on(const Envelope& by, const DepositApplied& event) {
  if (event.payment() == 0) return;
  Payment& payment = touch_payment(event.payment());
  payment.deposited += Minor{event.amount()};
  note_touch(payment, by.sequence);
}

void Receivables::on(const Envelope& by, const DepositReleased& event) {
  for (const DepositPart& part : run(event.parts())) {
    if (part.payment() == 0) continue;
    Payment& payment = touch_payment(part.payment());
    payment.deposited -= Minor{part.amount()};
    note_touch(payment, by.sequence);
  }
}

void Receivables::add_lines(Invoice& invoice, const InvoiceIssued& event) {
  invoice.tax_count = static_cast<std::uint32_t>(run(event.taxes()).size());
  invoice.first_tax = taxes_.take(invoice.tax_count);
  const std::span<InvoiceTaxState> taxes = taxes_.at(invoice.first_tax, invoice.tax_count);
  InvoiceTaxState* next_tax = taxes.data();
  for (const TaxAmount& tax : run(event.taxes())) {
    *next_tax++ = {Minor{tax.net()}, Minor{tax.tax()}, Minor{},
                   Minor{},          tax.category(),   tax.rate()};
  }
  invoice.line_count = static_cast<std::uint32_t>(run(event.lines()).size());
  invoice.first_line = lines_.take(invoice.line_count);
  InvoiceLineState* next = lines_.at(invoice.first_line, invoice.line_count).data();
  for (const InvoiceLine& line : run(event.lines())) {
    const auto tax = std::find_if(taxes.begin(), taxes.end(), [&](const InvoiceTaxState& t) {
      return t.category == line.tax_category() && t.rate == line.tax_rate();
    });
    KONTOR_ASSERT(tax != taxes.end());
    InvoiceLineState& state = *next++;
    state.quantity = Quantity{line.quantity()};
    state.net = Minor{line.net()};
    state.line = line.line();
    state.item = line.item();
    state.tax = static_cast<std::uint32_t>(tax - taxes.begin());
  }
}

void Receivables::on(const Envelope& by, const PaymentReceived& event) {
  Payment& payment = add_payment(view(event.payment()), by.sequence.value());
  payment.amount = Minor{event.amount()};
  payment.payer = event.payer();
  payment.currency = event.currency();
  payment.value_date = by.effective_date.value();
  payment.version = 1;
  note_touch(payment, by.sequence);
}

Invoice& Receivables::invoice_at(std::uint64_t ref) {
  const auto index = invoice_index_.find(ref);
  KONTOR_ASSERT(index.has_value());
  return invoices_[*index];
}

Invoice& Receivables::settle(const Application& part, Minor amount) {
  Invoice& invoice = invoice_at(part.invoice());
  KONTOR_ASSERT(part.instalment() >= 1 && part.instalment() <= invoice.instalment_count);
  InstalmentState& instalment =
      instalments_.at(invoice.first_instalment, invoice.instalment_count)[part.instalment() - 1U];
  KONTOR_ASSERT(amount <= instalment.open && amount <= invoice.open);
  instalment.open -= amount;
  invoice.open -= amount;
  const OpenInstalment place{Date{instalment.due}, InvoiceRef{invoice.ref}, instalment.number};
  if (instalment.open == Minor{0}) {
    open_of_.at(invoice.payer).erase(place);
  } else {
    open_of_.at(invoice.payer).insert(place);
  }
  return invoice;
}

Payment& Receivables::touch_payment(std::uint64_t ref) {
  const auto index = payment_index_.find(ref);
  KONTOR_ASSERT(index.has_value());
  ++payments_[*index].version;
  return payments_[*index];
}

template <class Parts>
void Receivables::settle_all(const Envelope& by, const Parts* parts, Minor Invoice::*settled,
                             std::int64_t sign) {
  std::uint64_t last_invoice = 0;
  for (const Application& part : run(parts)) {
    const Minor amount{sign * part.amount()};
    const bool was_paid = invoice_at(part.invoice()).is_paid();
    Invoice& invoice = settle(part, amount);
    invoice.*settled += amount;
    if (invoice.is_paid() && !was_paid) ++paid_.at(invoice.payer);
    if (!invoice.is_paid() && was_paid) --paid_.at(invoice.payer);
    if (invoice.ref != last_invoice) ++invoice.version;
    last_invoice = invoice.ref;
    note_touch(invoice, by.sequence);
  }
}

void Receivables::on(const Envelope& by, const PaymentApplied& event) {
  settle_all(by, event.applications(), &Invoice::paid, 1);
  Payment& payment = touch_payment(event.payment());
  for (const Application& part : run(event.applications()))
    payment.applied += Minor{part.amount()};
  note_touch(payment, by.sequence);
}

void Receivables::on(const Envelope& by, const PaymentUnapplied& event) {
  settle_all(by, event.applications(), &Invoice::paid, -1);
  Payment& payment = touch_payment(event.payment());
  for (const Application& part : run(event.applications()))
    payment.applied -= Minor{part.amount()};
  note_touch(payment, by.sequence);
}

void Receivables::on(const Envelope& by, const PaymentReversed& event) {
  Payment& payment = touch_payment(event.payment());
  payment.reversed += Minor{event.amount()};
  note_touch(payment, by.sequence);
}

void Receivables::on(const Envelope& by, const RefundPaid& event) {
  if (event.payment() == 0) return;
  Payment& payment = touch_payment(event.payment());
  payment.refunded += Minor{event.amount()};
  note_touch(payment, by.sequence);
}

template <class Event>
Invoice& Receivables::credit(const Event& event, std::int64_t sign) {
  Invoice& invoice = invoice_at(event.invoice());
  ++invoice.version;
  const auto lines = lines_.at(invoice.first_line, invoice.line_count);
  for (const CreditedLine& credited : run(event.lines())) {
    const auto line = std::lower_bound(
        lines.begin(), lines.end(), credited.line(),
        [](const InvoiceLineState& l, std::uint32_t number) { return l.line < number; });
    KONTOR_ASSERT(line != lines.end() && line->line == credited.line());
    const Minor net{sign * credited.net()};
    line->credited += Quantity{sign * credited.quantity()};
    (credited.quantity() == 0 ? line->reduced_net : line->credited_net) += net;
  }
  const auto taxes = taxes_.at(invoice.first_tax, invoice.tax_count);
  for (const TaxAmount& credited : run(event.taxes())) {
    const auto tax = std::find_if(taxes.begin(), taxes.end(), [&](const InvoiceTaxState& t) {
      return t.category == credited.category() && t.rate == credited.rate();
    });
    KONTOR_ASSERT(tax != taxes.end());
    tax->credited_net += Minor{sign * credited.net()};
    tax->credited_tax += Minor{sign * credited.tax()};
  }
  return invoice;
}

void Receivables::on(const Envelope& by, const CreditNoteIssued& event) {
  Invoice& invoice = credit(event, 1);
  ++invoice.credit_note_count;
  note_touch(invoice, by.sequence);
}
void Receivables::on(const Envelope& by, const CreditNoteCancelled& event) {
  note_touch(credit(event, -1), by.sequence);
}
void Receivables::on(const Envelope& by, const CreditNoteApplied& event) {
  settle_all(by, event.applications(), &Invoice::credited, 1);
}
void Receivables::on(const Envelope& by, const CreditNoteUnapplied& event) {
  settle_all(by, event.applications(), &Invoice::credited, -1);
}

// ---- questions ----------------------------------------------------------------------------------

const Invoice* Receivables::find_invoice(std::string_view name) const {
  const auto index = invoice_names_.find(name);
  return index ? &invoices_[*index] : nullptr;
}

const Invoice* Receivables::find_invoice(InvoiceRef ref) const {
  const auto index = invoice_index_.find(ref.value());
  return index ? &invoices_[*index] : nullptr;
}

const Payment* Receivables::find_payment(std::string_view name) const {
  const auto index = payment_names_.find(name);
  return index ? &payments_[*index] : nullptr;
}

const Payment* Receivables::find_payment(PaymentRef ref) const {
  const auto index = payment_index_.find(ref.value());
  return index ? &payments_[*index] : nullptr;
}

std::string_view Receivables::name(const Invoice& invoice) const {
  return invoice_names_.name(static_cast<std::uint32_t>(&invoice - invoices_.data()));
}

std::string_view Receivables::name(const Payment& payment) const {
  return payment_names_.name(static_cast<std::uint32_t>(&payment - payments_.data()));
}

const SortedBlocks<OpenInstalment>& Receivables::open_of(CompanyId payer) const {
  static const SortedBlocks<OpenInstalment> kNone;
  return payer.value() < open_of_.size() ? open_of_[payer.value()] : kNone;
}

std::uint32_t Receivables::paid_invoices(CompanyId payer) const {
  return payer.value() < paid_.size() ? paid_[payer.value()] : 0;
}

std::uint32_t Receivables::next_number(std::uint16_t fiscal_year) const {
  const auto found = last_number_.find(fiscal_year);
  return found == last_number_.end() ? 1 : found->second + 1;
}

}  // namespace kontor
