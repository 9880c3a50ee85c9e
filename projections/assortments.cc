#include "projections/assortments.h"

#include <algorithm>
#include <iterator>

#include "assortment_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

template <class T>
void sort_and_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void insert_sorted(std::vector<AssortmentId>& list, AssortmentId id) {
  list.insert(std::lower_bound(list.begin(), list.end(), id), id);
}

template <class Index, class Key>
void erase_from(Index& index, const Key& key, AssortmentId id) {
  const auto found = index.find(key);
  std::erase(found->second, id);
  if (found->second.empty()) index.erase(found);
}

template <class T>
bool is_ascending(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
}

}  // namespace

void Assortments::on(const Envelope& by, const AssortmentDefined& event) {
  const AssortmentId id{event.ordinal()};
  if (id.value() == names_.size()) {
    names_.add(view(event.assortment()));
    all_.emplace_back();
  } else {
    forget(id);
  }
  Assortment& assortment = all_.at(id.value());
  assortment.label = view(event.label());
  assortment.items = ids<ItemId>(event.items());
  sort_and_unique(assortment.items);
  assortment.categories = texts(event.categories());
  sort_and_unique(assortment.categories);
  assortment.companies = ids<CompanyId>(event.companies());
  assortment.tags = texts(event.tags());
  assortment.last_change = by.sequence;
  ++assortment.version;
  index(id);
}

void Assortments::index(AssortmentId id) {
  const Assortment& assortment = all_.at(id.value());
  for (const ItemId item : assortment.items)
    insert_sorted(by_item_[item.value()], id);
  for (const std::string& category : assortment.categories)
    insert_sorted(by_category_[category], id);
}

void Assortments::forget(AssortmentId id) {
  const Assortment& assortment = all_.at(id.value());
  for (const ItemId item : assortment.items)
    erase_from(by_item_, item.value(), id);
  for (const std::string& category : assortment.categories)
    erase_from(by_category_, category, id);
}

std::optional<AssortmentId> Assortments::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found ? std::optional(AssortmentId{*found}) : std::nullopt;
}

std::vector<AssortmentId> Assortments::of(ItemId item, std::string_view category) const {
  static const std::vector<AssortmentId> kNone;
  const auto of_item = by_item_.find(item.value());
  const auto of_category = by_category_.find(category);
  const auto& a = of_item == by_item_.end() ? kNone : of_item->second;
  const auto& b = of_category == by_category_.end() ? kNone : of_category->second;
  std::vector<AssortmentId> out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

bool Assortments::contains(AssortmentId id, ItemId item, std::string_view category) const {
  const Assortment& assortment = get(id);
  const auto& categories = assortment.categories;
  return std::binary_search(assortment.items.begin(), assortment.items.end(), item) ||
         std::binary_search(categories.begin(), categories.end(), category);
}

void Assortments::save(Sink& out) const {
  names_.save(out);
  for (const Assortment& assortment : all_) {
    out.text(assortment.label);
    save_ids(out, assortment.items);
    save_texts(out, assortment.categories);
    save_ids(out, assortment.companies);
    save_texts(out, assortment.tags);
    out.pod(assortment.last_change.value());
    out.pod(assortment.version);
  }
}

void Assortments::load(Source& in, std::uint32_t item_count) {
  *this = Assortments{};
  names_.load(in);
  all_.assign(names_.size(), Assortment{});
  for (std::uint32_t i = 0; i < all_.size() && in.ok(); ++i) {
    Assortment& assortment = all_[i];
    in.text(assortment.label);
    load_ids(in, assortment.items);
    load_texts(in, assortment.categories);
    load_ids(in, assortment.companies);
    load_texts(in, assortment.tags);
    in.pod(assortment.last_change);
    in.pod(assortment.version);
    in.expect(is_ascending(assortment.items) && is_ascending(assortment.categories));
    for (const ItemId item : assortment.items)
      in.expect(is_one_of(item, item_count));
    if (in.ok()) index(AssortmentId{i});
  }
}

Status Assortments::check_references(std::uint32_t company_count) const {
  for (const Assortment& assortment : all_) {
    for (const CompanyId company : assortment.companies) {
      if (!is_one_of(company, company_count)) {
        return broken("an assortment for a company that is not known");
      }
    }
  }
  return {};
}

}  // namespace kontor
