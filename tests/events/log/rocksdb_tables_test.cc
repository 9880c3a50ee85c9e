// Damage to the table files of a log: found, and with the file's name.
#include <random>

#include "tests/events/log/rocksdb_folder.h"

namespace kontor::test {
namespace {

using RocksdbTables = RocksdbLog;

TEST_F(RocksdbTables, FindsEveryFlippedByteOfATableFile) {
  closed_with(60);
  std::size_t found = 0;
  std::mt19937 random(4711);
  constexpr std::size_t kRounds = 60;
  // The default family's table: the larger one.
  std::vector<fs::path> tables = files_with(path_ / "log", ".sst");
  ASSERT_FALSE(tables.empty());
  const fs::path table = *std::max_element(tables.begin(), tables.end(), [](auto& a, auto& b) {
    return fs::file_size(a) < fs::file_size(b);
  });
  for (std::size_t i = 0; i < kRounds; ++i) {
    const std::uintmax_t at = random() % fs::file_size(table);
    flip_byte(table, at);
    const auto log = open(FolderMode::kReadOnly);
    if (!log.ok()) {
      ++found;
      EXPECT_EQ(log.error().kind, ErrorKind::kCorrupt) << log.error().message;
    } else {
      const Status status = log.value()->verify_store();
      ASSERT_FALSE(status.ok()) << "byte " << at;
      EXPECT_EQ(status.error().kind, ErrorKind::kCorrupt) << status.error().message;
      ++found;
    }
    flip_byte(table, at);
  }
  EXPECT_EQ(found, kRounds);
  EXPECT_TRUE(opened(FolderMode::kReadOnly)->verify_store().ok());
}

// The end of a table says in which format its blocks are, and nothing checks the end.
TEST_F(RocksdbTables, IsNotOpenedWithATableWhoseEndNamesAnotherFormat) {
  closed_with(5);
  const fs::path table = log_file(".sst");
  const std::uintmax_t format_at = fs::file_size(table) - 12;
  EXPECT_EQ(exchange_byte(table, format_at, 2), 5);
  expect_refused(ErrorKind::kCorrupt, table.filename().string());
  expect_refused(ErrorKind::kCorrupt, table.filename().string(), FolderMode::kReadOnly);
  EXPECT_EQ(exchange_byte(table, format_at, 5), 2);
  EXPECT_NE(opened(), nullptr);
}

// RocksDB takes the properties apart before it checks them, and a hash index in them ends it.
TEST_F(RocksdbTables, IsNotOpenedWithATableWhosePropertiesClaimAHashIndex) {
  closed_with(5);
  const fs::path table = log_file(".sst");
  const std::uintmax_t parts_at = fs::file_size(table) - 52;
  const int low = byte_at(table, parts_at);
  const int high = byte_at(table, parts_at + 1);
  ASSERT_TRUE(low >= 0x80 && high < 0x80) << "another length of the number that this test reads";
  const std::uint64_t claim_at = static_cast<std::uint64_t>(low - 0x80 + 128 * high) - 6;
  EXPECT_EQ(exchange_byte(table, claim_at, 0x80), 0);
  expect_refused(ErrorKind::kCorrupt, table.filename().string());
  expect_refused(ErrorKind::kCorrupt, table.filename().string(), FolderMode::kReadOnly);
  EXPECT_EQ(exchange_byte(table, claim_at, 0), 0x80);
  EXPECT_NE(opened(), nullptr);
}

TEST_F(RocksdbTables, IsNotOpenedWithATableFileGone) {
  closed_with(5);
  for (const fs::path& table : files_with(path_ / "log", ".sst"))
    fs::remove(table);
  const auto log = open();
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().kind, ErrorKind::kCorrupt) << log.error().message;
}

// Of an old MANIFEST the store misses nothing, and would remove the tables it does not know: the
// evidence.
TEST_F(RocksdbTables, IsNotOpenedWithAnOldManifestHoweverOften) {
  const fs::path old = dir_.path() / "old";
  {
    const auto log = opened();
    fill(*log, writer_, 5);
    fs::copy(path_ / "log", old);
    ASSERT_TRUE(log->close().ok());
  }
  for (const auto& entry : fs::directory_iterator(old)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("MANIFEST")) continue;
    fs::copy_file(entry.path(), path_ / "log" / name, fs::copy_options::overwrite_existing);
  }
  for (const FolderMode mode :
       {FolderMode::kReadOnly, FolderMode::kWrite, FolderMode::kCreate, FolderMode::kReadOnly}) {
    expect_refused(ErrorKind::kCorrupt, "has commit 6 in a table file that it does not know", mode);
  }
}

TEST_F(RocksdbTables, IsOpenedWithATableThatACrashLeftBehind) {
  const fs::path old = dir_.path() / "old";
  {
    const auto log = opened();
    fill(*log, writer_, 5);
    fs::copy(path_, old, fs::copy_options::recursive);
    ASSERT_TRUE(log->close().ok());
  }
  for (const fs::path& table : files_with(path_ / "log", ".sst"))
    fs::copy_file(table, old / "log" / table.filename());
  path_ = old;
  for (const FolderMode mode : {FolderMode::kReadOnly, FolderMode::kWrite}) {
    const auto log = opened(mode);
    ASSERT_NE(log, nullptr);
    EXPECT_EQ(log->tail().last, CommitNumber{6});
  }
}

}  // namespace
}  // namespace kontor::test
