#include "events/base/niceness.h"

#include <algorithm>

#include <sys/resource.h>
#include <unistd.h>

namespace kontor {

bool be_nice(int by) {
  constexpr int kLeast = -20;
  constexpr int kMost = 19;
  const int process = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::getpid()));
  const int nice = std::clamp(process + by, kLeast, kMost);
  return ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice) == 0;
}

}  // namespace kontor
