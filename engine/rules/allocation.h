// Reserving stock for orders: by policy, as the caller parts it, and for those who wait.
// Rules: domain, Stock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "stock_generated.h"

#include "engine/rules/policy.h"
#include "engine/rules/put_right.h"
#include "engine/step.h"

namespace kontor {

// What a line still needs from stock: not cancelled, shipped, reserved or waiting.
Quantity needs_stock(const OrderLineState& line);

// What a line wants from stock.
struct StockNeed {
  std::uint32_t line = 0;
  ItemId item;
  Quantity quantity;
};
std::vector<StockNeed> needs_of(const Book& book, const Order& order);
// Leaves out what needs nothing, and charges, which need no stock.
void leave_out_needless(const Book& book, std::vector<StockNeed>& needs);

// Where stock may be taken from.
struct Sourcing {
  std::string_view region;  // empty: of check_stock_for the company's
  bool no_split = false;    // one warehouse or none
  std::size_t parts_max = SIZE_MAX;
};

// The parts an order would get now. Several lines may want the same item, so what one takes is gone
// for the next.
using Missing = std::vector<std::pair<std::uint32_t, Quantity>>;  // line, quantity
struct AllocationPlan {
  std::vector<ReservedPart> parts;
  Missing missing;
};
AllocationPlan plan_needs(const Book& book, std::span<const StockNeed> needs, const Sourcing& from);
AllocationPlan plan_allocation(const Book& book, const Order& order);

// Those of the missing that stock.short, of the line's item, treats this way ("backorder" ...).
Missing missing_by_policy(const Book& book, const Order& order, const Missing& missing,
                          std::string_view shortage);

// Takes for an order what was held for its draft, with the promise of today.
void reserve_kept(Step& step, OrderRef order, std::span<const ReservedPart> kept);

// Emits what the plan says; missing quantities by stock.short.
void allocate(Step& step, OrderRef order, const AllocationPlan& plan);

// Gives free stock of an item to its backorders, oldest first, from one place of the queue on.
// Looks at a bounded number of them; returns where to go on, none: all is done that can be.
std::optional<QueuePlace> serve_backorders(Step& step, ItemId item, QueuePlace from);

// Leaves out the items of which enough is supposed to be there.
void leave_out_put_right(const Book& book, std::span<const PutRight> facts,
                         std::vector<StockNeed>& needs);

// Refuses short_stock for lines that could not be reserved whole and whose stock.short says refuse.
// context: of the order.
void check_stock_for(Step& step, std::span<const StockNeed> needs, Sourcing from,
                     PolicyContext context);

// Parts as the caller wants them, each checked against the line's need and the warehouse's stock.
class ExplicitParts {
 public:
  ExplicitParts(Step& step, const Order& order) : step_(step), order_(order) {}
  // Adds the part to `out`, or refuses.
  void add(std::uint32_t line, std::string_view warehouse, Quantity quantity,
           std::vector<ReservedPart>& out);

 private:
  Step& step_;
  const Order& order_;
  std::map<std::uint32_t, Quantity> of_line_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Quantity> of_stock_;
};

}  // namespace kontor
