// ReopenDocument: a settled document that the next command needs is taken back from the log.
#include <algorithm>

#include "document_generated.h"
#include "reopen_document_generated.h"

#include "engine/commands.h"
#include "events/base/mark.h"
#include "projections/past.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

// ---- an order -----------------------------------------------------------------------------------

std::vector<ReopenedLine> lines_of(const Orders& orders, const Order& order) {
  std::vector<ReopenedLine> out;
  for (const OrderLineState& line : orders.lines(order)) {
    KONTOR_ASSERT(line.reserved == Quantity{0} && line.backordered == Quantity{0});
    out.emplace_back(line.ordered.value(), line.cancelled.value(), line.voided.value(),
                     line.shipped.value(), line.invoiced.value(), line.returned.value(),
                     line.returned_unbilled.value(), line.credited.value(), line.valued.value(),
                     line.net.value(), line.gross.value(), line.unit_price, line.item,
                     line.tax_category, line.tax_rate, 0);
  }
  return out;
}

std::vector<SpentShare> shares_of(const Taking* taking) {
  std::vector<SpentShare> out;
  if (taking == nullptr) return out;
  KONTOR_MARK("a settled order that took of a budget or period comes back");
  std::uint16_t number = 0;
  for (const TakenPart& part : taking->parts) {
    ++number;
    const std::int64_t amount = part.amount.value();
    for (const BudgetId budget : part.budgets)
      out.emplace_back(amount, budget.value(), number, part.in_period, 0);
    if (part.budgets.empty()) out.emplace_back(amount, kNoOrdinal, number, part.in_period, 0);
  }
  return out;
}

flatbuffers::Offset<ReopenedOrder> write_order(Builder& out, const PastOrder& past,
                                               const Order& order) {
  const Orders& orders = past.orders;
  const auto name = text(out, orders.name(order));
  const auto region = text(out, orders.region(order));
  const auto country = text(out, orders.country(order));
  const auto cost_centre = text(out, orders.cost_centre(order));
  const auto lines = structs(out, lines_of(orders, order));
  const auto spent = structs(out, shares_of(past.takings.find(order.ref)));
  ReopenedOrderBuilder state(out);
  state.add_order(name);
  state.add_company(order.company);
  state.add_payer(order.payer);
  state.add_buyer(order.buyer);
  state.add_terms(order.terms);
  state.add_currency(order.currency);
  state.add_region(region);
  state.add_country(country);
  state.add_placed_on(order.placed_on);
  state.add_requested_date(order.requested_on);
  state.add_no_split(order.no_split != 0);
  state.add_net(order.net.value());
  state.add_total(order.total.value());
  state.add_agreed(order.agreed.value());
  state.add_released_for(order.released_for.value());
  state.add_asked_at(order.asked_at);
  state.add_released_at(order.released_at);
  state.add_release_expires(order.release_expires);
  state.add_version(order.version);
  state.add_approval(static_cast<ReopenedApproval>(order.approval));
  state.add_credit(static_cast<ReopenedCredit>(order.credit));
  state.add_cancelled(order.cancelled != 0);
  state.add_fulfilled(order.fulfilled != 0);
  state.add_lines(lines);
  state.add_cost_centre(cost_centre);
  state.add_settlement(order.settlement);
  state.add_credit_from(order.credit_from);
  state.add_spent(spent);
  if (const Deposit* const deposit = past.deposits.find(OrderRef{order.ref})) {
    KONTOR_ASSERT(deposit->shares.empty());
    KONTOR_MARK("a settled order that had a deposit comes back");
    state.add_deposit_percent(deposit->percent.value());
    state.add_deposit_asked(deposit->asked.value());
    state.add_deposit_deducted(deposit->deducted.value());
    state.add_deposit_asked_at(deposit->asked_at.value());
    state.add_deposit_changed_at(deposit->changed_at.value());
  }
  return state.Finish();
}

// ---- an invoice ---------------------------------------------------------------------------------

flatbuffers::Offset<ReopenedInvoice> write_invoice(Builder& out, std::string_view name,
                                                   const PastInvoice& past) {
  std::vector<Instalment> instalments;
  for (const InstalmentState& part : past.instalments()) {
    KONTOR_ASSERT(part.open == Minor{0});
    instalments.emplace_back(part.amount.value(), part.due,
                             static_cast<std::uint16_t>(part.number));
  }
  std::vector<ReopenedBilledLine> lines;
  for (const InvoiceLineState& line : past.lines()) {
    lines.emplace_back(line.quantity.value(), line.credited.value(), line.net.value(),
                       line.credited_net.value(), line.reduced_net.value(), line.line, line.item,
                       line.tax, 0);
  }
  std::vector<ReopenedTax> taxes;
  for (const InvoiceTaxState& tax : past.taxes()) {
    taxes.emplace_back(tax.net.value(), tax.tax.value(), tax.credited_net.value(),
                       tax.credited_tax.value(), tax.category, tax.rate);
  }
  const Invoice& invoice = past.invoice();
  const auto called = text(out, name);
  const auto instalment_list = structs(out, instalments);
  const auto line_list = structs(out, lines);
  const auto tax_list = structs(out, taxes);
  ReopenedInvoiceBuilder state(out);
  state.add_invoice(called);
  state.add_order(invoice.order);
  state.add_payer(invoice.payer);
  state.add_terms(invoice.terms);
  state.add_currency(invoice.currency);
  state.add_fiscal_year(invoice.fiscal_year);
  state.add_number(invoice.number);
  state.add_date(invoice.date);
  state.add_version(invoice.version);
  state.add_credit_notes(invoice.credit_note_count);
  state.add_net(invoice.net.value());
  state.add_tax(invoice.tax.value());
  state.add_total(invoice.total.value());
  state.add_paid(invoice.paid.value());
  state.add_credited(invoice.credited.value());
  state.add_written_off(invoice.written_off.value());
  state.add_deposit_deducted(invoice.deposit_deducted.value());
  state.add_instalments(instalment_list);
  state.add_lines(line_list);
  state.add_taxes(tax_list);
  return state.Finish();
}

// ---- a payment or credit note -------------------------------------------------------------------

std::vector<ReopenedPart> parts_of(const Settlements& settlements, std::uint64_t source) {
  std::vector<ReopenedPart> out;
  settlements.for_each_part(source, [&](const AppliedPart& part) {
    out.emplace_back(part.invoice, part.amount.value(), part.due, part.instalment);
  });
  std::reverse(out.begin(), out.end());  // oldest first
  return out;
}

flatbuffers::Offset<ReopenedPayment> write_payment(Builder& out, std::string_view name,
                                                   const PastPayment& past) {
  const Payment& payment = past.payment();
  const auto called = text(out, name);
  const auto parts = structs(out, parts_of(past.settlements(), payment.ref));
  ReopenedPaymentBuilder state(out);
  state.add_payment(called);
  state.add_payer(payment.payer);
  state.add_currency(payment.currency);
  state.add_value_date(payment.value_date);
  state.add_version(payment.version);
  state.add_amount(payment.amount.value());
  state.add_applied(payment.applied.value());
  state.add_reversed(payment.reversed.value());
  state.add_refunded(payment.refunded.value());
  state.add_parts(parts);
  return state.Finish();
}

flatbuffers::Offset<ReopenedCreditNote> write_credit_note(Builder& out, const PastCreditNote& past,
                                                          const CreditNote& note) {
  std::vector<ReopenedCreditedLine> lines;
  for (const CreditedPart& part : past.notes.parts(note)) {
    lines.emplace_back(part.quantity.value(), part.net.value(), part.goods_return, part.item,
                       part.line, part.tax_category, part.tax_rate);
  }
  std::vector<TaxAmount> taxes;
  for (const CreditedTax& tax : past.notes.taxes(note))
    taxes.emplace_back(tax.net.value(), tax.tax.value(), tax.category, tax.rate);
  const auto called = text(out, past.notes.name(note));
  const auto line_list = structs(out, lines);
  const auto tax_list = structs(out, taxes);
  const auto parts = structs(out, parts_of(past.settlements, note.ref));
  ReopenedCreditNoteBuilder state(out);
  state.add_credit_note(called);
  state.add_invoice(note.invoice);
  state.add_order(note.order);
  state.add_payer(note.payer);
  state.add_cause(note.cause);
  state.add_currency(note.currency);
  state.add_fiscal_year(note.fiscal_year);
  state.add_number(note.number);
  state.add_date(note.date);
  state.add_version(note.version);
  state.add_net(note.net.value());
  state.add_tax(note.tax.value());
  state.add_total(note.total.value());
  state.add_applied(note.applied.value());
  state.add_refunded(note.refunded.value());
  state.add_moved_goods(note.moved_goods != 0);
  state.add_cancelled(note.cancelled != 0);
  state.add_lines(line_list);
  state.add_taxes(tax_list);
  state.add_parts(parts);
  return state.Finish();
}

}  // namespace

// What was gathered comes in beside the command, as the time does; it is in the event, and nothing
// after it reads back.
void decide(Step& step, const ReopenDocument& command) {
  KONTOR_ASSERT(step.context().gathered != nullptr);
  const Gathered& gathered = *step.context().gathered;
  step.emit<DocumentReopened>(gathered.birth, [&](Builder& out) {
    flatbuffers::Offset<ReopenedOrder> order;
    flatbuffers::Offset<ReopenedInvoice> invoice;
    flatbuffers::Offset<ReopenedPayment> payment;
    flatbuffers::Offset<ReopenedCreditNote> credit_note;
    if (const auto* const placed = std::get_if<PastOrder>(&gathered.past)) {
      order = write_order(out, *placed, placed->orders.get(OrderRef{gathered.birth}));
    } else if (const auto* const billed = std::get_if<PastInvoice>(&gathered.past)) {
      invoice = write_invoice(out, gathered.name, *billed);
    } else if (const auto* const paid = std::get_if<PastPayment>(&gathered.past)) {
      payment = write_payment(out, gathered.name, *paid);
    } else {
      const auto& noted = std::get<PastCreditNote>(gathered.past);
      credit_note = write_credit_note(out, noted, *noted.notes.find(CreditNoteRef{gathered.birth}));
    }
    return CreateDocumentReopened(out, command.order(), order, command.invoice(), invoice,
                                  command.payment(), payment, command.credit_note(), credit_note);
  });
}

}  // namespace kontor
