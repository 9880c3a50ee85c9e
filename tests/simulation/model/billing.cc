// Invoices and payment terms (domain: 11).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {

Day due_of(const TermsLine& line, Day start) {
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

namespace {

std::size_t at(int place) {
  return static_cast<std::size_t>(place);
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
    out.push_back({amounts[i], amounts[i], due_of(lines[i], start)});
  return out;
}

// ---- invoices

Int billable(const State& state, const Order& order, const Line& line) {
  if (policy_is(state, "invoice.basis", "shipped", whom(order))) return line.delivered();
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
    } else if (wanted.quantity > billable(d.state, order, order.lines[at(wanted.line - 1)]) - sum) {
      d.refuse("more_than_invoiceable");
    } else {
      sum += wanted.quantity;
    }
  }
  return out;
}

std::size_t place_of(const std::vector<TaxSum>& taxes, const Line& line) {
  for (std::size_t i = 0; i < taxes.size(); ++i) {
    if (taxes[i].category == line.tax_category && taxes[i].rate == line.tax_rate) return i;
  }
  return taxes.size();
}

// Of the deposit, as the order was before it was billed.
Int deduct_for(State& state, const Order& before, int place) {
  const Invoice& invoice = state.invoices[place];
  Deducting of;
  of.invoice = place;
  of.total = invoice.total();
  of.left_before = before.unbilled();
  of.billed = before.unbilled() - state.orders[invoice.order].unbilled();
  for (const Line& line : before.lines)
    of.billed_before += line.gross_of_first(line.billed());
  return deduct(state, invoice.order, of);
}

void issue(Deciding& d, const InvoiceOrder& command, int order_place,
           const std::vector<Int>& quantities) {
  State& state = d.state;
  Order& order = state.orders[order_place];
  const Order unbilled = order;
  const Exposure before = exposure_of(state, order.payer);
  std::vector<Line> billed;
  std::vector<int> lines;
  std::vector<Int> nets;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    Line& line = order.lines[i];
    if (quantities[i] == 0) continue;
    billed.push_back(line);
    lines.push_back(static_cast<int>(i));
    nets.push_back(line.net_of_first(line.billed() + quantities[i]) -
                   line.net_of_first(line.billed()));
    line.invoiced += quantities[i];
  }
  const int place = state.invoices.place_of(command.invoice);
  Invoice& invoice = state.invoices[place];
  const std::vector<TaxSum> taxes = tax_by_category(billed, nets);
  for (const TaxSum& tax : taxes) {
    const Int net = static_cast<Int>(tax.net);
    invoice.net += net;
    invoice.tax += static_cast<Int>(tax.tax);
    invoice.taxes.push_back({tax.rate, net, static_cast<Int>(tax.tax), 0, 0});
  }
  for (std::size_t i = 0; i < billed.size(); ++i) {
    BilledLine& line = invoice.lines.emplace_back();
    line.line = lines[i];
    line.quantity = quantities[at(lines[i])];
    line.net = nets[i];
    line.tax = place_of(taxes, billed[i]);
  }
  invoice.version = 1;
  invoice.spender = spender_by_paying(state, order);
  invoice.order = order_place;
  invoice.payer = order.payer;
  invoice.terms = order.terms;
  invoice.currency = order.currency;
  invoice.date = d.effective;
  invoice.year = fiscal_year(state, d.effective);
  invoice.number = 1;  // the book's series has no gaps
  for (const Invoice& other : state.invoices.all)
    invoice.number += &other != &invoice && other.year == invoice.year ? 1 : 0;
  invoice.deducted = deduct_for(state, unbilled, place);
  invoice.open = invoice.total() - invoice.deducted;
  if (invoice.deducted > 0) invoice.instalments.push_back({invoice.deducted, 0, d.effective});
  if (invoice.deducted == 0 || invoice.open != 0) {
    const auto rest = instalments_of(state, order.terms, invoice.open, d.effective);
    invoice.instalments.insert(invoice.instalments.end(), rest.begin(), rest.end());
  }
  touch(state, order_place);
  want_examination_if_moved(state, order.payer, before);
  if (invoice.paid > 0) spend_by_paying(state, place, invoice.paid);
  return_excess(state, order_place);
}

}  // namespace

// The fiscal year is named after the calendar year it begins in.
int fiscal_year(const State& state, Day day) {
  return month_of(day) >= state.fiscal_first_month ? year_of(day) : year_of(day) - 1;
}

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
  want_examination_of(state,
                      [&](int payer) { return state.companies[payer].watched.looks_around; });
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
      quantities[i] = billable(state, order, order.lines[i]);
  }
  const bool anything =
      std::any_of(quantities.begin(), quantities.end(), [](Int q) { return q > 0; });
  if (!d.refused()) d.refuse_if(!anything, "nothing_to_invoice");
  bool ahead = false;  // of its shipment
  for (std::size_t i = 0; i < quantities.size(); ++i)
    ahead = ahead || quantities[i] > order.lines[i].delivered();
  d.refuse_if(ahead && order.lacking() > 0, "deposit_outstanding");
  if (d.refused()) return;
  if (!takes_part(state, place, CreditFrom::kInvoice)) return;
  issue(d, command, place, quantities);
}

}  // namespace kontor::model
