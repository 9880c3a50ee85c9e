// A log in a data folder of its own, and damage to its files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "events/log/rocksdb_event_log.h"
#include "tests/events/log/log_script.h"
#include "tests/support/test_data.h"

namespace kontor::test {

namespace fs = std::filesystem;

inline std::vector<fs::path> files_with(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

inline int byte_at(const fs::path& file, std::uint64_t at) {
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  return stream.get();
}

// What was there.
inline int exchange_byte(const fs::path& file, std::uint64_t at, int value) {
  const int before = byte_at(file, at);
  EXPECT_NE(before, EOF) << file << " at " << at;
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(static_cast<char>(value));
  return before;
}

inline void flip_byte(const fs::path& file, std::uint64_t at) {
  const int before = exchange_byte(file, at, 0);
  exchange_byte(file, at, before ^ 0x10);
}

class RocksdbLog : public testing::Test {
 protected:
  Result<std::unique_ptr<RocksdbEventLog>> open(FolderMode mode = FolderMode::kCreate) {
    RocksdbLogOptions options;
    options.mode = mode;
    return RocksdbEventLog::open(path_, options);
  }
  std::unique_ptr<RocksdbEventLog> opened(FolderMode mode = FolderMode::kCreate) {
    auto log = open(mode);
    if (log.ok()) return std::move(log).value();
    ADD_FAILURE() << log.error().message;
    return nullptr;
  }
  void expect_refused(ErrorKind kind, std::string_view says,
                      FolderMode mode = FolderMode::kCreate) {
    const auto log = open(mode);
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().kind, kind) << log.error().message;
    EXPECT_NE(log.error().message.find(says), std::string::npos) << log.error().message;
    EXPECT_NE(log.error().message.find(path_.string()), std::string::npos)
        << "names the folder: " << log.error().message;
  }
  // Fills the folder with a log and leaves it as kill -9 would.
  void killed_with(int items) {
    const fs::path live = dir_.path() / "live";
    RocksdbLogOptions options;
    auto log = RocksdbEventLog::open(live, options);
    ASSERT_TRUE(log.ok());
    fill(*log.value(), writer_, items);
    fs::remove_all(path_);
    fs::copy(live, path_, fs::copy_options::recursive);
  }
  void closed_with(int items) {
    const auto log = opened();
    fill(*log, writer_, items);
    ASSERT_TRUE(log->close().ok());
  }
  fs::path log_file(std::string_view extension) {
    const std::vector<fs::path> files = files_with(path_ / "log", extension);
    EXPECT_FALSE(files.empty());
    return files.front();
  }

  ScratchDir dir_;
  fs::path path_ = dir_.path() / "data";
  CommitWriter writer_;
};

}  // namespace kontor::test
