// What is RocksDB's own: damage on the disk, the data folder, the lock, read-only.
#include "events/log/rocksdb_event_log.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "events/log/verify_log.h"
#include "tests/events/log/failing_disk.h"
#include "tests/events/log/log_script.h"
#include "tests/events/log/rocksdb_folder.h"
#include "tests/support/test_data.h"

namespace kontor::test {
namespace {

TEST_F(RocksdbLog, HasEverythingAcknowledgedAfterAKill) {
  killed_with(50);
  const auto log = opened();
  EXPECT_EQ(log->tail().last, CommitNumber{51});
  EXPECT_FALSE(verify_log(*log, nullptr).finding);
  const AlignedBuffer next = writer_.item("next");
  EXPECT_TRUE(log->append(Epoch{1}, CommitNumber{51}, next.bytes()).ok());
}

TEST_F(RocksdbLog, DropsALastRecordThatWasCutOffAndNothingElse) {
  killed_with(20);
  std::vector<fs::path> wals = files_with(path_ / "log", ".log");
  ASSERT_EQ(wals.size(), 1U);
  const std::uintmax_t size = fs::file_size(wals[0]);
  for (const std::uintmax_t cut : {1U, 50U, 400U}) {
    fs::resize_file(wals[0], size - cut);
    const auto log = opened(FolderMode::kReadOnly);
    ASSERT_NE(log, nullptr);
    EXPECT_EQ(log->tail().last, CommitNumber{20}) << "cut off " << cut;
  }
}

TEST_F(RocksdbLog, IsNotOpenedWithADamagedWriteAheadLog) {
  killed_with(40);
  const fs::path wal = log_file(".log");
  const std::uintmax_t size = fs::file_size(wal);
  std::mt19937 random(20110912);
  for (int i = 0; i < 100; ++i) {
    const std::uintmax_t at = random() % size;
    flip_byte(wal, at);
    expect_refused(ErrorKind::kCorrupt, "damaged", FolderMode::kReadOnly);
    flip_byte(wal, at);
  }
  EXPECT_NE(opened(FolderMode::kReadOnly), nullptr);
}

TEST_F(RocksdbLog, IsNotOpenedWithTheWriteAheadLogGone) {
  killed_with(5);
  fs::remove(log_file(".log"));
  expect_refused(ErrorKind::kCorrupt, "no write-ahead log");
  expect_refused(ErrorKind::kCorrupt, "no write-ahead log", FolderMode::kReadOnly);
}

// RocksDB would apply its commits a second time.
TEST_F(RocksdbLog, IsNotOpenedWithAWriteAheadLogThatLiesThereTwice) {
  for (const int commits : {1, 40, 2000}) {
    writer_ = CommitWriter();
    killed_with(commits);
    const fs::path wal = log_file(".log");
    fs::copy(wal, path_ / "log" / "000999.log");
    const std::string copy = "000999.log is a copy of log/" + wal.filename().string();
    expect_refused(ErrorKind::kCorrupt, copy, FolderMode::kReadOnly);
    expect_refused(ErrorKind::kCorrupt, copy);
    fs::remove(path_ / "log" / "000999.log");
    EXPECT_NE(opened(FolderMode::kReadOnly), nullptr);
    fs::remove_all(dir_.path() / "live");
  }
}

// What a bug, or a hand in the folder, would do: the store itself is sound, what is in it is not.
using ChangeCommit =
    std::function<rocksdb::Status(rocksdb::DB&, rocksdb::ColumnFamilyHandle*, const std::string&)>;
void change_commit(const fs::path& path, std::uint64_t number, const ChangeCommit& change) {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, (path / "log").string(),
                                {{rocksdb::kDefaultColumnFamilyName, {}}, {"marker", {}}}, &handles,
                                &db)
                  .ok());
  std::string key(8, '\0');
  for (std::size_t i = 0; i < 8; ++i)
    key[7 - i] = static_cast<char>(number >> (8 * i));
  EXPECT_TRUE(change(*db, handles[0], key).ok());
  for (auto* const handle : handles)
    delete handle;
  delete db;
}

void delete_commit(const fs::path& path, std::uint64_t number) {
  change_commit(path, number, [](rocksdb::DB& db, auto* family, const std::string& key) {
    return db.Delete({}, family, key);
  });
}

// Its only page, compressed, is no LZ4 block any more.
void damage_commit(const fs::path& path, std::uint64_t number) {
  change_commit(path, number, [](rocksdb::DB& db, auto* family, const std::string& key) {
    std::string value;
    EXPECT_TRUE(db.Get({}, family, key, &value).ok());
    std::fill(value.begin() + sizeof(PageHeader), value.end(), '\xFF');
    return db.Put({}, family, key, value);
  });
}

TEST_F(RocksdbLog, IsNotOpenedWhenItLostCommitsSinceItsCleanEnd) {
  closed_with(5);
  delete_commit(path_, 6);
  expect_refused(ErrorKind::kCorrupt, "closed cleanly after commit 6 and now ends at 5");
}

TEST_F(RocksdbLog, IsNotOpenedWithoutItsFirstCommit) {
  closed_with(5);
  delete_commit(path_, 1);
  expect_refused(ErrorKind::kCorrupt, "does not begin with commit 1");
}

TEST_F(RocksdbLog, FindsACommitMissingInTheMiddleWhenRead) {
  closed_with(5);
  delete_commit(path_, 3);
  const auto log = opened();
  const LogVerification verification = verify_log(*log, nullptr);
  ASSERT_TRUE(verification.finding);
  EXPECT_EQ(verification.finding->commit, CommitNumber{3});
  EXPECT_NE(verification.finding->what.find("no commit 3"), std::string::npos);
}

TEST_F(RocksdbLog, MayGoOnAfterACleanEndAndThenCrash) {
  closed_with(3);
  {
    const auto log = opened();
    const AlignedBuffer commit = writer_.item("more");
    ASSERT_TRUE(log->append(Epoch{1}, CommitNumber{4}, commit.bytes()).ok());
  }
  EXPECT_EQ(opened()->tail().last, CommitNumber{5});
}

TEST_F(RocksdbLog, IsTakenByOneProcessAtATime) {
  const auto log = opened();
  expect_refused(ErrorKind::kUnavailable, "in use by another process (process ");
  expect_refused(ErrorKind::kUnavailable, "stop it first", FolderMode::kWrite);
}

TEST_F(RocksdbLog, CanBeReadWhileItsServerRuns) {
  const auto log = opened();
  fill(*log, writer_, 10);
  const auto reader = opened(FolderMode::kReadOnly);
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(reader->tail().last, CommitNumber{11});
  EXPECT_FALSE(verify_log(*reader, nullptr).finding);
  const AlignedBuffer commit = writer_.item("x");
  const Status status = reader->append(Epoch{1}, CommitNumber{11}, commit.bytes());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kUsage);
  EXPECT_TRUE(log->append(Epoch{1}, CommitNumber{11}, commit.bytes()).ok());
}

TEST_F(RocksdbLog, OpenedReadOnlyChangesNoFile) {
  closed_with(3);
  const auto listing = [&] {
    std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> out;
    for (const auto& entry : fs::recursive_directory_iterator(path_)) {
      if (!entry.is_regular_file()) continue;
      out[entry.path().string()] = {entry.file_size(), entry.last_write_time()};
    }
    return out;
  };
  const auto before = listing();
  {
    const auto log = opened(FolderMode::kReadOnly);
    EXPECT_FALSE(verify_log(*log, nullptr).finding);
    EXPECT_TRUE(log->close().ok());
  }
  EXPECT_EQ(before, listing());
}

TEST_F(RocksdbLog, IsNotMadeUnlessAskedFor) {
  expect_refused(ErrorKind::kNotFound, "holds no data of Kontor", FolderMode::kWrite);
  expect_refused(ErrorKind::kNotFound, "holds no data of Kontor", FolderMode::kReadOnly);
  EXPECT_FALSE(fs::exists(path_));
  fs::create_directory(path_);
  expect_refused(ErrorKind::kNotFound, "holds no data of Kontor", FolderMode::kWrite);
  EXPECT_TRUE(fs::is_empty(path_));
}

TEST_F(RocksdbLog, IsMadeInAnEmptyFolderAndInADeepNewOne) {
  fs::create_directory(path_);
  fs::create_directory(path_ / "lost+found");  // the root of a fresh file system
  EXPECT_NE(opened(), nullptr);
  EXPECT_TRUE(fs::exists(path_ / "KONTOR"));
  path_ = dir_.path() / "a" / "b" / "c";
  EXPECT_NE(opened(), nullptr);
}

TEST_F(RocksdbLog, IsNotMadeInAFolderOfSomebodyElse) {
  fs::create_directory(path_);
  std::ofstream(path_ / "holiday.jpg") << "x";
  expect_refused(ErrorKind::kUsage, "holds 'holiday.jpg' and is not a data folder of Kontor");
  EXPECT_FALSE(fs::exists(path_ / "LOCK")) << "and nothing is left in it";
}

TEST_F(RocksdbLog, IsNotMadeWhereThereIsAFile) {
  std::ofstream(path_) << "x";
  expect_refused(ErrorKind::kUsage, "is not a folder");
}

TEST_F(RocksdbLog, TellsWhatItsStoreHasWritten) {
  const auto log = opened();
  fill(*log, writer_, 50);
  std::uint64_t bytes = 0;
  ASSERT_TRUE(log->read(CommitNumber{1}, log->tail().last,
                        [&](CommitNumber, auto commit) {
                          bytes += commit.size();
                          return true;
                        })
                  .ok());
  const LogStoreStats running = log->store_stats();
  EXPECT_GE(running.write_ahead_bytes, bytes) << "each commit, once";
  EXPECT_LT(running.write_ahead_bytes, 2 * bytes);
  EXPECT_EQ(running.flush_bytes, 0U) << "all of it is still in memory";
  ASSERT_TRUE(log->close().ok());
  EXPECT_GT(log->store_stats().flush_bytes, 0U);
}

TEST_F(RocksdbLog, WritesLargePagesCompressedAndReadsThemAsTheyWereSealed) {
  const auto log = opened();
  const AlignedBuffer large = writer_.seal({{1, {register_items("A hammer of ash", 400)}}});
  ASSERT_TRUE(log->append(Epoch{1}, CommitNumber{0}, large.bytes()).ok());
  EXPECT_LT(log->store_stats().write_ahead_bytes, large.size() / 2);
  const auto expect_there = [&](const EventLog& in) {
    int seen = 0;
    const Status read = in.read(CommitNumber{1}, CommitNumber{1}, [&](CommitNumber, auto bytes) {
      EXPECT_TRUE(
          std::equal(bytes.begin(), bytes.end(), large.bytes().begin(), large.bytes().end()));
      ++seen;
      return true;
    });
    EXPECT_TRUE(read.ok());
    EXPECT_EQ(seen, 1);
    EXPECT_FALSE(verify_log(in, nullptr).finding);
  };
  expect_there(*log);
  ASSERT_TRUE(log->close().ok());
  expect_there(*opened(FolderMode::kReadOnly));
}

// The store's own checksums are right: only the page says that it is not what was sealed.
TEST_F(RocksdbLog, TellsACompressedPageThatDoesNotComeApart) {
  {
    const auto log = opened();
    const AlignedBuffer large = writer_.seal({{1, {register_items("A hammer of ash", 400)}}});
    ASSERT_TRUE(log->append(Epoch{1}, CommitNumber{0}, large.bytes()).ok());
    const AlignedBuffer next = writer_.item("Nail");
    ASSERT_TRUE(log->append(Epoch{1}, CommitNumber{1}, next.bytes()).ok());
    ASSERT_TRUE(log->close().ok());
  }
  damage_commit(path_, 1);
  const auto log = opened(FolderMode::kReadOnly);
  ASSERT_NE(log, nullptr);
  const auto visit = [](CommitNumber, std::span<const std::byte>) { return true; };
  const Status read = log->read(CommitNumber{1}, CommitNumber{2}, visit);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(read.error().message.find("commit 1: page: compressed"), std::string::npos)
      << read.error().message;
  EXPECT_TRUE(verify_log(*log, nullptr).finding);
}

TEST_F(RocksdbLog, OfALaterFormatIsNewer) {
  closed_with(1);
  std::ofstream(path_ / "KONTOR") << "kontor data folder\nformat 3\nsomething new\n";
  expect_refused(ErrorKind::kNewer, "has format 3; this version reads up to 2");
  expect_refused(ErrorKind::kNewer, "Use the version that wrote it", FolderMode::kReadOnly);
}

TEST_F(RocksdbLog, WithADamagedFormatFileIsCorrupt) {
  closed_with(1);
  for (const std::string_view text :
       {"", "kontor", "kontor data folder\n", "kontor data folder\nformat 1",
        "kontor data folder\nformat x\n", "kontor data folder\nformat 0\n",
        "kontor data folder\nformat 99999999999\n", "other data folder\nformat 1\n"}) {
    std::ofstream(path_ / "KONTOR") << text;
    expect_refused(ErrorKind::kCorrupt, "is damaged");
  }
}

TEST_F(RocksdbLog, WithItsStoreGoneIsCorruptAndNotMadeAnew) {
  closed_with(3);
  fs::remove_all(path_ / "log");
  expect_refused(ErrorKind::kCorrupt, "is not whole");
  expect_refused(ErrorKind::kCorrupt, "is not whole", FolderMode::kWrite);
}

TEST_F(RocksdbLog, WithItsFormatFileGoneIsCorruptAndNobodyElses) {
  closed_with(3);
  fs::remove(path_ / "KONTOR");
  expect_refused(ErrorKind::kCorrupt, "holds a log but no file KONTOR");
  expect_refused(ErrorKind::kCorrupt, "restore a backup", FolderMode::kReadOnly);
}

TEST_F(RocksdbLog, FinishesACreationThatWasCutOff) {
  opened().reset();
  fs::rename(path_ / "KONTOR", path_ / "KONTOR.new");
  EXPECT_NE(opened(), nullptr);
  EXPECT_TRUE(fs::exists(path_ / "KONTOR"));
  EXPECT_FALSE(fs::exists(path_ / "KONTOR.new"));

  fs::remove_all(path_ / "log");
  fs::rename(path_ / "KONTOR", path_ / "KONTOR.new");
  EXPECT_NE(opened(), nullptr);
}

TEST_F(RocksdbLog, TakesNothingMoreAfterAFailedSync) {
  FailingDisk disk;
  RocksdbLogOptions options;
  options.env = &disk;
  {
    auto log = RocksdbEventLog::open(path_, options);
    ASSERT_TRUE(log.ok()) << log.error().message;
    fill(*log.value(), writer_, 5);
    disk.fail_syncs(true);
    const AlignedBuffer doubtful = writer_.item("in doubt");
    const Status failed = log.value()->append(Epoch{1}, CommitNumber{6}, doubtful.bytes());
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().kind, ErrorKind::kIo);
    EXPECT_NE(failed.error().message.find("unknown whether commit 7"), std::string::npos);
    EXPECT_EQ(disk.syncs_failed(), 1U);
    EXPECT_EQ(log.value()->tail().last, CommitNumber{6});

    disk.fail_syncs(false);
    const std::uint64_t appends = disk.appends();
    const Status later = log.value()->append(Epoch{1}, CommitNumber{6}, doubtful.bytes());
    ASSERT_FALSE(later.ok()) << "a sync that failed once may have dropped the pages for ever";
    EXPECT_EQ(later.error().kind, ErrorKind::kIo);
    const Status closed = log.value()->close();
    ASSERT_FALSE(closed.ok());
    EXPECT_EQ(closed.error().kind, ErrorKind::kIo);
    EXPECT_EQ(disk.appends(), appends) << "nothing was written after the failure";
  }
  const auto log = opened();
  ASSERT_NE(log, nullptr);
  EXPECT_GE(log->tail().last, CommitNumber{6});
  EXPECT_LE(log->tail().last, CommitNumber{7});
  EXPECT_FALSE(verify_log(*log, nullptr).finding);
}

TEST_F(RocksdbLog, HasEverythingAcknowledgedAfterAPowerCut) {
  FailingDisk disk;
  RocksdbLogOptions options;
  options.env = &disk;
  const fs::path live = dir_.path() / "live";
  auto log = RocksdbEventLog::open(live, options);
  ASSERT_TRUE(log.ok()) << log.error().message;
  fill(*log.value(), writer_, 0);
  for (int i = 0; i < 15; ++i) {
    const AlignedBuffer commit = writer_.item("item-" + std::to_string(i));
    const CommitNumber after{writer_.last().value() - 1};
    ASSERT_TRUE(log.value()->append(Epoch{1}, after, commit.bytes()).ok());
    fs::remove_all(path_);
    fs::copy(live, path_, fs::copy_options::recursive);
    disk.forget_unsynced(live, path_);
    const auto found = opened();
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(found->tail().last, writer_.last());
  }
}

TEST_F(RocksdbLog, SurvivesManySmallMemtables) {
  RocksdbLogOptions options;
  options.memtable_bytes = 64U << 10;
  {
    auto log = RocksdbEventLog::open(path_, options);
    ASSERT_TRUE(log.ok());
    fill(*log.value(), writer_, 600);
    EXPECT_FALSE(verify_log(*log.value(), nullptr).finding);
  }
  auto log = RocksdbEventLog::open(path_, options);
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(log.value()->tail().last, CommitNumber{601});
  EXPECT_FALSE(verify_log(*log.value(), nullptr).finding);
  EXPECT_GT(files_with(path_ / "log", ".sst").size(), 0U);
}

}  // namespace
}  // namespace kontor::test
