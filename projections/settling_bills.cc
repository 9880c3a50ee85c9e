// How invoices and payments leave memory when they are settled, and come back.
#include <algorithm>

#include "book_generated.h"
#include "document_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"
#include "projections/receivables.h"

namespace kontor {

// An instalment below zero may leave others open though the invoice as a whole is paid.
bool is_settled(const Invoice& invoice, std::span<const InstalmentState> instalments) {
  return invoice.open == Minor{0} &&
         std::all_of(instalments.begin(), instalments.end(),
                     [](const InstalmentState& part) { return part.open == Minor{0}; });
}

void Receivables::on(const Envelope&, const BookOpened& event) {
  if (event.settled_rule() == 0) return;
  leaving_invoices_.keep_for(event.settled_kept());
  leaving_payments_.keep_for(event.settled_kept());
}

// ---- leaving ------------------------------------------------------------------------------------

void Receivables::note_touch(Invoice& invoice, Sequence position) {
  invoice.touched_at = position.value();
  if (is_settled(invoice, instalments(invoice))) leaving_invoices_.touched(position, invoice.ref);
}

void Receivables::note_touch(Payment& payment, Sequence position) {
  payment.touched_at = position.value();
  if (is_settled(payment)) leaving_payments_.touched(position, payment.ref);
}

void Receivables::leave_invoice(const Leaving::Touch& due) {
  prefetch_leaving();
  const auto index = invoice_index_.find(due.document);
  if (!index) return;  // one event touched it twice
  const Invoice& invoice = invoices_[*index];
  if (invoice.touched_at != due.position || !is_settled(invoice, instalments(invoice))) return;
  KONTOR_MARK("a settled invoice that left memory");
  if (invoice.reopened != 0) KONTOR_MARK("a settled invoice that left memory once more");
  settled_invoices_.add(invoice_names_.name(*index), invoice.ref, invoice.reopened != 0,
                        Sequence{invoice.touched_at});
  ++left_numbers_[invoice.fiscal_year];
  instalments_.give(invoice.first_instalment, invoice.instalment_count);
  lines_.give(invoice.first_line, invoice.line_count);
  taxes_.give(invoice.first_tax, invoice.tax_count);
  invoice_index_.erase(invoice.ref);
  invoice_names_.erase(*index);
  invoices_[*index] = Invoice{};
}

bool Receivables::leave_payment(const Leaving::Touch& due) {
  const auto index = payment_index_.find(due.document);
  if (!index) return false;
  const Payment& payment = payments_[*index];
  if (payment.touched_at != due.position || !is_settled(payment)) return false;
  KONTOR_MARK("a settled payment that left memory");
  if (payment.reopened != 0) KONTOR_MARK("a settled payment that left memory once more");
  settled_payments_.add(payment_names_.name(*index), payment.ref, payment.reopened != 0,
                        Sequence{payment.touched_at});
  payment_index_.erase(payment.ref);
  payment_names_.erase(*index);
  payments_[*index] = Payment{};
  return true;
}

// ---- coming back --------------------------------------------------------------------------------

void Receivables::on(const Envelope& by, const DocumentReopened& event) {
  if (event.invoice_state() != nullptr) reopen_invoice(by, event);
  if (event.payment_state() != nullptr) reopen_payment(by, event);
}

void Receivables::reopen_invoice(const Envelope& by, const DocumentReopened& event) {
  const ReopenedInvoice& state = *event.invoice_state();
  settled_invoices_.came_back();
  Invoice& invoice = add_invoice(view(state.invoice()), event.invoice());
  invoice.order = state.order();
  invoice.net = Minor{state.net()};
  invoice.tax = Minor{state.tax()};
  invoice.total = Minor{state.total()};
  invoice.paid = Minor{state.paid()};
  invoice.credited = Minor{state.credited()};
  invoice.written_off = Minor{state.written_off()};
  invoice.deposit_deducted = Minor{state.deposit_deducted()};
  invoice.payer = state.payer();
  invoice.terms = state.terms();
  invoice.number = state.number();
  invoice.fiscal_year = state.fiscal_year();
  invoice.currency = state.currency();
  invoice.date = state.date();
  invoice.version = state.version();
  invoice.credit_note_count = state.credit_notes();
  invoice.reopened = 1;
  if (open_of_.size() <= invoice.payer) open_of_.resize(invoice.payer + 1);
  invoice.instalment_count = static_cast<std::uint32_t>(run(state.instalments()).size());
  invoice.first_instalment = instalments_.take(invoice.instalment_count);
  InstalmentState* part =
      instalments_.at(invoice.first_instalment, invoice.instalment_count).data();
  for (const Instalment& from : run(state.instalments()))
    *part++ = {Minor{from.amount()}, Minor{0}, from.due(), from.number()};
  invoice.line_count = static_cast<std::uint32_t>(run(state.lines()).size());
  invoice.first_line = lines_.take(invoice.line_count);
  InvoiceLineState* line = lines_.at(invoice.first_line, invoice.line_count).data();
  for (const ReopenedBilledLine& from : run(state.lines())) {
    *line++ = {Quantity{from.quantity()},
               Quantity{from.credited()},
               Minor{from.net()},
               Minor{from.credited_net()},
               Minor{from.reduced_net()},
               from.line(),
               from.item(),
               from.tax()};
  }
  invoice.tax_count = static_cast<std::uint32_t>(run(state.taxes()).size());
  invoice.first_tax = taxes_.take(invoice.tax_count);
  InvoiceTaxState* tax = taxes_.at(invoice.first_tax, invoice.tax_count).data();
  for (const ReopenedTax& from : run(state.taxes())) {
    *tax++ = {Minor{from.net()},          Minor{from.tax()}, Minor{from.credited_net()},
              Minor{from.credited_tax()}, from.category(),   from.rate()};
  }
  const auto left = left_numbers_.find(invoice.fiscal_year);
  KONTOR_ASSERT(left != left_numbers_.end());
  if (--left->second == 0) left_numbers_.erase(left);
  note_touch(invoice, by.sequence);
}

void Receivables::reopen_payment(const Envelope& by, const DocumentReopened& event) {
  const ReopenedPayment& state = *event.payment_state();
  settled_payments_.came_back();
  Payment& payment = add_payment(view(state.payment()), event.payment());
  payment.amount = Minor{state.amount()};
  payment.applied = Minor{state.applied()};
  payment.reversed = Minor{state.reversed()};
  payment.refunded = Minor{state.refunded()};
  payment.payer = state.payer();
  payment.version = state.version();
  payment.value_date = state.value_date();
  payment.currency = state.currency();
  payment.reopened = 1;
  note_touch(payment, by.sequence);
}

// ---- places -------------------------------------------------------------------------------------

Invoice& Receivables::add_invoice(std::string_view name, std::uint64_t ref) {
  const std::uint32_t index = invoice_names_.add(name);
  if (index == invoices_.size()) {
    invoices_.emplace_back();
  } else {
    KONTOR_MARK("the place of an invoice that left, taken by another");
  }
  invoice_index_.set(ref, index);
  invoices_[index].ref = ref;
  return invoices_[index];
}

Payment& Receivables::add_payment(std::string_view name, std::uint64_t ref) {
  const std::uint32_t index = payment_names_.add(name);
  if (index == payments_.size()) payments_.emplace_back();
  payment_index_.set(ref, index);
  payments_[index].ref = ref;
  return payments_[index];
}

}  // namespace kontor
