#include "engine/rules/pricing.h"

#include <algorithm>
#include <numeric>

#include "engine/rules/refusals.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

// Whether a quantity has no more decimals than the item may be ordered with.
bool fits_decimals(Quantity quantity, std::uint8_t decimals) {
  std::int64_t step = kQuantityUnit;
  for (std::uint8_t i = 0; i < decimals; ++i)
    step /= 10;
  return quantity.value() % step == 0;
}

void check_quantity(Step& step, const WantedLine& wanted, const Item& item, std::uint32_t line) {
  const Quantity quantity = wanted.quantity;
  const auto refuse = [&](ReasonCode code, Quantity allowed) {
    step.refuse(with_quantity(about_line(code, line, wanted.item), quantity, allowed));
  };
  if (quantity <= Quantity{0}) return refuse(ReasonCode::not_positive, Quantity{0});
  if (quantity.value() > limits::kQuantityMax) {
    return refuse(ReasonCode::amount_overflow, Quantity{limits::kQuantityMax});
  }
  if (item.minimum > Quantity{0} && quantity < item.minimum) {
    refuse(ReasonCode::below_minimum, item.minimum);
  }
  if (item.maximum > Quantity{0} && quantity > item.maximum) {
    refuse(ReasonCode::above_maximum, item.maximum);
  }
  if (item.multiple > Quantity{0} && quantity.value() % item.multiple.value() != 0) {
    refuse(ReasonCode::not_a_multiple, item.multiple);
  }
  if (!fits_decimals(quantity, item.decimals)) {
    refuse(ReasonCode::too_many_decimals, Quantity{item.decimals * kQuantityUnit});
  }
}

struct LinePrice {
  UnitPrice unit_price;
  Sequence set_at;
  PriceListId list = no_id<PriceListId>();
};

std::optional<LinePrice> decide_price(Step& step, const OrderParties& who, const WantedLine& wanted,
                                      ItemId item, std::uint32_t line) {
  const Book& book = step.book();
  const bool stated = wanted.unit_price != kAbsent;
  if (book.policies().is(PolicyKey::price_from, "command")) {
    if (stated) return LinePrice{UnitPrice{wanted.unit_price}, Sequence{}, no_id<PriceListId>()};
    step.refuse(about_line(ReasonCode::no_price, line, wanted.item));
    return std::nullopt;
  }
  const auto price = find_price(book, who, item, wanted.quantity, step.context().effective_date);
  if (!price) {
    step.refuse(about_line(ReasonCode::no_price, line, wanted.item));
    return std::nullopt;
  }
  if (stated && wanted.unit_price != price->unit_price.value()) {
    Cause cause = about_line(ReasonCode::price_changed, line, wanted.item);
    cause.unit = Unit::unit_price;
    cause.currency = who.currency;
    cause.found = price->unit_price.value();
    cause.allowed = wanted.unit_price;
    cause.evidence.push_back(price->set_at);
    step.refuse(std::move(cause));
    return std::nullopt;
  }
  return LinePrice{price->unit_price, price->set_at, price->list};
}

std::optional<Percent> decide_rate(Step& step, const OrderParties& who, std::string_view country,
                                   TaxCategoryId category, std::uint32_t line) {
  const Book& book = step.book();
  const Company& company = book.parties().company(who.company);
  const std::string_view where = country.empty() ? std::string_view(company.country) : country;
  const TaxRate* const rate =
      book.catalogue().find_rate(category, company.regime, where, step.context().effective_date);
  if (rate != nullptr) return rate->rate;
  Cause cause = about(ReasonCode::no_tax_rate, Subject::tax_category,
                      book.catalogue().name(category), category.value());
  cause.line = line;
  step.refuse(std::move(cause));
  return std::nullopt;
}

// One line priced and added to `out`; refuses what is wrong with it.
void price_line(Step& step, const OrderParties& who, std::string_view country,
                const WantedLine& wanted, PricedOrder& out) {
  const auto line = static_cast<std::uint32_t>(out.lines.size() + 1);
  out.lines.emplace_back();
  const Catalogue& catalogue = step.book().catalogue();
  const auto id = catalogue.find_item(wanted.item);
  if (!id) return step.refuse(about_line(ReasonCode::unknown_item, line, wanted.item));
  const Item& item = catalogue.item(*id);
  if (item.status != ItemStatus::active) {
    step.refuse(about_line(ReasonCode::item_inactive, line, wanted.item));
  }
  check_quantity(step, wanted, item, line);
  const auto price = decide_price(step, who, wanted, *id, line);
  const auto rate = decide_rate(step, who, country, item.tax_category, line);
  if (!price || !rate) return;
  const auto net = line_net(wanted.quantity, price->unit_price);
  if (!net || net->value() > limits::kDocumentMinorMax ||
      net->value() < -limits::kDocumentMinorMax) {
    return step.refuse(about_line(ReasonCode::amount_overflow, line, wanted.item));
  }
  out.lines.back() = OrderLine(wanted.quantity.value(), price->unit_price.value(), net->value(),
                               net->value(), price->set_at.value(), id->value(),
                               item.tax_category.value(), rate->value(), price->list.value());
}

// Gives every line its part of its category's tax, so that lines with tax add up to the total.
void spread_tax(PricedOrder& order) {
  for (const TaxAmount& tax : order.taxes) {
    std::vector<std::size_t> places;
    std::vector<std::int64_t> weights;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
      const OrderLine& line = order.lines[i];
      if (line.tax_category() != tax.category() || line.tax_rate() != tax.rate()) continue;
      places.push_back(i);
      weights.push_back(std::abs(line.net()));
    }
    if (tax.tax() == 0) continue;
    const std::vector<Minor> parts = split_by_largest_remainder(Minor{tax.tax()}, weights);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const OrderLine& l = order.lines[places[i]];
      order.lines[places[i]] =
          OrderLine(l.quantity(), l.unit_price(), l.net(), l.net() + parts[i].value(), l.price(),
                    l.item(), l.tax_category(), l.tax_rate(), l.price_list());
    }
  }
}

void total_up(Step& step, const OrderParties& who, PricedOrder& order) {
  std::vector<TaxedNet> parts;
  for (const OrderLine& line : order.lines) {
    parts.push_back(
        {TaxCategoryId{line.tax_category()}, Percent{line.tax_rate()}, Minor{line.net()}});
  }
  const auto taxes = tax_by_category(parts);
  const Minor most{limits::kDocumentMinorMax};
  if (taxes) {
    order.taxes = *taxes;
    for (const TaxAmount& tax : order.taxes) {
      order.net += Minor{tax.net()};
      order.tax += Minor{tax.tax()};
    }
    order.total = order.net + order.tax;
  }
  if (!taxes || order.total > most || order.net > most) {
    return step.refuse(with_money(about(ReasonCode::amount_overflow, Subject::order, ""),
                                  order.total, most, who.currency));
  }
  if (order.total < Minor{0}) {
    return step.refuse(with_money(about(ReasonCode::negative_total, Subject::order, ""),
                                  order.total, Minor{0}, who.currency));
  }
  spread_tax(order);
}

}  // namespace

std::optional<std::vector<TaxAmount>> tax_by_category(std::span<const TaxedNet> parts) {
  std::vector<TaxAmount> out;
  for (const TaxedNet& part : parts) {
    auto place = std::find_if(out.begin(), out.end(), [&](const TaxAmount& tax) {
      return tax.category() == part.category.value() && tax.rate() == part.rate.value();
    });
    if (place == out.end()) {
      out.emplace_back(0, 0, part.category.value(), part.rate.value());
      place = out.end() - 1;
    }
    const auto sum = checked_add(Minor{place->net()}, part.net);
    if (!sum) return std::nullopt;
    *place = TaxAmount(sum->value(), 0, place->category(), place->rate());
  }
  for (TaxAmount& tax : out) {
    const auto amount = percent_of(Minor{tax.net()}, Percent{tax.rate()});
    if (!amount) return std::nullopt;
    tax = TaxAmount(tax.net(), amount->value(), tax.category(), tax.rate());
  }
  return out;
}

std::optional<Price> find_price(const Book& book, const OrderParties& who, ItemId item,
                                Quantity quantity, Date on) {
  const Prices& prices = book.prices();
  for (CompanyId at = who.company; is_set(at); at = book.parties().company(at).parent) {
    for (const PriceListId list : book.parties().company(at).price_lists) {
      if (prices.currency(list) != who.currency) continue;
      if (const auto price = prices.find(list, item, quantity, on)) return price;
    }
  }
  const auto standard = prices.find_list(book.policies().value(PolicyKey::price_list));
  if (!standard || prices.currency(*standard) != who.currency) return std::nullopt;
  return prices.find(*standard, item, quantity, on);
}

PricedOrder price_lines(Step& step, const OrderParties& who, std::string_view country,
                        std::span<const WantedLine> wanted) {
  PricedOrder out;
  out.lines.reserve(wanted.size());
  for (const WantedLine& line : wanted)
    price_line(step, who, country, line, out);
  if (step.refused()) return out;

  total_up(step, who, out);
  std::vector<std::uint32_t> items;
  for (const OrderLine& line : out.lines)
    items.push_back(line.item());
  std::sort(items.begin(), items.end());
  out.distinct_items =
      static_cast<std::uint32_t>(std::unique(items.begin(), items.end()) - items.begin());
  return out;
}

}  // namespace kontor
