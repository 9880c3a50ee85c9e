// Invoices, payments and their terms (domain: 11).
#include <algorithm>
#include <tuple>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::size_t at(int place) {
  return static_cast<std::size_t>(place);
}

// ---- terms

Day due(const TermsLine& line, Day start) {
  Day day = plus_months(start, line.months);
  if (line.month_end_first) day = month_end(day);
  day += line.days;
  if (line.month_end_last) day = month_end(day);
  const Day here = with_day(day, line.day_of_month);
  const Day next = with_day(plus_months(with_day(day, 1), 1), line.day_of_month);
  if (line.day_rule == DayRule::kThisMonth) day = here;
  if (line.day_rule == DayRule::kNextMonth) day = next;
  if (line.day_rule == DayRule::kNotEarlier) day = here >= day ? here : next;
  return day + line.days_last;
}

bool has_balance(const std::vector<TermsLine>& lines) {
  return std::any_of(lines.begin(), lines.end(),
                     [](const TermsLine& line) { return line.part == Part::kBalance; });
}

// With a balance line each part is rounded alone and the balance takes the rest.
std::vector<Int> amounts_of(const std::vector<TermsLine>& lines, Int total) {
  std::vector<Int> amounts;
  Int given = 0;
  for (const TermsLine& line : lines) {
    Int amount = 0;
    if (line.part == Part::kPercent) amount = static_cast<Int>(percent_of(total, line.percent));
    if (line.part == Part::kFixed) amount = line.amount;
    amounts.push_back(amount);
    given += amount;
  }
  if (has_balance(lines)) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].part == Part::kBalance) amounts[i] = total - given;
    }
    return amounts;
  }
  std::vector<Int> weights;
  for (const TermsLine& line : lines)
    weights.push_back(line.part == Part::kEqual ? 1 : line.percent);
  return split(total, weights);
}

bool in_bounds(const TermsLine& line) {
  const bool day_ok =
      line.day_rule == DayRule::kAny || (line.day_of_month >= 1 && line.day_of_month <= 31);
  return day_ok && line.months >= 0 && line.months <= 120 && line.days >= 0 && line.days <= 3660 &&
         line.days_last >= 0 && line.days_last <= 3660 && line.percent >= 0 &&
         line.percent <= kHundredPercent;
}

// Percentages of exactly 100, or equal parts only, or one balance line beside percentages of at
// most 100 and fixed amounts.
bool adds_up(const std::vector<TermsLine>& lines) {
  if (lines.empty() || lines.size() > 64) return false;
  Int percent = 0;
  std::map<Part, std::size_t> count;
  for (const TermsLine& line : lines) {
    if (!in_bounds(line)) return false;
    if (line.part == Part::kPercent) percent += line.percent;
    ++count[line.part];
  }
  if (count[Part::kBalance] > 0) {
    return count[Part::kBalance] == 1 && count[Part::kEqual] == 0 && percent <= kHundredPercent;
  }
  if (count[Part::kFixed] > 0) return false;
  const bool only_equal = count[Part::kEqual] == lines.size();
  return only_equal || (count[Part::kEqual] == 0 && percent == kHundredPercent);
}

std::vector<Instalment> instalments_of(const State& state, int terms, Int total, Day start) {
  if (terms == kNone) return {{total, total, start}};
  const std::vector<TermsLine>& lines = state.terms[terms].lines;
  const std::vector<Int> amounts = amounts_of(lines, total);
  std::vector<Instalment> out;
  for (std::size_t i = 0; i < lines.size(); ++i)
    out.push_back({amounts[i], amounts[i], due(lines[i], start)});
  return out;
}

// ---- invoices

Int billable(const State& state, const Line& line) {
  if (policy_is(state, "invoice.basis", "shipped")) return line.delivered();
  return line.ordered - line.cancelled - line.voided - line.billed() - line.returned_unbilled;
}

std::vector<Int> bill_wishes(Deciding& d, const Order& order, const InvoiceOrder& command) {
  std::vector<Int> out(order.lines.size());
  for (const LineQuantity& wanted : command.lines) {
    if (wanted.line < 1 || wanted.line > static_cast<int>(order.lines.size())) {
      d.refuse("unknown_line");
      continue;
    }
    Int& sum = out[at(wanted.line - 1)];
    if (wanted.quantity <= 0) {
      d.refuse("not_positive");
    } else if (wanted.quantity > billable(d.state, order.lines[at(wanted.line - 1)]) - sum) {
      d.refuse("more_than_invoiceable");
    } else {
      sum += wanted.quantity;
    }
  }
  return out;
}

// The fiscal year is named after the calendar year it begins in.
int fiscal_year(const State& state, Day day) {
  return month_of(day) >= state.fiscal_first_month ? year_of(day) : year_of(day) - 1;
}

void issue(Deciding& d, const InvoiceOrder& command, int order_place,
           const std::vector<Int>& quantities) {
  State& state = d.state;
  Order& order = state.orders[order_place];
  std::vector<Line> billed;
  std::vector<Int> nets;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    Line& line = order.lines[i];
    if (quantities[i] == 0) continue;
    billed.push_back(line);
    nets.push_back(line.net_of_first(line.billed() + quantities[i]) -
                   line.net_of_first(line.billed()));
    line.invoiced += quantities[i];
  }
  const int place = state.invoices.place_of(command.invoice);
  Invoice& invoice = state.invoices[place];
  for (const TaxSum& tax : tax_by_category(billed, nets)) {
    invoice.net += static_cast<Int>(tax.net);
    invoice.tax += static_cast<Int>(tax.tax);
  }
  invoice.order = order_place;
  invoice.payer = order.payer;
  invoice.terms = order.terms;
  invoice.currency = order.currency;
  invoice.date = d.effective;
  invoice.year = fiscal_year(state, d.effective);
  invoice.number = 1;  // the book's series has no gaps
  for (const Invoice& other : state.invoices.all)
    invoice.number += &other != &invoice && other.year == invoice.year ? 1 : 0;
  invoice.open = invoice.total();
  invoice.instalments = instalments_of(state, order.terms, invoice.total(), d.effective);
  touch(state, order_place);
  want_examination(state, order.payer);
}

// ---- payments

// Money being spent: each instalment gets a part of it once.
struct Spending {
  State& state;
  Int left = 0;
  std::set<std::pair<int, std::size_t>> paid;  // invoice and instalment
  std::vector<int> payers;                     // of what was paid

  Int pay(int place, std::size_t number, Int most) {
    Invoice& invoice = state.invoices[place];
    Instalment& part = invoice.instalments[number];
    const Int amount = std::min({left, most, part.open, invoice.open});
    if (amount <= 0 || paid.contains({place, number})) return 0;
    paid.insert({place, number});
    payers.push_back(invoice.payer);
    part.open -= amount;
    invoice.open -= amount;
    invoice.paid += amount;
    left -= amount;
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
      pay(place, number, left);
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

}  // namespace

void decide(Deciding& d, const DefineTerms& command) {
  State& state = d.state;
  const int self = state.terms.find(command.terms);
  d.expect_version(self == kNone ? 0 : state.terms[self].version);
  d.refuse_if(!adds_up(command.lines), "terms_incomplete");
  for (const TermsLine& line : command.lines)
    d.refuse_if(line.part == Part::kDeposit, "not_supported");
  if (d.refused()) return;
  const int place = state.terms.place_of(command.terms);
  state.terms[place].lines = command.lines;
  ++state.terms[place].version;
  if (command.book_default) state.default_terms = place;
}

void decide(Deciding& d, const InvoiceOrder& command) {
  State& state = d.state;
  const int place = d.expect_order(command.order);
  d.refuse_if(state.invoices.find(command.invoice) != kNone, "invoice_exists");
  const bool back = state.invoices.size() > 0 && d.effective < state.invoices.all.back().date;
  d.refuse_if(back, "date_before_last_invoice");
  if (place == kNone) return;
  const Order& order = state.orders[place];
  d.expect_movable(order);
  d.refuse_if(d.effective < order.placed_on, "date_before_order");
  if (d.refused()) return;
  std::vector<Int> quantities = bill_wishes(d, order, command);
  if (command.lines.empty()) {
    for (std::size_t i = 0; i < quantities.size(); ++i)
      quantities[i] = billable(state, order.lines[i]);
  }
  const bool anything =
      std::any_of(quantities.begin(), quantities.end(), [](Int q) { return q > 0; });
  if (!d.refused()) d.refuse_if(!anything, "nothing_to_invoice");
  if (d.refused()) return;
  issue(d, command, place, quantities);
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
  if (d.refused()) return;

  const int place = state.payments.place_of(command.payment);
  Payment& payment = state.payments[place];
  payment.payer = payer;
  payment.amount = command.amount;
  payment.value_date = d.effective;
  want_examination(state, payer);
  Spending spending{state, command.amount, {}, {}};
  for (const Named& wanted : named)
    spending.pay_invoice(wanted.invoice, wanted.most);
  if (policy_is(state, "payment.auto_apply", "oldest_due_first")) spending.pay_oldest(payer);
  payment.applied = command.amount - spending.left;
  for (const int other : spending.payers)
    want_examination(state, other);
  if (payment.applied > 0) want_examination(state, payer);
}

}  // namespace kontor::model
