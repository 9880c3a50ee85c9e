#include "projections/orders.h"

#include <algorithm>

#include "approval_generated.h"
#include "credit_generated.h"
#include "credit_note_generated.h"
#include "draft_generated.h"
#include "invoice_generated.h"
#include "order_generated.h"
#include "stock_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {

Quantity OrderLineState::allocated_open() const {
  return std::max(Quantity{0}, shipped + reserved - gone_ahead());
}

Minor OrderLineState::allocated_gross() const {
  return gross_of(gone_ahead() + allocated_open()) - gross_of(gone_ahead());
}

void amend_line(OrderLineState& state, const AmendedLine& amended) {
  state.ordered += Quantity{amended.more()};
  state.cancelled += Quantity{amended.less()};
  state.backordered -= Quantity{amended.from_backorder()};
  state.valued = Quantity{amended.quantity()};
  state.net = Minor{amended.net()};
  state.gross = Minor{amended.gross()};
  state.unit_price = amended.unit_price();
  state.item = amended.item();
  state.tax_category = amended.tax_category();
  state.tax_rate = amended.tax_rate();
  KONTOR_ASSERT(state.open() == state.valued);
}

// ---- folds --------------------------------------------------------------------------------------

void Orders::on(const Envelope& by, const OrderPlaced& event) {
  Order& order = add(view(event.order()), by.sequence.value());
  order.company = event.company();
  order.payer = event.payer();
  order.buyer = event.buyer();
  order.terms = event.terms();
  if (event.region() != nullptr) order.region = words_.find_or_add(view(event.region()));
  if (event.country() != nullptr) order.country = words_.find_or_add(view(event.country()));
  if (event.cost_centre() != nullptr) {
    order.cost_centre = words_.find_or_add(view(event.cost_centre()));
  }
  order.net = Minor{event.net()};
  order.total = Minor{event.total()};
  order.currency = event.currency();
  order.placed_on = by.effective_date.value();
  order.requested_on = event.requested_date();
  order.no_split = event.no_split() ? 1 : 0;
  order.settlement = event.settlement();
  order.run_of = event.run_of() != UINT64_MAX ? event.run_of() : 0;
  order.version = 1;
  set_lines(order, run(event.lines()));
  note_touch(order, by.sequence);
}

void Orders::set_lines(Order& order, std::span<const OrderLine> lines) {
  order.line_count = static_cast<std::uint32_t>(lines.size());
  order.first_line = take_lines(order.line_count);
  OrderLineState* next = lines_.data() + order.first_line;
  for (const OrderLine& line : lines) {
    OrderLineState& state = *next++;
    state.ordered = Quantity{line.quantity()};
    state.valued = state.ordered;
    state.net = Minor{line.net()};
    state.gross = Minor{line.gross()};
    state.unit_price = line.unit_price();
    state.item = line.item();
    state.tax_category = line.tax_category();
    state.tax_rate = line.tax_rate();
  }
}

// Whatever it was before is replaced, but for its name.
void Orders::on(const Envelope& by, const RecurringOrderDefined& event) {
  const auto known = index_.find(event.order());
  Order& order = known ? orders_[*known] : add(view(event.name()), event.order());
  if (known) {
    KONTOR_MARK("a recurring order defined anew");
    give_lines(order.first_line, order.line_count);
    const Order before = order;
    order = Order{};
    order.ref = before.ref;
    order.version = before.version;
    order.placed_on = before.placed_on;
  } else {
    order.placed_on = by.effective_date.value();
  }
  const auto word = [&](const flatbuffers::String* text) {
    return text == nullptr ? kNoOrdinal : words_.find_or_add(view(text));
  };
  order.recurring = 1;
  order.company = event.company();
  order.payer = event.payer();
  order.buyer = event.buyer();
  order.terms = event.terms();
  order.region = word(event.region());
  order.country = word(event.country());
  order.cost_centre = word(event.cost_centre());
  order.net = Minor{event.net()};
  order.total = Minor{event.total()};
  order.currency = event.currency();
  order.requested_on = kNoDate.value();
  order.no_split = event.no_split() ? 1 : 0;
  order.settlement = event.settlement();
  ++order.version;
  set_lines(order, run(event.lines()));
  note_touch(order, by.sequence);
}

Order& Orders::touch(const Envelope& by, std::uint64_t ref) {
  const auto index = index_.find(ref);
  KONTOR_ASSERT(index.has_value());
  Order& order = orders_[*index];
  ++order.version;
  note_touch(order, by.sequence);
  return order;
}

OrderLineState& Orders::line(const Order& order, std::uint32_t number) {
  KONTOR_ASSERT(number >= 1 && number <= order.line_count);
  return lines_[order.first_line + number - 1];
}

void Orders::on(const Envelope& by, const OrderApproved& event) {
  Order& order = touch(by, event.order());
  order.approval = Approval::kApproved;
  order.agreed = order.total;
}

void Orders::on(const Envelope& by, const ApprovalRequested& event) {
  Order& order = touch(by, event.order());
  order.approval = Approval::kPending;
  order.asked_at = by.sequence.value();
  order.agreed = order.total;
}

void Orders::on(const Envelope& by, const ApprovalGranted& event) {
  touch(by, event.order());
}

void Orders::on(const Envelope& by, const OrderRejected& event) {
  touch(by, event.order()).approval = Approval::kRejected;
}

void Orders::on(const Envelope& by, const ApprovalWithdrawn& event) {
  touch(by, event.order());
}

void Orders::on(const Envelope& by, const ApprovalOverridden& event) {
  touch(by, event.order());
}

void Orders::on(const Envelope& by, const ApprovalExpired& event) {
  Order& order = touch(by, event.order());
  if (event.outcome() == ExpiryOutcome::reject) order.approval = Approval::kRejected;
}

void Orders::on(const Envelope& by, const CreditCommitted& event) {
  Order& order = touch(by, event.order());
  order.credit = CreditState::kTaken;
  order.credit_from = event.from();
}

void Orders::on(const Envelope& by, const CreditReleased& event) {
  touch(by, event.order());
}

// What was asked and received is kept by Deposits.
void Orders::on(const Envelope& by, const DepositRequested& event) {
  touch(by, event.order());
}
void Orders::on(const Envelope& by, const DepositApplied& event) {
  touch(by, event.order());
}
void Orders::on(const Envelope& by, const DepositReleased& event) {
  touch(by, event.order());
}

void Orders::on(const Envelope& by, const OrderHeld& event) {
  Order& order = touch(by, event.order());
  if (order.credit != CreditState::kTaken) order.credit = CreditState::kHeld;
  order.held_at = by.sequence.value();
  order.forced_hold = event.forced() ? 1 : 0;
}

void Orders::on(const Envelope& by, const HoldReleased& event) {
  Order& order = touch(by, event.order());
  if (order.credit == CreditState::kHeld) order.credit = CreditState::kNotTaken;
  order.held_at = 0;
  order.forced_hold = 0;
  if (event.cause() != ReleaseCause::person) return;
  order.released_at = by.sequence.value();
  order.release_expires = event.expires();
  order.released_for = order.total;
}

void Orders::on(const Envelope& by, const LinesCancelled& event) {
  const Order& order = touch(by, event.order());
  if (event.cancellation() != nullptr) cancellations_.find_or_add(view(event.cancellation()));
  for (const CancelledLine& cancelled : run(event.lines())) {
    OrderLineState& state = line(order, cancelled.line());
    KONTOR_ASSERT(Quantity{cancelled.quantity()} <= state.open());
    state.cancelled += Quantity{cancelled.quantity()};
    state.backordered -= Quantity{cancelled.from_backorder()};
  }
}

void Orders::on(const Envelope& by, const OrderAmended& event) {
  Order& order = touch(by, event.order());
  amendments_.add(view(event.amendment()));
  if (event.region() != nullptr) order.region = words_.find_or_add(view(event.region()));
  if (event.country() != nullptr) order.country = words_.find_or_add(view(event.country()));
  if (event.cost_centre() != nullptr) {
    order.cost_centre = words_.find_or_add(view(event.cost_centre()));
  }
  if (Date{event.requested_date()} != kNoDate) order.requested_on = event.requested_date();
  for (const AmendedLine& amended : run(event.lines())) {
    const bool is_new = amended.line() > order.line_count;
    amend_line(is_new ? add_line(order) : line(order, amended.line()), amended);
  }
  order.failed_at = 0;
  set_total(order, Minor{event.net()}, Minor{event.total()});
  if (order.credit == CreditState::kTaken && !event.kept()) order.credit = CreditState::kNotTaken;
}

void Orders::set_total(Order& order, Minor net, Minor total) {
  order.net = net;
  order.total = total;
  if (order.total <= order.released_for) return;  // no more than a person released
  if (order.released_at != 0) KONTOR_MARK("a release that a new total outgrew");
  order.released_at = 0;
}

void Orders::on(const Envelope& by, const OrderRepriced& event) {
  Order& order = touch(by, event.order());
  for (const AmendedLine& priced : run(event.lines()))
    amend_line(line(order, priced.line()), priced);
  set_total(order, Minor{event.net()}, Minor{event.total()});
  if (order.credit == CreditState::kTaken) order.credit = CreditState::kNotTaken;
}

void Orders::on(const Envelope& by, const OrderFailed& event) {
  Order& order = touch(by, event.order());
  order.failed_at = by.sequence.value();
  if (order.credit == CreditState::kTaken) order.credit = CreditState::kNotTaken;
  for (const EndedWait& waited : run(event.waited()))
    line(order, waited.line()).backordered -= Quantity{waited.quantity()};
}

void Orders::on(const Envelope& by, const OrderRetried& event) {
  touch(by, event.order()).failed_at = 0;
}

void Orders::on(const Envelope& by, const OrderCancelled& event) {
  Order& order = touch(by, event.order());
  order.cancelled = 1;
  order.failed_at = 0;
}

// Nobody is asked about it any more.
void Orders::on(const Envelope&, const RecurringOrderStopped& event) {
  Order& order = orders_.at(*index_.find(event.order()));
  if (order.approval == Approval::kPending) order.approval = Approval::kNone;
}

void Orders::on(const Envelope& by, const OrderFulfilled& event) {
  Order& order = touch(by, event.order());
  order.fulfilled = 1;
  order.failed_at = 0;
  if (order.approval == Approval::kPending) order.approval = Approval::kNone;  // nothing is left
}

void Orders::on(const Envelope& by, const StockReserved& event) {
  const Order& order = touch(by, event.order());
  for (const ReservedPart& part : run(event.parts())) {
    OrderLineState& state = line(order, part.line());
    state.reserved += Quantity{part.quantity()};
    if (event.from_backorder()) state.backordered -= Quantity{part.quantity()};
  }
}

void Orders::on(const Envelope& by, const LineBackordered& event) {
  const Order& order = touch(by, event.order());
  for (const BackorderedLine& waiting : run(event.lines())) {
    line(order, waiting.line()).backordered += Quantity{waiting.quantity()};
  }
}

void Orders::on(const Envelope& by, const ReservationReleased& event) {
  const Order& order = touch(by, event.order());
  for (const ReservedPart& part : run(event.parts())) {
    line(order, part.line()).reserved -= Quantity{part.quantity()};
  }
}

void Orders::on(const Envelope& by, const GoodsShipped& event) {
  const Order& order = touch(by, event.order());
  for (const ShippedLine& shipped : run(event.lines())) {
    OrderLineState& state = line(order, shipped.line());
    state.shipped += Quantity{shipped.quantity()};
    state.reserved -= Quantity{shipped.quantity()};
  }
}

void Orders::on(const Envelope& by, const ChargesShipped& event) {
  const Order& order = touch(by, event.order());
  for (const ShippedLine& shipped : run(event.lines())) {
    OrderLineState& state = line(order, shipped.line());
    KONTOR_ASSERT(Quantity{shipped.quantity()} <= state.unshipped());
    KONTOR_ASSERT(state.reserved == Quantity{0});
    state.shipped += Quantity{shipped.quantity()};
  }
}

void Orders::on(const Envelope& by, const GoodsReturned& event) {
  const Order& order = touch(by, event.order());
  for (const ReturnedLine& returned : run(event.lines())) {
    OrderLineState& state = line(order, returned.line());
    state.returned += Quantity{returned.quantity()};
    state.returned_unbilled += Quantity{returned.unbilled()};
  }
  if (event.return_() != nullptr) returns_.add(by, event);
}

void Orders::on(const Envelope& by, const InvoiceIssued& event) {
  const Order& order = touch(by, event.order());
  for (const InvoiceLine& billed : run(event.lines())) {
    line(order, billed.line()).invoiced += Quantity{billed.quantity()};
  }
}

void Orders::on(const Envelope& by, const CreditNoteIssued& event) {
  const Order& order = touch(by, event.order());
  for (const CreditedLine& credited : run(event.lines())) {
    OrderLineState& state = line(order, credited.line());
    const Quantity voided{credited.voided()};
    state.voided += voided;
    state.credited += Quantity{credited.quantity()} - voided;
    state.backordered -= Quantity{credited.from_backorder()};
    const ReturnRef named{credited.goods_return()};
    if (returns_.find(named) != nullptr) {
      returns_.credit(named, credited.line(), Quantity{credited.quantity()});
    }
  }
}

// One that voided or returned goods is never cancelled.
void Orders::on(const Envelope& by, const CreditNoteCancelled& event) {
  const Order& order = touch(by, event.order());
  for (const CreditedLine& credited : run(event.lines())) {
    line(order, credited.line()).credited -= Quantity{credited.quantity()};
    const ReturnRef named{credited.goods_return()};
    if (returns_.find(named) != nullptr) {
      returns_.credit(named, credited.line(), -Quantity{credited.quantity()});
    }
  }
}

// ---- questions ----------------------------------------------------------------------------------

const Order* Orders::find(std::string_view name) const {
  const auto index = names_.find(name);
  return index ? &orders_[*index] : nullptr;
}

Minor Orders::unbilled_gross(const Order& order) const {
  Minor sum;
  for (const OrderLineState& line : lines(order))
    sum += line.open_gross() + line.delivered_gross();
  return sum;
}

std::string_view Orders::region(const Order& order) const {
  return order.region == kNoOrdinal ? std::string_view{} : words_.name(order.region);
}

std::string_view Orders::country(const Order& order) const {
  return order.country == kNoOrdinal ? std::string_view{} : words_.name(order.country);
}

std::string_view Orders::cost_centre(const Order& order) const {
  return order.cost_centre == kNoOrdinal ? std::string_view{} : words_.name(order.cost_centre);
}

}  // namespace kontor
