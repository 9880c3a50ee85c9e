// What the scope of a rule or policy names.
#pragma once

#include <cstdint>
#include <string_view>

#include "values_generated.h"

#include "engine/step.h"

namespace kontor {

// The ordinal of a company, buyer or item; kNoOrdinal for the book and for words. Refuses
// invalid_value (a name where there must be none, or none where there must be one),
// unknown_company, unknown_buyer and unknown_item. subject: rule or policy.
std::uint32_t find_scope(Step& step, Subject subject, ScopeKind kind, std::string_view scope);

}  // namespace kontor
