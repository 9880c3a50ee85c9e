// Facts that a look takes for put right: for them it refuses nothing. `why` asks with them what
// would release an order (engine/rules/remedies.h); where something is decided there are none.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "reasons_generated.h"

namespace kontor {

struct PutRight {
  ReasonCode code{};
  std::string name;  // of what it would be refused about
};

inline bool is_put_right(std::span<const PutRight> facts, ReasonCode code, std::string_view name) {
  return std::any_of(facts.begin(), facts.end(),
                     [&](const PutRight& fact) { return fact.code == code && fact.name == name; });
}

}  // namespace kontor
