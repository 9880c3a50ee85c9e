// main() of every test program. A test may skip for want of data, and says so by name; where
// KONTOR_REQUIRE_DATA=1 promises that the data is there, a skip is a failure.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <gtest/gtest.h>

namespace {

class NoSkips : public testing::EmptyTestEventListener {
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.skipped()) return;
    // Ends here, before GoogleTest prints the line by which ctest knows a skipped test.
    std::fprintf(stderr, "KONTOR_REQUIRE_DATA=1, but this test skips: %s\n", result.message());
    std::fflush(stderr);
    std::_Exit(1);
  }
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const char* const required = std::getenv("KONTOR_REQUIRE_DATA");
  if (required != nullptr && std::string_view(required) == "1") {
    testing::UnitTest::GetInstance()->listeners().Append(new NoSkips);
  }
  return RUN_ALL_TESTS();
}
