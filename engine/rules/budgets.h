// What an order takes from its buyer's period and from the budgets of its cost centre: when, by
// budget.at, and what it gives back. Rules: domain, Who is who, and One notion of when.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "payment_generated.h"

#include "engine/rules/order_facts.h"
#include "engine/step.h"

namespace kontor {

// Refuses a cost centre that an order of the company may not be charged to today, or that none is
// named where one must be. While the book knows no cost centre it is a free text.
void expect_cost_centre(Step& step, CompanyId company, BuyerId buyer, std::string_view name,
                        std::span<const PutRight> put_right = {});

// The active budgets of a cost centre on a day, in the order they were first set.
std::vector<BudgetId> valid_budgets(const Book& book, CostCentreId centre, Date day);

// Days on which time alone may bring what is spent within its bounds: the first of the buyer's next
// period, those after the last of the cost centre's budgets, and the first of those to come.
std::vector<Date> days_spending_may_ease(const Book& book, const OrderFacts& facts);

// What of an order, with tax, is neither cancelled or voided nor came back unbilled or credited:
// what it takes in the end.
Minor spending_worth(const Book& book, const Order& order);

// What the order, as the facts have it, would still take: all of it but what it has taken.
Minor still_to_take(const Book& book, const OrderFacts& facts);
Minor still_to_take(const Book& book, const Order& order);
// The same with what it has taken.
Minor to_take_in_all(const Book& book, const OrderFacts& facts);

// Refuses amount_overflow where a budget or the buyer's period could not count the order.
void check_spending_room(Step& step, const OrderFacts& facts);

// For an order that takes at approval: refuses what stands in its way now, a cost centre or budget
// that is no longer valid, or a rule by budget or period limit that nobody was asked by when it was
// placed. Of an order that takes at another time: nothing.
void check_spending(Step& step, const Order& order, const Supposed& supposed = {});

// A decision's change of what an order takes. Made before the first event that touches the order;
// then `settle` takes what has become due, or gives back what is no longer; of two that follow each
// other the first is settled before the second is made. An order takes only what became due while
// there was something to take it from.
class SpendingChange {
 public:
  SpendingChange() = default;  // of an order that is not there yet
  SpendingChange(const Book& book, const Order& order);

  void settle(Step& step, OrderRef order) const;

 private:
  Minor due_before_;
  std::uint32_t cost_centre_before_ = kNoOrdinal;
  bool existed_ = false;
};

// Gives all back that the order has taken: it has failed.
void return_spending(Step& step, OrderRef order);

// Paying an invoice takes, where it says who spends it (InvoiceIssued), and what comes back of a
// payment gives back.
void spend_by_paying(Step& step, std::span<const Application> parts);
void unspend_by_paying(Step& step, std::span<const Application> parts);
// How many applications one payment may have, so that all they take fits into one decision.
std::size_t applications_max(const Book& book);
// Who spends it when an invoice of the order is paid; nobody, unless budget.at is payment.
Budgets::Spender spender_by_paying(const Book& book, const Order& order);

}  // namespace kontor
