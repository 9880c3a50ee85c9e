// A folder of one run, gone with it; in memory where that can be: processes die there, not
// machines.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>

#include "events/base/assert.h"

namespace kontor::test {

class TemporaryFolder {
 public:
  explicit TemporaryFolder(bool is_wanted) {
    if (!is_wanted) return;
    const std::filesystem::path memory("/dev/shm");
    const auto place =
        std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string name = (place / "kontor-simulate-XXXXXX").string();
    KONTOR_ASSERT(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }  // empty: it was not wanted

 private:
  std::filesystem::path path_;
};

}  // namespace kontor::test
