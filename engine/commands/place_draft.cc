// A draft becomes an order: placed as any other, with the stock it holds already.
#include "draft_generated.h"
#include "place_draft_generated.h"

#include "engine/commands.h"
#include "engine/rules/drafting.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

// The draft lets go of it and the order takes it, with the promise of today.
void hand_over(Step& step, std::uint64_t draft, OrderRef order,
               const std::vector<ReservedPart>& kept) {
  step.emit<DraftDiscarded>(draft, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateDraftDiscarded(out, draft, order.value(), structs(out, kept));
  });
  if (!kept.empty()) KONTOR_MARK("an order that keeps what its draft reserved");
  reserve_kept(step, order, kept);
}

}  // namespace

void decide(Step& step, const PlaceDraft& command) {
  const Draft* const draft = expect_draft(step, view(command.draft()));
  const std::string_view name = view(command.order());
  if (draft == nullptr) return check_new_order(step, name);
  const OrderWish wish = wish_of(step.book(), *draft);
  const std::uint64_t ref = draft->ref;
  PlacingAs as{name};
  const std::vector<ReservedPart> kept = parts_held(step.book(), ref);
  as.kept = kept;
  auto found = plan_placement(step, wish, as);
  if (!found) return;

  // The wish goes with the draft: from here on the words are the order's.
  const OrderRef order = emit_placed(step, wish, *found, name);
  hand_over(step, ref, order, kept);
  const Order& placed = step.book().orders().get(order);
  found->facts.country = step.book().orders().country(placed);
  found->facts.cost_centre = step.book().orders().cost_centre(placed);
  found->cost_centre = found->facts.cost_centre;
  take_placed_on(step, order, *found);
}

}  // namespace kontor
