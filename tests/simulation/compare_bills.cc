// What is owed: accounts, invoices, payments, credit notes.
#include <map>
#include <vector>

#include "tests/simulation/comparison.h"

namespace kontor::test {
namespace {

// Sums over the documents, as the domain says what exposure is.
std::vector<m::Exposure> exposures(const m::State& state) {
  std::vector<m::Exposure> out(state.companies.all.size());
  const auto of = [&](int payer) -> m::Exposure& { return out[static_cast<std::size_t>(payer)]; };
  for (const m::Order& order : state.orders.all) {
    of(order.payer).ordered += order.counted_ordered();
    of(order.payer).delivered += order.counted_delivered();
    of(order.payer).deposits += order.counted_deposit();
  }
  for (const m::Invoice& invoice : state.invoices.all)
    of(invoice.payer).receivable += invoice.open;
  for (const m::Payment& payment : state.payments.all)
    of(payment.payer).unapplied += payment.unapplied();
  for (const m::CreditNote& note : state.credit_notes.all)
    of(note.payer).unapplied += note.unapplied();
  return out;
}

}  // namespace

void Comparison::account(int company, const m::Exposure& model) {
  const Account& account = book_.credit().account(CompanyId{ordinal_of(company)});
  const std::string where = "account of " + model_.companies[company].name;
  same(where, "ordered", account.bucket(Bucket::ordered).value(), model.ordered);
  same(where, "delivered", account.bucket(Bucket::delivered).value(), model.delivered);
  same(where, "receivable", account.bucket(Bucket::receivable).value(), model.receivable);
  same(where, "unapplied", account.bucket(Bucket::unapplied).value(), model.unapplied);
  same(where, "deposits", account.bucket(Bucket::deposits).value(), model.deposits);
  same(where, "exposure", account.exposure().value(), model.sum());
}

void Comparison::deposit(const std::string& where, const Order& engine, const m::Order& model) {
  static const Deposit kNothing;
  const Deposit* const known = book_.deposits().find(OrderRef{engine.ref});
  const Deposit& deposit = known == nullptr ? kNothing : *known;
  same(where, "settlement", engine.settlement == Settlement::prepaid, model.prepaid);
  same(where, "deposit asked", deposit.asked.value(), model.deposit_asked);
  same(where, "deposit deducted", deposit.deducted.value(), model.deposit_deducted);
  same(where, "deposit held", deposit.held().value(), model.deposit_held());
  same(where, "deposit lacking", deposit.lacking(book_.orders().unbilled_gross(engine)).value(),
       model.lacking());
  same(where, "deposit counted", book_.credit().counted_deposit(OrderRef{engine.ref}).value(),
       model.counted_deposit());
  same(where, "shares of its deposit", deposit.shares.size(), model.deposit_shares.size());
  for (std::size_t i = 0; i < deposit.shares.size() && !found_; ++i) {
    const m::DepositShare& of = model.deposit_shares[i];
    same(where, "share of its deposit", deposit.shares[i].amount.value(), of.amount);
    same(where, "kind of a share", deposit.shares[i].is_credit_note, of.fund.is_note);
  }
}

void Comparison::due_dates(int company) {
  std::map<m::Day, m::Int> due;
  std::map<std::uint32_t, m::Int> terms;
  for (const m::Invoice& invoice : model_.invoices.all) {
    if (invoice.payer != company) continue;
    for (const m::Instalment& part : invoice.instalments)
      due[part.due] += part.open;
    terms[ordinal_of(invoice.terms)] += invoice.open;
  }
  std::erase_if(due, [](const auto& entry) { return entry.second == 0; });
  std::erase_if(terms, [](const auto& entry) { return entry.second == 0; });
  const Account& account = book_.credit().account(CompanyId{ordinal_of(company)});
  const std::string where = "account of " + model_.companies[company].name;
  same(where, "number of due dates", account.by_due().size(), due.size());
  same(where, "number of terms", account.by_terms().size(), terms.size());
  for (const DueAmount& amount : account.by_due())
    same(where, "receivable by due date", amount.amount.value(), due[amount.due.value()]);
  for (const TermsAmount& amount : account.by_terms())
    same(where, "receivable by terms", amount.amount.value(), terms[amount.terms.value()]);
}

void Comparison::accounts() {
  const std::vector<m::Exposure> sums = exposures(model_);
  for (int company = 0; company < model_.companies.size(); ++company) {
    account(company, sums[static_cast<std::size_t>(company)]);
    due_dates(company);
  }
}

// One that the engine has no more in memory: nothing of it is left, and its name is known.
void Comparison::left(SettledKind kind, const std::string& name, m::Int left) {
  same(name, "being known", book_.settled(kind).may_have(name), true);
  same(name, "what is left of it, settled", 0, left);
}

void Comparison::invoices() {
  const Receivables& billed = book_.receivables();
  same("invoices", "number", billed.invoices().size() + billed.settled_invoices().size(),
       model_.invoices.size());
  for (int i = 0; i < model_.invoices.size() && !found_; ++i) {
    const m::Invoice& of = model_.invoices[i];
    const Invoice* const invoice = billed.find_invoice(of.name);
    invoice == nullptr ? left(SettledKind::kInvoice, of.name, of.open)
                       : this->invoice(*invoice, of);
  }
}

void Comparison::invoice(const Invoice& invoice, const m::Invoice& of) {
  same(of.name, "number", invoice.number, of.number);
  same(of.name, "fiscal year", invoice.fiscal_year, of.year);
  same(of.name, "date", invoice.date, of.date);
  same(of.name, "payer", place_of(invoice.payer), of.payer);
  same(of.name, "terms", place_of(invoice.terms), of.terms);
  same(of.name, "net", invoice.net.value(), of.net);
  same(of.name, "tax", invoice.tax.value(), of.tax);
  same(of.name, "total", invoice.total.value(), of.total());
  same(of.name, "open", invoice.open.value(), of.open);
  same(of.name, "paid", invoice.paid.value(), of.paid);
  same(of.name, "credited", invoice.credited.value(), of.credited);
  same(of.name, "deposit deducted", invoice.deposit_deducted.value(), of.deducted);
  same(of.name, "version", invoice.version, of.version);
  const auto parts = book_.receivables().instalments(invoice);
  same(of.name, "number of instalments", parts.size(), of.instalments.size());
  for (std::size_t p = 0; p < parts.size() && !found_; ++p) {
    same(of.name, "instalment", parts[p].amount.value(), of.instalments[p].amount);
    same(of.name, "instalment's open part", parts[p].open.value(), of.instalments[p].open);
    same(of.name, "instalment's due date", parts[p].due, of.instalments[p].due);
  }
}

void Comparison::payments() {
  const Receivables& billed = book_.receivables();
  same("payments", "number", billed.payments().size() + billed.settled_payments().size(),
       model_.payments.size());
  for (int i = 0; i < model_.payments.size() && !found_; ++i) {
    const m::Payment& of = model_.payments[i];
    const Payment* const payment = billed.find_payment(of.name);
    if (payment == nullptr) {
      left(SettledKind::kPayment, of.name, of.unapplied() + of.deposited);
      continue;
    }
    same(of.name, "amount", payment->amount.value(), of.amount);
    same(of.name, "applied", payment->applied.value(), of.applied);
    same(of.name, "reversed", payment->reversed.value(), of.reversed);
    same(of.name, "refunded", payment->refunded.value(), of.refunded);
    same(of.name, "in deposits", payment->deposited.value(), of.deposited);
    same(of.name, "version", payment->version, of.version);
    same(of.name, "value date", payment->value_date, of.value_date);
  }
}

void Comparison::credit_notes() {
  const CreditNotes& notes = book_.credit_notes();
  same("credit notes", "number", notes.all().size() + notes.settled().size(),
       model_.credit_notes.size());
  for (int i = 0; i < model_.credit_notes.size() && !found_; ++i) {
    const m::CreditNote& of = model_.credit_notes[i];
    const CreditNote* const note = book_.credit_notes().find(of.name);
    if (note == nullptr) {
      left(SettledKind::kCreditNote, of.name, of.unapplied() + of.deposited);
      continue;
    }
    same(of.name, "number", note->number, of.number);
    same(of.name, "fiscal year", note->fiscal_year, of.year);
    same(of.name, "net", note->net.value(), of.net);
    same(of.name, "tax", note->tax.value(), of.tax);
    same(of.name, "applied", note->applied.value(), of.applied);
    same(of.name, "refunded", note->refunded.value(), of.refunded);
    same(of.name, "in deposits", note->deposited.value(), of.deposited);
    same(of.name, "being cancelled", note->cancelled, of.cancelled);
    same(of.name, "having moved goods", note->moved_goods, of.moved_goods);
    same(of.name, "version", note->version, of.version);
  }
}

}  // namespace kontor::test
