// Which order a command is about, where that order may have left memory.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "engine/job.h"
#include "projections/book.h"

namespace kontor {

// By what the command calls it, or by its birth where it names a bill of it.
struct NamedOrder {
  std::string_view name;
  OrderRef birth;
};

// The orders of the command, if it names any that are not in memory. PlaceOrder names the one it
// would place: there may be one of that name already. Reorder may name two.
using MissingOrders = std::array<std::optional<NamedOrder>, 2>;
MissingOrders find_missing_orders(const Book& book, const CommandInput& input);

}  // namespace kontor
