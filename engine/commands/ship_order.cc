#include <map>

#include "ship_order_generated.h"
#include "stock_generated.h"

#include "engine/commands.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kWarehousesMax = 1000;  // an event each

// By warehouse, in its order of priority: line and quantity, lines ascending.
using Shipment = std::map<std::uint32_t, std::map<std::uint32_t, Quantity>>;

Shipment everything_reserved(const Book& book, const Order& order) {
  Shipment out;
  book.stock().for_each_reservation(OrderRef{order.ref}, [&](const Reservation& held) {
    out[held.warehouse][held.line] += held.quantity;
  });
  return out;
}

Shipment read_lines(Step& step, const ShipOrder& command, const Order& order) {
  Shipment out;
  const Book& book = step.book();
  for (const ShipLine& wanted : run(command.lines())) {
    const std::string_view place = pool_name(command.names(), wanted.warehouse());
    const auto warehouse = book.stock().find_warehouse(place);
    if (!warehouse) {
      step.refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, place));
      continue;
    }
    if (wanted.line() < 1 || wanted.line() > order.line_count) {
      Cause cause =
          about(ReasonCode::unknown_line, Subject::order, view(command.order()), order.ref);
      cause.line = wanted.line();
      step.refuse(std::move(cause));
      continue;
    }
    const Quantity reserved = book.stock().reserved(OrderRef{order.ref}, wanted.line(), *warehouse);
    const Quantity quantity{wanted.quantity()};
    Quantity& sum = out[warehouse->value()][wanted.line()];
    if (quantity <= Quantity{0} || quantity > reserved - sum) {
      const ReasonCode code =
          quantity <= Quantity{0} ? ReasonCode::not_positive : ReasonCode::more_than_reserved;
      Cause cause = with_quantity(about(code, Subject::warehouse, place, warehouse->value()),
                                  quantity, reserved - sum);
      cause.line = wanted.line();
      step.refuse(std::move(cause));
      continue;
    }
    sum += quantity;
  }
  return out;
}

// A count may have found less than is reserved: what is not there cannot leave.
void check_on_hand(Step& step, const Order& order, const Shipment& leaving) {
  const Book& book = step.book();
  const auto lines = book.orders().lines(order);
  for (const auto& [warehouse, quantities] : leaving) {
    std::map<std::uint32_t, Quantity> by_item;
    for (const auto& [number, quantity] : quantities)
      by_item[lines[number - 1].item] += quantity;
    for (const auto& [item, quantity] : by_item) {
      const Quantity on_hand = book.stock().record(ItemId{item}, WarehouseId{warehouse})->on_hand;
      if (quantity <= on_hand) continue;
      KONTOR_MARK("reserved goods that a count did not find");
      step.refuse(with_quantity(
          about(ReasonCode::short_stock, Subject::item, book.catalogue().name(ItemId{item}), item),
          on_hand, quantity));
    }
  }
}

// What leaves one warehouse moves value from ordered to delivered, unless it was billed ahead.
void emit_shipped(Step& step, OrderRef ref, std::string_view shipment, std::uint32_t warehouse,
                  const std::map<std::uint32_t, Quantity>& quantities) {
  const Order& order = step.book().orders().get(ref);
  const auto lines = step.book().orders().lines(order);
  std::vector<ShippedLine> shipped;
  shipped.reserve(quantities.size());
  Minor opened;
  Minor delivered;
  for (const auto& [number, quantity] : quantities) {
    OrderLineState line = lines[number - 1];
    shipped.emplace_back(quantity.value(), line.item, number);
    const Minor open_before = line.open_gross();
    const Minor delivered_before = line.delivered_gross();
    line.shipped += quantity;
    opened += line.open_gross() - open_before;
    delivered += line.delivered_gross() - delivered_before;
  }
  std::vector<CreditMove> moves;
  moves.reserve(2);
  if (opened != Minor{0}) moves.push_back(order_move(order, Bucket::ordered, opened));
  if (delivered != Minor{0}) moves.push_back(order_move(order, Bucket::delivered, delivered));
  step.emit<GoodsShipped>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, shipment);
    const auto shipped_lines = structs(out, shipped);
    return CreateGoodsShipped(out, ref.value(), name, warehouse, shipped_lines,
                              structs(out, moves));
  });
}

}  // namespace

void decide(Step& step, const ShipOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  const std::string_view shipment = view(command.shipment());
  expect_identifier(step, Subject::shipment, shipment);
  if (step.book().stock().has_shipment(shipment)) {
    step.refuse(about(ReasonCode::shipment_exists, Subject::shipment, shipment));
  }
  if (run(command.lines()).size() > limits::kReservationsMax) {
    step.refuse(too_many(Subject::order, limits::kReservationsMax, "lines"));
  }
  if (order == nullptr) return;
  expect_taken(step, *order);
  if (step.refused()) return;
  const bool whole = run(command.lines()).empty();
  const Shipment leaving =
      whole ? everything_reserved(step.book(), *order) : read_lines(step, command, *order);
  if (leaving.empty() && !step.refused()) {
    step.refuse(with_quantity(
        about(ReasonCode::more_than_reserved, Subject::order, view(command.order()), order->ref),
        Quantity{0}, Quantity{0}));
  }
  if (leaving.size() > kWarehousesMax) {
    step.refuse(too_many(Subject::shipment, kWarehousesMax, "warehouses at once"));
  }
  if (!step.refused()) check_on_hand(step, *order, leaving);
  if (step.refused()) return;

  const OrderRef ref{order->ref};
  if (leaving.size() > 1) KONTOR_MARK("a shipment out of several warehouses");
  for (const auto& [warehouse, quantities] : leaving) {
    emit_shipped(step, ref, shipment, warehouse, quantities);
  }
  end_if_done(step, ref, CancelCause::cancelled);
}

}  // namespace kontor
