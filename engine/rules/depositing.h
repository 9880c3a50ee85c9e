// The deposit of an order: how much is asked and why, by rules, by its settlement or because the
// payer has no credit, and what is refused before it is there. Rules: domain, One kind of rule, and
// Credit.
#pragma once

#include "engine/rules/matching.h"
#include "engine/step.h"

namespace kontor {

// The highest deposit that anything wants of an order; percent 0: none.
struct DepositDemand {
  Percent percent;
  Minor amount;   // of the order's total with tax
  Causes causes;  // of those that want so much
};

// What rules of the moments want, with prepaid settlement and a payer without credit. It is found
// with the order counted as if no deposit were there.
DepositDemand find_deposit(const Book& book, const OrderFacts& facts, MomentSet moments);
// Keeps the higher of the two.
void raise(DepositDemand& demand, DepositDemand other);

// Sets what the order would add to its payer's exposure, of which gross is so without a deposit and
// undeducted what is asked or received.
void set_need(const Book& book, OrderFacts& facts, Minor gross, Minor undeducted);
// So much of the order is supposed to be cancelled.
void cancel_worth(const Book& book, OrderFacts& facts, Minor worth);
// The figures once the deposit is asked.
OrderFacts with_deposit(const Book& book, OrderFacts facts, const DepositDemand& demand);
// What the payer's account must be able to count for the order.
Minor room_needed(const OrderFacts& facts);

// Emits DepositRequested where more is wanted than is asked.
void ask_deposit(Step& step, OrderRef order, const DepositDemand& demand);

// What of the deposit is not there yet.
Minor lacking_deposit(const Book& book, const Order& order);
// Refuses deposit_outstanding while something lacks.
void expect_deposit(Step& step, const Order& order);
// Whether stock that becomes free passes the order by: its deposit lacks, and stock.at does not let
// it reserve before it is allocated.
bool lacks_deposit_for_stock(const Book& book, const Order& order);

}  // namespace kontor
