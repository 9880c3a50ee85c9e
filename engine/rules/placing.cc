#include "engine/rules/placing.h"

#include <algorithm>

#include "order_generated.h"

#include "engine/rules/budgets.h"
#include "engine/rules/depositing.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

// The one it names, or its buyer's.
std::string_view cost_centre_of(const Book& book, const OrderWish& wish, const OrderParties& who) {
  if (!wish.cost_centre.empty() || !is_set(who.buyer)) return wish.cost_centre;
  return book.parties().buyer(who.buyer).cost_centre;
}

OrderFacts facts_of(const Step& step, const OrderWish& wish, const Placement& found) {
  OrderFacts facts;
  facts.company = found.who.company;
  facts.payer = found.who.payer;
  facts.buyer = found.who.buyer;
  facts.terms = found.who.terms;
  facts.currency = found.who.currency;
  facts.settlement = wish.settlement;
  facts.placed_on = step.context().effective_date;
  facts.requested_on = wish.requested;
  facts.net = found.priced.net;
  facts.total = found.priced.total;
  facts.need = found.priced.total;
  facts.country = wish.country;
  facts.cost_centre = found.cost_centre;
  facts.lines = found.priced.lines;
  return facts;
}

// Where stock is taken at once, what is short is told at once.
void check_stock(Step& step, const OrderWish& wish, const Placement& found,
                 std::span<const ReservedPart> kept) {
  const PolicyContext context{found.who.company, found.who.buyer};
  const std::string_view at = policy_in_force(step.book(), PolicyKey::stock_at, context).value;
  if (at != "placement" && !(at == "approval" && !found.asks)) return;
  std::vector<StockNeed> needs = needs_beyond(step.book(), found.priced, kept);
  leave_out_put_right(step.book(), found.who.put_right, needs);
  check_stock_for(step, needs, {wish.region, wish.no_split}, context);
}

// Whether a run needs no yes of its own: its recurring order has one, for this total.
bool is_covered(const Book& book, const OrderFacts& facts, Minor agreed) {
  const PolicyContext orderer{facts.company, facts.buyer};
  const std::string_view on_change =
      policy_in_force(book, PolicyKey::approval_on_change, orderer).value;
  if (on_change == "keep") return true;
  return on_change == "always_ask" ? facts.total == agreed : facts.total <= agreed;
}

}  // namespace

void check_new_order(Step& step, std::string_view name) {
  expect_identifier(step, Subject::order, name);
  if (step.book().orders().find(name) != nullptr) {
    step.refuse(about(ReasonCode::order_exists, Subject::order, name));
  }
}

void check_wish(Step& step, const OrderWish& wish, Subject kind, std::string_view name) {
  for (const std::string_view value :
       {wish.region, wish.address, wish.country, wish.cost_centre, wish.buyer_reference}) {
    expect_text(step, "text", value);
  }
  if (wish.lines.empty() || wish.lines.size() > limits::kLinesMax) {
    step.refuse(too_many(kind, limits::kLinesMax, "lines, and one at least"));
  }
  if (wish.requested != kNoDate && wish.requested < step.context().effective_date) {
    step.refuse(with_dates(about(ReasonCode::date_before_order, kind, name), wish.requested,
                           step.context().effective_date));
  }
}

std::optional<Placement> price_wish(Step& step, const OrderWish& wish) {
  const OrderParties who = find_order_parties(step, wish.parties);
  if (!is_set(who.company) || !is_set(who.payer)) return std::nullopt;
  std::optional<Placement> out(std::in_place);
  out->who = who;
  out->cost_centre = cost_centre_of(step.book(), wish, who);
  expect_cost_centre(step, who.company, who.buyer, out->cost_centre, who.put_right);
  out->priced = price_lines(step, who, wish.country, wish.lines);
  if (step.refused()) return std::nullopt;
  out->facts = facts_of(step, wish, *out);
  return out;
}

std::optional<Placement> plan_placement(Step& step, const OrderWish& wish, const PlacingAs& as) {
  check_new_order(step, as.name);
  check_wish(step, wish, Subject::order, as.name);
  std::optional<Placement> out = price_wish(step, wish);
  if (!out) return std::nullopt;
  out->run_of = as.run_of;
  out->facts.recurring = as.run_of.value() != 0;
  out->facts.supposed = as.supposed;
  out->covered = as.agreed && is_covered(step.book(), out->facts, *as.agreed);
  out->wishes = assess_rules(step, out->facts, out->covered ? Asking::kLook : Asking::kAsk);
  if (out->covered) {
    raise(out->wishes.deposit, find_deposit(step.book(), out->facts, {Moment::approval}));
  }
  out->facts = with_deposit(step.book(), out->facts, out->wishes.deposit);
  out->asks = !out->covered && !approves_at_once(step.book(), out->facts, out->wishes);
  check_room(step, out->facts);
  check_spending_room(step, out->facts);
  check_stock(step, wish, *out, as.kept);
  if (step.refused()) return std::nullopt;
  return out;
}

std::vector<StockNeed> needs_beyond(const Book& book, const PricedOrder& priced,
                                    std::span<const ReservedPart> kept) {
  std::vector<StockNeed> out;
  for (const OrderLine& line : priced.lines) {
    out.push_back({static_cast<std::uint32_t>(out.size() + 1), ItemId{line.item()},
                   Quantity{line.quantity()}});
  }
  for (const ReservedPart& part : kept)
    out[part.line() - 1].quantity -= Quantity{part.quantity()};
  leave_out_needless(book, out);
  return out;
}

OrderRef emit_placed(Step& step, const OrderWish& wish, const Placement& found,
                     std::string_view name) {
  const OrderParties& who = found.who;
  const PricedOrder& priced = found.priced;
  const Sequence birth = step.emit<OrderPlaced>(0, [&](Builder& out) {
    const auto order = text(out, name);
    const auto region = text(out, wish.region);
    const auto address = text(out, wish.address);
    const auto country = text(out, wish.country);
    const auto cost_centre = text(out, found.cost_centre);
    const auto buyer_reference = text(out, wish.buyer_reference);
    const auto lines = structs(out, priced.lines);
    const auto taxes = structs(out, priced.taxes);
    OrderPlacedBuilder event(out);
    event.add_order(order);
    event.add_company(who.company.value());
    event.add_payer(who.payer.value());
    event.add_buyer(who.buyer.value());
    event.add_currency(who.currency.value());
    event.add_terms(who.terms.value());
    event.add_settlement(wish.settlement);
    event.add_requested_date(wish.requested.value());
    event.add_region(region);
    event.add_address(address);
    event.add_country(country);
    event.add_cost_centre(cost_centre);
    event.add_buyer_reference(buyer_reference);
    event.add_no_split(wish.no_split);
    event.add_lines(lines);
    event.add_taxes(taxes);
    event.add_net(priced.net.value());
    event.add_tax(priced.tax.value());
    event.add_total(priced.total.value());
    if (found.run_of.value() != 0) event.add_run_of(found.run_of.value());
    return event.Finish();
  });
  return OrderRef{birth.value()};
}

void take_placed_on(Step& step, OrderRef order, const Placement& found) {
  ask_deposit(step, order, found.wishes.deposit);
  warn(step, order, found.wishes);
  if (found.covered) {
    KONTOR_MARK("a run that its recurring order's approval covers");
    step.emit<OrderApproved>(order.value(), [&](Builder& out) {
      return CreateOrderApproved(out, order.value(), ApprovalCause::recurring);
    });
  } else {
    approve_or_ask(step, order, found.facts, found.wishes);
  }
  SpendingChange().settle(step, order);
  go_on(step, order, Moment::placement);
}

}  // namespace kontor
