#include "projections/catalogue.h"

#include "item_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {

void Catalogue::know_tax_category(std::uint32_t ordinal, std::string_view name) {
  if (ordinal != tax_names_.size()) return;
  tax_names_.add(name);
  rates_.emplace_back();
}

void Catalogue::on(const Envelope& by, const ItemRegistered& event) {
  know_tax_category(event.tax_category(), view(event.tax_category_name()));
  if (event.ordinal() == item_names_.size()) {
    item_names_.add(view(event.item()));
    items_.emplace_back();
  }
  Item& item = items_.at(event.ordinal());
  item.description = view(event.description());
  item.unit = view(event.unit());
  item.category = view(event.category());
  item.tax_category = TaxCategoryId{event.tax_category()};
  item.minimum = Quantity{event.minimum()};
  item.maximum = Quantity{event.maximum()};
  item.multiple = Quantity{event.multiple()};
  item.weight_grams = event.weight_grams();
  item.decimals = event.decimals();
  item.kind = event.kind();
  item.freight = event.freight();
  item.status = event.status();
  item.last_change = by.sequence;
  ++item.version;
}

void Catalogue::on(const Envelope& by, const TaxRateSet& event) {
  know_tax_category(event.category(), view(event.category_name()));
  rates_.at(event.category())
      .push_back({Date{event.valid_from()}, Percent{event.rate()}, event.regime(),
                  std::string(view(event.country())), by.sequence});
}

std::optional<ItemId> Catalogue::find_item(std::string_view name) const {
  const auto found = item_names_.find(name);
  return found ? std::optional(ItemId{*found}) : std::nullopt;
}

std::optional<TaxCategoryId> Catalogue::find_tax_category(std::string_view name) const {
  const auto found = tax_names_.find(name);
  return found ? std::optional(TaxCategoryId{*found}) : std::nullopt;
}

const TaxRate* Catalogue::find_rate(TaxCategoryId category, TaxRegime regime,
                                    std::string_view country, Date on) const {
  const TaxRate* best = nullptr;
  for (const TaxRate& rate : rates_.at(category.value())) {
    if (rate.regime != regime || rate.valid_from > on) continue;
    if (!rate.country.empty() && rate.country != country) continue;
    if (best != nullptr) {
      if (rate.country.empty() && !best->country.empty()) continue;
      const bool same_reach = rate.country.empty() == best->country.empty();
      if (same_reach && rate.valid_from < best->valid_from) continue;
    }
    best = &rate;
  }
  return best;
}

void Catalogue::save(Sink& out) const {
  item_names_.save(out);
  for (const Item& item : items_) {
    out.text(item.description);
    out.text(item.unit);
    out.text(item.category);
    out.pod(item.tax_category.value());
    out.pod(item.minimum.value());
    out.pod(item.maximum.value());
    out.pod(item.multiple.value());
    out.pod(item.weight_grams);
    out.pod(item.decimals);
    out.pod(item.kind);
    out.pod(item.freight);
    out.pod(item.status);
    out.pod(item.last_change.value());
    out.pod(item.version);
  }
  tax_names_.save(out);
  for (const auto& rates : rates_) {
    out.pod(std::uint64_t{rates.size()});
    for (const TaxRate& rate : rates) {
      out.pod(rate.valid_from.value());
      out.pod(rate.rate.value());
      out.pod(rate.regime);
      out.text(rate.country);
      out.pod(rate.set_at.value());
    }
  }
  assortments_.save(out);
}

void Catalogue::load(Source& in) {
  item_names_.load(in);
  items_.assign(item_names_.size(), Item{});
  for (Item& item : items_) {
    in.text(item.description);
    in.text(item.unit);
    in.text(item.category);
    in.pod(item.tax_category);
    in.pod(item.minimum);
    in.pod(item.maximum);
    in.pod(item.multiple);
    in.pod(item.weight_grams);
    in.pod(item.decimals);
    in.pod(item.kind);
    in.pod(item.freight);
    in.pod(item.status);
    in.pod(item.last_change);
    in.pod(item.version);
  }
  tax_names_.load(in);
  rates_.assign(tax_names_.size(), {});
  for (auto& rates : rates_) {
    rates.resize(in.size_of_run(16));
    for (TaxRate& rate : rates) {
      in.pod(rate.valid_from);
      in.pod(rate.rate);
      in.pod(rate.regime);
      in.text(rate.country);
      in.pod(rate.set_at);
    }
  }
  for (const Item& item : items_)
    in.expect(is_one_of(item.tax_category, tax_names_.size()));
  assortments_.load(in, item_count());
}

Status Catalogue::check_invariants() const {
  for (const Item& item : items_) {
    if (item.tax_category.value() >= tax_names_.size())
      return broken("an item without tax category");
    if (item.minimum > Quantity{0} && item.multiple > Quantity{0} &&
        item.minimum.value() % item.multiple.value() != 0) {
      return broken("an item's minimum that is not a multiple");
    }
    if (item.freight && item.kind != ItemKind::not_stocked)
      return broken("freight that is stocked");
  }
  return {};
}

}  // namespace kontor
