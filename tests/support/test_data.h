// Where tests find files: the source tree, published data that is not part of the project, and
// scratch folders that go away with the test.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace kontor::test {

// The root of the source tree this test was built from.
std::filesystem::path source_dir();

// A file or folder of the published data: under the environment's KONTOR_TEST_DATA, by default
// ../shared/data beside the source tree. Nothing: it is not there; the test then skips by name:
//
//   const std::optional<std::filesystem::path> file = test_data("merkle/inclusion.jsonl");
//   if (!file) GTEST_SKIP() << "no merkle/inclusion.jsonl";
//
// With KONTOR_REQUIRE_DATA=1 in the environment a skip is a failure (support/main.cc).
std::optional<std::filesystem::path> test_data(std::string_view relative);

// A fresh empty folder, removed with all it holds when this object goes. Throws if the system gives
// none.
class ScratchDir {
 public:
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace kontor::test
