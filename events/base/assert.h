// Always-on assertions: a failed one is a bug of ours, never an answer to input. It prints where
// and what, then aborts: a ledger that no longer trusts itself must not go on.
#pragma once

namespace kontor {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace kontor

#define KONTOR_ASSERT(condition)      \
  (__builtin_expect(!!(condition), 1) \
       ? static_cast<void>(0)         \
       : ::kontor::assertion_failed(#condition, __FILE__, __LINE__))
