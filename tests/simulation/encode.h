// The model's commands as the bytes the engine reads: one function per command.
#pragma once

#include <cstdint>

#include "events/log/page.h"
#include "tests/simulation/model/commands.h"

namespace kontor::test {

std::uint16_t kind_of(const model::Command& command);
AlignedBuffer encode(const model::Command& command);

}  // namespace kontor::test
