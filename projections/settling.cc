// How orders leave memory when they are settled, and come back.
#include <algorithm>

#include "book_generated.h"
#include "document_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"
#include "projections/orders.h"

namespace kontor {
namespace {

OrderLineState state_of(const ReopenedLine& line) {
  OrderLineState state;
  state.ordered = Quantity{line.ordered()};
  state.cancelled = Quantity{line.cancelled()};
  state.voided = Quantity{line.voided()};
  state.shipped = Quantity{line.shipped()};
  state.invoiced = Quantity{line.invoiced()};
  state.returned = Quantity{line.returned()};
  state.returned_unbilled = Quantity{line.returned_unbilled()};
  state.credited = Quantity{line.credited()};
  state.valued = Quantity{line.valued()};
  state.net = Minor{line.net()};
  state.gross = Minor{line.gross()};
  state.unit_price = line.unit_price();
  state.item = line.item();
  state.tax_category = line.tax_category();
  state.tax_rate = line.tax_rate();
  return state;
}

}  // namespace

// ---- leaving ------------------------------------------------------------------------------------

void Orders::on(const Envelope&, const BookOpened& event) {
  settled_kept_ = event.settled_kept();
}

void Orders::note_touch(Order& order, Sequence position) {
  order.touched_at = position.value();
  if (settled_kept_ == 0) return;
  if (!touches_.empty() && touches_.back().order == order.ref) {
    touches_.back().position = position.value();
  } else {
    touches_.push_back({position.value(), order.ref});
  }
}

// Nothing is open, on its way, waiting or owed: neither goods, be they billed or not, nor a bill
// for what was delivered, nor a credit note for what came back. What is paid of its invoices does
// not touch an order.
bool Orders::is_settled(const Order& order) const {
  const bool asks = order.approval == Approval::kPending && order.cancelled == 0;
  if (asks || order.held_at != 0 || order.recurring != 0) return false;
  const Quantity none;
  const auto all = lines(order);
  return std::all_of(all.begin(), all.end(), [&](const OrderLineState& line) {
    return line.unshipped() == none && line.delivered() == none && line.reserved == none &&
           line.backordered == none && line.credited == line.returned - line.returned_unbilled;
  });
}

// One event touches one order at most, so there is no more to look at than the decision had events.
std::span<const OrderRef> Orders::let_leave(Sequence last) {
  left_.clear();
  while (has_due(last)) {
    const Touch touch = touches_.front();
    touches_.pop_front();
    prefetch_leaving();
    const auto index = index_.find(touch.order);
    KONTOR_ASSERT(index.has_value());  // it cannot have left before its last touch was looked at
    const Order& order = orders_[*index];
    if (order.touched_at != touch.position || !is_settled(order)) continue;
    left_.emplace_back(order.ref);
    forget(*index);
  }
  return left_;
}

void Orders::forget(std::uint32_t index) {
  KONTOR_MARK("a settled order that left memory");
  const Order& order = orders_[index];
  if (order.reopened != 0) KONTOR_MARK("a settled order that left memory once more");
  settled_.add(names_.name(index), order.ref, order.reopened != 0, Sequence{order.touched_at});
  give_lines(order.first_line, order.line_count);
  index_.erase(order.ref);
  names_.erase(index);
  orders_[index] = Order{};
}

// ---- coming back --------------------------------------------------------------------------------

void Orders::on(const Envelope& by, const DocumentReopened& event) {
  if (event.state() == nullptr) return;                  // another document
  if (find(OrderRef{event.order()}) != nullptr) return;  // its own events alone were folded
  const ReopenedOrder& state = *event.state();
  settled_.came_back();
  Order& order = add(view(state.order()), event.order());
  order.company = state.company();
  order.payer = state.payer();
  order.buyer = state.buyer();
  order.terms = state.terms();
  order.currency = state.currency();
  if (state.region() != nullptr) order.region = words_.find_or_add(view(state.region()));
  if (state.country() != nullptr) order.country = words_.find_or_add(view(state.country()));
  if (state.cost_centre() != nullptr) {
    order.cost_centre = words_.find_or_add(view(state.cost_centre()));
  }
  order.settlement = state.settlement();
  order.placed_on = state.placed_on();
  order.requested_on = state.requested_date();
  order.no_split = state.no_split() ? 1 : 0;
  order.net = Minor{state.net()};
  order.total = Minor{state.total()};
  order.agreed = Minor{state.agreed()};
  order.released_for = Minor{state.released_for()};
  order.asked_at = state.asked_at();
  order.released_at = state.released_at();
  order.release_expires = state.release_expires();
  order.version = state.version();
  order.approval = static_cast<Approval>(state.approval());
  order.credit = static_cast<CreditState>(state.credit());
  order.credit_from = state.credit_from();
  order.cancelled = state.cancelled() ? 1 : 0;
  order.fulfilled = state.fulfilled() ? 1 : 0;
  order.reopened = 1;
  order.line_count = static_cast<std::uint32_t>(run(state.lines()).size());
  order.first_line = take_lines(order.line_count);
  OrderLineState* next = lines_.data() + order.first_line;
  for (const ReopenedLine& line : run(state.lines()))
    *next++ = state_of(line);
  note_touch(order, by.sequence);
}

// ---- places -------------------------------------------------------------------------------------

Order& Orders::add(std::string_view name, std::uint64_t ref) {
  const std::uint32_t index = names_.add(name);
  if (index == orders_.size()) {
    orders_.emplace_back();
  } else {
    KONTOR_MARK("the place of an order that left, taken by another");
  }
  index_.set(ref, index);
  orders_[index].ref = ref;
  return orders_[index];
}

std::uint32_t Orders::take_lines(std::uint32_t count) {
  const auto runs = free_lines_.find(count);
  if (count == 0 || runs == free_lines_.end()) {
    const auto first = static_cast<std::uint32_t>(lines_.size());
    lines_.resize(lines_.size() + count);
    return first;
  }
  const std::uint32_t first = runs->second.back();
  runs->second.pop_back();
  if (runs->second.empty()) free_lines_.erase(runs);
  return first;
}

void Orders::give_lines(std::uint32_t first, std::uint32_t count) {
  if (count == 0) return;
  std::fill_n(lines_.begin() + first, count, OrderLineState{});
  free_lines_[count].push_back(first);
}

// At the end of the order's run, which moves where something else follows it.
OrderLineState& Orders::add_line(Order& order) {
  const std::uint32_t count = order.line_count;
  if (order.first_line + count == lines_.size()) {
    lines_.emplace_back();
  } else {
    const std::uint32_t first = take_lines(count + 1);
    std::copy_n(lines_.begin() + order.first_line, count, lines_.begin() + first);
    give_lines(order.first_line, count);
    order.first_line = first;
  }
  order.line_count = count + 1;
  return lines_[order.first_line + count];
}

}  // namespace kontor
