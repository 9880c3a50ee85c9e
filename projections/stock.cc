#include "projections/stock.h"

#include <algorithm>

#include "credit_generated.h"
#include "credit_note_generated.h"
#include "draft_generated.h"
#include "order_generated.h"
#include "stock_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"
#include "projections/stock_key.h"

namespace kontor {
// ---- folds --------------------------------------------------------------------------------------

void Stock::on(const Envelope& by, const WarehouseRegistered& event) {
  const WarehouseId id{event.ordinal()};
  if (id.value() == warehouse_names_.size()) {
    warehouse_names_.add(view(event.warehouse()));
    warehouses_.emplace_back();
    by_priority_.push_back(id);
  }
  Warehouse& warehouse = warehouses_.at(id.value());
  warehouse.name = view(event.name());
  warehouse.regions = texts(event.regions());
  warehouse.priority = event.priority();
  warehouse.lead_time_days = event.lead_time_days();
  warehouse.status = event.status();
  warehouse.last_change = by.sequence;
  ++warehouse.version;
  std::sort(by_priority_.begin(), by_priority_.end(), [&](WarehouseId a, WarehouseId b) {
    const std::int32_t first = warehouses_[a.value()].priority;
    const std::int32_t second = warehouses_[b.value()].priority;
    return first != second ? first < second : a < b;
  });
  if (warehouse.status != WarehouseStatus::active) return;
  for (const auto& [item, queue] : queues_)
    want_serving(item, by.sequence);
}

void Stock::on(const Envelope& by, const StockReceived& event) {
  receipts_.add(view(event.receipt()));
  for (const StockArrival& arrival : run(event.arrivals())) {
    StockRecord& record = record_for(arrival.item(), arrival.warehouse());
    record.on_hand += Quantity{arrival.quantity()};
    record.last_change = by.sequence.value();
    if (queues_.contains(arrival.item())) want_serving(arrival.item(), by.sequence);
  }
}

void Stock::on(const Envelope& by, const StockReserved& event) {
  for (const ReservedPart& part : run(event.parts())) {
    take_part(by, event.order(), part);
    if (event.from_backorder()) {
      shorten_queue(event.order(), part.line(), Quantity{part.quantity()});
    }
  }
}

// What a draft holds is held under its own position, as an order's is.
void Stock::on(const Envelope& by, const DraftSaved& event) {
  for (const ReservedPart& part : run(event.released()))
    give_part(by, event.draft(), part);
  for (const ReservedPart& part : run(event.reserved()))
    take_part(by, event.draft(), part);
}

void Stock::on(const Envelope& by, const DraftDiscarded& event) {
  for (const ReservedPart& part : run(event.released()))
    give_part(by, event.draft(), part);
}

void Stock::on(const Envelope& by, const LineBackordered& event) {
  for (const BackorderedLine& line : run(event.lines())) {
    Quantity quantity{line.quantity()};
    if (event.to_end()) quantity += leave_queue(event.order(), line.line());
    Queue& queue = queues_[line.item()];
    const auto known = waiting_at_.find({event.order(), line.line()});
    const QueuePlace place = known != waiting_at_.end()
                                 ? known->second.second
                                 : QueuePlace{by.sequence.value(), line.line()};
    Backorder& entry = queue.waiting[place];
    entry.order = OrderRef{event.order()};
    entry.since = place.first;
    entry.line = line.line();
    entry.quantity += quantity;
    queue.total += quantity;
    waiting_at_[{event.order(), line.line()}] = {line.item(), place};
    // What is left may be stock that those before it cannot have: whoever can is served in order.
    if (has_salable(line.item())) want_serving(line.item(), by.sequence);
  }
}

void Stock::on(const Envelope& by, const HoldReleased& event) {
  want_serving_of(event.order(), by.sequence);
}

void Stock::on(const Envelope& by, const DepositApplied& event) {
  want_serving_of(event.order(), by.sequence);
}

void Stock::want_serving_of(std::uint64_t order, Sequence cause) {
  for (auto at = waiting_at_.lower_bound({order, 0});
       at != waiting_at_.end() && at->first.first == order; ++at) {
    want_serving(at->second.first, cause);
  }
}

void Stock::on(const Envelope& by, const ReservationReleased& event) {
  if (event.release() != nullptr) releases_.add(view(event.release()));
  for (const ReservedPart& part : run(event.parts()))
    give_part(by, event.order(), part);
}

void Stock::on(const Envelope& by, const GoodsShipped& event) {
  shipments_.find_or_add(view(event.shipment()));
  for (const ShippedLine& line : run(event.lines())) {
    StockRecord& record = record_for(line.item(), event.warehouse());
    const Quantity quantity{line.quantity()};
    record.on_hand -= quantity;
    record.reserved -= quantity;
    record.last_change = by.sequence.value();
    unreserve(event.order(), line.line(), event.warehouse(), quantity);
  }
}

void Stock::on(const Envelope&, const ChargesShipped& event) {
  shipments_.find_or_add(view(event.shipment()));
}

void Stock::on(const Envelope& by, const GoodsReturned& event) {
  for (const ReturnedLine& line : run(event.lines())) {
    if (line.disposition() != Disposition::restock) continue;
    StockRecord& record = record_for(line.item(), event.warehouse());
    record.on_hand += Quantity{line.quantity()};
    record.last_change = by.sequence.value();
    if (queues_.contains(line.item())) want_serving(line.item(), by.sequence);
  }
}

void Stock::on(const Envelope& by, const StockCounted& event) {
  counts_.add(view(event.count()));
  for (const StockCount& line : run(event.lines())) {
    StockRecord& record = record_for(line.item(), line.warehouse());
    record.on_hand = Quantity{line.quantity()};
    record.last_change = by.sequence.value();
    if (line.quantity() > line.previous() && queues_.contains(line.item())) {
      want_serving(line.item(), by.sequence);
    }
  }
}

void Stock::on(const Envelope&, const LinesCancelled& event) {
  for (const CancelledLine& line : run(event.lines())) {
    if (line.from_backorder() > 0) {
      shorten_queue(event.order(), line.line(), Quantity{line.from_backorder()});
    }
  }
}

void Stock::on(const Envelope&, const CreditNoteIssued& event) {
  for (const CreditedLine& line : run(event.lines())) {
    if (line.from_backorder() > 0) {
      shorten_queue(event.order(), line.line(), Quantity{line.from_backorder()});
    }
  }
}

void Stock::on(const Envelope&, const OrderAmended& event) {
  for (const AmendedLine& line : run(event.lines())) {
    if (line.from_backorder() > 0) {
      shorten_queue(event.order(), line.line(), Quantity{line.from_backorder()});
    }
  }
}

void Stock::on(const Envelope&, const OrderFailed& event) {
  for (const EndedWait& waited : run(event.waited()))
    shorten_queue(event.order(), waited.line(), Quantity{waited.quantity()});
}

void Stock::on(const Envelope&, const FollowUpAdvanced& event) {
  if (event.kind() != FollowUpKind::serve_backorders) return;
  const auto found = serving_.find(event.subject());
  KONTOR_ASSERT(found != serving_.end());
  found->second.next = {event.next(), event.next_line()};
  if (!event.finished()) return;
  to_serve_.erase(found->second.cause);
  serving_.erase(found);
}

void Stock::take_part(const Envelope& by, std::uint64_t holder, const ReservedPart& part) {
  StockRecord& record = record_for(part.item(), part.warehouse());
  record.reserved += Quantity{part.quantity()};
  record.last_change = by.sequence.value();
  reserve(holder, part.line(), record, Quantity{part.quantity()});
}

void Stock::give_part(const Envelope& by, std::uint64_t holder, const ReservedPart& part) {
  StockRecord& record = record_for(part.item(), part.warehouse());
  record.reserved -= Quantity{part.quantity()};
  record.last_change = by.sequence.value();
  unreserve(holder, part.line(), part.warehouse(), Quantity{part.quantity()});
  if (queues_.contains(part.item())) want_serving(part.item(), by.sequence);
}

// ---- parts of folds -----------------------------------------------------------------------------

bool Stock::has_salable(std::uint32_t item) const {
  bool found = false;
  for_each_record(ItemId{item}, [&](const StockRecord& record) {
    const bool active = warehouses_[record.warehouse].status == WarehouseStatus::active;
    found = found || (active && record.salable() > Quantity{0});
  });
  return found;
}

StockRecord& Stock::record_for(std::uint32_t item, std::uint32_t warehouse) {
  const std::uint64_t key = stock_key(item, warehouse);
  if (const auto found = record_of_.find(key)) return records_[*found];
  const auto index = static_cast<std::uint32_t>(records_.size());
  record_of_.set(key, index);
  if (item >= first_of_item_.size()) first_of_item_.resize(item + 1, kNoOrdinal);
  StockRecord record;
  record.item = item;
  record.warehouse = warehouse;
  record.next_of_item = first_of_item_[item];
  first_of_item_[item] = index;
  records_.push_back(record);
  return records_.back();
}

void Stock::reserve(std::uint64_t order, std::uint32_t line, const StockRecord& at,
                    Quantity quantity) {
  KONTOR_ASSERT(quantity > Quantity{0});
  const std::uint32_t head = reservations_of_.find(order).value_or(kNoOrdinal);
  for (std::uint32_t i = head; i != kNoOrdinal; i = reservations_[i].next_of_order) {
    Reservation& held = reservations_[i];
    if (held.line == line && held.warehouse == at.warehouse) {
      held.quantity += quantity;
      return;
    }
  }
  std::uint32_t index = free_reservation_;
  if (index == kNoOrdinal) {
    index = static_cast<std::uint32_t>(reservations_.size());
    reservations_.emplace_back();
  } else {
    KONTOR_MARK("a freed reservation used again");
    free_reservation_ = reservations_[index].next_of_order;
  }
  reservations_[index] = {quantity, order, line, at.item, at.warehouse, head};
  reservations_of_.set(order, index);
}

void Stock::unreserve(std::uint64_t order, std::uint32_t line, std::uint32_t warehouse,
                      Quantity quantity) {
  std::uint32_t previous = kNoOrdinal;
  std::uint32_t at = reservations_of_.find(order).value_or(kNoOrdinal);
  while (at != kNoOrdinal &&
         (reservations_[at].line != line || reservations_[at].warehouse != warehouse)) {
    previous = at;
    at = reservations_[at].next_of_order;
  }
  KONTOR_ASSERT(at != kNoOrdinal);
  Reservation& held = reservations_[at];
  KONTOR_ASSERT(held.quantity >= quantity);
  held.quantity -= quantity;
  if (held.quantity > Quantity{0}) return;

  const std::uint32_t next = held.next_of_order;
  if (previous != kNoOrdinal) {
    KONTOR_MARK("a reservation taken out of the middle");
    reservations_[previous].next_of_order = next;
  } else if (next != kNoOrdinal) {
    reservations_of_.set(order, next);
  } else {
    reservations_of_.erase(order);
  }
  held = Reservation{};
  held.next_of_order = free_reservation_;
  free_reservation_ = at;
}

void Stock::shorten_queue(std::uint64_t order, std::uint32_t line, Quantity by) {
  const auto known = waiting_at_.find({order, line});
  KONTOR_ASSERT(known != waiting_at_.end());
  const auto [item, place] = known->second;
  const auto queue = queues_.find(item);
  const auto entry = queue->second.waiting.find(place);
  KONTOR_ASSERT(entry->second.quantity >= by);
  entry->second.quantity -= by;
  queue->second.total -= by;
  if (entry->second.quantity > Quantity{0}) {
    KONTOR_MARK("a backorder served or cut in part");
    return;
  }
  queue->second.waiting.erase(entry);
  waiting_at_.erase(known);
  if (queue->second.waiting.empty()) queues_.erase(queue);
}

Quantity Stock::leave_queue(std::uint64_t order, std::uint32_t line) {
  const Quantity waiting = backordered(OrderRef{order}, line);
  if (waiting > Quantity{0}) {
    KONTOR_MARK("a backorder moved to the end of its queue");
    shorten_queue(order, line, waiting);
  }
  return waiting;
}

void Stock::want_serving(std::uint32_t item, Sequence cause) {
  const auto known = serving_.find(item);
  if (known != serving_.end()) {
    known->second.next = {};
    return;
  }
  // One event may wake several items: causes are made distinct by counting on from its sequence in
  // units far below one event.
  std::uint64_t place = cause.value() << 20;
  if (to_serve_.contains(place)) KONTOR_MARK("one event that wakes several items");
  while (to_serve_.contains(place))
    ++place;
  to_serve_[place] = item;
  serving_[item] = {place, {}};
}

// ---- questions ----------------------------------------------------------------------------------

std::optional<WarehouseId> Stock::find_warehouse(std::string_view name) const {
  const auto found = warehouse_names_.find(name);
  return found ? std::optional(WarehouseId{*found}) : std::nullopt;
}

std::vector<Reservation> Stock::reservations_in(WarehouseId warehouse) const {
  std::vector<Reservation> out;
  for (const Reservation& held : reservations_) {
    if (held.order != 0 && held.warehouse == warehouse.value()) out.push_back(held);
  }
  std::sort(out.begin(), out.end(), [](const Reservation& a, const Reservation& b) {
    return a.order != b.order ? a.order < b.order : a.line < b.line;
  });
  return out;
}

bool Stock::serves(WarehouseId id, std::string_view region) const {
  const Warehouse& w = warehouse(id);
  if (w.status != WarehouseStatus::active) return false;
  if (w.regions.empty() || region.empty()) return true;
  return std::find(w.regions.begin(), w.regions.end(), region) != w.regions.end();
}

const StockRecord* Stock::record(ItemId item, WarehouseId warehouse) const {
  const auto found = record_of_.find(stock_key(item.value(), warehouse.value()));
  return found ? &records_[*found] : nullptr;
}

Quantity Stock::salable(ItemId item, WarehouseId warehouse) const {
  const StockRecord* const found = record(item, warehouse);
  return found == nullptr ? Quantity{0} : found->salable();
}

Quantity Stock::reserved(OrderRef order, std::uint32_t line, WarehouseId warehouse) const {
  Quantity sum;
  for_each_reservation(order, [&](const Reservation& held) {
    if (held.line == line && held.warehouse == warehouse.value()) sum += held.quantity;
  });
  return sum;
}

std::size_t Stock::reservation_count(OrderRef order) const {
  std::size_t count = 0;
  for_each_reservation(order, [&](const Reservation&) { ++count; });
  return count;
}

Quantity Stock::backordered(ItemId item) const {
  const auto found = queues_.find(item.value());
  return found == queues_.end() ? Quantity{0} : found->second.total;
}

Quantity Stock::backordered(OrderRef order, std::uint32_t line) const {
  const auto known = waiting_at_.find({order.value(), line});
  if (known == waiting_at_.end()) return Quantity{0};
  return queues_.at(known->second.first).waiting.at(known->second.second).quantity;
}

std::vector<Backorder> Stock::oldest_backorders(ItemId item, std::size_t most,
                                                QueuePlace from) const {
  std::vector<Backorder> out;
  const auto found = queues_.find(item.value());
  if (found == queues_.end()) return out;
  const auto& waiting = found->second.waiting;
  for (auto at = waiting.lower_bound(from); at != waiting.end() && out.size() < most; ++at)
    out.push_back(at->second);
  return out;
}

std::uint32_t Stock::item_bound() const {
  auto bound = static_cast<std::uint32_t>(first_of_item_.size());
  for (const StockRecord& record : records_)
    bound = std::max(bound, record.item + 1);
  if (!queues_.empty()) bound = std::max(bound, queues_.rbegin()->first + 1);
  if (!serving_.empty()) bound = std::max(bound, serving_.rbegin()->first + 1);
  return bound;
}

std::optional<FollowUp> Stock::next_follow_up() const {
  if (to_serve_.empty()) return std::nullopt;
  const auto& [place, item] = *to_serve_.begin();
  const QueuePlace next = serving_.at(item).next;
  return FollowUp{FollowUpKind::serve_backorders, item, next.first, next.second,
                  Sequence{place >> 20}};
}

// ---- state --------------------------------------------------------------------------------------

Status Stock::check_reservations() const {
  std::map<std::uint64_t, Quantity> sums;
  for (const Reservation& held : reservations_) {
    if (held.order == 0) continue;
    if (held.quantity <= Quantity{0}) return broken("a reservation of nothing");
    sums[stock_key(held.item, held.warehouse)] += held.quantity;
  }
  for (const StockRecord& record : records_) {
    if (sums[stock_key(record.item, record.warehouse)] != record.reserved) {
      return broken("reserved stock differs from the sum of its reservations, item " +
                    std::to_string(record.item));
    }
  }
  return {};
}

Status Stock::check_invariants() const {
  for (const StockRecord& record : records_) {
    if (record.reserved < Quantity{0}) return broken("negative reserved stock");
    if (record.on_hand < Quantity{0}) return broken("less than nothing on hand");
  }
  for (const auto& [item, queue] : queues_) {
    Quantity total;
    for (const auto& [place, entry] : queue.waiting) {
      if (entry.quantity <= Quantity{0}) return broken("a backorder of nothing");
      total += entry.quantity;
    }
    if (total != queue.total || queue.waiting.empty()) return broken("a backorder queue's total");
  }
  return check_reservations();
}

}  // namespace kontor
