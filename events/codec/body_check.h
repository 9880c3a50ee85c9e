// Whether bytes are a well-formed FlatBuffers root of a plan's table. FlatBuffers' own verifier has
// two gaps that matter here: it accepts vectors whose 8-byte elements are misaligned, and shared
// parts make its work grow far beyond the bytes it is given. This check refuses the first and
// spends at most one step per byte on the second, so it is linear. It accepts nothing that
// FlatBuffers' verifier refuses (a test holds the two against each other).
#pragma once

#include <cstddef>
#include <span>

#include "events/codec/schema_plan.h"

namespace kontor {

inline constexpr int kBodyDepthMax = 16;

// False also when the bytes do not start at a multiple of 8. Never reads outside of them.
bool check_body(const ObjectPlan& table, std::span<const std::byte> body);

}  // namespace kontor
