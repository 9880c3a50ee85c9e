// Price lists: breaks by quantity per (list, item), dated. Folds PriceSet. The price is the break
// with the largest from-quantity not above the line's, in the newest entry valid on the date.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct PriceSet;

struct Price {
  UnitPrice unit_price;
  Sequence set_at;
  PriceListId list;
};

class Prices {
 public:
  static constexpr std::uint32_t kNumber = 3;

  void on(const Envelope& by, const PriceSet& event);

  std::optional<PriceListId> find_list(std::string_view name) const;
  std::string_view name(PriceListId id) const { return list_names_.name(id.value()); }
  std::uint32_t list_count() const { return list_names_.size(); }
  CurrencyCode currency(PriceListId id) const { return currencies_.at(id.value()); }

  // nothing: the list does not sell the item on that date, or not in so small a quantity.
  std::optional<Price> find(PriceListId list, ItemId item, Quantity quantity, Date on) const;

  struct Break {
    std::int64_t from_quantity = 0;
    std::int64_t unit_price = 0;
  };
  struct Entry {
    std::uint64_t set_at = 0;
    std::int32_t valid_from = 0;
    std::int32_t valid_to = 0;  // last day; kNoDate: open
    std::uint32_t first_break = 0;
    std::uint32_t break_count = 0;
    std::uint32_t previous = kNoOrdinal;  // older entry of the same list and item
    std::uint32_t spare = 0;
  };
  // The entry in force and its breaks, for showing.
  const Entry* entry(PriceListId list, ItemId item, Date on) const;
  std::span<const Break> breaks(const Entry& entry) const {
    return std::span(breaks_).subspan(entry.first_break, entry.break_count);
  }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  NameTable list_names_;
  std::vector<CurrencyCode> currencies_;
  KeyTable newest_;  // (list, item) to the newest of its entries
  std::vector<Entry> entries_;
  std::vector<Break> breaks_;
};

}  // namespace kontor
