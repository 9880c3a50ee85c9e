// Lines with their price, tax and value. Rules: domain, Values and What is sold.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "order_generated.h"

#include "engine/rules/parties.h"
#include "engine/step.h"

namespace kontor {

// A line as asked for; unit_price kAbsent: none stated.
struct WantedLine {
  std::string_view item;
  Quantity quantity;
  std::int64_t unit_price = kAbsent;
};

struct PricedOrder {
  std::vector<OrderLine> lines;
  std::vector<TaxAmount> taxes;
  Minor net;
  Minor tax;
  Minor total;
  std::uint32_t distinct_items = 0;
};

// Looks up, checks and prices every line; refuses with every reason of every line.
PricedOrder price_lines(Step& step, const OrderParties& who, std::string_view country,
                        std::span<const WantedLine> wanted);

// A list's price for the company on the effective date: its own lists first, then its ancestors',
// then the book's (policy price.list); only lists in the currency.
std::optional<Price> find_price(const Book& book, const OrderParties& who, ItemId item,
                                Quantity quantity, Date on);

// One net amount with its tax category and rate.
struct TaxedNet {
  TaxCategoryId category;
  Percent rate;
  Minor net;
};
// Tax per category and rate on the summed net, rounded once each; in order of first appearance.
// Nothing when a sum or product does not fit.
std::optional<std::vector<TaxAmount>> tax_by_category(std::span<const TaxedNet> parts);

}  // namespace kontor
