// Stock: what lies where, what is reserved for whom, and who waits. Folds what arrives, is
// reserved, backordered, released, shipped, returned, counted
// and cancelled. Rules: domain, Stock.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/follow_up.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct WarehouseRegistered;
struct StockReceived;
struct StockReserved;
struct LineBackordered;
struct ReservationReleased;
struct GoodsShipped;
struct ChargesShipped;
struct GoodsReturned;
struct StockCounted;
struct LinesCancelled;
struct CreditNoteIssued;
struct OrderAmended;
struct OrderFailed;
struct DraftSaved;
struct DraftDiscarded;
struct ReservedPart;
struct FollowUpAdvanced;
struct HoldReleased;
struct DepositApplied;

struct Warehouse {
  std::string name;
  std::vector<std::string> regions;  // none: all
  std::int32_t priority = 0;         // lower is asked first
  std::int32_t lead_time_days = 0;
  WarehouseStatus status = WarehouseStatus::active;
  Sequence last_change;
  std::uint32_t version = 0;
};

struct StockRecord {
  Quantity on_hand;
  Quantity reserved;
  Quantity threshold;
  std::uint64_t last_change = 0;
  std::uint32_t item = 0;
  std::uint32_t warehouse = 0;
  std::uint32_t next_of_item = kNoOrdinal;
  std::uint32_t spare = 0;

  Quantity salable() const { return on_hand - reserved - threshold; }
};

// What an order line holds in one warehouse.
struct Reservation {
  Quantity quantity;
  std::uint64_t order = 0;
  std::uint32_t line = 0;
  std::uint32_t item = 0;
  std::uint32_t warehouse = 0;
  std::uint32_t next_of_order = kNoOrdinal;
};

struct Backorder {
  OrderRef order;
  std::uint64_t since = 0;  // sequence it began to wait at; with the line, its place in the queue
  std::uint32_t line = 0;
  Quantity quantity;
};
// Where a backorder stands in its item's queue: since, line.
using QueuePlace = std::pair<std::uint64_t, std::uint32_t>;

class Stock {
 public:
  static constexpr std::uint32_t kNumber = 7;

  void on(const Envelope& by, const WarehouseRegistered& event);
  void on(const Envelope& by, const StockReceived& event);
  void on(const Envelope& by, const StockReserved& event);
  void on(const Envelope& by, const LineBackordered& event);
  void on(const Envelope& by, const ReservationReleased& event);
  void on(const Envelope& by, const GoodsShipped& event);
  void on(const Envelope& by, const ChargesShipped& event);  // takes the shipment's name alone
  void on(const Envelope& by, const GoodsReturned& event);
  void on(const Envelope& by, const StockCounted& event);
  void on(const Envelope& by, const LinesCancelled& event);
  void on(const Envelope& by, const CreditNoteIssued& event);  // what it voids waits no longer
  void on(const Envelope& by, const OrderAmended& event);
  void on(const Envelope& by, const OrderFailed& event);
  void on(const Envelope& by, const DraftSaved& event);
  void on(const Envelope& by, const DraftDiscarded& event);
  void on(const Envelope& by, const HoldReleased& event);    // its backorders are served again
  void on(const Envelope& by, const DepositApplied& event);  // as are those that lacked it
  void on(const Envelope& by, const FollowUpAdvanced& event);

  std::optional<WarehouseId> find_warehouse(std::string_view name) const;
  const Warehouse& warehouse(WarehouseId id) const { return warehouses_.at(id.value()); }
  std::string_view name(WarehouseId id) const { return warehouse_names_.name(id.value()); }
  std::uint32_t warehouse_count() const { return warehouse_names_.size(); }
  // All warehouses, the first to be asked first.
  std::span<const WarehouseId> by_priority() const { return by_priority_; }
  bool serves(WarehouseId id, std::string_view region) const;

  const StockRecord* record(ItemId item, WarehouseId warehouse) const;  // null: never had any
  Quantity salable(ItemId item, WarehouseId warehouse) const;
  template <class Visit>
  void for_each_record(ItemId item, Visit visit) const {
    if (item.value() >= first_of_item_.size()) return;
    for (std::uint32_t at = first_of_item_[item.value()]; at != kNoOrdinal;
         at = records_[at].next_of_item) {
      visit(records_[at]);
    }
  }

  // What an order holds, part by part, newest first.
  template <class Visit>
  void for_each_reservation(OrderRef order, Visit visit) const {
    for (std::uint32_t at = reservations_of_.find(order.value()).value_or(kNoOrdinal);
         at != kNoOrdinal; at = reservations_[at].next_of_order) {
      visit(reservations_[at]);
    }
  }
  // Every order that holds stock or waits for it, some more than once.
  template <class Visit>
  void for_each_holder(Visit visit) const {  // visit(order)
    for (const Reservation& held : reservations_) {
      if (held.order != 0) visit(held.order);
    }
    for (const auto& [waiting, at] : waiting_at_)
      visit(waiting.first);
  }
  Quantity reserved(OrderRef order, std::uint32_t line, WarehouseId warehouse) const;
  std::size_t reservation_count(OrderRef order) const;
  // All that is reserved in a warehouse, oldest order first. Looks at every reservation of the
  // book.
  std::vector<Reservation> reservations_in(WarehouseId warehouse) const;

  // All items that have a record or a backorder are below it.
  std::uint32_t item_bound() const;
  bool has_backorders(ItemId item) const { return queues_.contains(item.value()); }
  Quantity backordered(ItemId item) const;
  Quantity backordered(OrderRef order, std::uint32_t line) const;
  // The oldest backorders of an item, at most `most`, from a place of the queue on.
  std::vector<Backorder> oldest_backorders(ItemId item, std::size_t most,
                                           QueuePlace from = {}) const;

  bool has_receipt(std::string_view name) const { return receipts_.find(name).has_value(); }
  bool has_shipment(std::string_view name) const { return shipments_.find(name).has_value(); }
  void prefetch_shipment(std::string_view name) const { shipments_.prefetch(name); }
  void prefetch_reservations(OrderRef order) const { reservations_of_.prefetch(order.value()); }

  bool has_count(std::string_view name) const { return counts_.find(name).has_value(); }
  bool has_release(std::string_view name) const { return releases_.find(name).has_value(); }

  std::optional<FollowUp> next_follow_up() const;
  std::size_t follow_up_count() const { return to_serve_.size(); }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  struct Queue {
    std::map<QueuePlace, Backorder> waiting;
    Quantity total;
  };

  bool has_salable(std::uint32_t item) const;  // in an active warehouse
  StockRecord& record_for(std::uint32_t item, std::uint32_t warehouse);
  void reserve(std::uint64_t order, std::uint32_t line, const StockRecord& at, Quantity quantity);
  void unreserve(std::uint64_t order, std::uint32_t line, std::uint32_t warehouse,
                 Quantity quantity);
  Quantity leave_queue(std::uint64_t order, std::uint32_t line);  // what had waited
  void shorten_queue(std::uint64_t order, std::uint32_t line, Quantity by);
  void want_serving(std::uint32_t item, Sequence cause);  // the whole queue
  void want_serving_of(std::uint64_t order, Sequence cause);
  void take_part(const Envelope& by, std::uint64_t holder, const ReservedPart& part);
  void give_part(const Envelope& by, std::uint64_t holder, const ReservedPart& part);
  Status check_reservations() const;
  bool records_are_sound() const;       // the places they name
  bool reservations_are_sound() const;  // each in one list

  NameTable warehouse_names_;
  std::vector<Warehouse> warehouses_;
  std::vector<WarehouseId> by_priority_;
  KeyTable record_of_;  // (item, warehouse)
  std::vector<StockRecord> records_;
  std::vector<std::uint32_t> first_of_item_;
  KeyTable reservations_of_;  // order to its newest reservation
  std::vector<Reservation> reservations_;
  std::uint32_t free_reservation_ = kNoOrdinal;
  std::map<std::uint32_t, Queue> queues_;  // by item
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::pair<std::uint32_t, QueuePlace>>
      waiting_at_;
  std::map<std::uint64_t, std::uint32_t> to_serve_;  // cause to item, oldest cause first
  struct Serving {
    std::uint64_t cause = 0;
    QueuePlace next;  // those before it cannot have what there is
  };
  std::map<std::uint32_t, Serving> serving_;  // by item
  NameTable receipts_;
  NameTable shipments_;
  NameTable counts_;
  NameTable releases_;
};

}  // namespace kontor
