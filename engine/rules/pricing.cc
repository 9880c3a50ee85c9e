#include "engine/rules/pricing.h"

#include <algorithm>

#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

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
  if (policy_is(book, PolicyKey::price_from, {who.company, who.buyer}, "command")) {
    if (stated) return LinePrice{UnitPrice{wanted.unit_price}, Sequence{}, no_id<PriceListId>()};
    step.refuse(about_line(ReasonCode::no_price, line, wanted.item));
    return std::nullopt;
  }
  const auto price = find_price(book, who, item, wanted.quantity, step.context().effective_date);
  // A charge that no list has a price for is another with every order.
  if (!price && stated && !book.catalogue().is_stocked(item)) {
    KONTOR_MARK("a charge at its order's own price");
    return LinePrice{UnitPrice{wanted.unit_price}, Sequence{}, no_id<PriceListId>()};
  }
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

// An item in at least one assortment is for those entitled to one of them.
void check_entitled(Step& step, CompanyId company, ItemId item, std::uint32_t line) {
  const Book& book = step.book();
  const Catalogue& catalogue = book.catalogue();
  const Assortments& all = catalogue.assortments();
  if (all.count() == 0) return;
  const auto in = all.of(item, catalogue.item(item).category);
  if (in.empty()) return;
  const bool entitled = std::any_of(in.begin(), in.end(), [&](AssortmentId assortment) {
    return is_entitled(book, company, assortment);
  });
  if (entitled) return;
  Cause cause = about_line(ReasonCode::not_in_assortment, line, catalogue.name(item));
  cause.subject = item.value();
  for (const AssortmentId assortment : in)
    cause.evidence.push_back(all.get(assortment).last_change);
  step.refuse(std::move(cause));
}

bool is_taxed_by(const OrderLine& line, const TaxAmount& tax) {
  return line.tax_category() == tax.category() && line.tax_rate() == tax.rate();
}

// Gives lines of one category their parts of its tax, by their weights.
class TaxShares {
 public:
  // settled: lines that keep their part; empty: none.
  TaxShares(std::vector<OrderLine>& lines, std::span<const std::uint8_t> settled)
      : lines_(lines), settled_(settled) {
    weights_.reserve(lines.size());
  }

  void spread(TaxAmount& tax) {
    weights_.clear();
    Minor kept;
    bool weightless = true;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const OrderLine& line = lines_[i];
      if (!is_taxed_by(line, tax)) continue;
      if (is_settled(i)) {
        kept += Minor{line.gross()} - Minor{line.net()};
      } else {
        weights_.push_back(std::abs(line.net()));
        weightless = weightless && line.net() == 0;
      }
    }
    if (weights_.empty()) {  // nothing of it can change
      tax = TaxAmount(tax.net(), kept.value(), tax.category(), tax.rate());
      return;
    }
    if (weightless) std::fill(weights_.begin(), weights_.end(), 1);
    const Minor rest = Minor{tax.tax()} - kept;
    if (rest != Minor{0}) add_parts(tax, split_by_largest_remainder(rest, weights_));
  }

 private:
  bool is_settled(std::size_t line) const { return !settled_.empty() && settled_[line] != 0; }

  void add_parts(const TaxAmount& tax, const std::vector<Minor>& parts) {
    auto part = parts.begin();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const OrderLine& l = lines_[i];
      if (!is_taxed_by(l, tax) || is_settled(i)) continue;
      lines_[i] = OrderLine(l.quantity(), l.unit_price(), l.net(), l.net() + part->value(),
                            l.price(), l.item(), l.tax_category(), l.tax_rate(), l.price_list());
      ++part;
    }
  }

  std::vector<OrderLine>& lines_;
  std::span<const std::uint8_t> settled_;
  std::vector<std::int64_t> weights_;
};

// Gives every line its part of its category's tax, so that lines with tax add up to the total.
void spread_tax(PricedOrder& order, std::span<const std::uint8_t> settled) {
  TaxShares shares(order.lines, settled);
  for (TaxAmount& tax : order.taxes)
    shares.spread(tax);
}

// Whether every sum of a document fits.
bool sums_fit(const std::optional<std::vector<TaxAmount>>& taxes) {
  if (!taxes) return false;
  Int128 sum = 0;
  for (const TaxAmount& tax : *taxes) {
    sum += Int128{std::abs(tax.net())} + std::abs(tax.tax());
  }
  return sum <= limits::kSumMax;
}

bool names(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

bool is_entitled(const Book& book, CompanyId company, AssortmentId id) {
  const Parties& parties = book.parties();
  const Assortments& assortments = book.catalogue().assortments();
  const Assortment& assortment = assortments.get(id);
  const auto& tags = parties.company(company).tags;
  if (std::any_of(tags.begin(), tags.end(),
                  [&](const std::string& tag) { return names(assortment.tags, tag); })) {
    return true;
  }
  const auto& named = assortment.companies;
  for (CompanyId at = company; is_set(at); at = parties.company(at).parent) {
    if (std::find(named.begin(), named.end(), at) != named.end()) return true;
    if (names(parties.company(at).assortments, assortments.name(id))) return true;
  }
  return false;
}

void TaxSums::add(TaxCategoryId category, Percent rate, Minor net) {
  auto place = std::find_if(sums_.begin(), sums_.end(), [&](const TaxAmount& tax) {
    return tax.category() == category.value() && tax.rate() == rate.value();
  });
  if (place == sums_.end()) place = sums_.emplace(place, 0, 0, category.value(), rate.value());
  const auto sum = checked_add(Minor{place->net()}, net);
  fits_ = fits_ && sum.has_value();
  *place = TaxAmount(sum.value_or(Minor{0}).value(), 0, place->category(), place->rate());
}

std::optional<std::vector<TaxAmount>> TaxSums::finish() {
  if (!fits_) return std::nullopt;
  for (TaxAmount& tax : sums_) {
    const auto amount = percent_of(Minor{tax.net()}, Percent{tax.rate()});
    if (!amount) return std::nullopt;
    tax = TaxAmount(tax.net(), amount->value(), tax.category(), tax.rate());
  }
  return std::move(sums_);
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
  const PolicyContext orderer{who.company, who.buyer};
  const auto standard =
      prices.find_list(policy_in_force(book, PolicyKey::price_list, orderer).value);
  if (!standard || prices.currency(*standard) != who.currency) return std::nullopt;
  return prices.find(*standard, item, quantity, on);
}

std::int64_t price_to_state(const Book& book, const OrderParties& who, ItemId item,
                            Quantity quantity, Date on, std::int64_t unit_price) {
  if (policy_is(book, PolicyKey::price_from, {who.company, who.buyer}, "command")) {
    return unit_price;
  }
  if (book.catalogue().is_stocked(item) || find_price(book, who, item, quantity, on)) {
    return kAbsent;
  }
  KONTOR_MARK("a charge that keeps the price it had");
  return unit_price;
}

std::optional<Percent> find_tax_rate(Step& step, const OrderParties& who, std::string_view country,
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

std::optional<OrderLine> price_line(Step& step, const OrderParties& who, std::string_view country,
                                    const WantedLine& wanted, std::uint32_t line) {
  const Catalogue& catalogue = step.book().catalogue();
  const auto id = catalogue.find_item(wanted.item);
  if (!id) {
    step.refuse(about_line(ReasonCode::unknown_item, line, wanted.item));
    return std::nullopt;
  }
  const Item& item = catalogue.item(*id);
  if (item.status != ItemStatus::active &&
      !is_put_right(who.put_right, ReasonCode::item_inactive, wanted.item)) {
    step.refuse(about_line(ReasonCode::item_inactive, line, wanted.item));
  }
  if (!is_put_right(who.put_right, ReasonCode::not_in_assortment, wanted.item)) {
    check_entitled(step, who.company, *id, line);
  }
  check_quantity(step, wanted, item, line);
  const auto price = decide_price(step, who, wanted, *id, line);
  const auto rate = find_tax_rate(step, who, country, item.tax_category, line);
  if (!price || !rate) return std::nullopt;
  const auto net = line_net(wanted.quantity, price->unit_price);
  if (!net || net->value() > limits::kDocumentMinorMax ||
      net->value() < -limits::kDocumentMinorMax) {
    step.refuse(about_line(ReasonCode::amount_overflow, line, wanted.item));
    return std::nullopt;
  }
  return OrderLine(wanted.quantity.value(), price->unit_price.value(), net->value(), net->value(),
                   price->set_at.value(), id->value(), item.tax_category.value(), rate->value(),
                   price->list.value());
}

void total_up(Step& step, CurrencyCode currency, PricedOrder& order,
              std::span<const std::uint8_t> settled) {
  TaxSums sums;
  for (const OrderLine& line : order.lines)
    sums.add(TaxCategoryId{line.tax_category()}, Percent{line.tax_rate()}, Minor{line.net()});
  auto taxes = sums.finish();
  const bool fits = sums_fit(taxes);
  if (fits) {
    order.taxes = std::move(*taxes);
    spread_tax(order, settled);
    for (const TaxAmount& tax : order.taxes) {
      order.net += Minor{tax.net()};
      order.tax += Minor{tax.tax()};
    }
    order.total = order.net + order.tax;
  }
  const Minor most{limits::kDocumentMinorMax};
  if (!fits || order.total > most || order.net > most) {
    return step.refuse(with_money(about(ReasonCode::amount_overflow, Subject::order, ""),
                                  order.total, most, currency));
  }
  if (order.total < Minor{0}) {
    step.refuse(with_money(about(ReasonCode::negative_total, Subject::order, ""), order.total,
                           Minor{0}, currency));
  }
}

PricedOrder price_lines(Step& step, const OrderParties& who, std::string_view country,
                        std::span<const WantedLine> wanted) {
  PricedOrder out;
  out.lines.reserve(wanted.size());
  for (const WantedLine& line : wanted) {
    const auto number = static_cast<std::uint32_t>(out.lines.size() + 1);
    out.lines.push_back(price_line(step, who, country, line, number).value_or(OrderLine{}));
  }
  if (step.refused()) return out;

  total_up(step, who.currency, out);
  return out;
}

}  // namespace kontor
