// What was found on the shelves. Reservations stay: an item counted below what is reserved has
// negative salable stock, and the orders that come away short when the oldest are shipped first are
// told as warnings. What was found above serves who waits, by the engine's own ServeBackorders.
#include <algorithm>
#include <map>
#include <set>

#include "book_generated.h"
#include "count_stock_generated.h"
#include "stock_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// What is left on hand, by item, for reservations not looked at yet.
using Left = std::map<std::uint32_t, Quantity>;

void check_header(Step& step, const CountStock& command) {
  const std::string_view count = view(command.count());
  expect_identifier(step, Subject::count, count);
  if (step.book().stock().has_count(count)) {
    step.refuse(about(ReasonCode::count_exists, Subject::count, count));
  }
  const std::size_t lines = run(command.lines()).size();
  if (lines == 0 || lines > limits::kLinesMax) {
    step.refuse(too_many(Subject::count, limits::kLinesMax, "lines, and one at least"));
  }
}

std::optional<StockCount> check_line(Step& step, const CountedLine& line, std::string_view name,
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
  const Cause cause = about(ReasonCode::invalid_value, Subject::item, name, item->value());
  if (quantity < Quantity{0}) {
    step.refuse(with_quantity(cause, quantity, Quantity{0}));
    return std::nullopt;
  }
  if (quantity.value() > limits::kQuantityMax) {
    Cause above = with_quantity(cause, quantity, Quantity{limits::kQuantityMax});
    above.code = ReasonCode::amount_overflow;
    step.refuse(std::move(above));
    return std::nullopt;
  }
  const StockRecord* const record = step.book().stock().record(*item, warehouse);
  const Quantity previous = record == nullptr ? Quantity{0} : record->on_hand;
  return StockCount(quantity.value(), previous.value(), item->value(), warehouse.value());
}

std::vector<StockCount> read_lines(Step& step, const CountStock& command, WarehouseId warehouse) {
  std::vector<StockCount> out;
  std::set<std::uint32_t> items;
  for (const CountedLine& line : run(command.lines())) {
    const std::string_view name = pool_name(command.names(), line.item());
    const auto counted = check_line(step, line, name, warehouse);
    if (!counted) continue;
    if (!items.insert(counted->item()).second) {
      step.refuse(about(ReasonCode::invalid_value, Subject::item, name, counted->item()));
    }
    out.push_back(*counted);
  }
  return out;
}

// Orders whose reservations the shelf cannot meet when the oldest orders are shipped first.
Causes find_endangered(const Book& book, WarehouseId warehouse, Left left) {
  Causes out;
  for (const Reservation& held : book.stock().reservations_in(warehouse)) {
    const auto found = left.find(held.item);
    if (found == left.end()) continue;
    const Quantity met = std::min(found->second, held.quantity);
    found->second -= met;
    if (met == held.quantity) continue;
    const Draft* const draft = book.drafts().find(held.order);
    const std::string_view name = draft != nullptr
                                      ? std::string_view(draft->name)
                                      : book.orders().name(book.orders().get(OrderRef{held.order}));
    Cause cause =
        with_quantity(about(ReasonCode::reserved_beyond_stock,
                            draft != nullptr ? Subject::draft : Subject::order, name, held.order),
                      met, held.quantity);
    cause.line = held.line;
    cause.outcome = Outcome::warn;
    out.add(std::move(cause));
  }
  return out;
}

void warn_of_shortage(Step& step, Sequence counted_at, WarehouseId warehouse,
                      const std::vector<StockCount>& counted) {
  Left left;
  for (const StockCount& line : counted) {
    const StockRecord* const record = step.book().stock().record(ItemId{line.item()}, warehouse);
    if (record->on_hand < record->reserved) left[line.item()] = record->on_hand;
  }
  if (left.empty()) return;
  KONTOR_MARK("a count below what is reserved");
  const Causes endangered = find_endangered(step.book(), warehouse, std::move(left));
  step.emit<CommandWarned>(counted_at.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateCommandWarned(out, endangered.write(out));
  });
}

}  // namespace

void decide(Step& step, const CountStock& command) {
  check_header(step, command);
  const std::string_view place = view(command.warehouse());
  const auto warehouse = step.book().stock().find_warehouse(place);
  expect_authority(step, SellerAct::count_stock, std::nullopt);
  if (!warehouse) step.refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, place));
  if (step.refused()) return;
  const std::vector<StockCount> counted = read_lines(step, command, *warehouse);
  if (step.refused()) return;

  const Sequence at = step.emit<StockCounted>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, view(command.count()));
    return CreateStockCounted(out, name, warehouse->value(), structs(out, counted));
  });
  warn_of_shortage(step, at, *warehouse, counted);
}

}  // namespace kontor
