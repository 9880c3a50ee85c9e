#include "engine/rules/allocation.h"

#include <algorithm>
#include <optional>

#include "engine/rules/counting.h"
#include "engine/rules/depositing.h"
#include "engine/rules/holding.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

constexpr std::size_t kPartsMax = 3000;      // of one allocation
constexpr std::size_t kQueueLookMax = 1024;  // backorders looked at in one step

// What of each (item, warehouse) an unfinished plan has taken already.
class Taken {
 public:
  void reserve(std::size_t places) { taken_.reserve(places); }
  // Valid until the next call.
  Quantity& of(ItemId item, WarehouseId warehouse) {
    const Place place{item.value(), warehouse.value()};
    auto at =
        std::lower_bound(taken_.begin(), taken_.end(), place,
                         [](const auto& taken, Place wanted) { return taken.first < wanted; });
    if (at == taken_.end() || at->first != place) at = taken_.insert(at, {place, Quantity{0}});
    return at->second;
  }

 private:
  using Place = std::pair<std::uint32_t, std::uint32_t>;
  std::vector<std::pair<Place, Quantity>> taken_;  // ascending
};

// How many parts an order may get now; what it needs beyond is missing. An event that gives all of
// them back has to fit into a decision.
std::size_t parts_left(const Book& book, const Order& order) {
  const std::size_t held = book.stock().reservation_count(OrderRef{order.ref});
  return std::min(kPartsMax, limits::kReservationsMax - std::min(limits::kReservationsMax, held));
}

std::string_view region_of(const Book& book, const Order& order) {
  const std::string_view own = book.orders().region(order);
  return own.empty() ? std::string_view(book.parties().company(CompanyId{order.company}).region)
                     : own;
}

ReservedPart make_part(const Book& book, std::uint32_t line, ItemId item, WarehouseId warehouse,
                       Quantity quantity) {
  const std::int32_t lead = book.stock().warehouse(warehouse).lead_time_days;
  const Date promised = add_days(book.calendar().business_date(), lead);
  return ReservedPart(quantity.value(), item.value(), warehouse.value(), line, promised.value());
}

// Takes from the warehouses that serve a region, in order, for line after line of one order.
class Taker {
 public:
  // At most `most` parts; about as many as `lines`.
  Taker(const Book& book, std::string_view region, std::size_t most, std::size_t lines)
      : book_(book), region_(region), most_(most) {
    taken_.reserve(lines);
    parts_.reserve(lines);
  }

  // Takes up to `need`; returns what is missing.
  Quantity take(std::uint32_t line, ItemId item, Quantity need) {
    for (const WarehouseId warehouse : book_.stock().by_priority()) {
      if (need == Quantity{0} || parts_.size() >= most_) break;
      if (!book_.stock().serves(warehouse, region_)) continue;
      const StockRecord* const record = book_.stock().record(item, warehouse);
      if (record == nullptr) continue;
      Quantity& used = taken_.of(item, warehouse);
      const Quantity free = record->salable() - used;
      const Quantity part = std::min(need, std::max(free, Quantity{0}));
      if (part == Quantity{0}) continue;
      if (part < need) KONTOR_MARK("a line that needs more than one warehouse has");
      parts_.push_back(make_part(book_, line, item, warehouse, part));
      used += part;
      need -= part;
    }
    return need;
  }
  std::vector<ReservedPart> take_parts() { return std::move(parts_); }

 private:
  const Book& book_;
  std::string_view region_;
  std::size_t most_;
  Taken taken_;
  std::vector<ReservedPart> parts_;
};

// One warehouse for all of it, or none.
AllocationPlan plan_from_one(const Book& book, std::span<const StockNeed> needs,
                             std::string_view region) {
  AllocationPlan nothing;
  for (const WarehouseId warehouse : book.stock().by_priority()) {
    if (!book.stock().serves(warehouse, region)) continue;
    Taken taken;
    AllocationPlan plan;
    for (const auto& [line, item, need] : needs) {
      Quantity& used = taken.of(item, warehouse);
      const bool waits = book.stock().has_backorders(item);
      if (waits || book.stock().salable(item, warehouse) - used < need) {
        plan.missing.emplace_back(line, need);
        continue;
      }
      used += need;
      plan.parts.push_back(make_part(book, line, item, warehouse, need));
    }
    if (plan.missing.empty()) return plan;
    KONTOR_MARK("a warehouse that cannot serve an order whole");
  }
  for (const StockNeed& need : needs)
    nothing.missing.emplace_back(need.line, need.quantity);
  return nothing;
}

void backorder(Step& step, OrderRef ref, const Missing& missing) {
  const auto lines = step.book().orders().lines(step.book().orders().get(ref));
  std::vector<BackorderedLine> waiting;
  for (const auto& [line, quantity] : missing) {
    waiting.emplace_back(quantity.value(), lines[line - 1].item, line);
  }
  step.emit<LineBackordered>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateLineBackordered(out, ref.value(), structs(out, waiting));
  });
}

void cancel_missing(Step& step, OrderRef ref, const Missing& missing) {
  const auto lines = step.book().orders().lines(step.book().orders().get(ref));
  std::vector<Quantity> quantities(lines.size());
  for (const auto& [line, quantity] : missing) {
    quantities[line - 1] = std::min(quantity, lines[line - 1].open());
  }
  const bool anything = std::any_of(quantities.begin(), quantities.end(),
                                    [](Quantity quantity) { return quantity > Quantity{0}; });
  if (!anything) return;
  KONTOR_MARK("missing stock cancelled");
  cancel_quantities(step, ref, quantities, "");
  end_if_done(step, ref, CancelCause::cancelled);
}

void reserve(Step& step, OrderRef ref, const std::vector<ReservedPart>& parts,
             bool from_backorder) {
  const std::vector<CreditMove> moves = moves_of_reserved(step.book(), ref, parts, 1);
  step.emit<StockReserved>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateStockReserved(out, ref.value(), structs(out, parts), from_backorder,
                               structs(out, moves));
  });
}

// For an order that must not be split: all of it from one warehouse, the one it has stock in
// already.
std::vector<ReservedPart> parts_from_one(const Book& book, const Order& order,
                                         const Backorder& waiting, ItemId item) {
  std::optional<WarehouseId> bound;
  book.stock().for_each_reservation(
      waiting.order, [&](const Reservation& held) { bound = WarehouseId{held.warehouse}; });
  for (const WarehouseId warehouse : book.stock().by_priority()) {
    if (bound && warehouse != *bound) continue;
    if (bound) KONTOR_MARK("a backorder bound to the warehouse of its order");
    if (!book.stock().serves(warehouse, region_of(book, order))) continue;
    if (book.stock().salable(item, warehouse) < waiting.quantity) continue;
    return {make_part(book, waiting.line, item, warehouse, waiting.quantity)};
  }
  return {};
}

// What a backorder can have now; empty: nothing.
std::vector<ReservedPart> parts_for(const Book& book, const Order& order, const Backorder& waiting,
                                    ItemId item) {
  if (order.no_split != 0) return parts_from_one(book, order, waiting, item);
  Taker taker(book, region_of(book, order), parts_left(book, order), 1);
  taker.take(waiting.line, item, waiting.quantity);
  return taker.take_parts();
}

Quantity salable_anywhere(const Book& book, ItemId item) {
  Quantity sum;
  book.stock().for_each_record(item, [&](const StockRecord& record) {
    const bool active =
        book.stock().warehouse(WarehouseId{record.warehouse}).status == WarehouseStatus::active;
    if (active) sum += std::max(record.salable(), Quantity{0});
  });
  return sum;
}

}  // namespace

Quantity needs_stock(const OrderLineState& line) {
  return line.ordered - line.cancelled - line.voided - line.shipped - line.reserved -
         line.backordered;
}

Missing missing_by_policy(const Book& book, const Order& order, const Missing& missing,
                          std::string_view shortage) {
  Missing out;
  PolicyContext context = policy_context(order);
  for (const auto& [line, quantity] : missing) {
    context.item = ItemId{book.orders().lines(order)[line - 1].item};
    if (policy_is(book, PolicyKey::stock_short, context, shortage))
      out.emplace_back(line, quantity);
  }
  return out;
}

std::vector<StockNeed> needs_of(const Book& book, const Order& order) {
  std::vector<StockNeed> out;
  out.reserve(order.line_count);
  std::uint32_t number = 0;
  for (const OrderLineState& line : book.orders().lines(order)) {
    ++number;
    out.push_back({number, ItemId{line.item}, needs_stock(line)});
  }
  leave_out_needless(book, out);
  return out;
}

void leave_out_needless(const Book& book, std::vector<StockNeed>& needs) {
  std::erase_if(needs, [&](const StockNeed& need) {
    return need.quantity <= Quantity{0} || !book.catalogue().is_stocked(need.item);
  });
}

AllocationPlan plan_needs(const Book& book, std::span<const StockNeed> needs,
                          const Sourcing& from) {
  if (from.no_split) return plan_from_one(book, needs, from.region);
  AllocationPlan plan;
  Taker taker(book, from.region, std::min(from.parts_max, kPartsMax), needs.size());
  for (const auto& [line, item, need] : needs) {
    Quantity missing = need;
    // No newcomer takes stock while older backorders of it wait.
    if (book.stock().has_backorders(item)) {
      KONTOR_MARK("a newcomer behind backorders");
    } else {
      missing = taker.take(line, item, need);
    }
    if (missing > Quantity{0}) plan.missing.emplace_back(line, missing);
  }
  plan.parts = taker.take_parts();
  return plan;
}

AllocationPlan plan_allocation(const Book& book, const Order& order) {
  return plan_needs(book, needs_of(book, order),
                    {region_of(book, order), order.no_split != 0, parts_left(book, order)});
}

void reserve_kept(Step& step, OrderRef ref, std::span<const ReservedPart> kept) {
  std::vector<ReservedPart> parts;
  for (const ReservedPart& part : kept) {
    parts.push_back(make_part(step.book(), part.line(), ItemId{part.item()},
                              WarehouseId{part.warehouse()}, Quantity{part.quantity()}));
  }
  if (!parts.empty()) reserve(step, ref, parts, false);
}

void allocate(Step& step, OrderRef ref, const AllocationPlan& plan) {
  const Order& order = step.book().orders().get(ref);
  const Missing waiting = missing_by_policy(step.book(), order, plan.missing, "backorder");
  const Missing cancelled = missing_by_policy(step.book(), order, plan.missing, "cancel_rest");
  if (!plan.parts.empty()) reserve(step, ref, plan.parts, false);
  if (!waiting.empty()) backorder(step, ref, waiting);
  if (!cancelled.empty()) cancel_missing(step, ref, cancelled);
}

std::optional<QueuePlace> serve_backorders(Step& step, ItemId item, QueuePlace from) {
  std::size_t served = 0;
  const auto queue = step.book().stock().oldest_backorders(item, kQueueLookMax + 1, from);
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Backorder& waiting = queue[i];
    if (salable_anywhere(step.book(), item) == Quantity{0}) return std::nullopt;
    if (i == kQueueLookMax || served == limits::kFollowUpBatch || step.is_half_full()) {
      return QueuePlace{waiting.since, waiting.line};
    }
    const Order& order = step.book().orders().get(waiting.order);
    if (order.held_at != 0) {
      KONTOR_MARK("a held order passed over by arriving stock");
      continue;
    }
    if (lacks_deposit_for_stock(step.book(), order)) {
      KONTOR_MARK("an order without its deposit passed over by arriving stock");
      continue;
    }
    const std::vector<ReservedPart> parts = parts_for(step.book(), order, waiting, item);
    if (parts.empty()) {
      KONTOR_MARK("a backorder that cannot have the stock there is");
      continue;
    }
    ++served;
    if (may_allocate(step, waiting.order) &&
        takes_part(step, waiting.order, CreditFrom::allocation)) {
      reserve(step, waiting.order, parts, true);
    }
  }
  return std::nullopt;
}

void leave_out_put_right(const Book& book, std::span<const PutRight> facts,
                         std::vector<StockNeed>& needs) {
  std::erase_if(needs, [&](const StockNeed& need) {
    return is_put_right(facts, ReasonCode::short_stock, book.catalogue().name(need.item));
  });
}

void check_stock_for(Step& step, std::span<const StockNeed> needs, Sourcing from,
                     PolicyContext context) {
  const Book& book = step.book();
  if (from.region.empty()) from.region = book.parties().company(context.company).region;
  for (const auto& [line, missing] : plan_needs(book, needs, from).missing) {
    const std::uint32_t number = line;
    const auto need = std::find_if(needs.begin(), needs.end(), [&](const StockNeed& of_line) {
      return of_line.line == number;
    });
    context.item = need->item;
    if (!policy_is(book, PolicyKey::stock_short, context, "refuse")) continue;
    step.refuse(
        with_quantity(about_line(ReasonCode::short_stock, line, book.catalogue().name(need->item)),
                      need->quantity - missing, need->quantity));
  }
}

void ExplicitParts::add(std::uint32_t line, std::string_view place, Quantity quantity,
                        std::vector<ReservedPart>& out) {
  const Book& book = step_.book();
  const auto refuse = [&](Cause cause) {
    cause.line = line;
    step_.refuse(std::move(cause));
  };
  const auto warehouse = book.stock().find_warehouse(place);
  if (!warehouse) return refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, place));
  if (book.stock().warehouse(*warehouse).status != WarehouseStatus::active) {
    return refuse(
        about(ReasonCode::warehouse_inactive, Subject::warehouse, place, warehouse->value()));
  }
  const auto lines = book.orders().lines(order_);
  if (line < 1 || line > lines.size()) {
    return refuse(
        about(ReasonCode::unknown_line, Subject::order, book.orders().name(order_), order_.ref));
  }
  const ItemId item{lines[line - 1].item};
  const std::string_view name = book.catalogue().name(item);
  if (!book.catalogue().is_stocked(item)) {
    return refuse(about(ReasonCode::not_stocked, Subject::item, name, item.value()));
  }
  if (quantity <= Quantity{0}) {
    return refuse(
        with_quantity(about(ReasonCode::not_positive, Subject::item, name), quantity, Quantity{0}));
  }
  Quantity& of_line = of_line_[line];
  Quantity& of_stock = of_stock_[{item.value(), warehouse->value()}];
  // What waits in the queue may be parted by hand only after it is served or cancelled.
  const Quantity need = needs_stock(lines[line - 1]) - of_line;
  const bool others_wait = book.stock().has_backorders(item);  // no newcomer passes them
  if (others_wait) KONTOR_MARK("parts by hand behind backorders");
  const Quantity salable = others_wait ? Quantity{0} : book.stock().salable(item, *warehouse);
  const Quantity free = std::max(salable - of_stock, Quantity{0});
  if (quantity > need) {
    return refuse(
        with_quantity(about(ReasonCode::more_than_open, Subject::item, name), quantity, need));
  }
  if (quantity > free) {
    return refuse(
        with_quantity(about(ReasonCode::short_stock, Subject::item, name), free, quantity));
  }
  of_line += quantity;
  of_stock += quantity;
  out.push_back(make_part(book, line, item, *warehouse, quantity));
}

}  // namespace kontor
