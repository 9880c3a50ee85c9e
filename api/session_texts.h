// What a session says when it does not take a request.
#pragma once

#include "api/answer.h"
#include "engine/status.h"

namespace kontor {

inline constexpr ErrorText kStoppingError{
    StatusCode::kStopping, "the server is stopping; send the same again to its successor",
    kRetryAfterStoppingMs};
inline constexpr ErrorText kOverloadedError{
    StatusCode::kOverloaded, "more work waits than may; send the same again after a pause",
    kRetryAfterMs};
inline constexpr ErrorText kOutOfStepError{
    StatusCode::kOverloaded,
    "an earlier frame of this connection was not taken; send it first, with the flag `resume`",
    kRetryAfterMs};

inline constexpr ErrorText kUnknownBookError{
    StatusCode::kUnknownBook, "no book has this number; the hello tells the books there are"};

}  // namespace kontor
