// Lines with their price, tax and value. Rules: domain, Values and What is sold.
#pragma once

#include <cstdint>
#include <optional>
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
};

// Whether the company may order what is in the assortment: by one of its tags, or because it or a
// company above it is named there, or names it.
bool is_entitled(const Book& book, CompanyId company, AssortmentId assortment);

// Looks up, checks and prices one line, without tax; refuses with every reason.
std::optional<OrderLine> price_line(Step& step, const OrderParties& who, std::string_view country,
                                    const WantedLine& wanted, std::uint32_t line);
// The rate of a line's tax category for goods that go to `country` (empty: the company's), or
// nothing after refusing no_tax_rate.
std::optional<Percent> find_tax_rate(Step& step, const OrderParties& who, std::string_view country,
                                     TaxCategoryId category, std::uint32_t line);
// Adds the lines up and gives each its part of the tax; refuses amount_overflow and negative_total.
// `settled`: lines whose part of the tax is known and stays; empty: none.
void total_up(Step& step, CurrencyCode currency, PricedOrder& order,
              std::span<const std::uint8_t> settled = {});

// What to state for a line that had a price and is ordered again: where price.from says so, or for
// a charge that no list has a price for, the price it had. Else nothing: it costs what it costs
// today.
std::int64_t price_to_state(const Book& book, const OrderParties& who, ItemId item,
                            Quantity quantity, Date on, std::int64_t unit_price);

// The same for every line of an order, and for the order.
PricedOrder price_lines(Step& step, const OrderParties& who, std::string_view country,
                        std::span<const WantedLine> wanted);

// A list's price for the company on the effective date: its own lists first, then its ancestors',
// then the book's (policy price.list); only lists in the currency.
std::optional<Price> find_price(const Book& book, const OrderParties& who, ItemId item,
                                Quantity quantity, Date on);

// Net amounts summed by tax category and rate.
class TaxSums {
 public:
  void add(TaxCategoryId category, Percent rate, Minor net);
  // Tax on each sum, rounded once; in order of first appearance. Nothing when a sum or product does
  // not fit.
  std::optional<std::vector<TaxAmount>> finish();

 private:
  std::vector<TaxAmount> sums_;  // without tax yet
  bool fits_ = true;
};

}  // namespace kontor
