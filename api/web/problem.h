// Problem details (RFC 9457) for what never reached a decision. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/http.h"
#include "engine/status.h"

namespace kontor {

// The status of HTTP that says about the same: 404 for not_found, 503 for all of class not_started.
unsigned http_status(StatusCode status);

struct ProblemText {
  StatusCode status = StatusCode::kMalformed;
  std::string_view detail;
  std::uint32_t retry_after_ms = 0;  // of class not_started
  std::string_view answer = {};      // of the command, JSON, as submit answers it; empty: none
};

// type, title, status and detail as RFC 9457 has them; kontor_status and kontor_class, our word for
// it and what the caller does; retry_after_ms, also as the header Retry-After.
HttpReply problem(const ProblemText& text);

}  // namespace kontor
