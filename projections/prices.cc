#include "projections/prices.h"

#include "item_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

std::uint64_t key_of(PriceListId list, ItemId item) {
  return (std::uint64_t{list.value()} + 1) << 32 | item.value();
}

}  // namespace

void Prices::on(const Envelope& by, const PriceSet& event) {
  const PriceListId list{event.list()};
  if (list.value() == list_names_.size()) {
    list_names_.add(view(event.list_name()));
    currencies_.emplace_back(event.currency());
  }
  const std::uint64_t key = key_of(list, ItemId{event.item()});
  const auto previous = newest_.find(key);
  const auto first = static_cast<std::uint32_t>(breaks_.size());
  for (const PriceBreak& price : run(event.breaks())) {
    breaks_.push_back({price.from_quantity(), price.unit_price()});
  }
  newest_.set(key, static_cast<std::uint32_t>(entries_.size()));
  entries_.push_back({by.sequence.value(), event.valid_from(), event.valid_to(), first,
                      static_cast<std::uint32_t>(breaks_.size()) - first,
                      previous.value_or(kNoOrdinal), 0});
}

std::optional<PriceListId> Prices::find_list(std::string_view name) const {
  const auto found = list_names_.find(name);
  return found ? std::optional(PriceListId{*found}) : std::nullopt;
}

const Prices::Entry* Prices::entry(PriceListId list, ItemId item, Date on) const {
  std::uint32_t at = newest_.find(key_of(list, item)).value_or(kNoOrdinal);
  while (at != kNoOrdinal) {
    const Entry& entry = entries_[at];
    const bool begun = entry.valid_from <= on.value();
    const bool over = entry.valid_to != kNoDate.value() && entry.valid_to < on.value();
    if (begun && !over) return &entry;
    KONTOR_MARK("an older price that is valid again or still");
    at = entry.previous;
  }
  return nullptr;
}

std::optional<Price> Prices::find(PriceListId list, ItemId item, Quantity quantity, Date on) const {
  const Entry* const found = entry(list, item, on);
  if (found == nullptr) return std::nullopt;
  const Break* best = nullptr;
  for (const Break& candidate : breaks(*found)) {
    if (candidate.from_quantity > quantity.value()) break;
    best = &candidate;
  }
  if (best == nullptr) return std::nullopt;
  return Price{UnitPrice{best->unit_price}, Sequence{found->set_at}, list};
}

void Prices::save(Sink& out) const {
  list_names_.save(out);
  save_ids(out, currencies_);
  newest_.save(out);
  out.pods(entries_);
  out.pods(breaks_);
}

void Prices::load(Source& in) {
  list_names_.load(in);
  load_ids(in, currencies_);
  newest_.load(in);
  in.pods(entries_);
  in.pods(breaks_);
  in.expect(currencies_.size() == list_names_.size());
  newest_.for_each(
      [&](std::uint64_t, std::uint32_t newest) { in.expect(newest < entries_.size()); });
  for (std::size_t i = 0; i < entries_.size() && in.ok(); ++i) {
    const Entry& entry = entries_[i];
    in.expect(is_run(entry.first_break, entry.break_count, breaks_.size()));
    in.expect(is_place_or_none(entry.previous, i));  // older, and so before it
  }
}

Status Prices::check_invariants() const {
  for (const Entry& entry : entries_) {
    std::int64_t last = -1;
    for (const Break& step : breaks(entry)) {
      if (step.from_quantity <= last) return broken("price breaks that do not ascend");
      last = step.from_quantity;
    }
  }
  return {};
}

}  // namespace kontor
