// What becomes of an order once it may go on: it takes credit, or is held with all reasons; and
// what it gives back. Rules: domain, One notion of when, and Credit.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "draft_generated.h"
#include "order_generated.h"
#include "stock_generated.h"

#include "engine/rules/order_facts.h"
#include "engine/step.h"

namespace kontor {

// The figures of an order that exists, as they are now.
OrderFacts facts_of(const Book& book, const Order& order);

// Whether a sum of moves would take an account beyond what it can count (amount_overflow).
bool account_has_room(const Book& book, CompanyId payer, Minor amount);

// Takes the order as far as it may go now - placed, approved, released or examined again: takes
// credit when credit.at says so and nothing holds it, else holds it (or leaves it held, saying so
// anew when what it waits for has changed); reserves stock when stock.at says so. One that is
// approved fails where stock.short = refuse and stock is short; one that has failed waits. now: the
// moment it has come to; nothing: it is looked at again.
void go_on(Step& step, OrderRef order, std::optional<Moment> now);

// The same for one that is held and has become less: what is left of it may pass.
void look_again(Step& step, OrderRef order);

// An order that counts part by part (credit.at) is examined again where a part is taken. False: it
// is held instead, which is the whole decision.
bool takes_part(Step& step, OrderRef order, CreditFrom from);

// Approved, but not possible any more: gives back what it had reserved and counted, and waits for
// nothing, until it is tried again, amended or cancelled.
void fail_order(Step& step, OrderRef order, const Causes& causes);

// Cuts what a line needs by `quantity`: first what nobody holds or waits for, then what waits, then
// what is reserved, of which the parts go to `released`. How much of it had waited.
Quantity cut_line(const Book& book, const Order& order, std::uint32_t line, Quantity quantity,
                  std::vector<ReservedPart>& released);
// Emits ReservationReleased for what a cut gives back, if it does.
void release_parts(Step& step, OrderRef order, const std::vector<ReservedPart>& parts);

// Cancels quantities, one per line of the order (0: none), none above what is open: first what
// waits, then what is reserved; gives back credit. `document`: the caller's cancellation, may be
// empty.
void cancel_quantities(Step& step, OrderRef order, std::span<const Quantity> quantities,
                       std::string_view document);
// Ends what is left of an order, and the order itself if nothing of it was ever delivered or
// billed.
void cancel_everything(Step& step, OrderRef order, CancelCause cause, std::string_view document);
// A recurring order makes no more runs.
void stop_recurring(Step& step, OrderRef order, StopCause cause, const Causes& causes,
                    std::string_view comment = {});
// Emits OrderCancelled or OrderFulfilled if no quantity is left to ship and neither was said
// before.
void end_if_done(Step& step, OrderRef order, CancelCause cause);

}  // namespace kontor
