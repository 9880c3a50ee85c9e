// What an amendment makes of an order's lines and money. Rules: domain, Orders.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "order_generated.h"
#include "stock_generated.h"

#include "engine/rules/matching.h"
#include "engine/rules/pricing.h"
#include "engine/step.h"

namespace kontor {

struct AmendOrder;

// A line as the caller wants it.
struct LineWish {
  std::uint32_t line = 0;  // 0: a new one
  bool names_item = false;
  WantedLine wanted;
};

struct Amendment {
  PricedOrder priced;              // every line of which something is not cancelled
  std::vector<AmendedLine> lines;  // those with a figure that changes
  std::vector<ReservedPart> released;
  Minor open_before;  // worth of what is open, with tax
  Minor open_after;
};

// Prices the lines that are wanted, adds the order up and finds what changes; refuses with every
// reason. A line of which something was shipped or billed stays as it is to the last digit.
// `country`: where the goods go from now on; empty: the company's.
Amendment plan_amendment(Step& step, const Order& order, std::string_view country,
                         const std::vector<LineWish>& wishes);

// The figures of the order as it will be. // Valid as long as the amendment and the command are.
OrderFacts facts_after(const Book& book, const Order& order, const AmendOrder& command,
                       const Amendment& amendment);

}  // namespace kontor
