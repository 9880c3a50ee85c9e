// How stock is put into bytes and taken back.
#include "projections/fold.h"
#include "projections/load_check.h"
#include "projections/stock.h"
#include "projections/stock_key.h"

namespace kontor {

void Stock::save(Sink& out) const {
  warehouse_names_.save(out);
  for (const Warehouse& w : warehouses_) {
    out.text(w.name);
    save_texts(out, w.regions);
    out.pod(w.priority);
    out.pod(w.lead_time_days);
    out.pod(w.status);
    out.pod(w.last_change.value());
    out.pod(w.version);
  }
  save_ids(out, by_priority_);
  record_of_.save(out);
  out.pods(records_);
  out.pods(first_of_item_);
  reservations_of_.save(out);
  out.pods(reservations_);
  out.pod(free_reservation_);
  out.pod(std::uint64_t{waiting_at_.size()});
  for (const auto& [order_line, at] : waiting_at_) {
    out.pod(order_line.first);
    out.pod(order_line.second);
    out.pod(at.first);
    out.pod(at.second.first);
    out.pod(queues_.at(at.first).waiting.at(at.second).quantity.value());
  }
  out.pod(std::uint64_t{to_serve_.size()});
  for (const auto& [place, item] : to_serve_) {
    out.pod(place);
    out.pod(item);
    out.pod(serving_.at(item).next.first);
    out.pod(serving_.at(item).next.second);
  }
  receipts_.save(out);
  shipments_.save(out);
  counts_.save(out);
  releases_.save(out);
}

void Stock::load(Source& in) {
  warehouse_names_.load(in);
  warehouses_.assign(warehouse_names_.size(), Warehouse{});
  for (Warehouse& w : warehouses_) {
    in.text(w.name);
    load_texts(in, w.regions);
    in.pod(w.priority);
    in.pod(w.lead_time_days);
    in.pod(w.status);
    in.pod(w.last_change);
    in.pod(w.version);
  }
  load_ids(in, by_priority_);
  record_of_.load(in);
  in.pods(records_);
  in.pods(first_of_item_);
  reservations_of_.load(in);
  in.pods(reservations_);
  in.pod(free_reservation_);
  queues_.clear();
  waiting_at_.clear();
  for (std::uint64_t left = in.size_of_run(32); left > 0 && in.ok(); --left) {
    std::uint64_t order = 0;
    std::uint32_t line = 0;
    std::uint32_t item = 0;
    std::uint64_t since = 0;
    std::int64_t quantity = 0;
    in.pod(order);
    in.pod(line);
    in.pod(item);
    in.pod(since);
    in.pod(quantity);
    const QueuePlace place{since, line};
    Queue& queue = queues_[item];
    const Backorder entry{OrderRef{order}, since, line, Quantity{quantity}};
    in.expect(entry.quantity > Quantity{0} && queue.waiting.emplace(place, entry).second);
    in.expect(waiting_at_.emplace(std::pair(order, line), std::pair(item, place)).second);
    const auto total = checked_add(queue.total, entry.quantity);
    in.expect(total.has_value());
    queue.total = total.value_or(queue.total);
  }
  to_serve_.clear();
  serving_.clear();
  for (std::uint64_t left = in.size_of_run(24); left > 0 && in.ok(); --left) {
    std::uint32_t item = 0;
    Serving serving;
    in.pod(serving.cause);
    in.pod(item);
    in.pod(serving.next.first);
    in.pod(serving.next.second);
    in.expect(to_serve_.emplace(serving.cause, item).second &&
              serving_.emplace(item, serving).second);
  }
  receipts_.load(in);
  shipments_.load(in);
  counts_.load(in);
  releases_.load(in);
  if (in.ok()) in.expect(records_are_sound() && reservations_are_sound());
}

bool Stock::records_are_sound() const {
  const std::uint32_t warehouses = warehouse_count();
  bool sound = by_priority_.size() == warehouses && record_of_.size() == records_.size();
  for (const WarehouseId id : by_priority_)
    sound = sound && is_one_of(id, warehouses);
  record_of_.for_each([&](std::uint64_t key, std::uint32_t at) {
    sound = sound && at < records_.size() &&
            key == stock_key(records_[at].item, records_[at].warehouse);
  });
  for (std::size_t item = 0; item < first_of_item_.size(); ++item) {
    const std::uint32_t first = first_of_item_[item];
    sound = sound && is_place_or_none(first, records_.size());
    if (sound && first != kNoOrdinal) sound = records_[first].item == item;
  }
  for (std::size_t at = 0; at < records_.size(); ++at) {
    const StockRecord& record = records_[at];
    sound = sound && record.warehouse < warehouses &&
            is_place_or_none(record.next_of_item, at);  // made earlier, and so before it
  }
  return sound;
}

bool Stock::reservations_are_sound() const {
  const Lists<Reservation> lists{reservations_, &Reservation::order, &Reservation::next_of_order};
  bool sound = lists.are_sound(reservations_of_, free_reservation_);
  for (const Reservation& held : reservations_)
    sound = sound && (held.order == 0 || held.warehouse < warehouse_count());
  return sound;
}

}  // namespace kontor
