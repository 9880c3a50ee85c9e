// Result<T>: a value, or the Error that kept us from having one (disk, peer, bytes). A refusal of
// the domain is not an error; it is a value of the decision. Shaped like std::expected.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "events/base/assert.h"

namespace kontor {

// What a caller can do about it. The command line turns these into exit statuses.
enum class ErrorKind {
  kUsage,        // the caller's call or configuration is wrong
  kMalformed,    // bytes that do not say what they must
  kUnavailable,  // not reached, not started, in use: try again
  kIo,           // the disk or the system failed
  kCorrupt,      // stored bytes are damaged
  kNewer,        // written by a newer version
  kNotFound,
  kFenced,  // another writer has claimed the log since
};

struct Error {
  ErrorKind kind = ErrorKind::kIo;
  std::string message;  // what happened, where, and what to do; for people
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    KONTOR_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    KONTOR_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    KONTOR_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    KONTOR_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    KONTOR_ASSERT(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace kontor
