#include <algorithm>

#include "invoice_generated.h"
#include "invoice_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/budgets.h"
#include "engine/rules/counting.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/depositing.h"
#include "engine/rules/policy.h"
#include "engine/rules/pricing.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "engine/rules/terms.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

struct Bill {
  std::vector<InvoiceLine> lines;
  std::vector<TaxAmount> taxes;
  Minor net;
  Minor tax;
  Counted before;  // of the lines billed
  Counted after;
  Minor worth;  // of what is billed, in the order
  Minor total() const { return net + tax; }
};

bool bills_what_is_ordered(const Book& book, const Order& order) {
  return policy_is(book, PolicyKey::invoice_basis, policy_context(order), "ordered");
}

Quantity billable(const OrderLineState& line, bool what_is_ordered) {
  if (!what_is_ordered) return line.delivered();
  return line.ordered - line.cancelled - line.voided - line.billed() - line.returned_unbilled;
}

// By line of the order; refuses what cannot be billed.
std::vector<Quantity> read_quantities(Step& step, const InvoiceOrder& command, const Order& order) {
  const auto lines = step.book().orders().lines(order);
  const std::string_view name = view(command.order());
  std::vector<Quantity> out(lines.size());
  const bool ordered = bills_what_is_ordered(step.book(), order);
  for (const BillLine& wanted : run(command.lines())) {
    if (wanted.line() < 1 || wanted.line() > lines.size()) {
      Cause cause = about(ReasonCode::unknown_line, Subject::order, name, order.ref);
      cause.line = wanted.line();
      step.refuse(std::move(cause));
      continue;
    }
    Quantity& sum = out[wanted.line() - 1];
    const Quantity most = billable(lines[wanted.line() - 1], ordered) - sum;
    const Quantity quantity{wanted.quantity()};
    if (quantity <= Quantity{0} || quantity > most) {
      const ReasonCode code =
          quantity <= Quantity{0} ? ReasonCode::not_positive : ReasonCode::more_than_invoiceable;
      Cause cause = with_quantity(about(code, Subject::order, name, order.ref), quantity, most);
      cause.line = wanted.line();
      step.refuse(std::move(cause));
      continue;
    }
    sum += quantity;
  }
  return out;
}

std::vector<Quantity> everything(const Book& book, const Order& order) {
  std::vector<Quantity> out;
  out.reserve(order.line_count);
  const bool ordered = bills_what_is_ordered(book, order);
  for (const OrderLineState& line : book.orders().lines(order))
    out.push_back(billable(line, ordered));
  return out;
}

Bill make_bill(const Book& book, const Order& order, std::span<const Quantity> quantities) {
  Bill out;
  TaxSums sums;
  const auto lines = book.orders().lines(order);
  out.lines.reserve(lines.size());
  for (std::uint32_t i = 0; i < lines.size(); ++i) {
    if (quantities[i] == Quantity{0}) continue;
    OrderLineState line = lines[i];
    out.before += counted_of(book, order, line);
    out.worth += line.open_gross() + line.delivered_gross();
    const Minor net = line.net_of(line.billed() + quantities[i]) - line.net_of(line.billed());
    line.invoiced += quantities[i];
    if (line.billed() > line.shipped) KONTOR_MARK("a line billed before it is shipped");
    out.after += counted_of(book, order, line);
    out.worth -= line.open_gross() + line.delivered_gross();
    out.lines.emplace_back(quantities[i].value(), net.value(), line.item, i + 1, line.tax_category,
                           line.tax_rate);
    sums.add(TaxCategoryId{line.tax_category}, Percent{line.tax_rate}, net);
  }
  auto taxes = sums.finish();
  KONTOR_ASSERT(taxes.has_value());  // not above the order's
  out.taxes = std::move(*taxes);
  for (const TaxAmount& tax : out.taxes) {
    out.net += Minor{tax.net()};
    out.tax += Minor{tax.tax()};
  }
  return out;
}

// What the deposit pays is an instalment of its own, the first; the terms split the rest.
std::vector<Instalment> split(const Book& book, const Order& order, Minor total, Minor deducted,
                              Date date) {
  const TermsId terms{order.terms};
  const Terms* const agreed = is_set(terms) ? &book.terms().terms(terms) : nullptr;
  if (deducted == Minor{0}) return split_into_instalments(agreed, total, date);
  std::vector<Instalment> out = {Instalment(deducted.value(), date.value(), 1)};
  if (deducted == total) return out;
  for (const Instalment& part : split_into_instalments(agreed, total - deducted, date)) {
    out.emplace_back(part.amount(), part.due(), static_cast<std::uint16_t>(out.size() + 1));
  }
  return out;
}

// From ordered or delivered to receivable, and what the deposit took off to nothing.
std::vector<CreditMove> moves_of(const Step& step, const Order& order, const Bill& bill,
                                 std::span<const Instalment> instalments, Minor deducted) {
  const Book& book = step.book();
  std::vector<CreditMove> moves = moves_of_lines(book, order, bill.before, bill.after);
  if (deducted > Minor{0}) {
    std::erase_if(moves, [](const CreditMove& m) { return m.bucket() == Bucket::deposits; });
    const Deposit& deposit = *book.deposits().find(OrderRef{order.ref});
    const Minor then = std::max(deposit.asked - deposit.deducted, deposit.held()) - deducted;
    const Counted whole = counted_of(book, order).with(bill.before, bill.after);
    add_deposit_move(book, order, whole, std::max(then, Minor{0}), moves);
  }
  for (const Instalment& part : instalments) {
    const bool by_deposit = deducted > Minor{0} && part.number() == 1;
    if (part.amount() == 0 || by_deposit) continue;
    moves.emplace_back(step.next_sequence().value(), part.amount(), part.amount(), order.payer,
                       order.terms, part.due(), order.currency, order.currency, Bucket::receivable);
  }
  return moves;
}

void emit_invoice(Step& step, const InvoiceOrder& command, const Order& order, const Bill& bill) {
  const Book& book = step.book();
  const Date date = step.context().effective_date;
  const TermsId terms{order.terms};
  const Deduction deduction = plan_deduction(book, order, bill.worth, bill.total());
  const Minor deducted = deduction.amount;
  const auto instalments = split(book, order, bill.total(), deducted, date);
  const std::uint16_t year = book.calendar().fiscal_year(date);
  const std::uint32_t number = book.receivables().next_number(year);
  const std::vector<CreditMove> moves = moves_of(step, order, bill, instalments, deducted);
  const Budgets::Spender spender = spender_by_paying(book, order);
  const std::uint64_t ref = order.ref;
  const std::uint32_t payer = order.payer;
  const std::uint16_t currency = order.currency;
  const Sequence birth = step.emit<InvoiceIssued>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, view(command.invoice()));
    const auto lines = structs(out, bill.lines);
    const auto taxes = structs(out, bill.taxes);
    const auto parts = structs(out, instalments);
    const auto move_list = structs(out, moves);
    const auto deposits = structs(out, deduction.parts);
    return CreateInvoiceIssued(out, name, ref, payer, year, number, date.value(), currency, lines,
                               taxes, bill.net.value(), bill.tax.value(), bill.total().value(),
                               terms.value(), parts, move_list, spender.buyer.value(),
                               spender.cost_centre.value(), deducted.value(), deposits);
  });
  spend_by_paying(step, payments_of(deduction, birth.value(), date, currency));
  return_excess_deposit(step, OrderRef{ref});
}

// What has left is billed whatever lacks; what has not waits for the deposit.
void expect_deposit_ahead(Step& step, const Order& order, std::span<const Quantity> quantities) {
  const auto lines = step.book().orders().lines(order);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (quantities[i] > lines[i].delivered()) return expect_deposit(step, order);
  }
}

void check_invoice(Step& step, const InvoiceOrder& command) {
  const std::string_view name = view(command.invoice());
  expect_identifier(step, Subject::invoice, name);
  if (step.book().receivables().find_invoice(name) != nullptr) {
    step.refuse(about(ReasonCode::invoice_exists, Subject::invoice, name));
  }
  const Date last = step.book().receivables().last_invoice_date();
  const Date date = step.context().effective_date;
  if (last != kNoDate && date < last) {
    step.refuse(with_dates(about(ReasonCode::date_before_last_invoice, Subject::invoice, name),
                           date, last));
  }
}

}  // namespace

void decide(Step& step, const InvoiceOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  check_invoice(step, command);
  if (order == nullptr) return;
  expect_taken(step, *order);
  if (step.context().effective_date.value() < order->placed_on) {
    step.refuse(with_dates(
        about(ReasonCode::date_before_order, Subject::order, view(command.order()), order->ref),
        step.context().effective_date, Date{order->placed_on}));
  }
  if (step.refused()) return;
  const bool whole = run(command.lines()).empty();
  const std::vector<Quantity> quantities =
      whole ? everything(step.book(), *order) : read_quantities(step, command, *order);
  const bool anything = std::any_of(quantities.begin(), quantities.end(),
                                    [](Quantity quantity) { return quantity > Quantity{0}; });
  if (!anything && !step.refused()) {
    step.refuse(
        about(ReasonCode::nothing_to_invoice, Subject::order, view(command.order()), order->ref));
  }
  expect_deposit_ahead(step, *order, quantities);
  if (step.refused()) return;
  const OrderRef ref{order->ref};
  if (!takes_part(step, ref, CreditFrom::invoice)) return;
  const SpendingChange spending(step.book(), *order);
  emit_invoice(step, command, *order, make_bill(step.book(), *order, quantities));
  spending.settle(step, ref);
}

}  // namespace kontor
