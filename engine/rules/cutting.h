// How much of an order has to be cancelled to be worth so much less. Rules: domain, Values (parts
// of something) and What can be asked (why).
#pragma once

#include <functional>
#include <vector>

#include "projections/book.h"

namespace kontor {

// What the order is worth less, by the part rule, without these quantities of its lines.
Minor worth_of(const Book& book, const Order& order, const std::vector<Quantity>& cancelled);

// Of the one line where the least is lost if that is enough, else of the last lines; in steps that
// the items are sold in. Empty: all of it is not worth as much.
std::vector<Quantity> cut_for(const Book& book, const Order& order, Minor worth);

// The cut without the lines without which it is still enough: a hold on freight is not released by
// fewer hammers. One of more than 16 lines is as it was.
using IsEnough = std::function<bool(const std::vector<Quantity>&)>;
std::vector<Quantity> only_needed(std::vector<Quantity> cut, const IsEnough& enough);

}  // namespace kontor
