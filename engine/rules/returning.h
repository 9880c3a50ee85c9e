// Goods that come back, by themselves or with a credit note. Rules: domain, Orders (boxes).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "stock_generated.h"

#include "engine/step.h"

namespace kontor {

// Refuses not_stocked for a line that could not be put on a shelf.
void check_disposition(Step& step, const OrderLineState& state, std::uint32_t line,
                       Disposition disposition);
// Refuses amount_overflow where the shelf could not count what comes back to it.
void check_shelf(Step& step, ItemId item, WarehouseId warehouse, Quantity comes_back);

// Emits GoodsReturned. `lines`: ascending by line, each with how much of it had not been billed;
// that part is no longer delivered. `name`: empty where a credit note is itself the return.
void emit_return(Step& step, OrderRef order, std::string_view name,
                 std::optional<WarehouseId> warehouse, const std::vector<ReturnedLine>& lines);

}  // namespace kontor
