#include "events/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace kontor {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "kontor: assertion failed: %s (%s:%d)\n", condition, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace kontor
