// What becomes of an order once everybody has said yes: it is looked at as the day is now, and goes
// on, is asked about once more, or fails. Rules: domain, One notion of when.
#pragma once

#include <functional>
#include <optional>

#include "engine/rules/amending.h"
#include "engine/rules/wishes.h"
#include "engine/step.h"

namespace kontor {

// Refuses item_inactive for what is open of the order, less what is supposed to be cancelled.
void check_items(Step& step, const Order& order, const Supposed& supposed = {});

// What today says of an approved order. Valid until an event changes the order's lines or a rule.
struct Approvable {
  std::optional<Amendment> repriced;  // price.at = approval, and a price or tax has changed
  OrderFacts facts;
  Wishes wishes;
  DepositDemand deposit;
  bool asks = false;  // the new total needs people
  Causes warnings;    // of rules of the moment approval
};
// Refuses whatever stands in its way: the company, an item, a price, stock, a rule of the moment
// approval. supposed: what is taken for so, of a look.
Approvable look_at_approved(Step& step, const Order& order, const Supposed& supposed = {});

// The last yes was given. Emits OrderApproved, or asks again where a new price wants that
// (approval.on_change), and takes the order on or fails it. say_so: emits what stands for the last
// yes and ends the request, of which is known until then by which rules people were asked; nothing:
// it was emitted, and the request waits still.
void approve_order(Step& step, OrderRef order, ApprovalCause cause,
                   const std::function<void()>& say_so = nullptr);

// Goes on with one that has been looked at, and of which nothing was refused, up to the request for
// people or the approval. False: people are asked.
bool take_new_prices(Step& step, OrderRef order, const Approvable& found);

}  // namespace kontor
