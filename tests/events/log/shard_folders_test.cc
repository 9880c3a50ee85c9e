// Where shards have their data, and what a folder made with some of them refuses.
#include "events/log/shard_folders.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "events/log/rocksdb_event_log.h"
#include "tests/support/test_data.h"

namespace kontor {
namespace {

namespace fs = std::filesystem;

class ShardedData : public testing::Test {
 protected:
  Result<ShardFolders> open(std::uint32_t shards, FolderMode mode = FolderMode::kCreate) {
    return ShardFolders::open(path_, mode, shards);
  }
  Status open_logs(const ShardFolders& folders) {
    for (std::uint32_t shard = 0; shard < folders.count(); ++shard) {
      RocksdbLogOptions options;
      options.mode = folders.mode();
      options.part = folders.part(shard);
      auto log = RocksdbEventLog::open(folders.path(shard), options);
      if (!log.ok()) return log.error();
      logs_.push_back(std::move(*log));
    }
    return {};
  }
  // As a server does it, from the first start to its end.
  void make(std::uint32_t shards) {
    Result<ShardFolders> folders = open(shards);
    ASSERT_TRUE(folders.ok()) << folders.error().message;
    const Status opened = open_logs(*folders);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    ASSERT_TRUE(folders->finish_creation().ok());
    for (const auto& log : logs_)
      ASSERT_TRUE(log->close().ok());
    logs_.clear();
  }
  void expect_refused(std::uint32_t shards, ErrorKind kind, std::string_view says) {
    const Result<ShardFolders> folders = open(shards);
    ASSERT_FALSE(folders.ok());
    EXPECT_EQ(folders.error().kind, kind) << folders.error().message;
    EXPECT_NE(folders.error().message.find(says), std::string::npos) << folders.error().message;
  }

  test::ScratchDir dir_;
  fs::path path_ = dir_.path() / "data";
  std::vector<std::unique_ptr<RocksdbEventLog>> logs_;
};

TEST_F(ShardedData, OfOneShardIsTheFolderItself) {
  make(1);
  EXPECT_TRUE(fs::exists(path_ / "log" / "CURRENT"));
  std::ifstream mark(path_ / "KONTOR");
  const std::string text((std::istreambuf_iterator<char>(mark)), {});
  EXPECT_EQ(text, "kontor data folder\nformat 1\n") << "as every earlier version wrote it";
  const Result<ShardFolders> again = open(0);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->count(), 1U);
  EXPECT_EQ(again->path(0), path_);
}

TEST_F(ShardedData, OfSeveralHasAFolderForEach) {
  make(3);
  for (const char* shard : {"shard-0", "shard-1", "shard-2"})
    EXPECT_TRUE(fs::exists(path_ / shard / "log" / "CURRENT")) << shard;
  EXPECT_FALSE(fs::exists(path_ / "log"));
  for (const std::uint32_t shards : {0U, 3U}) {
    Result<ShardFolders> again = open(shards);
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->count(), 3U) << "as it was made, also when nobody says so";
    EXPECT_TRUE(open_logs(*again).ok());
    logs_.clear();
  }
}

TEST_F(ShardedData, KeepsTheShardsItWasMadeWith) {
  make(2);
  expect_refused(3, ErrorKind::kUsage,
                 "was made with 2 shards and cannot have 3 shards, since a book stays in its "
                 "shard; start with --shards 2 or without it, or give a new folder");
  expect_refused(1, ErrorKind::kUsage, "start with --shards 2");
}

TEST_F(ShardedData, OfOneShardCannotHaveMore) {
  make(1);
  expect_refused(2, ErrorKind::kUsage, "was made with 1 shard and cannot have 2 shards");
}

TEST_F(ShardedData, MissingAShardIsCorruptAndNotMadeAnew) {
  make(2);
  fs::remove_all(path_ / "shard-1");
  expect_refused(2, ErrorKind::kCorrupt, "does not hold shard 1 of 2");
  EXPECT_FALSE(fs::exists(path_ / "shard-1"));
}

TEST_F(ShardedData, WithItsShardsMixedUpIsCorrupt) {
  make(2);
  fs::rename(path_ / "shard-0", path_ / "aside");
  fs::rename(path_ / "shard-1", path_ / "shard-0");
  fs::rename(path_ / "aside", path_ / "shard-1");
  expect_refused(0, ErrorKind::kCorrupt, "does not hold shard 0 of 2");
}

TEST_F(ShardedData, IsNotServedByOneShardAlone) {
  make(2);
  RocksdbLogOptions options;
  auto log = RocksdbEventLog::open(path_ / "shard-1", options);
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().kind, ErrorKind::kUsage);
  EXPECT_NE(log.error().message.find("is shard 1 of a server's 2; give the data folder that it"),
            std::string::npos)
      << log.error().message;
  options.mode = FolderMode::kReadOnly;
  EXPECT_TRUE(RocksdbEventLog::open(path_ / "shard-1", options).ok()) << "to read, it may be";
}

TEST_F(ShardedData, WhoseCreationWasCutOffIsTakenUpAgain) {
  {
    Result<ShardFolders> cut_off = open(2);
    ASSERT_TRUE(cut_off.ok());
    ASSERT_TRUE(open_logs(*cut_off).ok());
    logs_.pop_back();
    fs::remove_all(path_ / "shard-1");
    logs_.clear();
  }
  EXPECT_FALSE(fs::exists(path_ / "KONTOR"));
  make(2);
  EXPECT_TRUE(open(0).ok());
}

TEST_F(ShardedData, IsTakenByOneProcessAtATime) {
  make(2);
  const Result<ShardFolders> first = open(2);
  ASSERT_TRUE(first.ok());
  expect_refused(2, ErrorKind::kUnavailable, "is in use by another process");
}

TEST_F(ShardedData, WithADamagedFormatFileIsCorrupt) {
  make(2);
  for (const char* text :
       {"kontor data folder\nformat 2\n", "kontor data folder\nformat 2\nshards\n",
        "kontor data folder\nformat 2\nshards 1\n", "kontor data folder\nformat 2\nshard 2 of 2\n",
        "kontor data folder\nformat 2\nshards 2"}) {
    std::ofstream(path_ / "KONTOR") << text;
    expect_refused(0, ErrorKind::kCorrupt, "is damaged");
  }
}

}  // namespace
}  // namespace kontor
