// What is sold, to whom, and how it is taxed. Folds ItemRegistered, TaxRateSet and
// AssortmentDefined. Rules: domain, What is sold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/assortments.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct ItemRegistered;
struct TaxRateSet;

struct Item {
  std::string description;
  std::string unit;
  std::string category;
  TaxCategoryId tax_category;
  Quantity minimum;  // 0: none
  Quantity maximum;
  Quantity multiple;
  std::int64_t weight_grams = 0;
  std::uint8_t decimals = 0;
  ItemKind kind = ItemKind::stocked;  // for ever
  bool freight = false;               // what its lines cost
  ItemStatus status = ItemStatus::active;
  Sequence last_change;
  std::uint32_t version = 0;
};

struct TaxRate {
  Date valid_from;  // kNoDate: always
  Percent rate;
  TaxRegime regime = TaxRegime::domestic;
  std::string country;  // empty: any
  Sequence set_at;
};

class Catalogue {
 public:
  static constexpr std::uint32_t kNumber = 2;

  void on(const Envelope& by, const ItemRegistered& event);
  void on(const Envelope& by, const TaxRateSet& event);
  void on(const Envelope& by, const AssortmentDefined& event) { assortments_.on(by, event); }

  std::optional<ItemId> find_item(std::string_view name) const;
  const Item& item(ItemId id) const { return items_.at(id.value()); }
  // Whether its lines need stock; those of others are charges.
  bool is_stocked(ItemId id) const { return item(id).kind != ItemKind::not_stocked; }
  std::string_view name(ItemId id) const { return item_names_.name(id.value()); }
  std::uint32_t item_count() const { return item_names_.size(); }

  const Assortments& assortments() const { return assortments_; }

  std::optional<TaxCategoryId> find_tax_category(std::string_view name) const;
  std::string_view name(TaxCategoryId id) const { return tax_names_.name(id.value()); }
  std::uint32_t tax_category_count() const { return tax_names_.size(); }

  // The rate in force on a date: the newest one set, among those of the latest valid_from not after
  // it; one for the country before one for any.
  const TaxRate* find_rate(TaxCategoryId category, TaxRegime regime, std::string_view country,
                           Date on) const;

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  void know_tax_category(std::uint32_t ordinal, std::string_view name);

  NameTable item_names_;
  NameTable tax_names_;
  std::vector<Item> items_;
  std::vector<std::vector<TaxRate>> rates_;  // by category
  Assortments assortments_;
};

}  // namespace kontor
