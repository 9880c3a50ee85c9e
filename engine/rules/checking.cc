#include "engine/rules/checking.h"

#include "engine/rules/refusals.h"
#include "projections/fold.h"

namespace kontor {

CheckedOrder check_order(const Book& book, const Context& context, const PlaceOrder& command,
                         const Supposed& supposed) {
  CheckedOrder out;
  Step step(book, context);
  expect_effective_date(step);
  const std::string_view name = view(command.order());
  OrderWish wish = wish_of(command);
  wish.parties.put_right = supposed.put_right;
  if (!step.refused()) {
    // One that is settled has left memory, and its name is taken all the same.
    const bool settled =
        book.orders().find(name) == nullptr && book.find_document(SettledKind::kOrder, name) != 0;
    if (settled) step.refuse(about(ReasonCode::order_exists, Subject::order, name));
    PlacingAs as{name};
    as.supposed = supposed;
    out.placement = plan_placement(step, wish, as);
  }
  out.refusals = step.refusals();
  if (!out.placement) return out;
  MomentSet moments = {Moment::placement};
  if (!out.placement->asks) moments.add(Moment::approval);
  out.holds = find_holds(book, out.placement->facts, moments);
  Sourcing from{wish.region, wish.no_split};
  const CompanyId company = out.placement->who.company;
  if (from.region.empty()) from.region = book.parties().company(company).region;
  out.stock = plan_needs(book, needs_beyond(book, out.placement->priced, {}), from);
  return out;
}

}  // namespace kontor
