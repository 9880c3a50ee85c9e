// How invoices and payments are put into bytes and taken back, and what must hold of them.
#include <algorithm>

#include "projections/fold.h"
#include "projections/load_check.h"
#include "projections/receivables.h"
#include "projections/saved_numbers.h"

namespace kontor {

void Receivables::save(Sink& out) const {
  invoice_names_.save(out);
  payment_names_.save(out);
  invoice_index_.save(out);
  payment_index_.save(out);
  out.pods(invoices_);
  instalments_.save(out);
  lines_.save(out);
  taxes_.save(out);
  out.pods(payments_);
  out.pods(paid_);
  save_numbers(out, last_number_);
  save_numbers(out, left_numbers_);
  out.pod(last_invoice_date_.value());
  leaving_invoices_.save(out);
  leaving_payments_.save(out);
  settled_invoices_.save(out);
  settled_payments_.save(out);
}

void Receivables::load(Source& in) {
  *this = Receivables{};
  invoice_names_.load(in);
  payment_names_.load(in);
  invoice_index_.load(in);
  payment_index_.load(in);
  in.pods(invoices_);
  instalments_.load(in);
  lines_.load(in);
  taxes_.load(in);
  in.pods(payments_);
  in.pods(paid_);
  load_numbers(in, last_number_);
  load_numbers(in, left_numbers_);
  in.pod(last_invoice_date_);
  leaving_invoices_.load(in);
  leaving_payments_.load(in);
  settled_invoices_.load(in);
  settled_payments_.load(in);
  if (!in.ok()) return;
  in.expect(are_places_of(invoices_, invoice_names_, invoice_index_) &&
            are_places_of(payments_, payment_names_, payment_index_) && records_are_sound() &&
            counts_are_sound());
  if (!in.ok()) return;
  for (const Invoice& invoice : invoices()) {
    in.expect(invoice.payer <= (1U << 24));
    for (const InvoiceLineState& line : lines(invoice))
      in.expect(line.tax < invoice.tax_count);
  }
  if (in.ok()) list_open_instalments();
}

bool Receivables::counts_are_sound() const {
  std::vector<std::uint32_t> in_memory(paid_.size());
  for (const Invoice& invoice : invoices()) {
    if (invoice.payer >= paid_.size()) return false;
    if (invoice.is_paid() && ++in_memory[invoice.payer] > paid_[invoice.payer]) return false;
  }
  return true;
}

bool Receivables::records_are_sound() const {
  using Owned = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  Owned instalments;
  Owned lines;
  Owned taxes;
  for (const Invoice& invoice : invoices()) {
    instalments.emplace_back(invoice.first_instalment, invoice.instalment_count);
    lines.emplace_back(invoice.first_line, invoice.line_count);
    taxes.emplace_back(invoice.first_tax, invoice.tax_count);
  }
  return instalments_.are_sound(instalments) && lines_.are_sound(lines) && taxes_.are_sound(taxes);
}

void Receivables::list_open_instalments() {
  for (const Invoice& invoice : invoices()) {
    if (open_of_.size() <= invoice.payer) open_of_.resize(invoice.payer + 1);
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

Status Receivables::check_numbers() const {
  std::vector<std::pair<std::uint16_t, std::uint32_t>> given;
  for (const Invoice& invoice : invoices())
    given.emplace_back(invoice.fiscal_year, invoice.number);
  if (!are_gapless(std::move(given), left_numbers_, last_number_)) {
    return broken("an invoice number that is missing, there twice, or was never given");
  }
  return {};
}

Status Receivables::check_invariants() const {
  for (const Invoice& invoice : invoices()) {
    if (Status sound = check_invoice(invoice); !sound) return sound;
  }
  for (const Payment& payment : payments()) {
    const Minor none;
    if (payment.applied < none || payment.reversed < none || payment.refunded < none ||
        payment.deposited < none || payment.unapplied() < none) {
      return broken("more applied, reversed or refunded than received, payment " +
                    std::string(name(payment)));
    }
  }
  if (!counts_are_sound()) return broken("more invoices are paid than are counted so");
  if (!records_are_sound()) return broken("records of invoices that overlap, or are nobody's");
  if (!leaving_invoices_.is_sound() || !leaving_payments_.is_sound()) {
    return broken("the order in which invoices and payments were touched");
  }
  return check_numbers();
}

}  // namespace kontor
