// Money that is moved, taken back and given back, and credit notes.
#include <algorithm>

#include "tests/simulation/generator.h"

namespace kontor::test {
namespace {

namespace m = model;

}  // namespace

std::uint64_t Generator::back_among(std::uint64_t count, std::uint64_t newest) {
  return random_.below(random_.one_in(10) ? count : std::min(count, newest));
}

std::string Generator::payment_name(const State& state) {
  const auto count = static_cast<std::uint64_t>(state.payments.size());
  if (count == 0 || random_.one_in(40)) return "no-payment";
  return state.payments.all[count - 1 - back_among(count, 25)].name;
}

std::string Generator::credit_note_name(const State& state) {
  const auto count = static_cast<std::uint64_t>(state.credit_notes.size());
  if (count == 0 || random_.one_in(40)) return "no-note";
  return state.credit_notes.all[count - 1 - back_among(count, 15)].name;
}

void Generator::name_fund(const State& state, std::string& payment, std::string& credit_note) {
  if (random_.one_in(3)) {
    credit_note = credit_note_name(state);
    if (random_.one_in(40)) payment = payment_name(state);
  } else if (!random_.one_in(40)) {
    payment = payment_name(state);
  }
}

m::Command Generator::apply_credit(const State& state) {
  m::ApplyCredit c;
  c.application = random_.one_in(30) ? used_name("application-") : new_name("application-");
  name_fund(state, c.payment, c.credit_note);
  if (random_.one_in(50)) c.currency = 840;
  const auto count = static_cast<std::uint64_t>(state.invoices.size());
  for (std::uint64_t i = random_.below(3); i > 0 && count > 0; --i) {
    const m::Invoice& invoice = state.invoices.all[count - 1 - back_among(count, 20)];
    m::PayInvoice part{random_.one_in(50) ? "no-invoice" : invoice.name, std::nullopt};
    if (random_.one_in(2)) part.amount = part_of(invoice.open);
    c.invoices.push_back(part);
  }
  return c;
}

m::Command Generator::undo_application(const State& state) {
  m::UndoApplication c;
  c.undo = random_.one_in(30) ? used_name("application-") : new_name("application-");
  name_fund(state, c.payment, c.credit_note);
  const int payment = state.payments.find(c.payment);
  const int note = state.credit_notes.find(c.credit_note);
  std::vector<m::AppliedPart> parts;
  if (payment != m::kNone) parts = state.payments[payment].parts;
  if (note != m::kNone) parts = state.credit_notes[note].parts;
  c.invoice = "no-invoice";
  if (!state.invoices.all.empty() && !random_.one_in(30)) {
    c.invoice = random_.of(state.invoices.all).name;
  }
  if (!parts.empty() && !random_.one_in(8)) {
    c.invoice = state.invoices[random_.of(parts).invoice].name;
  }
  return c;
}

m::Command Generator::refund(const State& state) {
  m::Refund c;
  c.refund = random_.one_in(30) ? used_name("refund-") : new_name("refund-");
  name_fund(state, c.payment, c.credit_note);
  const int payment = state.payments.find(c.payment);
  const m::Int most = payment == m::kNone ? 100 : state.payments[payment].unapplied();
  if (random_.one_in(2)) c.amount = part_of(most);
  if (random_.one_in(50)) c.currency = 840;
  return c;
}

m::Command Generator::reverse_payment(const State& state) {
  m::ReversePayment c;
  c.payment = payment_name(state);
  c.reversal = random_.one_in(30) ? used_name("reversal-") : new_name("reversal-");
  const int payment = state.payments.find(c.payment);
  const m::Int most = payment == m::kNone ? 100 : state.payments[payment].kept();
  if (random_.one_in(2)) c.amount = part_of(most);
  if (random_.one_in(50)) c.currency = 840;
  return c;
}

m::Command Generator::issue_credit_note(const State& state) {
  m::IssueCreditNote c;
  c.credit_note = random_.one_in(30) ? used_name("note-") : new_name("note-");
  c.invoice = "no-invoice";
  if (!random_.one_in(4)) c.warehouse = name_of(warehouses_);
  if (random_.one_in(50)) c.currency = 840;
  const auto count = static_cast<std::uint64_t>(state.invoices.size());
  if (count == 0 || random_.one_in(40)) return c;
  const m::Invoice& invoice = state.invoices.all[count - 1 - back_among(count, 30)];
  c.invoice = invoice.name;
  for (const m::BilledLine& line : invoice.lines) {
    const int number = random_.one_in(40) ? 8 : line.line + 1;
    if (random_.one_in(2)) {
      const auto disposition = static_cast<m::Disposition>(random_.below(3));
      c.lines.push_back({number, part_of(line.left()), disposition});
    }
    if (random_.one_in(4)) {
      c.amounts.push_back({number, random_.one_in(2) ? line.net_left() : part_of(line.net_left())});
    }
  }
  for (const m::GoodsReturn& document : state.returns.all) {
    if (document.order != invoice.order || random_.one_in(3)) continue;
    for (const auto& [line, creditable] : document.creditable) {
      m::CreditReturn part{document.name, line + 1, std::nullopt};
      if (random_.one_in(2)) part.quantity = part_of(creditable);
      if (random_.one_in(2)) c.returns.push_back(part);
    }
  }
  if (random_.one_in(30)) c.returns.push_back({"no-return", 1, std::nullopt});
  return c;
}

m::Command Generator::cancel_credit_note(const State& state) {
  return m::CancelCreditNote{credit_note_name(state)};
}

}  // namespace kontor::test
