// Payment terms at work: due dates, and the split of a total into instalments.
// Rules: domain, Terms, invoices, payments.
#pragma once

#include <vector>

#include "values_generated.h"

#include "events/base/money.h"
#include "events/base/time.h"
#include "projections/terms.h"

namespace kontor {

// start, + months (clamped), [month end], + days, [month end], a fixed day, + last days.
Date due_date(const TermsLine& line, Date start);

// The instalments of a total under terms; without terms (none): all of it due at `start`. They add
// up to the total exactly: with a balance line each percentage is rounded alone and the balance
// takes the rest, without one by largest remainder.
std::vector<Instalment> split_into_instalments(const Terms* terms, Minor total, Date start);

// Whether the lines are terms at all: percentages of exactly 100, or equal parts only, or one
// balance line; days and months in sane bounds. what: for the refusal.
bool terms_add_up(std::span<const TermsLine> lines, const char*& what);

}  // namespace kontor
