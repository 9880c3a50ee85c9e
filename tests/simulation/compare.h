// Holds the engine's state of a book against the model's.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "projections/book.h"
#include "tests/simulation/model/state.h"

namespace kontor::test {

// The first thing that differs, with both values; nothing: they agree. The named orders, every
// payer, all stock and all settings.
std::optional<std::string> difference(const Book& book, const model::State& model,
                                      const std::set<int>& orders);
// Everything there is.
std::optional<std::string> difference(const Book& book, const model::State& model);

}  // namespace kontor::test
