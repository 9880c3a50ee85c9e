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

// Most often some that lack a deposit.
std::vector<m::PayOrder> Generator::orders_to_pay(const State& state) {
  std::vector<m::PayOrder> out;
  for (std::uint64_t i = 1 + random_.below(2); i > 0; --i) {
    const std::string name =
        order_name(state, [](const m::Order& order) { return order.lacking() > 0; });
    const int place = state.orders.find(name);
    m::PayOrder part{random_.one_in(50) ? "no-order" : name, std::nullopt};
    if (place != m::kNone && random_.one_in(3))
      part.amount = part_of(state.orders[place].lacking());
    out.push_back(part);
  }
  return out;
}

// Whoever owes the first of them, and as much as it lacks.
void Generator::pay_just_enough(const State& state, m::RecordPayment& c) {
  const int place = c.orders.empty() ? m::kNone : state.orders.find(c.orders.front().order);
  if (place == m::kNone) return;
  const m::Order& order = state.orders[place];
  if (!random_.one_in(5)) c.payer = state.companies[order.payer].name;
  if (order.lacking() > 0 && !random_.one_in(3)) c.amount = order.lacking();
}

// Mostly a payment or credit note that is in the order's deposit.
void Generator::name_source_of(const State& state, m::UndoApplication& c) {
  const int place = state.orders.find(c.order);
  if (place == m::kNone || state.orders[place].deposit_shares.empty() || random_.one_in(6)) return;
  const m::FundRef fund = random_.of(state.orders[place].deposit_shares).fund;
  c.payment = fund.is_note ? "" : state.payments[fund.place].name;
  c.credit_note = fund.is_note ? state.credit_notes[fund.place].name : "";
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
  if (random_.one_in(3)) c.orders = orders_to_pay(state);
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
  if (random_.one_in(4)) {
    c.order = order_name(state, [](const m::Order& of) { return !of.deposit_shares.empty(); });
    if (!random_.one_in(20)) c.invoice.clear();
    name_source_of(state, c);
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

void Generator::credit(const m::GoodsReturn& document, m::IssueCreditNote& c) {
  for (const auto& [line, creditable] : document.creditable) {
    m::CreditReturn part{document.name, line + 1, std::nullopt};
    if (random_.one_in(2)) part.quantity = part_of(creditable);
    if (random_.one_in(2)) c.returns.push_back(part);
  }
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
      const auto& lines = state.orders[invoice.order].lines;
      const m::Line& of = lines[static_cast<std::size_t>(line.line)];
      c.lines.push_back({number, part_of(line.left()), disposition_of(of)});
    }
    if (random_.one_in(4)) {
      c.amounts.push_back({number, random_.one_in(2) ? line.net_left() : part_of(line.net_left())});
    }
  }
  for (const m::GoodsReturn& document : state.returns.all) {
    if (document.order == invoice.order && !random_.one_in(3)) credit(document, c);
  }
  if (random_.one_in(30)) c.returns.push_back({"no-return", 1, std::nullopt});
  return c;
}

m::Command Generator::cancel_credit_note(const State& state) {
  return m::CancelCreditNote{credit_note_name(state)};
}

}  // namespace kontor::test
