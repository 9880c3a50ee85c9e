// A JSON object as the FlatBuffers body of a table. The conventions are those of json.h.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/codec/schema_plan.h"
#include "events/json/document.h"
#include "events/json/json.h"

namespace kontor {

// `node` is the object that stands under the key `table.name`. Errors: kMalformed, with the path.
Result<std::vector<std::byte>> read_body(const ObjectPlan& table, const JsonDocument& document,
                                         const JsonNode& node, const JsonOptions& options);

}  // namespace kontor
