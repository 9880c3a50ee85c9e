// What an account is told with beside its own sums. Engine thread, or that of a copy of the past.
#pragma once

#include "answers_generated.h"

#include "projections/book.h"

namespace kontor::questions {

// The sums of the tree below it, the limits its orders meet, and the orders that are held for it.
void fill_around(const Book& book, CompanyId payer, wire::AccountAnswerT& out);

}  // namespace kontor::questions
