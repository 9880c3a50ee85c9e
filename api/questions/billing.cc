// Invoices, payments and credit notes.
#include "api/questions/document_answers.h"
#include "api/questions/present.h"

namespace kontor::questions {
namespace {

wire::PaidState paid_state(const Invoice& invoice) {
  const bool paid = invoice.paid > Minor{0} || invoice.credited == Minor{0};
  if (invoice.open == Minor{0}) return paid ? wire::PaidState::paid : wire::PaidState::credited;
  if (invoice.open == invoice.total) return wire::PaidState::open;
  return paid ? wire::PaidState::part_paid : wire::PaidState::part_credited;
}

std::string order_name(const Book& book, std::uint64_t order) {
  return book.name("order", order).value_or("");
}

void fill_payment(const Book& book, const Payment& payment, wire::PaymentAnswerT& out) {
  out.payment = book.name("payment", payment.ref).value_or("");
  out.payer = name_of(book, "company", CompanyId{payment.payer});
  out.value_date = payment.value_date;
  out.currency = payment.currency;
  out.amount = payment.amount.value();
  out.applied = payment.applied.value();
  out.unapplied = payment.unapplied().value();
  out.received_at = payment.ref;
  out.version = payment.version;
  out.reversed = payment.reversed.value();
  out.refunded = payment.refunded.value();
  out.deposited = payment.deposited.value();
}

void fill_applications(const Book& book, const Settlements& settlements, std::uint64_t source,
                       std::vector<std::unique_ptr<wire::AppliedRowT>>& out) {
  settlements.for_each_part(source, [&](const AppliedPart& part) {
    auto& row = add_row(out);
    row.invoice = book.name("invoice", part.invoice).value_or("");
    row.instalment = part.instalment;
    row.due = part.due;
    row.amount = part.amount.value();
  });
}

void fill_deposits(const Book& book, std::span<const InDeposit> parts,
                   std::vector<std::unique_ptr<wire::DepositedRowT>>& out) {
  for (const InDeposit& part : parts) {
    auto& row = add_row(out);
    row.order = order_name(book, part.order);
    row.amount = part.amount.value();
  }
}

// Of a payment or credit note in memory, oldest first.
std::vector<InDeposit> deposits_of(const Book& book, std::uint64_t source) {
  std::vector<InDeposit> out;
  for (const std::uint64_t order : book.deposits().orders_of(source)) {
    for (const DepositShare& share : book.deposits().find(OrderRef{order})->shares) {
      if (share.source == source) out.push_back({order, share.amount});
    }
  }
  return out;
}

void fill_lines(const Book& book, const InvoiceState& state, wire::InvoiceAnswerT& out) {
  for (const InvoiceLineState& line : state.lines) {
    auto& row = add_row(out.lines);
    row.line = line.line;
    row.item = name_of(book, "item", ItemId{line.item});
    row.quantity = line.quantity.value();
    row.net = line.net.value();
    row.tax_category = name_of(book, "tax_category", TaxCategoryId{state.taxes[line.tax].category});
    row.tax_rate = state.taxes[line.tax].rate;
    row.credited = line.credited.value();
    row.credited_net = (line.credited_net + line.reduced_net).value();
  }
  for (const CreditNoteRef note : state.credit_notes)
    out.credit_notes.push_back(book.name("credit_note", note.value()).value_or(""));
}

void fill_credit_note(const Book& book, const CreditNote& note, wire::CreditNoteAnswerT& out) {
  out.credit_note = book.name("credit_note", note.ref).value_or("");
  out.number = format_credit_note_number(note.fiscal_year, note.number);
  out.invoice = book.name("invoice", note.invoice).value_or("");
  out.order = order_name(book, note.order);
  out.payer = name_of(book, "company", CompanyId{note.payer});
  out.cause = note.cause;
  out.date = note.date;
  out.cancelled = note.cancelled != 0;
  out.currency = note.currency;
  out.net = note.net.value();
  out.tax = note.tax.value();
  out.total = note.total.value();
  out.applied = note.applied.value();
  out.refunded = note.refunded.value();
  out.unapplied = note.unapplied().value();
  out.deposited = note.deposited.value();
  out.moved_goods = note.moved_goods != 0;
  out.issued_at = note.ref;
  out.version = note.version;
}

void fill_credited(const Book& book, std::span<const CreditedPart> parts,
                   wire::CreditNoteAnswerT& out) {
  for (const CreditedPart& part : parts) {
    auto& row = add_row(out.lines);
    row.line = part.line;
    row.item = name_of(book, "item", ItemId{part.item});
    row.quantity = part.quantity.value();
    row.net = part.net.value();
    row.goods_return = book.name("goods_return", part.goods_return).value_or("");
    row.tax_category = name_of(book, "tax_category", TaxCategoryId{part.tax_category});
    row.tax_rate = part.tax_rate;
  }
}

}  // namespace

wire::InvoiceAnswerT invoice_answer(const Book& names, const InvoiceState& state) {
  const Invoice& invoice = state.invoice;
  wire::InvoiceAnswerT out;
  out.invoice = names.name("invoice", invoice.ref).value_or("");
  out.number = format_invoice_number(invoice.fiscal_year, invoice.number);
  out.order = order_name(names, invoice.order);
  out.payer = name_of(names, "company", CompanyId{invoice.payer});
  out.date = invoice.date;
  out.state = paid_state(invoice);
  out.currency = invoice.currency;
  out.net = invoice.net.value();
  out.tax = invoice.tax.value();
  out.total = invoice.total.value();
  out.paid = invoice.paid.value();
  out.open = invoice.open.value();
  out.credited = invoice.credited.value();
  out.written_off = invoice.written_off.value();
  out.deposit_deducted = invoice.deposit_deducted.value();
  out.terms = name_of(names, "terms", TermsId{invoice.terms});
  out.issued_at = invoice.ref;
  out.version = invoice.version;
  for (const InstalmentState& instalment : state.instalments) {
    auto& row = add_row(out.instalments);
    row.number = instalment.number;
    row.due = instalment.due;
    row.amount = instalment.amount.value();
    row.open = instalment.open.value();
  }
  fill_lines(names, state, out);
  return out;
}

wire::PaymentAnswerT payment_answer(const Book& names, const Payment& payment,
                                    const SpentOn& spent) {
  wire::PaymentAnswerT out;
  fill_payment(names, payment, out);
  fill_applications(names, spent.settlements, payment.ref, out.applications);
  fill_deposits(names, spent.deposits, out.deposits);
  return out;
}

wire::CreditNoteAnswerT credit_note_answer(const Book& names, const CreditNotes& notes,
                                           const CreditNote& note, const SpentOn& spent) {
  wire::CreditNoteAnswerT out;
  fill_credit_note(names, note, out);
  fill_credited(names, notes.parts(note), out);
  fill_applications(names, spent.settlements, note.ref, out.applications);
  fill_deposits(names, spent.deposits, out.deposits);
  return out;
}

std::optional<Answered> answer_invoice(const Book& book, const Query& query) {
  const Receivables& receivables = book.receivables();
  const Invoice* const invoice = receivables.find_invoice(query.name);
  if (invoice == nullptr) return std::nullopt;
  const auto notes = book.credit_notes().of(InvoiceRef{invoice->ref});
  if (notes.size() != invoice->credit_note_count) return std::nullopt;  // some have left
  return answered(
      invoice_answer(book, {*invoice, receivables.instalments(*invoice),
                            receivables.lines(*invoice), receivables.taxes(*invoice), notes}));
}

std::optional<Answered> answer_payment(const Book& book, const Query& query) {
  const Payment* const payment = book.receivables().find_payment(query.name);
  if (payment == nullptr) return std::nullopt;
  return answered(
      payment_answer(book, *payment, {book.settlements(), deposits_of(book, payment->ref)}));
}

std::optional<Answered> answer_credit_note(const Book& book, const Query& query) {
  const CreditNote* const note = book.credit_notes().find(query.name);
  if (note == nullptr) return std::nullopt;
  return answered(credit_note_answer(book, book.credit_notes(), *note,
                                     {book.settlements(), deposits_of(book, note->ref)}));
}

Answered list_invoices(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  const auto invoices = book.receivables().invoice_places();
  wire::InvoicesAnswerT out;
  auto next = fill_page(query, invoices.size(), [&](std::uint64_t index, PageRoom&) {
    const Invoice& invoice = invoices[index];
    if (invoice.ref == 0 || !filter.takes(invoice.payer)) return false;
    auto& row = add_row(out.invoices);
    row.invoice = book.receivables().name(invoice);
    row.number = format_invoice_number(invoice.fiscal_year, invoice.number);
    row.order = order_name(book, invoice.order);
    row.payer = name_of(book, "company", CompanyId{invoice.payer});
    row.date = invoice.date;
    row.state = paid_state(invoice);
    row.total = invoice.total.value();
    row.open = invoice.open.value();
    row.currency = invoice.currency;
    return true;
  });
  return answered(out, std::move(next));
}

Answered list_payments(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  const auto payments = book.receivables().payment_places();
  wire::PaymentsAnswerT out;
  auto next = fill_page(query, payments.size(), [&](std::uint64_t index, PageRoom&) {
    if (payments[index].ref == 0 || !filter.takes(payments[index].payer)) return false;
    fill_payment(book, payments[index], add_row(out.payments));
    return true;
  });
  return answered(out, std::move(next));
}

Answered list_credit_notes(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  const auto notes = book.credit_notes().places();
  wire::CreditNotesAnswerT out;
  auto next = fill_page(query, notes.size(), [&](std::uint64_t index, PageRoom&) {
    if (notes[index].ref == 0 || !filter.takes(notes[index].payer)) return false;
    fill_credit_note(book, notes[index], add_row(out.credit_notes));
    return true;
  });
  return answered(out, std::move(next));
}

}  // namespace kontor::questions
