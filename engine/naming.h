// Which settled documents a command needs in memory: those it names, and those that they are bound
// to and that it changes. ops/adr/0017 says how far that reaches.
#pragma once

#include <string_view>
#include <vector>

#include "engine/job.h"
#include "projections/book.h"

namespace kontor {

// By what the command calls it, or by its birth where another document knows it by that.
struct NamedDocument {
  SettledKind kind = SettledKind::kOrder;
  std::string_view name;
  std::uint64_t birth = 0;
};

// Those of the command that are not in memory and may have left it, in the order in which they are
// to come back. What is bound to a document that is not there is told once that is. A command that
// makes a document names it, too: there may be one of that name already.
std::vector<NamedDocument> find_missing(const Book& book, const CommandInput& input);

}  // namespace kontor
