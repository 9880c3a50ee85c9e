// The refusals that many commands share: a name that is not known, a version that has moved on, an
// identifier that cannot be one.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/step.h"

namespace kontor {

// A cause about a named thing.
Cause about(ReasonCode code, Subject kind, std::string_view name, std::uint64_t subject = 0);
// too_many: what a document may have at most, "lines" or whatever it is, and what to do.
Cause too_many(Subject kind, std::size_t most, std::string_view of_what);
// A cause about a line of an order, from 1.
Cause about_line(ReasonCode code, std::uint32_t line, std::string_view name);
Cause with_money(Cause cause, Minor found, Minor allowed, CurrencyCode currency);
Cause with_quantity(Cause cause, Quantity found, Quantity allowed);
Cause with_dates(Cause cause, Date found, Date allowed);

// Refuses wrong_version when the command expected another version of the document it touches.
void expect_version(Step& step, std::uint64_t version, Subject kind, std::string_view name);
// Refuses invalid_value when a new name breaks the rule for identifiers.
void expect_identifier(Step& step, Subject kind, std::string_view name);
// Refuses date_not_allowed for an effective date that the book's policies forbid.
void expect_effective_date(Step& step);
// Refuses invalid_value for text that is too long or not text. what: the field.
void expect_text(Step& step, std::string_view what, std::string_view value);

// The order a command names, or null after refusing unknown_order; its version is expected.
const Order* expect_order(Step& step, std::string_view name);
// Refuses order_closed: cancelled, rejected, or nothing of it is left to ship.
void expect_not_closed(Step& step, const Order& order);
// Refuses is_recurring_order: what is done to goods and money is done to what its runs place.
void expect_not_recurring(Step& step, const Order& order);
// Refuses order_failed, not_approved or on_hold: goods move only for an order that is taken.
void expect_taken(Step& step, const Order& order);

}  // namespace kontor
