// Random bodies of any table of the schema, made from its plan without the code under test: what
// JSON, verifying and comparing are held against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "events/codec/schema_plan.h"

namespace kontor::test {

using Random = std::mt19937_64;

// A well-formed root that a caller could have sent: known enums, valid identifiers, dates and
// indexes.
std::vector<std::byte> random_body(const ObjectPlan& table, Random& random);

}  // namespace kontor::test
