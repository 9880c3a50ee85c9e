// Questions and their answers as the bytes of frames' bodies. Any thread.
#pragma once

#include <cstddef>
#include <span>

#include "api/client/client.h"

namespace kontor {

// A finished QueryRequest.
AlignedBuffer write_query(const QueryToSend& query);

// A QueryAnswer; kMalformed, with a message, where the bytes are none.
QueryResult read_query_answer(std::span<const std::byte> body);

}  // namespace kontor
