#include "projections/past.h"

#include <algorithm>
#include <concepts>

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"

namespace kontor {
namespace {

template <class Event, class Part>
void offer(Part& part, const Envelope& by, const EventView& event) {
  if constexpr (requires(const Event& body) {
                  { part.on(by, body) } -> std::same_as<void>;
                }) {
    part.on(by, *flatbuffers::GetRoot<Event>(event.body.data()));
  }
}

template <class... Parts>
void fold(const Envelope& by, const EventView& event, Parts&... parts) {
  switch (event.header.kind) {
#define KONTOR_OFFER(Name, number)        \
  case number:                            \
    (offer<Name>(parts, by, event), ...); \
    return;
    KONTOR_EVENTS(KONTOR_OFFER)
#undef KONTOR_OFFER
    default:
      return;
  }
}

}  // namespace

// ---- what an order holds ------------------------------------------------------------------------

void HeldParts::move(std::uint32_t line, std::uint32_t warehouse, Quantity quantity) {
  const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const HeldPart& part) {
    return part.line == line && part.warehouse == warehouse;
  });
  if (found == parts_.end()) {
    parts_.insert(parts_.begin(), {quantity, line, warehouse});
    return;
  }
  found->quantity += quantity;
  if (found->quantity == Quantity{0}) parts_.erase(found);
}

void HeldParts::on(const Envelope&, const StockReserved& event) {
  for (const ReservedPart& part : run(event.parts()))
    move(part.line(), part.warehouse(), Quantity{part.quantity()});
}

void HeldParts::on(const Envelope&, const ReservationReleased& event) {
  for (const ReservedPart& part : run(event.parts()))
    move(part.line(), part.warehouse(), Quantity{-part.quantity()});
}

void HeldParts::on(const Envelope&, const GoodsShipped& event) {
  for (const ShippedLine& line : run(event.lines()))
    move(line.line(), event.warehouse(), Quantity{-line.quantity()});
}

// ---- an invoice ---------------------------------------------------------------------------------

void PastInvoice::on(const Envelope& by, const InvoiceIssued& event) {
  invoice_.touched_at = by.sequence.value();
  invoice_.order = event.order();
  invoice_.net = Minor{event.net()};
  invoice_.tax = Minor{event.tax()};
  invoice_.total = Minor{event.total()};
  invoice_.deposit_deducted = Minor{event.deposit_deducted()};
  pay_by_deposit(event, invoice_);
  invoice_.payer = event.payer();
  invoice_.terms = event.terms();
  invoice_.number = event.number();
  invoice_.fiscal_year = event.fiscal_year();
  invoice_.currency = event.currency();
  invoice_.date = event.date();
  invoice_.version = 1;
  Minor deducted = invoice_.deposit_deducted;  // the first instalment is this
  for (const Instalment& part : run(event.instalments())) {
    const Minor amount{part.amount()};
    instalments_.push_back({amount, amount - deducted, part.due(), part.number()});
    deducted = Minor{0};
  }
  for (const TaxAmount& tax : run(event.taxes()))
    taxes_.push_back({Minor{tax.net()}, Minor{tax.tax()}, {}, {}, tax.category(), tax.rate()});
  for (const InvoiceLine& line : run(event.lines())) {
    InvoiceLineState& state = lines_.emplace_back();
    state.quantity = Quantity{line.quantity()};
    state.net = Minor{line.net()};
    state.line = line.line();
    state.item = line.item();
    const auto tax = std::find_if(taxes_.begin(), taxes_.end(), [&](const InvoiceTaxState& t) {
      return t.category == line.tax_category() && t.rate == line.tax_rate();
    });
    KONTOR_ASSERT(tax != taxes_.end());
    state.tax = static_cast<std::uint32_t>(tax - taxes_.begin());
  }
}

// Of the applications, those to this invoice; it counts one change for each run of them.
template <class Event>
void PastInvoice::settle(const Envelope& by, const Event& event, Minor Invoice::*settled,
                         std::int64_t sign) {
  bool before = false;
  for (const Application& part : run(event.applications())) {
    const bool ours = part.invoice() == invoice_.ref;
    if (ours && !before) ++invoice_.version;
    before = ours;
    if (!ours) continue;
    invoice_.touched_at = by.sequence.value();
    KONTOR_ASSERT(part.instalment() >= 1 && part.instalment() <= instalments_.size());
    const Minor amount{sign * part.amount()};
    instalments_[part.instalment() - 1].open -= amount;
    invoice_.open -= amount;
    invoice_.*settled += amount;
  }
}

void PastInvoice::on(const Envelope& by, const PaymentApplied& event) {
  settle(by, event, &Invoice::paid, 1);
}
void PastInvoice::on(const Envelope& by, const PaymentUnapplied& event) {
  settle(by, event, &Invoice::paid, -1);
}
void PastInvoice::on(const Envelope& by, const CreditNoteApplied& event) {
  settle(by, event, &Invoice::credited, 1);
}
void PastInvoice::on(const Envelope& by, const CreditNoteUnapplied& event) {
  settle(by, event, &Invoice::credited, -1);
}

template <class Event>
void PastInvoice::credit(const Envelope& by, const Event& event, std::int64_t sign) {
  ++invoice_.version;
  invoice_.touched_at = by.sequence.value();
  for (const CreditedLine& credited : run(event.lines())) {
    const auto line = std::find_if(lines_.begin(), lines_.end(), [&](const InvoiceLineState& l) {
      return l.line == credited.line();
    });
    KONTOR_ASSERT(line != lines_.end());
    line->credited += Quantity{sign * credited.quantity()};
    const Minor net{sign * credited.net()};
    (credited.quantity() == 0 ? line->reduced_net : line->credited_net) += net;
  }
  for (const TaxAmount& credited : run(event.taxes())) {
    const auto tax = std::find_if(taxes_.begin(), taxes_.end(), [&](const InvoiceTaxState& t) {
      return t.category == credited.category() && t.rate == credited.rate();
    });
    KONTOR_ASSERT(tax != taxes_.end());
    tax->credited_net += Minor{sign * credited.net()};
    tax->credited_tax += Minor{sign * credited.tax()};
  }
}

void PastInvoice::on(const Envelope& by, const CreditNoteIssued& event) {
  credit(by, event, 1);
  ++invoice_.credit_note_count;
  notes_.emplace_back(by.sequence.value());
}
void PastInvoice::on(const Envelope& by, const CreditNoteCancelled& event) {
  credit(by, event, -1);
}

// ---- a payment ----------------------------------------------------------------------------------

void PastPayment::touch(const Envelope& by) {
  ++payment_.version;
  payment_.touched_at = by.sequence.value();
}

void PastPayment::on(const Envelope& by, const PaymentReceived& event) {
  payment_.ref = by.sequence.value();
  payment_.amount = Minor{event.amount()};
  payment_.payer = event.payer();
  payment_.currency = event.currency();
  payment_.value_date = by.effective_date.value();
  deposits_.on(by, event);
  touch(by);
}

void PastPayment::on(const Envelope& by, const PaymentApplied& event) {
  settlements_.on(by, event);
  touch(by);
  for (const Application& part : run(event.applications()))
    payment_.applied += Minor{part.amount()};
}

void PastPayment::on(const Envelope& by, const PaymentUnapplied& event) {
  settlements_.on(by, event);
  touch(by);
  for (const Application& part : run(event.applications()))
    payment_.applied -= Minor{part.amount()};
}

void PastPayment::on(const Envelope& by, const PaymentReversed& event) {
  touch(by);
  payment_.reversed += Minor{event.amount()};
}

void PastPayment::on(const Envelope& by, const RefundPaid& event) {
  touch(by);
  payment_.refunded += Minor{event.amount()};
}

void PastPayment::on(const Envelope& by, const DepositApplied& event) {
  deposits_.on(by, event);
  settlements_.on(by, event);
  touch(by);
  payment_.deposited += Minor{event.amount()};
}

void PastPayment::on(const Envelope& by, const DepositReleased& event) {
  deposits_.on(by, event);
  settlements_.on(by, event);
  for (const DepositPart& part : run(event.parts())) {
    if (part.payment() != payment_.ref) continue;
    touch(by);
    payment_.deposited -= Minor{part.amount()};
  }
}

void PastPayment::on(const Envelope& by, const InvoiceIssued& event) {
  deposits_.on(by, event);
  settlements_.on(by, event);
  for (const DepositPart& part : run(event.deposits())) {
    if (part.payment() != payment_.ref) continue;
    touch(by);
    payment_.deposited -= Minor{part.amount()};
    payment_.applied += Minor{part.amount()};
  }
}

void DepositsOfSource::on(const Envelope& by, const PaymentReceived&) {
  source_ = by.sequence.value();
}
void DepositsOfSource::on(const Envelope& by, const CreditNoteIssued&) {
  source_ = by.sequence.value();
}

void DepositsOfSource::on(const Envelope&, const DepositApplied& event) {
  const std::uint64_t source = event.payment() != 0 ? event.payment() : event.credit_note();
  if (source == source_) move(event.order(), Minor{event.amount()});
}

void DepositsOfSource::on(const Envelope&, const DepositReleased& event) {
  take(event.order(), run(event.parts()));
}

void DepositsOfSource::on(const Envelope&, const InvoiceIssued& event) {
  take(event.order(), run(event.deposits()));
}

void DepositsOfSource::take(std::uint64_t order, std::span<const DepositPart> parts) {
  for (const DepositPart& part : parts) {
    const std::uint64_t source = part.payment() != 0 ? part.payment() : part.credit_note();
    if (source == source_) move(order, Minor{-part.amount()});
  }
}

void DepositsOfSource::move(std::uint64_t order, Minor amount) {
  const auto known = std::find_if(parts_.begin(), parts_.end(),
                                  [&](const InDeposit& part) { return part.order == order; });
  if (known == parts_.end()) {
    parts_.push_back({order, amount});
    return;
  }
  known->amount += amount;
  if (known->amount == Minor{0}) parts_.erase(known);
}

// ---- streams ------------------------------------------------------------------------------------

void fold_past(PastOrder& past, const Envelope& by, const EventView& event) {
  fold(by, event, past.orders, past.held, past.takings, past.deposits);
}
void fold_past(PastInvoice& past, const Envelope& by, const EventView& event) {
  fold(by, event, past);
}
void fold_past(PastPayment& past, const Envelope& by, const EventView& event) {
  fold(by, event, past);
}
void fold_past(PastCreditNote& past, const Envelope& by, const EventView& event) {
  fold(by, event, past.notes, past.settlements, past.deposits);
}
void fold_past(PastDocument& past, const Envelope& by, const EventView& event) {
  std::visit([&](auto& one) { fold_past(one, by, event); }, past);
}

// ---- how it stands ------------------------------------------------------------------------------

PastDocument make_past(SettledKind kind, std::uint64_t birth) {
  switch (kind) {
    case SettledKind::kOrder:
      return PastOrder{};
    case SettledKind::kInvoice:
      return PastInvoice(birth);
    case SettledKind::kPayment:
      return PastPayment{};
    case SettledKind::kCreditNote:
      break;
  }
  return PastCreditNote{};
}

namespace {

PastStanding standing(const PastOrder& past, std::uint64_t birth) {
  const Order* const order = past.orders.find(OrderRef{birth});
  if (order == nullptr) return {};
  return {true, past.orders.is_settled(*order), order->touched_at};
}

PastStanding standing(const PastInvoice& past, std::uint64_t) {
  const Invoice& invoice = past.invoice();
  return {invoice.version != 0, is_settled(invoice, past.instalments()), invoice.touched_at};
}

PastStanding standing(const PastPayment& past, std::uint64_t) {
  const Payment& payment = past.payment();
  return {payment.version != 0, is_settled(payment), payment.touched_at};
}

PastStanding standing(const PastCreditNote& past, std::uint64_t birth) {
  const CreditNote* const note = past.notes.find(CreditNoteRef{birth});
  if (note == nullptr) return {};
  return {true, is_settled(*note), note->touched_at};
}

}  // namespace

PastStanding standing_of(const PastDocument& past, std::uint64_t birth) {
  return std::visit([&](const auto& one) { return standing(one, birth); }, past);
}

}  // namespace kontor
