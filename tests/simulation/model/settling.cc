// Payments, and what is applied, taken back, reversed and refunded (domain: 11).
#include <algorithm>
#include <tuple>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

// An invoice counts one event for every run of parts that are its own.
void count_runs(State& state, const std::vector<AppliedPart>& parts, std::size_t first) {
  int last = kNone;
  for (std::size_t i = first; i < parts.size(); ++i) {
    if (parts[i].invoice != last) ++state.invoices[parts[i].invoice].version;
    last = parts[i].invoice;
  }
}

void examine_payers(State& state, const std::vector<AppliedPart>& parts, std::size_t first,
                    int payer) {
  for (std::size_t i = first; i < parts.size(); ++i)
    want_examination(state, state.invoices[parts[i].invoice].payer);
  want_examination(state, payer);
}

// A fund being spent: each instalment gets a part of it once.
struct Spending {
  State& state;
  Fund& fund;
  bool is_note = false;
  std::size_t first = fund.parts.size();  // of the parts it makes
  Int aside = 0;                          // for deposits

  Int pay(int place, std::size_t number, Int most) {
    Invoice& invoice = state.invoices[place];
    Instalment& part = invoice.instalments[number];
    const Int amount = std::min({fund.unapplied() - aside, most, part.open, invoice.open});
    const bool again = std::any_of(
        fund.parts.begin() + static_cast<std::ptrdiff_t>(first), fund.parts.end(),
        [&](const AppliedPart& p) { return p.invoice == place && p.instalment == number; });
    if (amount <= 0 || again) return 0;
    part.open -= amount;
    invoice.open -= amount;
    (is_note ? invoice.credited : invoice.paid) += amount;
    fund.applied += amount;
    fund.parts.push_back({place, number, amount});
    return amount;
  }

  // Oldest due first.
  void pay_invoice(int place, Int most) {
    std::vector<std::size_t> order;
    const std::vector<Instalment>& parts = state.invoices[place].instalments;
    for (std::size_t i = 0; i < parts.size(); ++i)
      order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return parts[a].due < parts[b].due; });
    for (const std::size_t number : order)
      most -= pay(place, number, most);
  }

  void pay_oldest(int payer) {
    std::vector<std::tuple<Day, int, std::size_t>> open;
    for (int place = 0; place < state.invoices.size(); ++place) {
      const Invoice& invoice = state.invoices[place];
      if (invoice.payer != payer || invoice.open == 0) continue;
      for (std::size_t i = 0; i < invoice.instalments.size(); ++i)
        open.emplace_back(invoice.instalments[i].due, place, i);
    }
    std::sort(open.begin(), open.end());
    for (const auto& [day, place, number] : open)
      pay(place, number, INT64_MAX);
  }

  bool any() const { return fund.parts.size() > first; }

  void finish() {
    if (!any()) return;
    count_runs(state, fund.parts, first);
    ++fund.version;
    examine_payers(state, fund.parts, first, fund.payer);
    for (std::size_t i = first; i < fund.parts.size() && !is_note; ++i)
      spend_by_paying(state, fund.parts[i].invoice, fund.parts[i].amount);
  }
};

struct Named {
  int invoice = kNone;
  Int most = 0;
};

std::vector<Named> named_invoices(Deciding& d, const RecordPayment& command, Currency currency) {
  std::vector<Named> out;
  for (const PayInvoice& wanted : command.invoices) {
    const int place = d.state.invoices.find(wanted.invoice);
    if (place == kNone) {
      d.refuse("unknown_invoice");
      continue;
    }
    d.refuse_if(d.state.invoices[place].currency != currency, "currency_mismatch");
    d.refuse_if(wanted.amount && *wanted.amount <= 0, "not_positive");
    out.push_back({place, wanted.amount.value_or(INT64_MAX)});
  }
  return out;
}

// The payment or credit note named; null after refusing.
Fund* expect_fund(Deciding& d, const std::string& payment, const std::string& note) {
  if (payment.empty() == note.empty()) {
    d.refuse("invalid_value");
    return nullptr;
  }
  const int place =
      payment.empty() ? d.state.credit_notes.find(note) : d.state.payments.find(payment);
  if (place == kNone) {
    d.refuse(payment.empty() ? "unknown_credit_note" : "unknown_payment");
    return nullptr;
  }
  Fund* fund = nullptr;
  if (payment.empty()) {
    fund = &d.state.credit_notes[place];
  } else {
    fund = &d.state.payments[place];
  }
  d.expect_version(fund->version);
  d.refuse_if(fund->cancelled, "credit_note_cancelled");
  return fund;
}

FundRef ref_of(const State& state, const std::string& payment, const std::string& note) {
  if (payment.empty()) return {true, state.credit_notes.find(note)};
  return {false, state.payments.find(payment)};
}

void undo_deposit(Deciding& d, const UndoApplication& command, const Fund* fund) {
  const int order = d.state.orders.find(command.order);
  d.refuse_if(order == kNone, "unknown_order");
  if (fund == nullptr || order == kNone) return;
  const FundRef ref = ref_of(d.state, command.payment, command.credit_note);
  const Int amount = deposited_in(d.state, ref, order);
  d.refuse_if(amount == 0, "nothing_applied");
  if (d.refused()) return;
  d.state.applications.insert(command.undo);
  take_out(d.state, ref, order, amount);
}

// Invoices to be paid by hand: no more than is open of each.
std::vector<Named> applied_by_hand(Deciding& d, const ApplyCredit& command, const Fund& fund) {
  std::vector<Named> out;
  for (const PayInvoice& wanted : command.invoices) {
    const int place = d.state.invoices.find(wanted.invoice);
    if (place == kNone) {
      d.refuse("unknown_invoice");
      continue;
    }
    if (d.state.invoices[place].currency != fund.currency) {
      d.refuse("currency_mismatch");
      continue;
    }
    Int open = d.state.invoices[place].open;
    for (const Named& earlier : out) {
      if (earlier.invoice == place) open -= earlier.most;
    }
    const Int amount = wanted.amount.value_or(open);
    if (wanted.amount && amount <= 0) {
      d.refuse("not_positive");
    } else if (amount > open || amount <= 0) {
      d.refuse("more_than_open");
    } else {
      out.push_back({place, amount});
    }
  }
  return out;
}

std::vector<AppliedPart> applied_to(const Fund& fund, int invoice) {
  std::vector<AppliedPart> out;
  for (auto part = fund.parts.rbegin(); part != fund.parts.rend(); ++part) {
    if (part->invoice == invoice) out.push_back(*part);
  }
  return out;
}

}  // namespace

void apply_to_own_invoice(State& state, CreditNote& note) {
  Spending spending{state, note, true};
  spending.pay_invoice(note.invoice, note.unapplied());
  spending.finish();
}

std::vector<AppliedPart> newest_applied(const Fund& fund, Int amount) {
  std::vector<AppliedPart> out;
  for (auto part = fund.parts.rbegin(); part != fund.parts.rend(); ++part) {
    const Int cut = std::min(amount, part->amount);
    if (cut <= 0) continue;
    out.push_back({part->invoice, part->instalment, cut});
    amount -= cut;
  }
  return out;
}

// Opens what was closed, the newest first.
void take_back(State& state, Fund& fund, const std::vector<AppliedPart>& parts, bool is_note) {
  if (parts.empty()) return;
  for (const AppliedPart& part : parts) {
    Invoice& invoice = state.invoices[part.invoice];
    invoice.instalments[part.instalment].open += part.amount;
    invoice.open += part.amount;
    (is_note ? invoice.credited : invoice.paid) -= part.amount;
    if (!is_note) spend_by_paying(state, part.invoice, -part.amount);
    fund.applied -= part.amount;
    Int left = part.amount;
    for (auto old = fund.parts.rbegin(); old != fund.parts.rend(); ++old) {
      const bool same = old->invoice == part.invoice && old->instalment == part.instalment;
      const Int cut = same ? std::min(left, old->amount) : 0;
      old->amount -= cut;
      left -= cut;
    }
  }
  std::erase_if(fund.parts, [](const AppliedPart& part) { return part.amount == 0; });
  count_runs(state, parts, 0);
  ++fund.version;
  examine_payers(state, parts, 0, fund.payer);
}

bool has_room_to_return(const State& state, const Fund& fund,
                        const std::vector<AppliedPart>& parts) {
  std::map<int, Int> coming;
  for (const AppliedPart& part : parts) {
    coming[state.invoices[part.invoice].payer] += part.amount;
    coming[fund.payer] += part.amount;
  }
  return std::all_of(coming.begin(), coming.end(),
                     [&](const auto& entry) { return has_room(state, entry.first, entry.second); });
}

void decide(Deciding& d, const RecordPayment& command) {
  State& state = d.state;
  d.refuse_if(state.payments.find(command.payment) != kNone, "payment_exists");
  const int payer = state.companies.find(command.payer);
  if (payer == kNone) return d.refuse("unknown_company");
  const Currency currency = state.companies[payer].currency;
  d.refuse_if(command.currency != 0 && command.currency != currency, "currency_mismatch");
  d.refuse_if(command.amount <= 0, "not_positive");
  const bool fits =
      command.amount <= kMost && (command.amount <= 0 || has_room(state, payer, command.amount));
  d.refuse_if(!fits, "amount_overflow");
  const std::vector<Named> named = named_invoices(d, command, currency);
  const std::vector<NamedOrder> orders = named_orders(d, command.orders, currency, false);
  if (d.refused()) return;

  Payment& payment = state.payments[state.payments.place_of(command.payment)];
  payment.payer = payer;
  payment.currency = currency;
  payment.amount = command.amount;
  payment.value_date = d.effective;
  payment.version = 1;
  want_examination(state, payer);
  Spending spending{state, payment};
  for (const Named& wanted : named)
    spending.pay_invoice(wanted.invoice, wanted.most);
  const std::vector<NamedOrder> deposits = parts_of(orders, payment.unapplied());
  for (const NamedOrder& deposit : deposits)
    spending.aside += deposit.most;
  if (policy_is(state, "payment.auto_apply", "oldest_due_first", {payer}))
    spending.pay_oldest(payer);
  spending.finish();
  for (const NamedOrder& deposit : deposits)
    receive(state, {false, state.payments.find(command.payment)}, deposit.order, deposit.most);
}

void decide(Deciding& d, const ApplyCredit& command) {
  State& state = d.state;
  d.refuse_if(state.applications.contains(command.application), "application_exists");
  Fund* const fund = expect_fund(d, command.payment, command.credit_note);
  if (d.refused()) return;
  d.refuse_if(command.currency != 0 && command.currency != fund->currency, "currency_mismatch");
  const std::vector<Named> named = applied_by_hand(d, command, *fund);
  const std::vector<NamedOrder> orders = named_orders(d, command.orders, fund->currency, true);
  if (d.refused()) return;
  Wide stated = 0;
  for (const PayInvoice& wanted : command.invoices)
    stated += wanted.amount.value_or(0);
  for (const PayOrder& wanted : command.orders)
    stated += wanted.amount.value_or(0);
  d.refuse_if(fund->unapplied() <= 0 || stated > fund->unapplied(), "more_than_unapplied");
  if (d.refused()) return;

  Spending spending{state, *fund, !command.credit_note.empty()};
  for (const Named& wanted : named)
    spending.pay_invoice(wanted.invoice, wanted.most);
  const std::vector<NamedOrder> deposits = parts_of(orders, fund->unapplied());
  if (named.empty() && orders.empty()) spending.pay_oldest(fund->payer);
  if (!spending.any() && deposits.empty()) return d.refuse("nothing_applied");
  state.applications.insert(command.application);
  spending.finish();
  const FundRef ref = ref_of(state, command.payment, command.credit_note);
  for (const NamedOrder& deposit : deposits)
    receive(state, ref, deposit.order, deposit.most);
}

void decide(Deciding& d, const UndoApplication& command) {
  State& state = d.state;
  d.refuse_if(state.applications.contains(command.undo), "application_exists");
  Fund* const fund = expect_fund(d, command.payment, command.credit_note);
  if (command.invoice.empty() == command.order.empty()) return d.refuse("invalid_value");
  if (!command.order.empty()) return undo_deposit(d, command, fund);
  const int invoice = state.invoices.find(command.invoice);
  d.refuse_if(invoice == kNone, "unknown_invoice");
  if (fund == nullptr || invoice == kNone) return;
  const std::vector<AppliedPart> parts = applied_to(*fund, invoice);
  d.refuse_if(parts.empty(), "nothing_applied");
  d.refuse_if(!has_room_to_return(state, *fund, parts), "amount_overflow");
  if (d.refused()) return;
  state.applications.insert(command.undo);
  take_back(state, *fund, parts, !command.credit_note.empty());
}

void decide(Deciding& d, const Refund& command) {
  State& state = d.state;
  d.refuse_if(state.refunds.contains(command.refund), "refund_exists");
  Fund* const fund = expect_fund(d, command.payment, command.credit_note);
  if (fund == nullptr) return;
  d.refuse_if(command.currency != 0 && command.currency != fund->currency, "currency_mismatch");
  const Int amount = command.amount.value_or(fund->unapplied());
  if (command.amount && amount <= 0) {
    d.refuse("not_positive");
  } else {
    d.refuse_if(amount > fund->unapplied() || amount == 0, "more_than_unapplied");
  }
  if (d.refused()) return;
  expect_authority(d, Act::kRefund, amount, fund->currency);
  if (d.refused()) return;
  state.refunds.insert(command.refund);
  fund->refunded += amount;
  ++fund->version;
  want_examination(state, fund->payer);
}

// What is unapplied goes first, then the newest applications come back. Rests of credit notes pay
// their own invoices where those come open again.
void decide(Deciding& d, const ReversePayment& command) {
  State& state = d.state;
  d.refuse_if(state.reversals.contains(command.reversal), "reversal_exists");
  Fund* const fund = expect_fund(d, command.payment, "");
  if (fund == nullptr) return;
  d.refuse_if(command.currency != 0 && command.currency != fund->currency, "currency_mismatch");
  const Int amount = command.amount.value_or(fund->kept());
  if (command.amount && amount <= 0) {
    d.refuse("not_positive");
  } else {
    d.refuse_if(amount > fund->kept() || amount == 0, "more_than_paid");
  }
  if (d.refused()) return;
  expect_authority(d, Act::kReversePayment, amount, fund->currency);
  const FundRef ref = ref_of(state, command.payment, "");
  Int applied = amount - fund->unapplied();
  const auto deposits = newest_deposited(state, *fund, ref, applied);
  for (const auto& [order, part] : deposits)
    applied -= part;
  const std::vector<AppliedPart> parts = newest_applied(*fund, applied);
  d.refuse_if(!has_room_to_return(state, *fund, parts), "amount_overflow");
  if (d.refused()) return;

  state.reversals.insert(command.reversal);
  for (const auto& [order, part] : deposits)
    take_out(state, ref, order, part);
  take_back(state, *fund, parts, false);
  fund->reversed += amount;
  ++fund->version;
  want_examination(state, fund->payer);
  std::vector<int> opened;
  for (const AppliedPart& part : parts) {
    const bool known = std::find(opened.begin(), opened.end(), part.invoice) != opened.end();
    if (!known) opened.push_back(part.invoice);
  }
  for (const int invoice : opened) {
    for (CreditNote& note : state.credit_notes.all) {
      if (note.invoice == invoice && note.unapplied() > 0) apply_to_own_invoice(state, note);
    }
  }
}

}  // namespace kontor::model
