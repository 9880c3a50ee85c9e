#include "api/cli/own_server.h"

#include <gtest/gtest.h>

namespace kontor::cli {
namespace {

TEST(CpuTicks, AreUserAndSystemTimeAndNothingElse) {
  EXPECT_EQ(
      cpu_ticks("4711 (kontord) S 1 4711 4711 0 -1 4194304 500 0 7 0 1200 345 88 99 20 0 6 0"),
      1545U);
  EXPECT_EQ(cpu_ticks("1 (a ) b) c) R 2 3 4 5 6 7 8 9 10 11 12 13 14 15"), 25U)
      << "a name may hold blanks and parentheses";
  EXPECT_EQ(cpu_ticks(""), 0U);
  EXPECT_EQ(cpu_ticks("1 (short) R 2"), 0U);
}

}  // namespace
}  // namespace kontor::cli
