// Assortments: named sets of items and categories, and who may order them. Part of the catalogue
// (projections/catalogue.h), which hands AssortmentDefined on. Rules: domain, What is sold.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct AssortmentDefined;

struct Assortment {
  std::string label;
  std::vector<ItemId> items;            // ascending
  std::vector<std::string> categories;  // ascending
  std::vector<CompanyId> companies;     // entitled, with all below them
  std::vector<std::string> tags;        // entitled: companies that have one
  Sequence last_change;
  std::uint32_t version = 0;
};

class Assortments {
 public:
  void on(const Envelope& by, const AssortmentDefined& event);

  std::optional<AssortmentId> find(std::string_view name) const;
  std::string_view name(AssortmentId id) const { return names_.name(id.value()); }
  std::uint32_t count() const { return names_.size(); }
  const Assortment& get(AssortmentId id) const { return all_.at(id.value()); }
  // Those an item is in, by itself or by its category; ascending. Empty: it is open to all.
  std::vector<AssortmentId> of(ItemId item, std::string_view category) const;
  bool contains(AssortmentId id, ItemId item, std::string_view category) const;

  void save(Sink& out) const;
  void load(Source& in, std::uint32_t item_count);
  Status check_references(std::uint32_t company_count) const;

 private:
  void index(AssortmentId id);
  void forget(AssortmentId id);

  NameTable names_;
  std::vector<Assortment> all_;
  // Derived from all_: in which assortments an item or a category is.
  std::map<std::uint32_t, std::vector<AssortmentId>> by_item_;
  std::map<std::string, std::vector<AssortmentId>, std::less<>> by_category_;
};

}  // namespace kontor
