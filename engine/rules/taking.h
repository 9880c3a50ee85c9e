// What becomes of an order once it may go on: it takes credit, or is held with all reasons; and
// what it gives back. Rules: domain, One notion of when, and Credit.
#pragma once

#include <span>
#include <vector>

#include "order_generated.h"
#include "stock_generated.h"

#include "engine/rules/matching.h"
#include "engine/step.h"

namespace kontor {

// The figures of an order that exists, as they are now.
OrderFacts facts_of(const Book& book, const Order& order);

// What an order would count: its open and delivered value with tax.
Minor countable_value(const Book& book, const Order& order);

// A move of the payer's bucket for this order.
CreditMove order_move(const Order& order, Bucket bucket, Minor amount);

// Whether a sum of moves would take an account beyond what it can count (amount_overflow).
bool account_has_room(const Book& book, CompanyId payer, Minor amount);

// Why the order would be held now; empty: nothing holds it. A person's release in force satisfies
// all.
struct Holds {
  Causes causes;
  bool credit_only = true;
};
Holds find_holds(const Book& book, const Order& order);

// Takes the order as far as it may go now - placed, approved, released or examined again: takes
// credit when credit.at says so and nothing holds it, else holds it (or leaves it held, saying so
// anew when its need has changed); reserves stock when stock.at says so.
void go_on(Step& step, OrderRef order);

// What a line of an order, from 1, gives up when `quantity` of it is not to be shipped any more:
// first what is neither reserved nor waits, then what waits (returned), then what is reserved
// (added to `released`).
Quantity give_up(const Book& book, const Order& order, std::uint32_t line, Quantity quantity,
                 std::vector<ReservedPart>& released);
void emit_released(Step& step, OrderRef order, const std::vector<ReservedPart>& released);

// Cancels quantities, one per line of the order (0: none), none above what is open: first what
// waits, then what is reserved; gives back credit. `document`: the caller's cancellation, may be
// empty.
void cancel_quantities(Step& step, OrderRef order, std::span<const Quantity> quantities,
                       std::string_view document);
// Ends what is left of an order, and the order itself if nothing of it was ever delivered or
// billed.
void cancel_everything(Step& step, OrderRef order, CancelCause cause, std::string_view document);
// Emits OrderCancelled or OrderFulfilled if no quantity is left to ship and neither was said
// before.
void end_if_done(Step& step, OrderRef order, CancelCause cause);

}  // namespace kontor
