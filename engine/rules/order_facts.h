// What is known of an order while rules look at it: one about to be placed or changed, or one that
// is examined again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "order_generated.h"

#include "engine/rules/put_right.h"
#include "projections/book.h"

namespace kontor {

// What is taken for true instead of what is so; nothing where an order is decided. `why` asks with
// it what would release one (engine/rules/remedies.h).
struct SupposedLimit {
  CompanyId company;
  Minor limit;
};
struct SupposedTaking {  // credit that another order has taken by then
  CompanyId payer;
  Minor amount;
};
struct SupposedBudget {
  BudgetId budget;
  Minor amount;
};
struct Supposed {
  const Account* account = nullptr;  // of the payer
  Date today = kNoDate;
  std::span<const SupposedLimit> limits;  // set anew
  std::span<const SupposedTaking> taken;
  std::span<const SupposedBudget> budgets;  // set anew
  std::optional<Minor> period_limit;        // of the buyer, set anew
  std::span<const Quantity> cancelled;      // of the order, by line; empty: nothing
  Minor cancelled_worth;
  std::span<const PutRight> put_right;
};

inline Quantity cancelled_of(const Supposed& supposed, std::uint32_t line) {
  return supposed.cancelled.empty() ? Quantity{0} : supposed.cancelled[line - 1];
}

// The lines a rule of an item, category or assortment concerns; kind book: all of them.
struct LineScope {
  ScopeKind kind = ScopeKind::book;
  std::uint32_t ordinal = kNoOrdinal;
  std::string_view word;
};
inline bool concerns_lines(ScopeKind kind) {
  return kind == ScopeKind::item || kind == ScopeKind::item_category ||
         kind == ScopeKind::assortment;
}
inline bool is_in_scope(const Book& book, const LineScope& scope, ItemId item) {
  const Catalogue& catalogue = book.catalogue();
  switch (scope.kind) {
    case ScopeKind::item:
      return item.value() == scope.ordinal;
    case ScopeKind::item_category:
      return catalogue.item(item).category == scope.word;
    case ScopeKind::assortment:
      return catalogue.assortments().contains(AssortmentId{scope.ordinal}, item,
                                              catalogue.item(item).category);
    default:
      return true;
  }
}

struct OrderFacts {
  CompanyId company = no_id<CompanyId>();
  CompanyId payer = no_id<CompanyId>();
  BuyerId buyer = no_id<BuyerId>();
  TermsId terms = no_id<TermsId>();
  CurrencyCode currency;
  Settlement settlement = Settlement::account;
  Date placed_on = kNoDate;     // effective date
  Date requested_on = kNoDate;  // kNoDate: as soon as can be
  Minor net;
  Minor total;
  Minor need;                // what it would add to the payer's exposure; 0 where it counts already
  Minor deposit;             // and what its deposit would then take off; without that it were more
  std::string_view country;  // of the ship-to; empty: the company's
  std::string_view cost_centre;  // empty: none
  bool recurring = false;        // a recurring order, or a run of one
  OrderRef order;                // 0: not placed yet
  // Of one about to be placed or changed, every line that is not cancelled whole. Empty: those of
  // `order`.
  std::span<const OrderLine> lines;
  Supposed supposed;
  LineScope scope;  // of the rule that looks: figures of lines look at those in it
};

inline const Account& payer_account(const Book& book, const OrderFacts& facts) {
  if (facts.supposed.account != nullptr) return *facts.supposed.account;
  return book.credit().account(facts.payer);
}
inline Date today_of(const Book& book, const OrderFacts& facts) {
  return facts.supposed.today != kNoDate ? facts.supposed.today : book.calendar().business_date();
}

// A line as rules see it.
struct FactLine {
  std::uint32_t number = 0;  // from 1; 0 where `lines` are not all of the order
  ItemId item;
  Quantity quantity;
  std::int64_t unit_price = 0;
  Minor net;  // of the quantity
};

// Calls visit(FactLine) for each line of which something is not cancelled.
template <class Visit>
void for_each_line(const Book& book, const OrderFacts& facts, Visit visit) {
  std::uint32_t number = 0;
  if (!facts.lines.empty()) {
    for (const OrderLine& line : facts.lines) {
      const bool all = facts.order.value() == 0;
      visit(FactLine{all ? ++number : 0, ItemId{line.item()}, Quantity{line.quantity()},
                     line.unit_price(), Minor{line.net()}});
    }
    return;
  }
  if (facts.order.value() == 0) return;
  for (const OrderLineState& line : book.orders().lines(book.orders().get(facts.order))) {
    ++number;
    const Quantity left =
        line.ordered - line.cancelled - line.voided - cancelled_of(facts.supposed, number);
    if (left <= Quantity{0}) continue;
    visit(FactLine{number, ItemId{line.item}, left, line.unit_price, line.net_of(left)});
  }
}

// The same for the lines in the scope of the rule that looks.
template <class Visit>
void for_each_line_in_scope(const Book& book, const OrderFacts& facts, Visit visit) {
  for_each_line(book, facts, [&](const FactLine& line) {
    if (is_in_scope(book, facts.scope, line.item)) visit(line);
  });
}

}  // namespace kontor
