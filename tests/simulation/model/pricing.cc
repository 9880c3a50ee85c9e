// What an order costs (domain: 2 and 4).
#include <algorithm>
#include <cstdlib>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

// The newest entry of the list for the item that is valid on the day; null: none.
const SetPrice* entry_on(const PriceList& list, const std::string& item, Day day) {
  for (auto entry = list.prices.rbegin(); entry != list.prices.rend(); ++entry) {
    const bool begun = !entry->valid_from || *entry->valid_from <= day;
    const bool over = entry->valid_to && *entry->valid_to < day;
    if (entry->item == item && begun && !over) return &*entry;
  }
  return nullptr;
}

// The largest break not above the quantity.
std::optional<Int> price_in(const PriceList& list, const std::string& item, Int quantity, Day day) {
  const SetPrice* const entry = entry_on(list, item, day);
  if (entry == nullptr) return std::nullopt;
  std::optional<Int> price;
  for (const Break& candidate : entry->breaks) {
    if (candidate.from_quantity <= quantity) price = candidate.unit_price;
  }
  return price;
}

std::optional<Int> decide_price(Deciding& d, const Wanted& wanted, const PlaceLine& line) {
  if (policy_is(d.state, "price.from", "command", {wanted.company, wanted.buyer})) {
    if (!line.unit_price) d.refuse("no_price");
    return line.unit_price;
  }
  const std::optional<Int> price = find_price(d, wanted, line);
  const bool charge = d.state.items[d.state.items.find(line.item)].is_charge();
  if (!price && charge && line.unit_price) return line.unit_price;
  if (!price) d.refuse("no_price");
  d.refuse_if(price && line.unit_price && *line.unit_price != *price, "price_changed");
  return price;
}

// In force on the day: of the latest start, one for the country before one for any, the last set.
std::optional<Int> tax_rate(const State& state, int category, int regime,
                            const std::string& country, Day day) {
  const SetTaxRate* best = nullptr;
  const auto start = [](const SetTaxRate& rate) {
    return Int{rate.valid_from.value_or(INT32_MIN)};
  };
  for (const SetTaxRate& rate : state.tax_categories[category].rates) {
    const bool here = rate.country.empty() || rate.country == country;
    if (rate.regime != regime || !here || start(rate) > day) continue;
    const bool better =
        best == nullptr || (!rate.country.empty() && best->country.empty()) ||
        (rate.country.empty() == best->country.empty() && start(rate) >= start(*best));
    if (better) best = &rate;
  }
  return best == nullptr ? std::nullopt : std::optional(best->rate);
}

void check_quantity(Deciding& d, const RegisterItem& item, Int quantity) {
  if (quantity <= 0) return d.refuse("not_positive");
  if (quantity > kMost) return d.refuse("amount_overflow");
  d.refuse_if(item.minimum > 0 && quantity < item.minimum, "below_minimum");
  d.refuse_if(item.maximum > 0 && quantity > item.maximum, "above_maximum");
  d.refuse_if(item.multiple > 0 && quantity % item.multiple != 0, "not_a_multiple");
  Int step = kUnit;
  for (int i = 0; i < item.decimals; ++i)
    step /= 10;
  d.refuse_if(quantity % step != 0, "too_many_decimals");
}

// Every line carries its part of its category's tax; those that are settled keep theirs.
void spread_tax(std::vector<Line>& lines, const std::vector<bool>& settled, TaxSum& tax) {
  std::vector<std::size_t> places;
  std::vector<Int> weights;
  Wide rest = tax.tax;
  Int heaviest = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (line.tax_category != tax.category || line.tax_rate != tax.rate) continue;
    if (settled[i]) {
      rest -= line.gross - line.net;
      continue;
    }
    places.push_back(i);
    weights.push_back(std::abs(line.net));
    heaviest = std::max(heaviest, weights.back());
  }
  if (places.empty()) {
    tax.tax -= rest;  // nothing of it can change
    return;
  }
  if (rest == 0) return;
  if (heaviest == 0) std::fill(weights.begin(), weights.end(), 1);
  const std::vector<Int> parts = split(static_cast<Int>(rest), weights);
  for (std::size_t i = 0; i < places.size(); ++i)
    lines[places[i]].gross += parts[i];
}

}  // namespace

// A company's own lists win, then those above it, then the book's.
std::optional<Int> find_price(const Deciding& d, const Wanted& wanted, const PlaceLine& line) {
  const State& state = d.state;
  Names lists;
  for (int at = wanted.company; at != kNone; at = state.companies[at].parent) {
    for (const std::string& list : state.companies[at].said.price_lists)
      lists.push_back(list);
  }
  lists.emplace_back(policy(state, "price.list", {wanted.company, wanted.buyer}));
  for (const std::string& name : lists) {
    const int place = state.price_lists.find(name);
    if (place == kNone || state.price_lists[place].currency != wanted.currency) continue;
    const auto price = price_in(state.price_lists[place], line.item, line.quantity, d.effective);
    if (price) return price;
  }
  return std::nullopt;
}

// What would be stated for a line like one that there was, at that price: it is no other where the
// caller sets prices, and of a charge without a price of its own.
std::optional<Int> price_again(const Deciding& d, const Wanted& wanted, const PlaceLine& was) {
  const bool callers = policy_is(d.state, "price.from", "command", {wanted.company, wanted.buyer});
  const bool charge = d.state.items[d.state.items.find(was.item)].is_charge();
  if (callers || (charge && !find_price(d, wanted, was))) return was.unit_price;
  return std::nullopt;
}

std::optional<Int> find_tax_rate(Deciding& d, int company, int category,
                                 const std::string& country) {
  const RegisterCompany& said = d.state.companies[company].said;
  const std::string& where = country.empty() ? said.country : country;
  const std::optional<Int> rate = tax_rate(d.state, category, said.regime, where, d.effective);
  if (!rate) d.refuse("no_tax_rate");
  return rate;
}

// In no assortment it is open to all; else one of those it is in must be open to the company.
bool is_entitled(const State& state, int company, int item) {
  const auto has = [](const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const Item& of = state.items[item];
  bool in_any = false;
  for (const Assortment& assortment : state.assortments.all) {
    const DefineAssortment& said = assortment.said;
    if (!has(said.items, of.name) && !has(said.categories, of.said.category)) continue;
    in_any = true;
    for (const std::string& tag : state.companies[company].said.tags) {
      if (has(said.tags, tag)) return true;
    }
    for (int at = company; at != kNone; at = state.companies[at].parent) {
      const Company& above = state.companies[at];
      if (has(said.companies, above.name)) return true;
      if (has(above.said.assortments, assortment.name)) return true;
    }
  }
  return !in_any;
}

Line price_line(Deciding& d, const std::string& country, const Wanted& wanted,
                const PlaceLine& said) {
  Line line;
  line.item = d.state.items.find(said.item);
  if (line.item == kNone) {
    d.refuse("unknown_item");
    return line;
  }
  const Item& item = d.state.items[line.item];
  d.refuse_if(!item.said.active, "item_inactive");
  d.refuse_if(!is_entitled(d.state, wanted.company, line.item), "not_in_assortment");
  check_quantity(d, item.said, said.quantity);
  const std::optional<Int> price = decide_price(d, wanted, said);
  const std::optional<Int> rate = find_tax_rate(d, wanted.company, item.tax_category, country);
  if (!price || !rate) return line;
  const bool disputed = said.unit_price && *said.unit_price != *price;
  const Wide net = net_of(said.quantity, *price);
  if (!disputed) d.refuse_if(net > kMost || net < -kMost, "amount_overflow");
  line.charge = item.is_charge();
  line.tax_category = item.tax_category;
  line.tax_rate = *rate;
  line.unit_price = *price;
  line.ordered = said.quantity;
  line.valued = said.quantity;
  line.net = static_cast<Int>(net);
  line.gross = line.net;
  return line;
}

std::vector<TaxSum> tax_by_category(const std::vector<Line>& lines, const std::vector<Int>& nets) {
  std::vector<TaxSum> sums;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto sum = std::find_if(sums.begin(), sums.end(), [&](const TaxSum& tax) {
      return tax.category == lines[i].tax_category && tax.rate == lines[i].tax_rate;
    });
    if (sum == sums.end()) {
      sum = sums.insert(sums.end(), {lines[i].tax_category, lines[i].tax_rate, 0, 0});
    }
    sum->net += nets[i];
  }
  for (TaxSum& sum : sums)
    sum.tax = percent_of(sum.net, sum.rate);
  return sums;
}

Totals total_up(Deciding& d, std::vector<Line>& lines, const std::vector<bool>& settled) {
  std::vector<Int> nets;
  for (const Line& line : lines)
    nets.push_back(line.net);
  Wide net = 0;
  Wide total = 0;
  for (TaxSum& tax : tax_by_category(lines, nets)) {
    spread_tax(lines, settled, tax);
    net += tax.net;
    total += tax.net + tax.tax;
  }
  if (net > kMost || total > kMost) {
    d.refuse("amount_overflow");
  } else {
    d.refuse_if(total < 0, "negative_total");
  }
  return {static_cast<Int>(net), static_cast<Int>(total)};
}

}  // namespace kontor::model
