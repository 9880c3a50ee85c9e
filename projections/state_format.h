// The number of what a book's state is saved as. It stands apart because it changes more often than
// anything that includes the book.
#pragma once

#include <cstdint>

namespace kontor {

// Of what `save` writes and what the folds make of a log. Raised with every change of either, so
// that no version goes on from a state that it would not have come to itself.
inline constexpr std::uint32_t kStateFormat = 12;

}  // namespace kontor
