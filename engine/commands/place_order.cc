// PlaceOrder: gather who and what, assess everything, refuse with all reasons, then make it so.
#include "order_generated.h"
#include "place_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/allocation.h"
#include "engine/rules/budgets.h"
#include "engine/rules/policy.h"
#include "engine/rules/pool.h"
#include "engine/rules/pricing.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "engine/rules/wishes.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

void check_header(Step& step, const PlaceOrder& command) {
  const std::string_view name = view(command.order());
  expect_version(step, 0, Subject::order, name);
  expect_identifier(step, Subject::order, name);
  if (step.book().orders().find(name) != nullptr) {
    step.refuse(about(ReasonCode::order_exists, Subject::order, name));
  }
  for (const auto* value : {command.region(), command.address(), command.country(),
                            command.cost_centre(), command.buyer_reference()}) {
    expect_text(step, "text", view(value));
  }
  const std::size_t lines = run(command.lines()).size();
  if (lines == 0 || lines > limits::kLinesMax) {
    step.refuse(too_many(Subject::order, limits::kLinesMax, "lines, and one at least"));
  }
  const Date requested{command.requested_date()};
  if (requested != kNoDate && requested < step.context().effective_date) {
    step.refuse(with_dates(about(ReasonCode::date_before_order, Subject::order, name), requested,
                           step.context().effective_date));
  }
  if (command.settlement() != Settlement::account) {
    step.refuse(about(ReasonCode::not_supported, Subject::order, "settlement prepaid"));
  }
}

std::vector<WantedLine> read_lines(const PlaceOrder& command) {
  std::vector<WantedLine> out;
  const auto lines = run(command.lines());
  out.reserve(lines.size());
  for (const PlaceLine& line : lines) {
    out.push_back(
        {pool_name(command.names(), line.item()), Quantity{line.quantity()}, line.unit_price()});
  }
  return out;
}

// Where stock is taken at once, what is short is told at once.
void check_stock(Step& step, const PricedOrder& priced, const PlaceOrder& command,
                 const OrderParties& who, bool approved) {
  const PolicyContext context{who.company, who.buyer};
  const std::string_view at = policy_in_force(step.book(), PolicyKey::stock_at, context).value;
  if (at != "placement" && !(at == "approval" && approved)) return;
  std::vector<StockNeed> needs;
  for (const OrderLine& line : priced.lines) {
    needs.push_back({static_cast<std::uint32_t>(needs.size() + 1), ItemId{line.item()},
                     Quantity{line.quantity()}});
  }
  check_stock_for(step, needs, {view(command.region()), command.no_split()}, context);
}

// The one it names, or its buyer's.
std::string_view cost_centre_of(const Book& book, const PlaceOrder& command,
                                const OrderParties& who) {
  const std::string_view named = view(command.cost_centre());
  if (!named.empty() || !is_set(who.buyer)) return named;
  return book.parties().buyer(who.buyer).cost_centre;
}

OrderFacts facts_of(const Step& step, const PlaceOrder& command, const OrderParties& who,
                    const PricedOrder& priced) {
  OrderFacts facts;
  facts.company = who.company;
  facts.payer = who.payer;
  facts.buyer = who.buyer;
  facts.terms = who.terms;
  facts.currency = who.currency;
  facts.settlement = command.settlement();
  facts.placed_on = step.context().effective_date;
  facts.requested_on = Date{command.requested_date()};
  facts.distinct_items = priced.distinct_items;
  facts.net = priced.net;
  facts.total = priced.total;
  facts.need = priced.total;
  facts.country = view(command.country());
  facts.cost_centre = cost_centre_of(step.book(), command, who);
  facts.lines = priced.lines;
  return facts;
}

OrderRef emit_order(Step& step, const PlaceOrder& command, const OrderParties& who,
                    const PricedOrder& priced) {
  const Sequence birth = step.emit<OrderPlaced>(0, [&](Builder& out) {
    const auto order = text(out, view(command.order()));
    const auto region = text(out, view(command.region()));
    const auto address = text(out, view(command.address()));
    const auto country = text(out, view(command.country()));
    const auto cost_centre = text(out, cost_centre_of(step.book(), command, who));
    const auto buyer_reference = text(out, view(command.buyer_reference()));
    const auto lines = structs(out, priced.lines);
    const auto taxes = structs(out, priced.taxes);
    OrderPlacedBuilder event(out);
    event.add_order(order);
    event.add_company(who.company.value());
    event.add_payer(who.payer.value());
    event.add_buyer(who.buyer.value());
    event.add_currency(who.currency.value());
    event.add_terms(who.terms.value());
    event.add_settlement(command.settlement());
    event.add_requested_date(command.requested_date());
    event.add_region(region);
    event.add_address(address);
    event.add_country(country);
    event.add_cost_centre(cost_centre);
    event.add_buyer_reference(buyer_reference);
    event.add_no_split(command.no_split());
    event.add_lines(lines);
    event.add_taxes(taxes);
    event.add_net(priced.net.value());
    event.add_tax(priced.tax.value());
    event.add_total(priced.total.value());
    return event.Finish();
  });
  return OrderRef{birth.value()};
}

}  // namespace

void decide(Step& step, const PlaceOrder& command) {
  check_header(step, command);
  const OrderParties who = find_order_parties(
      step, {view(command.company()), view(command.buyer()), view(command.payer()),
             view(command.terms()), CurrencyCode{command.currency()}});
  if (!is_set(who.company) || !is_set(who.payer)) return;
  expect_cost_centre(step, who.company, who.buyer, cost_centre_of(step.book(), command, who));
  const std::vector<WantedLine> wanted = read_lines(command);
  const PricedOrder priced = price_lines(step, who, view(command.country()), wanted);
  if (step.refused()) return;

  const OrderFacts facts = facts_of(step, command, who, priced);
  const Wishes wishes = assess_rules(step, facts, Asking::kAsk);
  check_room(step, facts, priced.total);
  check_spending_room(step, facts);
  check_stock(step, priced, command, who, approves_at_once(step.book(), facts, wishes));
  if (step.refused()) return;

  // Nothing below refuses.
  const OrderRef order = emit_order(step, command, who, priced);
  warn(step, order, wishes);
  approve_or_ask(step, order, facts, wishes);
  SpendingChange().settle(step, order);
  go_on(step, order, Moment::placement);
}

}  // namespace kontor
