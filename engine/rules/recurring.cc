#include "engine/rules/recurring.h"

#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {

const Order* expect_recurring(Step& step, std::string_view name) {
  const Order* const order = step.book().orders().find(name);
  if (order != nullptr && order->recurring != 0) return order;
  step.refuse(about(ReasonCode::unknown_recurring_order, Subject::recurring_order, name));
  return nullptr;
}

// A caller's price is the price where it was the only one; else it was today's then, and is today's
// now.
OrderWish wish_of(const Book& book, const Order& order, const RecurringOrder& recurring, Date on) {
  OrderWish out;
  const Parties& parties = book.parties();
  const BuyerId buyer{order.buyer};
  const TermsId terms{order.terms};
  out.parties.company = parties.name(CompanyId{order.company});
  if (is_set(buyer)) out.parties.buyer = parties.name(buyer);
  out.parties.payer = parties.name(CompanyId{order.payer});
  if (is_set(terms)) out.parties.terms = book.terms().name(terms);
  out.parties.currency = CurrencyCode{order.currency};
  out.settlement = order.settlement;
  out.region = book.orders().region(order);
  out.address = recurring.address;
  out.country = book.orders().country(order);
  out.cost_centre = book.orders().cost_centre(order);
  out.buyer_reference = recurring.buyer_reference;
  out.no_split = order.no_split != 0;
  OrderParties who;
  who.company = CompanyId{order.company};
  who.buyer = buyer;
  who.currency = out.parties.currency;
  for (const OrderLineState& line : book.orders().lines(order)) {
    const ItemId item{line.item};
    out.lines.push_back({book.catalogue().name(item), line.ordered,
                         price_to_state(book, who, item, line.ordered, on, line.unit_price)});
  }
  return out;
}

std::string name_of_run(const Book& book, std::string_view name, std::uint32_t run) {
  const auto is_taken = [&](const std::string& candidate) {
    return book.orders().find(candidate) != nullptr ||
           book.settled(SettledKind::kOrder).may_have(candidate);
  };
  std::string out = std::string(name) + '-' + std::to_string(run);
  for (std::uint32_t next = 2; is_taken(out); ++next) {
    KONTOR_MARK("a name for a run that another order has");
    out = std::string(name) + '-' + std::to_string(run) + '-' + std::to_string(next);
  }
  return out;
}

}  // namespace kontor
