// The binary schema of everything in api/schema, for SchemaJson.
#pragma once

#include <cstddef>
#include <span>

namespace kontor {

std::span<const std::byte> api_schema();  // static

}  // namespace kontor
