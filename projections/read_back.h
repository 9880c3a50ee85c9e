// Names and births of documents that left memory, read back from the log and what follows it: for
// people, never for a decision.
#pragma once

#include <string>
#include <string_view>

#include "events/base/ids.h"
#include "projections/settled.h"

namespace kontor {

class ReadBack {
 public:
  virtual ~ReadBack() = default;
  // Empty: no such document was born there, or the log cannot be read back that far (yet).
  virtual std::string name_of(BookNumber book, SettledKind kind, std::uint64_t birth) const = 0;
  // 0: none of that name was born up to `end`, or the log cannot be read back so far (yet).
  virtual std::uint64_t birth_of(BookNumber book, SettledKind kind, std::string_view name,
                                 Sequence end) const = 0;
};

}  // namespace kontor
