// ReopenDocument: a settled order that the next command names is taken back from the log.
#include "document_generated.h"
#include "reopen_document_generated.h"

#include "engine/commands.h"
#include "events/base/mark.h"
#include "projections/past.h"

namespace kontor {
namespace {

std::vector<ReopenedLine> lines_of(const Orders& orders, const Order& order) {
  std::vector<ReopenedLine> out;
  for (const OrderLineState& line : orders.lines(order)) {
    KONTOR_ASSERT(line.reserved == Quantity{0} && line.backordered == Quantity{0});
    out.emplace_back(line.ordered.value(), line.cancelled.value(), line.voided.value(),
                     line.shipped.value(), line.invoiced.value(), line.returned.value(),
                     line.returned_unbilled.value(), line.credited.value(), line.valued.value(),
                     line.net.value(), line.gross.value(), line.unit_price, line.item,
                     line.tax_category, line.tax_rate, 0);
  }
  return out;
}

std::vector<SpentShare> shares_of(const Taking* taking) {
  std::vector<SpentShare> out;
  if (taking == nullptr) return out;
  KONTOR_MARK("a settled order that took of a budget or period comes back");
  std::uint16_t number = 0;
  for (const TakenPart& part : taking->parts) {
    ++number;
    const std::int64_t amount = part.amount.value();
    for (const BudgetId budget : part.budgets)
      out.emplace_back(amount, budget.value(), number, part.in_period, 0);
    if (part.budgets.empty()) out.emplace_back(amount, kNoOrdinal, number, part.in_period, 0);
  }
  return out;
}

flatbuffers::Offset<ReopenedOrder> write_order(flatbuffers::FlatBufferBuilder& out,
                                               const PastOrder& past, const Order& order) {
  const Orders& orders = past.orders;
  const auto name = text(out, orders.name(order));
  const auto region = text(out, orders.region(order));
  const auto country = text(out, orders.country(order));
  const auto cost_centre = text(out, orders.cost_centre(order));
  const auto lines = structs(out, lines_of(orders, order));
  const auto spent = structs(out, shares_of(past.takings.find(order.ref)));
  ReopenedOrderBuilder state(out);
  state.add_order(name);
  state.add_company(order.company);
  state.add_payer(order.payer);
  state.add_buyer(order.buyer);
  state.add_terms(order.terms);
  state.add_currency(order.currency);
  state.add_region(region);
  state.add_country(country);
  state.add_placed_on(order.placed_on);
  state.add_requested_date(order.requested_on);
  state.add_no_split(order.no_split != 0);
  state.add_net(order.net.value());
  state.add_total(order.total.value());
  state.add_agreed(order.agreed.value());
  state.add_released_for(order.released_for.value());
  state.add_asked_at(order.asked_at);
  state.add_released_at(order.released_at);
  state.add_release_expires(order.release_expires);
  state.add_version(order.version);
  state.add_approval(static_cast<ReopenedApproval>(order.approval));
  state.add_credit(static_cast<ReopenedCredit>(order.credit));
  state.add_cancelled(order.cancelled != 0);
  state.add_fulfilled(order.fulfilled != 0);
  state.add_lines(lines);
  state.add_cost_centre(cost_centre);
  state.add_settlement(order.settlement);
  state.add_credit_from(order.credit_from);
  state.add_spent(spent);
  return state.Finish();
}

}  // namespace

// What was gathered comes in beside the command, as the time does; it is in the event, and nothing
// after it reads back.
void decide(Step& step, const ReopenDocument& command) {
  const PastOrder* const gathered = step.context().gathered;
  KONTOR_ASSERT(gathered != nullptr);
  const Order& order = gathered->orders.get(OrderRef{command.order()});
  step.emit<DocumentReopened>(order.ref, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateDocumentReopened(out, order.ref, write_order(out, *gathered, order));
  });
}

}  // namespace kontor
