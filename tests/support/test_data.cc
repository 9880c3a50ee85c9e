#include "tests/support/test_data.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace kontor::test {

namespace fs = std::filesystem;

fs::path source_dir() {
  return fs::path(KONTOR_SOURCE_DIR);
}

std::optional<fs::path> test_data(std::string_view relative) {
  const char* const given = std::getenv("KONTOR_TEST_DATA");
  const fs::path root =
      given != nullptr ? fs::path(given) : source_dir() / ".." / "shared" / "data";
  const fs::path file = (root / relative).lexically_normal();
  std::error_code unreadable;
  if (!fs::exists(file, unreadable)) return std::nullopt;
  return file;
}

ScratchDir::ScratchDir() {
  std::string name = (fs::temp_directory_path() / "kontor-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw fs::filesystem_error("cannot make a scratch folder", name,
                               std::error_code(errno, std::generic_category()));
  }
  path_ = name;
}

ScratchDir::~ScratchDir() {
  std::error_code left;  // what cannot be removed stays in the system's folder for such things
  fs::remove_all(path_, left);
}

}  // namespace kontor::test
