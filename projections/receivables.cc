#include "projections/receivables.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "credit_note_generated.h"
#include "invoice_generated.h"
#include "payment_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {

std::string format_invoice_number(std::uint16_t fiscal_year, std::uint32_t number) {
  std::array<char, 24> out{};
  const int size =
      std::snprintf(out.data(), out.size(), "%04u-%06u", unsigned{fiscal_year}, number);
  return {out.data(), static_cast<std::size_t>(size)};
}

void Receivables::on(const Envelope& by, const InvoiceIssued& event) {
  const std::uint32_t index = invoice_names_.add(view(event.invoice()));
  KONTOR_ASSERT(index == invoices_.size());
  invoice_index_.set(by.sequence.value(), index);

  Invoice invoice;
  invoice.ref = by.sequence.value();
  invoice.order = event.order();
  invoice.net = Minor{event.net()};
  invoice.tax = Minor{event.tax()};
  invoice.total = Minor{event.total()};
  invoice.open = invoice.total;
  invoice.payer = event.payer();
  invoice.terms = event.terms();
  invoice.number = event.number();
  invoice.fiscal_year = event.fiscal_year();
  invoice.currency = event.currency();
  invoice.date = event.date();
  invoice.version = 1;
  invoice.first_instalment = static_cast<std::uint32_t>(instalments_.size());
  if (open_of_.size() <= event.payer()) {
    open_of_.resize(event.payer() + 1);
    paid_.resize(event.payer() + 1);
  }
  for (const Instalment& part : run(event.instalments())) {
    instalments_.push_back({Minor{part.amount()}, Minor{part.amount()}, part.due(), part.number()});
    if (part.amount() != 0) {
      open_of_[event.payer()].insert({Date{part.due()}, InvoiceRef{invoice.ref}, part.number()});
    }
  }
  invoice.instalment_count =
      static_cast<std::uint32_t>(instalments_.size()) - invoice.first_instalment;
  add_lines(invoice, event);
  invoices_.push_back(invoice);
  last_number_[event.fiscal_year()] = event.number();
  last_invoice_date_ = Date{event.date()};
}

void Receivables::add_lines(Invoice& invoice, const InvoiceIssued& event) {
  invoice.first_tax = static_cast<std::uint32_t>(taxes_.size());
  for (const TaxAmount& tax : run(event.taxes())) {
    taxes_.push_back(
        {Minor{tax.net()}, Minor{tax.tax()}, Minor{}, Minor{}, tax.category(), tax.rate()});
  }
  invoice.tax_count = static_cast<std::uint32_t>(taxes_.size()) - invoice.first_tax;
  invoice.first_line = static_cast<std::uint32_t>(lines_.size());
  const std::span<const InvoiceTaxState> taxes = this->taxes(invoice);
  for (const InvoiceLine& line : run(event.lines())) {
    const auto tax = std::find_if(taxes.begin(), taxes.end(), [&](const InvoiceTaxState& t) {
      return t.category == line.tax_category() && t.rate == line.tax_rate();
    });
    KONTOR_ASSERT(tax != taxes.end());
    InvoiceLineState& state = lines_.emplace_back();
    state.quantity = Quantity{line.quantity()};
    state.net = Minor{line.net()};
    state.line = line.line();
    state.item = line.item();
    state.tax = static_cast<std::uint32_t>(tax - taxes.begin());
  }
  invoice.line_count = static_cast<std::uint32_t>(lines_.size()) - invoice.first_line;
}

void Receivables::on(const Envelope& by, const PaymentReceived& event) {
  const std::uint32_t index = payment_names_.add(view(event.payment()));
  KONTOR_ASSERT(index == payments_.size());
  payment_index_.set(by.sequence.value(), index);
  Payment payment;
  payment.ref = by.sequence.value();
  payment.amount = Minor{event.amount()};
  payment.payer = event.payer();
  payment.currency = event.currency();
  payment.value_date = by.effective_date.value();
  payment.version = 1;
  payments_.push_back(payment);
}

Invoice& Receivables::invoice_at(std::uint64_t ref) {
  const auto index = invoice_index_.find(ref);
  KONTOR_ASSERT(index.has_value());
  return invoices_[*index];
}

Invoice& Receivables::settle(const Application& part, Minor amount) {
  Invoice& invoice = invoice_at(part.invoice());
  KONTOR_ASSERT(part.instalment() >= 1 && part.instalment() <= invoice.instalment_count);
  InstalmentState& instalment = instalments_[invoice.first_instalment + part.instalment() - 1];
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
void Receivables::settle_all(const Parts* parts, Minor Invoice::*settled, std::int64_t sign) {
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
  }
}

void Receivables::on(const Envelope&, const PaymentApplied& event) {
  settle_all(event.applications(), &Invoice::paid, 1);
  Payment& payment = touch_payment(event.payment());
  for (const Application& part : run(event.applications()))
    payment.applied += Minor{part.amount()};
}

void Receivables::on(const Envelope&, const PaymentUnapplied& event) {
  settle_all(event.applications(), &Invoice::paid, -1);
  Payment& payment = touch_payment(event.payment());
  for (const Application& part : run(event.applications()))
    payment.applied -= Minor{part.amount()};
}

void Receivables::on(const Envelope&, const PaymentReversed& event) {
  touch_payment(event.payment()).reversed += Minor{event.amount()};
}

void Receivables::on(const Envelope&, const RefundPaid& event) {
  if (payment_index_.find(event.payment())) {
    touch_payment(event.payment()).refunded += Minor{event.amount()};
  }
}

template <class Event>
void Receivables::credit(const Event& event, std::int64_t sign) {
  Invoice& invoice = invoice_at(event.invoice());
  ++invoice.version;
  const auto lines = std::span(lines_).subspan(invoice.first_line, invoice.line_count);
  for (const CreditedLine& credited : run(event.lines())) {
    const auto line = std::lower_bound(
        lines.begin(), lines.end(), credited.line(),
        [](const InvoiceLineState& l, std::uint32_t number) { return l.line < number; });
    KONTOR_ASSERT(line != lines.end() && line->line == credited.line());
    const Minor net{sign * credited.net()};
    line->credited += Quantity{sign * credited.quantity()};
    (credited.quantity() == 0 ? line->reduced_net : line->credited_net) += net;
  }
  const auto taxes = std::span(taxes_).subspan(invoice.first_tax, invoice.tax_count);
  for (const TaxAmount& credited : run(event.taxes())) {
    const auto tax = std::find_if(taxes.begin(), taxes.end(), [&](const InvoiceTaxState& t) {
      return t.category == credited.category() && t.rate == credited.rate();
    });
    KONTOR_ASSERT(tax != taxes.end());
    tax->credited_net += Minor{sign * credited.net()};
    tax->credited_tax += Minor{sign * credited.tax()};
  }
}

void Receivables::on(const Envelope&, const CreditNoteIssued& event) {
  credit(event, 1);
}
void Receivables::on(const Envelope&, const CreditNoteCancelled& event) {
  credit(event, -1);
}
void Receivables::on(const Envelope&, const CreditNoteApplied& event) {
  settle_all(event.applications(), &Invoice::credited, 1);
}
void Receivables::on(const Envelope&, const CreditNoteUnapplied& event) {
  settle_all(event.applications(), &Invoice::credited, -1);
}

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

const std::set<OpenInstalment>& Receivables::open_of(CompanyId payer) const {
  static const std::set<OpenInstalment> kNone;
  return payer.value() < open_of_.size() ? open_of_[payer.value()] : kNone;
}

std::uint32_t Receivables::paid_invoices(CompanyId payer) const {
  return payer.value() < paid_.size() ? paid_[payer.value()] : 0;
}

std::uint32_t Receivables::next_number(std::uint16_t fiscal_year) const {
  const auto found = last_number_.find(fiscal_year);
  return found == last_number_.end() ? 1 : found->second + 1;
}

void Receivables::save(Sink& out) const {
  invoice_names_.save(out);
  payment_names_.save(out);
  invoice_index_.save(out);
  payment_index_.save(out);
  out.pods(invoices_);
  out.pods(instalments_);
  out.pods(lines_);
  out.pods(taxes_);
  out.pods(payments_);
  out.pod(std::uint64_t{last_number_.size()});
  for (const auto& [year, number] : last_number_) {
    out.pod(year);
    out.pod(number);
  }
  out.pod(last_invoice_date_.value());
}

void Receivables::load(Source& in) {
  *this = Receivables{};
  invoice_names_.load(in);
  payment_names_.load(in);
  invoice_index_.load(in);
  payment_index_.load(in);
  in.pods(invoices_);
  in.pods(instalments_);
  in.pods(lines_);
  in.pods(taxes_);
  in.pods(payments_);
  for (std::uint64_t left = in.size_of_run(6); left > 0 && in.ok(); --left) {
    std::uint16_t year = 0;
    in.pod(year);
    in.pod(last_number_[year]);
  }
  in.pod(last_invoice_date_);
  if (!in.ok()) return;
  const bool indexed =
      invoices_.size() == invoice_names_.size() && payments_.size() == payment_names_.size() &&
      is_index_of(invoice_index_, invoices_) && is_index_of(payment_index_, payments_);
  if (!indexed) return in.fail();
  for (const Invoice& invoice : invoices_) {
    const bool sound =
        invoice.payer <= (1U << 24) &&
        is_run(invoice.first_instalment, invoice.instalment_count, instalments_.size()) &&
        is_run(invoice.first_line, invoice.line_count, lines_.size()) &&
        is_run(invoice.first_tax, invoice.tax_count, taxes_.size());
    if (!sound) return in.fail();
    for (const InvoiceLineState& line : lines(invoice))
      in.expect(line.tax < invoice.tax_count);
    if (open_of_.size() <= invoice.payer) {
      open_of_.resize(invoice.payer + 1);
      paid_.resize(invoice.payer + 1);
    }
    if (invoice.is_paid()) ++paid_[invoice.payer];
    for (const InstalmentState& part : instalments(invoice)) {
      if (part.open == Minor{0}) continue;
      open_of_[invoice.payer].insert({Date{part.due}, InvoiceRef{invoice.ref}, part.number});
    }
  }
}

Status Receivables::check_invoice(const Invoice& invoice) const {
  const std::string where = " in invoice " + std::string(name(invoice));
  if (invoice.open + invoice.paid + invoice.credited + invoice.written_off != invoice.total) {
    return broken("total is not open + paid + credited + written off" + where);
  }
  Minor open;
  Minor amount;
  for (const InstalmentState& part : instalments(invoice)) {
    open += part.open;
    amount += part.amount;
  }
  if (open != invoice.open || amount != invoice.total) return broken("instalments' sums" + where);
  Minor net;
  Minor credited;
  for (const InvoiceLineState& line : lines(invoice)) {
    if (line.credited < Quantity{0} || line.left() < Quantity{0}) {
      return broken("more credited than billed" + where);
    }
    net += line.net;
    credited += line.credited_net + line.reduced_net;
  }
  for (const InvoiceTaxState& tax : taxes(invoice)) {
    net -= tax.net;
    credited -= tax.credited_net;
    const bool exhausted = tax.credited_net == tax.net;
    if (exhausted && tax.credited_tax != tax.tax) return broken("tax left uncredited" + where);
  }
  if (net != Minor{0} || credited != Minor{0}) return broken("lines' and taxes' sums" + where);
  return {};
}

Status Receivables::check_invariants() const {
  for (const Invoice& invoice : invoices_) {
    if (Status sound = check_invoice(invoice); !sound) return sound;
  }
  for (const Payment& payment : payments_) {
    const Minor none;
    if (payment.applied < none || payment.reversed < none || payment.refunded < none ||
        payment.unapplied() < none) {
      return broken("more applied, reversed or refunded than received, payment " +
                    std::string(name(payment)));
    }
  }
  std::map<std::uint16_t, std::uint32_t> numbers;
  for (const Invoice& invoice : invoices_) {
    if (invoice.number != ++numbers[invoice.fiscal_year]) {
      return broken("a gap in invoice numbers before " +
                    format_invoice_number(invoice.fiscal_year, invoice.number));
    }
  }
  return {};
}

}  // namespace kontor
