#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "ship_order_generated.h"
#include "stock_generated.h"

#include "engine/commands.h"
#include "engine/rules/allocation.h"
#include "engine/rules/budgets.h"
#include "engine/rules/counting.h"
#include "engine/rules/depositing.h"
#include "engine/rules/holding.h"
#include "engine/rules/policy.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kWarehousesMax = 1000;  // an event each

// Of one line, out of one warehouse.
struct LeavingPart {
  std::uint32_t warehouse = 0;
  std::uint32_t line = 0;
  Quantity quantity;
  auto place() const { return std::pair(warehouse, line); }
};

// All that leaves: by warehouse, then line, each once.
class Shipment {
 public:
  void reserve(std::size_t parts) { parts_.reserve(parts); }
  // Valid until the next call.
  Quantity& of(std::uint32_t warehouse, std::uint32_t line) {
    const LeavingPart wanted{warehouse, line, Quantity{0}};
    auto at = std::lower_bound(
        parts_.begin(), parts_.end(), wanted,
        [](const LeavingPart& a, const LeavingPart& b) { return a.place() < b.place(); });
    if (at == parts_.end() || at->place() != wanted.place()) at = parts_.insert(at, wanted);
    return at->quantity;
  }
  bool empty() const { return parts_.empty(); }

  // Calls visit(warehouse, parts) for each.
  template <class Visit>
  void for_each_warehouse(Visit visit) const {
    for (auto first = parts_.begin(); first != parts_.end();) {
      const std::uint32_t warehouse = first->warehouse;
      const auto last = std::find_if(first, parts_.end(), [&](const LeavingPart& part) {
        return part.warehouse != warehouse;
      });
      visit(warehouse, std::span<const LeavingPart>(first, last));
      first = last;
    }
  }
  std::size_t warehouse_count() const {
    std::size_t count = 0;
    for_each_warehouse([&](std::uint32_t, std::span<const LeavingPart>) { ++count; });
    return count;
  }

 private:
  std::vector<LeavingPart> parts_;
};

// What leaves, and what of it is taken from stock first (stock.at = shipment).
struct Outgoing {
  Shipment goods;
  AllocationPlan taken;
  std::map<std::uint32_t, Quantity> charges;  // by line: items that are not stocked

  bool empty() const { return goods.empty() && charges.empty(); }
};

bool is_charge(const Book& book, const OrderLineState& line) {
  return !book.catalogue().is_stocked(ItemId{line.item});
}

bool takes_stock(const Book& book, const Order& order) {
  return policy_is(book, PolicyKey::stock_at, policy_context(order), "shipment");
}

void refuse_missing(Step& step, const Order& order, const Missing& missing) {
  const auto lines = step.book().orders().lines(order);
  for (const auto& [line, quantity] : missing) {
    const ItemId item{lines[line - 1].item};
    const Quantity need = needs_stock(lines[line - 1]);
    step.refuse(
        with_quantity(about_line(ReasonCode::short_stock, line, step.book().catalogue().name(item)),
                      need - quantity, need));
  }
}

Outgoing everything(Step& step, const Order& order) {
  Outgoing out;
  const Book& book = step.book();
  out.goods.reserve(order.line_count);
  book.stock().for_each_reservation(OrderRef{order.ref}, [&](const Reservation& held) {
    out.goods.of(held.warehouse, held.line) += held.quantity;
  });
  std::uint32_t number = 0;
  for (const OrderLineState& line : book.orders().lines(order)) {
    ++number;
    if (line.unshipped() > Quantity{0} && is_charge(book, line)) {
      out.charges[number] = line.unshipped();
    }
  }
  if (!takes_stock(book, order)) return out;
  out.taken = plan_allocation(book, order);
  refuse_missing(step, order, missing_by_policy(book, order, out.taken.missing, "refuse"));
  for (const ReservedPart& part : out.taken.parts)
    out.goods.of(part.warehouse(), part.line()) += Quantity{part.quantity()};
  return out;
}

// Reads the caller's lines one after another.
class Reading {
 public:
  Reading(Step& step, const ShipOrder& command, const Order& order)
      : step_(step),
        command_(command),
        order_(order),
        takes_(takes_stock(step.book(), order)),
        parts_(step, order) {}

  void read(const ShipCharge& wanted) {
    const OrderLineState* const line = find_line(wanted.line());
    if (line == nullptr) return;
    const ItemId item{line->item};
    const std::string_view name = step_.book().catalogue().name(item);
    if (!is_charge(step_.book(), *line)) {
      return step_.refuse(about_line(ReasonCode::not_a_charge, wanted.line(), name));
    }
    const Quantity quantity{wanted.quantity()};
    const auto known = out_.charges.find(wanted.line());
    const Quantity left =
        line->unshipped() - (known == out_.charges.end() ? Quantity{0} : known->second);
    if (quantity <= Quantity{0} || quantity > left) {
      const ReasonCode code =
          quantity <= Quantity{0} ? ReasonCode::not_positive : ReasonCode::more_than_open;
      return step_.refuse(with_quantity(about_line(code, wanted.line(), name), quantity, left));
    }
    out_.charges[wanted.line()] += quantity;
  }

  void read(const ShipLine& wanted) {
    const Book& book = step_.book();
    const std::string_view place = pool_name(command_.names(), wanted.warehouse());
    const auto warehouse = book.stock().find_warehouse(place);
    if (!warehouse) {
      return step_.refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, place));
    }
    const OrderLineState* const line = find_line(wanted.line());
    if (line == nullptr) return;
    if (is_charge(book, *line)) {
      return step_.refuse(about_line(ReasonCode::not_stocked, wanted.line(),
                                     book.catalogue().name(ItemId{line->item})));
    }
    const Quantity reserved =
        book.stock().reserved(OrderRef{order_.ref}, wanted.line(), *warehouse);
    const Quantity quantity{wanted.quantity()};
    Quantity& sum = out_.goods.of(warehouse->value(), wanted.line());
    const Quantity left = std::max(reserved - sum, Quantity{0});
    if (takes_ && quantity > left) {
      parts_.add(wanted.line(), place, quantity - left, out_.taken.parts);
    } else if (quantity <= Quantity{0} || quantity > left) {
      const ReasonCode code =
          quantity <= Quantity{0} ? ReasonCode::not_positive : ReasonCode::more_than_reserved;
      Cause cause =
          with_quantity(about(code, Subject::warehouse, place, warehouse->value()), quantity, left);
      cause.line = wanted.line();
      return step_.refuse(std::move(cause));
    }
    // What was refused counts as well, so that no further line has it; there is no end to its size.
    constexpr Quantity kMost{limits::kQuantityMax};
    sum = std::min(sum + std::min(quantity, kMost), kMost);
  }
  Outgoing take() { return std::move(out_); }

 private:
  const OrderLineState* find_line(std::uint32_t number) {
    if (number >= 1 && number <= order_.line_count) {
      return &step_.book().orders().lines(order_)[number - 1];
    }
    Cause cause =
        about(ReasonCode::unknown_line, Subject::order, view(command_.order()), order_.ref);
    cause.line = number;
    step_.refuse(std::move(cause));
    return nullptr;
  }

  Step& step_;
  const ShipOrder& command_;
  const Order& order_;
  bool takes_;
  ExplicitParts parts_;
  Outgoing out_;
};

Outgoing read_lines(Step& step, const ShipOrder& command, const Order& order) {
  Reading reading(step, command, order);
  for (const ShipLine& wanted : run(command.lines()))
    reading.read(wanted);
  for (const ShipCharge& wanted : run(command.charges()))
    reading.read(wanted);
  return reading.take();
}

// A count may have found less than is reserved: what is not there cannot leave.
void check_on_hand(Step& step, const Order& order, const Shipment& leaving) {
  const Book& book = step.book();
  const auto lines = book.orders().lines(order);
  std::vector<std::pair<std::uint32_t, Quantity>> by_item;
  leaving.for_each_warehouse([&](std::uint32_t warehouse, std::span<const LeavingPart> parts) {
    by_item.clear();
    for (const LeavingPart& part : parts)
      by_item.emplace_back(lines[part.line - 1].item, part.quantity);
    std::sort(by_item.begin(), by_item.end());
    for (auto at = by_item.begin(); at != by_item.end();) {
      const std::uint32_t item = at->first;
      Quantity quantity;
      for (; at != by_item.end() && at->first == item; ++at)
        quantity += at->second;
      const Quantity on_hand = book.stock().record(ItemId{item}, WarehouseId{warehouse})->on_hand;
      if (quantity <= on_hand) continue;
      KONTOR_MARK("reserved goods that a count did not find");
      step.refuse(with_quantity(
          about(ReasonCode::short_stock, Subject::item, book.catalogue().name(ItemId{item}), item),
          on_hand, quantity));
    }
  });
}

// What leaves moves value from ordered to delivered, unless it was billed ahead.
class Leaving {
 public:
  Leaving(const Book& book, const Order& order, std::size_t lines) : book_(book), order_(order) {
    shipped_.reserve(lines);
  }
  void add(std::uint32_t number, Quantity quantity, Quantity reserved) {
    OrderLineState line = book_.orders().lines(order_)[number - 1];
    shipped_.emplace_back(quantity.value(), line.item, number);
    before_ += counted_of(book_, order_, line);
    line.shipped += quantity;
    line.reserved -= reserved;
    after_ += counted_of(book_, order_, line);
  }
  const std::vector<ShippedLine>& shipped() const { return shipped_; }
  std::vector<CreditMove> moves() const { return moves_of_lines(book_, order_, before_, after_); }

 private:
  const Book& book_;
  const Order& order_;
  std::vector<ShippedLine> shipped_;
  Counted before_;
  Counted after_;
};

void emit_shipped(Step& step, OrderRef ref, std::string_view shipment, std::uint32_t warehouse,
                  std::span<const LeavingPart> parts) {
  Leaving leaving(step.book(), step.book().orders().get(ref), parts.size());
  for (const LeavingPart& part : parts)
    leaving.add(part.line, part.quantity, part.quantity);
  const std::vector<CreditMove> moves = leaving.moves();
  step.emit<GoodsShipped>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, shipment);
    const auto lines = structs(out, leaving.shipped());
    return CreateGoodsShipped(out, ref.value(), name, warehouse, lines, structs(out, moves));
  });
}

void emit_charges(Step& step, OrderRef ref, std::string_view shipment,
                  const std::map<std::uint32_t, Quantity>& charges) {
  if (charges.empty()) return;
  KONTOR_MARK("charges that leave with a shipment");
  Leaving leaving(step.book(), step.book().orders().get(ref), charges.size());
  for (const auto& [line, quantity] : charges)
    leaving.add(line, quantity, Quantity{0});
  const std::vector<CreditMove> moves = leaving.moves();
  step.emit<ChargesShipped>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, shipment);
    const auto lines = structs(out, leaving.shipped());
    return CreateChargesShipped(out, ref.value(), name, lines, structs(out, moves));
  });
}

void check_leaving(Step& step, const ShipOrder& command, const Order& order,
                   const Outgoing& leaving) {
  if (leaving.empty() && !step.refused()) {
    step.refuse(with_quantity(
        about(ReasonCode::more_than_reserved, Subject::order, view(command.order()), order.ref),
        Quantity{0}, Quantity{0}));
  }
  if (leaving.goods.warehouse_count() > kWarehousesMax) {
    step.refuse(too_many(Subject::shipment, kWarehousesMax, "warehouses at once"));
  }
  const std::size_t held = step.book().stock().reservation_count(OrderRef{order.ref});
  if (held + leaving.taken.parts.size() > limits::kReservationsMax) {
    step.refuse(too_many(Subject::order, limits::kReservationsMax, "parts of an order"));
  }
  if (!step.refused()) check_on_hand(step, order, leaving.goods);
}

}  // namespace

void decide(Step& step, const ShipOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  const std::string_view shipment = view(command.shipment());
  expect_identifier(step, Subject::shipment, shipment);
  if (step.book().stock().has_shipment(shipment)) {
    step.refuse(about(ReasonCode::shipment_exists, Subject::shipment, shipment));
  }
  const std::size_t named = run(command.lines()).size() + run(command.charges()).size();
  if (named > limits::kReservationsMax) {
    step.refuse(too_many(Subject::order, limits::kReservationsMax, "lines"));
  }
  if (order == nullptr) return;
  expect_taken(step, *order);
  expect_deposit(step, *order);
  if (step.refused()) return;
  const Outgoing leaving =
      named == 0 ? everything(step, *order) : read_lines(step, command, *order);
  check_leaving(step, command, *order, leaving);
  const AtMoment at = assess_moment(step, *order, Moment::shipment);
  if (step.refused()) return;

  const OrderRef ref{order->ref};
  if (!at.holds.causes.empty()) {
    KONTOR_MARK("an order held instead of shipped");
    return hold(step, ref, at.holds);
  }
  const bool takes = !leaving.taken.parts.empty();
  if (takes && !takes_part(step, ref, CreditFrom::allocation)) return;
  if (!takes_part(step, ref, CreditFrom::shipment)) return;
  warn(step, ref, at.warnings);
  if (takes) {
    KONTOR_MARK("stock taken where it leaves");
    allocate(step, ref, leaving.taken);
  }
  // What was cancelled for want of stock has been settled by itself.
  const SpendingChange spending(step.book(), step.book().orders().get(ref));
  if (leaving.goods.warehouse_count() > 1) KONTOR_MARK("a shipment out of several warehouses");
  leaving.goods.for_each_warehouse(
      [&](std::uint32_t warehouse, std::span<const LeavingPart> parts) {
        emit_shipped(step, ref, shipment, warehouse, parts);
      });
  emit_charges(step, ref, shipment, leaving.charges);
  spending.settle(step, ref);
  end_if_done(step, ref, CancelCause::cancelled);
}

}  // namespace kontor
