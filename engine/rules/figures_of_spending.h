// Figures of what is spent: over the buyer's period limit, over a budget of the cost centre.
#pragma once

#include "engine/rules/figures.h"

namespace kontor {

FigureReading read_over_period_limit(const Book& book, const OrderFacts& facts,
                                     const RuleCondition& condition);
FigureReading read_over_budget(const Book& book, const OrderFacts& facts,
                               const RuleCondition& condition);

}  // namespace kontor
