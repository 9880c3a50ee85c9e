#include "engine/status.h"

namespace kontor {

std::string_view status_word(StatusCode code) {
  switch (code) {
    case StatusCode::kDone:
      return "done";
    case StatusCode::kRefused:
      return "refused";
    case StatusCode::kFenced:
      return "fenced";
    case StatusCode::kMalformed:
      return "malformed";
    case StatusCode::kUnknownCommand:
      return "unknown_command";
    case StatusCode::kSystemCommand:
      return "system_command";
    case StatusCode::kUnknownBook:
      return "unknown_book";
    case StatusCode::kIdReused:
      return "id_reused";
    case StatusCode::kTooLarge:
      return "too_large";
    case StatusCode::kNotAuthorised:
      return "not_authorised";
    case StatusCode::kUnknownQuestion:
      return "unknown_question";
    case StatusCode::kNotFound:
      return "not_found";
    case StatusCode::kOverloaded:
      return "overloaded";
    case StatusCode::kDeadlineExpired:
      return "deadline_expired";
    case StatusCode::kStopping:
      return "stopping";
    case StatusCode::kReadOnly:
      return "read_only";
    case StatusCode::kConnectionLost:
      return "connection_lost";
    case StatusCode::kTooOld:
      return "too_old";
  }
  return "unknown";
}

}  // namespace kontor
