#include "events/base/niceness.h"

#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace kontor {
namespace {

int niceness_of(pid_t thread) {
  return ::getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
}

TEST(Niceness, IsOfTheCallingThreadAloneAndBesideThatOfTheProcess) {
  const int process = niceness_of(::getpid());
  std::thread([process] {
    for (const int by : {3, 3, 4}) {
      EXPECT_TRUE(be_nice(by));
      EXPECT_EQ(niceness_of(::gettid()), process + by);
    }
    EXPECT_TRUE(be_nice(100));
    EXPECT_EQ(niceness_of(::gettid()), 19);
  }).join();
  EXPECT_EQ(niceness_of(::getpid()), process);
}

}  // namespace
}  // namespace kontor
