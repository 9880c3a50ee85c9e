#include "api/web/problem.h"

#include <algorithm>

#include "api/answer.h"
#include "events/json/writer.h"

namespace kontor {
namespace {

std::string_view title_of(unsigned status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

std::string_view class_word(StatusClass status) {
  switch (status) {
    case StatusClass::kDone:
      return "done";
    case StatusClass::kRefused:
      return "refused";
    case StatusClass::kMisuse:
      return "misuse";
    case StatusClass::kNotStarted:
      return "not_started";
    case StatusClass::kUnknown:
      break;
  }
  return "unknown";
}

void append_member(std::string& out, std::string_view key, std::string_view text) {
  out += ",\"";
  out += key;
  out += "\":";
  append_json_string(out, text);
}

}  // namespace

unsigned http_status(StatusCode status) {
  switch (status) {
    case StatusCode::kUnknownBook:
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kIdReused:
      return 409;
    case StatusCode::kTooLarge:
      return 413;
    case StatusCode::kSystemCommand:
    case StatusCode::kNotAuthorised:
      return 403;
    case StatusCode::kUnknownQuestion:
      return 501;
    default:
      break;
  }
  switch (class_of(status)) {
    case StatusClass::kDone:
    case StatusClass::kRefused:
      return 200;
    case StatusClass::kMisuse:
      return 400;
    case StatusClass::kNotStarted:
      return 503;
    case StatusClass::kUnknown:
      break;
  }
  return 500;
}

HttpReply problem(const ProblemText& text) {
  HttpReply reply;
  reply.status = http_status(text.status);
  reply.content_type = "application/problem+json";
  const bool later = class_of(text.status) == StatusClass::kNotStarted;
  std::string& out = reply.body;
  out = R"({"type":"urn:kontor:status:)" + std::string(status_word(text.status)) + '"';
  append_member(out, "title", title_of(reply.status));
  out += ",\"status\":" + std::to_string(reply.status);
  append_member(out, "detail", text.detail);
  append_member(out, "kontor_status", status_word(text.status));
  append_member(out, "kontor_class", class_word(class_of(text.status)));
  if (later) {
    const std::uint32_t pause_ms = std::max(text.retry_after_ms, kRetryAfterMs);
    out += ",\"retry_after_ms\":" + std::to_string(pause_ms);
    reply.retry_after_s = (pause_ms + 999) / 1'000;
  }
  if (!text.answer.empty()) {
    out += ",\"answer\":";
    out += text.answer;
  }
  out += "}\n";
  return reply;
}

}  // namespace kontor
