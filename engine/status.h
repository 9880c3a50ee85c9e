// The status of an answer: one number space in five classes, and what the caller does about each.
// Numbers are permanent (api/PROTOCOL.md lists them for other implementations).
#pragma once

#include <cstdint>
#include <string_view>

namespace kontor {

enum class StatusClass : std::uint8_t {
  kDone,        // it happened; the answer is final
  kRefused,     // it did not, for business reasons; final under this id, a new id to try again
  kMisuse,      // the call is wrong; never retry it unchanged
  kNotStarted,  // nothing was decided; retry the same id after a pause
  kUnknown,     // the caller cannot know; resolve (or send the same id again)
};

enum class StatusCode : std::uint16_t {
  kDone = 0,

  kRefused = 100,
  kFenced = 101,  // never decided, and by a logged fence never will be; a new id to try again

  kMalformed = 200,       // bytes, fields or values that cannot be a command
  kUnknownCommand = 201,  // no such kind, or a newer version of one
  kSystemCommand = 202,   // only the engine makes these
  kUnknownBook = 203,
  kIdReused = 204,  // the same id with other content
  kTooLarge = 205,  // over a limit told in the hello
  kNotAuthorised = 206,
  kUnknownQuestion = 207,
  kNotFound = 208,  // a question about something that is not there

  kOverloaded = 300,
  kDeadlineExpired = 301,
  kStopping = 302,
  kReadOnly = 303,

  kConnectionLost = 400,  // made by clients: sent, no answer
  kTooOld = 401,          // the outcomes of that time are forgotten; look for the document
};

// Fails to compile for a code without a class. A number that this version does not know is judged
// by its hundred.
constexpr StatusClass class_of(StatusCode code) {
  switch (code) {
    case StatusCode::kDone:
      return StatusClass::kDone;
    case StatusCode::kRefused:
    case StatusCode::kFenced:
      return StatusClass::kRefused;
    case StatusCode::kMalformed:
    case StatusCode::kUnknownCommand:
    case StatusCode::kSystemCommand:
    case StatusCode::kUnknownBook:
    case StatusCode::kIdReused:
    case StatusCode::kTooLarge:
    case StatusCode::kNotAuthorised:
    case StatusCode::kUnknownQuestion:
    case StatusCode::kNotFound:
      return StatusClass::kMisuse;
    case StatusCode::kOverloaded:
    case StatusCode::kDeadlineExpired:
    case StatusCode::kStopping:
    case StatusCode::kReadOnly:
      return StatusClass::kNotStarted;
    case StatusCode::kConnectionLost:
    case StatusCode::kTooOld:
      return StatusClass::kUnknown;
  }
  const auto hundred = static_cast<std::uint16_t>(code) / 100;
  return hundred < 4 ? static_cast<StatusClass>(hundred) : StatusClass::kUnknown;
}

// "done", "refused", "id_reused" ...: the word in JSON. Static.
std::string_view status_word(StatusCode code);

}  // namespace kontor
