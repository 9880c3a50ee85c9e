// A version of a rule as people say it. Engine thread.
#pragma once

#include <string>

#include "projections/book.h"

namespace kontor::questions {

// "At placement of any order of company acme, when its order total with tax is above 1,000.00 EUR:
// hold"
std::string rule_sentence(const Book& book, const RuleVersion& rule);

}  // namespace kontor::questions
