// From the engine's results to the bytes of an answer. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "api/frame.h"
#include "engine/job.h"

namespace kontor {

// Why one command of a frame went no further than the edge. Text is static.
struct EdgeNote {
  std::uint32_t index = 0;  // of the command in its frame
  std::string_view text;
};

inline constexpr std::uint32_t kRetryAfterMs = 20;           // told with overloaded
inline constexpr std::uint32_t kRetryAfterStoppingMs = 500;  // a restart takes about that

// What an answer answers: a submit's or a resolve's frame.
struct AnswerTo {
  std::uint64_t request = 0;
  MessageType type = MessageType::kSubmitAnswer;
};

// The whole SubmitAnswer frame: one line per result, in order. `notes` are ordered by index.
// The decisions are read in place and may go afterwards.
AlignedBuffer submit_answer_frame(const AnswerTo& to, std::span<const CommandResult> results,
                                  std::span<const EdgeNote> notes);

struct ErrorText {
  StatusCode status = StatusCode::kMalformed;
  std::string_view message;
  std::uint32_t retry_after_ms = 0;
  bool closes = false;
};
AlignedBuffer error_frame(std::uint64_t request, const ErrorText& error);

}  // namespace kontor
