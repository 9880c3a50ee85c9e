// Goods that arrive. Who waits for them is served right after, by the engine's own ServeBackorders.
#include "receive_stock_generated.h"
#include "stock_generated.h"

#include "engine/commands.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

std::optional<StockArrival> check_line(Step& step, const ReceivedLine& line, std::string_view name,
                                       WarehouseId warehouse) {
  const auto item = step.book().catalogue().find_item(name);
  if (!item) {
    step.refuse(about(ReasonCode::unknown_item, Subject::item, name));
    return std::nullopt;
  }
  if (!step.book().catalogue().is_stocked(*item)) {
    step.refuse(about(ReasonCode::not_stocked, Subject::item, name, item->value()));
    return std::nullopt;
  }
  const Quantity quantity{line.quantity()};
  if (quantity <= Quantity{0}) {
    step.refuse(with_quantity(about(ReasonCode::not_positive, Subject::item, name, item->value()),
                              quantity, Quantity{0}));
    return std::nullopt;
  }
  const StockRecord* const record =
      is_set(warehouse) ? step.book().stock().record(*item, warehouse) : nullptr;
  const Int128 after = Int128{record == nullptr ? 0 : record->on_hand.value()} + quantity.value();
  if (quantity.value() > limits::kQuantityMax || after > limits::kSumMax) {
    step.refuse(
        with_quantity(about(ReasonCode::amount_overflow, Subject::item, name, item->value()),
                      quantity, Quantity{limits::kQuantityMax}));
    return std::nullopt;
  }
  return StockArrival(quantity.value(), item->value(), warehouse.value());
}

}  // namespace

void decide(Step& step, const ReceiveStock& command) {
  const std::string_view receipt = view(command.receipt());
  const std::string_view place = view(command.warehouse());
  expect_identifier(step, Subject::receipt, receipt);
  if (step.book().stock().has_receipt(receipt)) {
    step.refuse(about(ReasonCode::receipt_exists, Subject::receipt, receipt));
  }
  const auto warehouse = step.book().stock().find_warehouse(place);
  if (!warehouse) step.refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, place));
  const auto lines = run(command.lines());
  if (lines.empty() || lines.size() > limits::kLinesMax) {
    step.refuse(too_many(Subject::receipt, limits::kLinesMax, "lines, and one at least"));
  }
  if (step.refused()) return;

  std::vector<StockArrival> arrivals;
  for (const ReceivedLine& line : lines) {
    const auto arrival =
        check_line(step, line, pool_name(command.names(), line.item()), *warehouse);
    if (arrival) arrivals.push_back(*arrival);
  }
  if (step.refused()) return;

  step.emit<StockReceived>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, receipt);
    return CreateStockReceived(out, name, warehouse->value(), structs(out, arrivals));
  });
}

}  // namespace kontor
