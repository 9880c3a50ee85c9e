// SubmitAnswer bytes -> Answers. Heavy (flatbuffers): for .cc files of the client.
#pragma once

#include <vector>

#include "api/client/client.h"

namespace kontor {

// Reads the answers into `out`, views into `body` (8-aligned). False: these bytes are no answer to
// `commands` commands.
bool read_answers(std::span<const std::byte> body, std::size_t commands, std::vector<Answer>& out);

}  // namespace kontor
