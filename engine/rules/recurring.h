// Recurring orders: orders that are placed anew by themselves. Rules: domain, What is sold.
#pragma once

#include <string>
#include <string_view>

#include "engine/rules/placing.h"
#include "engine/step.h"

namespace kontor {

// The recurring order of that name, or null after refusing unknown_recurring_order.
const Order* expect_recurring(Step& step, std::string_view name);

// What its run of a day wants: as it was defined, at the prices of that day.
OrderWish wish_of(const Book& book, const Order& order, const RecurringOrder& recurring, Date on);

// A name for an order that no order has or had: the recurring order's, a dash and a number.
std::string name_of_run(const Book& book, std::string_view name, std::uint32_t run);

}  // namespace kontor
