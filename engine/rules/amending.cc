#include "engine/rules/amending.h"

#include <algorithm>
#include <map>

#include "engine/rules/counting.h"
#include "engine/rules/depositing.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

bool has_moved(const OrderLineState& line) {
  return line.shipped > Quantity{0} || line.invoiced > Quantity{0};
}

Quantity not_cancelled(const OrderLineState& line) {
  return line.ordered - line.cancelled - line.voided;
}

// The order's lines as they will be, one after another.
class Amending {
 public:
  Amending(Step& step, const Order& order, std::string_view country)
      : step_(step), order_(order), country_(country) {
    who_.company = CompanyId{order.company};
    who_.payer = CompanyId{order.payer};
    who_.buyer = BuyerId{order.buyer};
    who_.terms = TermsId{order.terms};
    who_.currency = CurrencyCode{order.currency};
  }

  // The caller's wish for a line of the order; numbered from 1.
  void amend(std::uint32_t number, const LineWish& wish) {
    const OrderLineState& state = lines()[number - 1];
    const std::string_view item = step_.book().catalogue().name(ItemId{state.item});
    if (has_moved(state)) {
      return step_.refuse(about_line(ReasonCode::already_shipped_or_billed, number, item));
    }
    if (wish.names_item && wish.wanted.item != item) {  // another item is another line
      return step_.refuse(about_line(ReasonCode::invalid_value, number, wish.wanted.item));
    }
    add(number, {item, wish.wanted.quantity, wish.wanted.unit_price});
  }

  void add(std::uint32_t number, const WantedLine& wanted) {
    const auto priced = price_line(step_, who_, country_, wanted, number);
    if (priced) push(number, *priced, false);
  }

  // A line that the caller does not name; its tax is another where the goods go elsewhere.
  void keep(std::uint32_t number) {
    const OrderLineState& state = lines()[number - 1];
    const Quantity units = not_cancelled(state);
    if (units == Quantity{0}) return;
    const Minor net = state.net_of(units);
    Percent rate{state.tax_rate};
    if (country_ != step_.book().orders().country(order_)) {
      const auto found =
          find_tax_rate(step_, who_, country_, TaxCategoryId{state.tax_category}, number);
      if (!found) return;
      rate = *found;
    }
    const bool moved = has_moved(state);
    if (moved && rate.value() != state.tax_rate) {
      return step_.refuse(about_line(ReasonCode::already_shipped_or_billed, number,
                                     step_.book().catalogue().name(ItemId{state.item})));
    }
    const Minor gross = moved ? state.gross_of(units) : net;
    push(number,
         OrderLine(units.value(), state.unit_price, net.value(), gross.value(), 0, state.item,
                   state.tax_category, rate.value(), kNoOrdinal),
         moved);
  }

  // A line at today's price and tax. One that has moved keeps its own.
  void reprice(std::uint32_t number) {
    const OrderLineState& state = lines()[number - 1];
    const Quantity units = not_cancelled(state);
    if (units == Quantity{0} || has_moved(state)) return keep(number);
    const std::string_view item = step_.book().catalogue().name(ItemId{state.item});
    const auto price = price_of(state, units);
    const auto rate =
        find_tax_rate(step_, who_, country_, TaxCategoryId{state.tax_category}, number);
    if (!price) step_.refuse(about_line(ReasonCode::no_price, number, item));
    if (!price || !rate) return;
    const auto net = line_net(units, price->unit_price);
    if (!net || std::abs(net->value()) > limits::kDocumentMinorMax) {
      return step_.refuse(about_line(ReasonCode::amount_overflow, number, item));
    }
    push(number,
         OrderLine(units.value(), price->unit_price.value(), net->value(), net->value(),
                   price->set_at.value(), state.item, state.tax_category, rate->value(),
                   price->list.value()),
         false);
  }

  Amendment finish() {
    Amendment out;
    out.priced = std::move(priced_);
    if (!step_.refused()) total_up(step_, who_.currency, out.priced, settled_);
    if (step_.refused()) return out;
    for (std::size_t i = 0; i < numbers_.size(); ++i)
      compare(i, out);
    return out;
  }

 private:
  std::span<const OrderLineState> lines() const { return step_.book().orders().lines(order_); }

  std::optional<Price> price_of(const OrderLineState& line, Quantity units) const {
    const Date today = step_.context().effective_date;
    const ItemId item{line.item};
    const std::int64_t kept =
        price_to_state(step_.book(), who_, item, units, today, line.unit_price);
    if (kept != kAbsent) return Price{UnitPrice{kept}, Sequence{}, no_id<PriceListId>()};
    return find_price(step_.book(), who_, item, units, today);
  }

  void push(std::uint32_t number, const OrderLine& line, bool settled) {
    priced_.lines.push_back(line);
    numbers_.push_back(number);
    settled_.push_back(settled ? 1 : 0);
  }

  void compare(std::size_t index, Amendment& out) const {
    const OrderLine& line = out.priced.lines[index];
    const std::uint32_t number = numbers_[index];
    const bool is_new = number > order_.line_count;
    const OrderLineState before = is_new ? OrderLineState{} : lines()[number - 1];
    if (settled_[index] != 0) {
      out.open_after += before.open_gross();
      return;
    }
    out.open_after += Minor{line.gross()};
    const Quantity units{line.quantity()};
    const Quantity had = not_cancelled(before);
    const bool same =
        !is_new && units == had && line.unit_price() == before.unit_price &&
        line.net() == before.net_of(had).value() && line.gross() == before.gross_of(had).value() &&
        line.tax_category() == before.tax_category && line.tax_rate() == before.tax_rate;
    if (same) return;
    const Quantity more = std::max(units - had, Quantity{0});
    const Quantity less = std::max(had - units, Quantity{0});
    const Quantity waited = less > Quantity{0}
                                ? cut_line(step_.book(), order_, number, less, out.released)
                                : Quantity{0};
    out.lines.emplace_back(units.value(), more.value(), less.value(), waited.value(),
                           line.unit_price(), line.net(), line.gross(), line.price(), line.item(),
                           number, line.tax_category(), line.tax_rate(), line.price_list(), 0);
  }

  Step& step_;
  const Order& order_;
  std::string_view country_;
  OrderParties who_;
  PricedOrder priced_;
  std::vector<std::uint32_t> numbers_;  // of priced_.lines
  std::vector<std::uint8_t> settled_;   // which of them moved already
};

// The wishes by line, new lines aside; refuses what names no line, or one twice.
std::map<std::uint32_t, const LineWish*> by_line(Step& step, const Order& order,
                                                 const std::vector<LineWish>& wishes) {
  std::map<std::uint32_t, const LineWish*> out;
  for (const LineWish& wish : wishes) {
    if (wish.line == 0) continue;
    const bool known = wish.line <= order.line_count;
    if (known && out.emplace(wish.line, &wish).second) continue;
    Cause cause = about(known ? ReasonCode::invalid_value : ReasonCode::unknown_line,
                        Subject::order, step.book().orders().name(order), order.ref);
    cause.line = wish.line;
    step.refuse(std::move(cause));
  }
  return out;
}

}  // namespace

Amendment plan_amendment(Step& step, const Order& order, std::string_view country,
                         const std::vector<LineWish>& wishes) {
  const auto amended = by_line(step, order, wishes);
  const std::size_t added = static_cast<std::size_t>(
      std::count_if(wishes.begin(), wishes.end(), [](const LineWish& w) { return w.line == 0; }));
  if (order.line_count + added > limits::kLinesMax) {
    step.refuse(too_many(Subject::order, limits::kLinesMax, "lines"));
    return {};
  }
  Amending amending(step, order, country);
  for (std::uint32_t number = 1; number <= order.line_count; ++number) {
    const auto wish = amended.find(number);
    if (wish == amended.end()) {
      amending.keep(number);
    } else {
      amending.amend(number, *wish->second);
    }
  }
  std::uint32_t number = order.line_count;
  for (const LineWish& wish : wishes) {
    if (wish.line == 0) amending.add(++number, wish.wanted);
  }
  return amending.finish();
}

Amendment plan_new_prices(Step& step, const Order& order) {
  Amending amending(step, order, step.book().orders().country(order));
  for (std::uint32_t number = 1; number <= order.line_count; ++number)
    amending.reprice(number);
  return amending.finish();
}

OrderFacts facts_after(const Book& book, const Order& order, const Amendment& amendment) {
  OrderFacts facts = facts_of(book, order);
  facts.lines = amendment.priced.lines;
  facts.net = amendment.priced.net;
  facts.total = amendment.priced.total;
  Minor open_before;
  for (const OrderLineState& line : book.orders().lines(order))
    open_before += line.open_gross();
  set_need(book, facts, facts.need + facts.deposit + amendment.open_after - open_before,
           undeducted_deposit(book, order));
  return facts;
}

bool asks_again(const Book& book, const Order& order, Minor total) {
  const std::string_view on_change =
      policy_in_force(book, PolicyKey::approval_on_change, policy_context(order)).value;
  if (on_change == "keep") return false;
  return on_change == "always_ask" || total > order.agreed;
}

}  // namespace kontor
