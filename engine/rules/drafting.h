// What is kept of a wish before it is an order, and its stock. Rules: domain, What is sold, and
// One notion of when (stock.draft).
#pragma once

#include <string_view>
#include <vector>

#include "engine/rules/placing.h"
#include "engine/step.h"

namespace kontor {

// No position: nothing is named.
inline constexpr std::uint64_t kNoPosition = UINT64_MAX;

// The draft a command names, or null after refusing unknown_draft; its version is expected.
const Draft* expect_draft(Step& step, std::string_view name);

// A draft as a wish; lives as long as the draft stays as it is.
OrderWish wish_of(const Book& book, const Draft& draft);

// Everything that is held for a draft or an order.
std::vector<ReservedPart> parts_held(const Book& book, std::uint64_t holder);

// A draft about to be saved. Nothing after refusing whom or what it names; a line that cannot be
// priced is no refusal.
struct DraftToSave {
  OrderParties named;         // as they were said
  std::vector<ItemId> items;  // by line
  std::optional<Placement> priced;
};
std::optional<DraftToSave> plan_draft(Step& step, const OrderWish& wish, std::string_view name);
// Emits DraftSaved, with what it reserves; gives the draft's position.
std::uint64_t save_draft(Step& step, const OrderWish& wish, const DraftToSave& found,
                         std::string_view name);

}  // namespace kontor
