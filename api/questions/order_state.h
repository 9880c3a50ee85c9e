// The one word for where an order stands, from its parts.
#pragma once

#include "history_answers_generated.h"

#include "projections/deposits.h"
#include "projections/orders.h"

namespace kontor::questions {

wire::OrderState state_of(const Orders& orders, const Deposits& deposits,
                          const Order& order);        // looks at every line
std::string_view state_word(wire::OrderState state);  // "partly_shipped"; static

}  // namespace kontor::questions
