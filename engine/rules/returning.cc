#include "engine/rules/returning.h"

#include "engine/rules/counting.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"

namespace kontor {

void check_disposition(Step& step, const OrderLineState& state, std::uint32_t line,
                       Disposition disposition) {
  const Catalogue& catalogue = step.book().catalogue();
  const ItemId item{state.item};
  if (disposition != Disposition::restock || catalogue.is_stocked(item)) return;
  step.refuse(about_line(ReasonCode::not_stocked, line, catalogue.name(item)));
}

void check_shelf(Step& step, ItemId item, WarehouseId warehouse, Quantity comes_back) {
  const StockRecord* const record = step.book().stock().record(item, warehouse);
  const Int128 after = Int128{record == nullptr ? 0 : record->on_hand.value()} + comes_back.value();
  if (after <= limits::kSumMax) return;
  step.refuse(with_quantity(about(ReasonCode::amount_overflow, Subject::item,
                                  step.book().catalogue().name(item), item.value()),
                            comes_back, Quantity{limits::kSumMax}));
}

void emit_return(Step& step, OrderRef ref, std::string_view name,
                 std::optional<WarehouseId> warehouse, const std::vector<ReturnedLine>& lines) {
  const Order& order = step.book().orders().get(ref);
  std::vector<OrderLineState> states(step.book().orders().lines(order).begin(),
                                     step.book().orders().lines(order).end());
  Counted before;
  Counted after;
  for (const ReturnedLine& line : lines) {
    OrderLineState& state = states[line.line() - 1];
    before += counted_of(step.book(), order, state);
    state.returned_unbilled += Quantity{line.unbilled()};
    after += counted_of(step.book(), order, state);
  }
  const std::vector<CreditMove> moves = moves_of_lines(step.book(), order, before, after);
  const std::uint32_t place = warehouse ? warehouse->value() : kNoOrdinal;
  step.emit<GoodsReturned>(name.empty() ? ref.value() : 0,
                           [&](flatbuffers::FlatBufferBuilder& out) {
                             const auto document = text(out, name);
                             const auto returned = structs(out, lines);
                             return CreateGoodsReturned(out, ref.value(), document, place, returned,
                                                        structs(out, moves));
                           });
}

}  // namespace kontor
