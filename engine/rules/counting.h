// What an order counts at its payer, as its lines are or would be: every event that moves a line's
// units between boxes carries the difference of two counts. Rules: domain, One notion of when, and
// Credit (what an order counts).
#pragma once

#include <span>
#include <vector>

#include "stock_generated.h"
#include "values_generated.h"

#include "events/base/money.h"
#include "projections/book.h"

namespace kontor {

struct Counted {
  Minor ordered;
  Minor delivered;

  Counted& operator+=(const Counted& other) {
    ordered += other.ordered;
    delivered += other.delivered;
    return *this;
  }
  Minor sum() const { return ordered + delivered; }
  // With a part of it counted otherwise.
  Counted with(const Counted& before, const Counted& after) const {
    return {ordered - before.ordered + after.ordered,
            delivered - before.delivered + after.delivered};
  }
};

// Of a line in some state, by where its order counts from. What needs no stock needs no allocation.
Counted counted_of(const Book& book, const Order& order, const OrderLineState& line);
// Of all its lines as they are. The order may be a copy that counts from elsewhere.
Counted counted_of(const Book& book, const Order& order);

// What taking all of an order would add to what it counts already, its deposit aside.
Minor uncounted_value(const Book& book, const Order& order);

// Asked or received of its deposit and not yet deducted: it takes so much off what the order
// counts, at most all of that.
Minor undeducted_deposit(const Book& book, const Order& order);

// A move of the payer's bucket for this order.
CreditMove order_move(const Order& order, Bucket bucket, Minor amount);
// From one count of the whole order to another; nothing where they are the same. The deposit goes
// along.
std::vector<CreditMove> moves_between(const Book& book, const Order& order, const Counted& before,
                                      const Counted& after);
// The same where only some of the lines are counted, which are in the book as they were before.
std::vector<CreditMove> moves_of_lines(const Book& book, const Order& order, const Counted& before,
                                       const Counted& after);
// What the deposit takes off a count of the whole order once `undeducted` of it is not deducted.
void add_deposit_move(const Book& book, const Order& order, const Counted& whole, Minor undeducted,
                      std::vector<CreditMove>& out);

// What reserving these parts for an order (sign 1) or giving them back (-1) moves.
std::vector<CreditMove> moves_of_reserved(const Book& book, OrderRef order,
                                          std::span<const ReservedPart> parts, int sign);

}  // namespace kontor
