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
  Minor open_after;  // worth of what is open then, with tax
};

// Prices the lines that are wanted, adds the order up and finds what changes; refuses with every
// reason. A line of which something was shipped or billed stays as it is to the last digit.
// `country`: where the goods go from now on; empty: the company's.
Amendment plan_amendment(Step& step, const Order& order, std::string_view country,
                         const std::vector<LineWish>& wishes);

// The same where nothing but the date of its prices changes: every line that has not moved is
// priced and taxed as of today, unless the callers' prices are the prices (price.from = command).
Amendment plan_new_prices(Step& step, const Order& order);

// The figures of the order as it will be. Valid as long as the amendment and the order are.
OrderFacts facts_after(const Book& book, const Order& order, const Amendment& amendment);

// Whether people are asked again about a changed order, by approval.on_change.
bool asks_again(const Book& book, const Order& order, Minor total);

}  // namespace kontor
