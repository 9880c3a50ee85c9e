// What callers were promised about the bytes between us, held.
#include "tests/events/schema/promises.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "api/schema.h"

namespace kontor {
namespace {

TEST(WireSchema, KeepsThePromisesOfEveryRelease) {
  const std::vector<test::ReleasedSchema> releases = test::released_schemas("api.bfbs");
  EXPECT_GE(releases.size(), 1U);
  for (const test::ReleasedSchema& released : releases) {
    EXPECT_EQ(test::broken_promises(released.schema.bytes(), api_schema()),
              std::vector<std::string>{})
        << "promised with the release " << released.release << "; its clients go by it";
  }
}

}  // namespace
}  // namespace kontor
