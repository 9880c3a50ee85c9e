#include "events/log/rocksdb_event_log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>

#include "events/base/niceness.h"
#include "events/log/commit.h"
#include "events/log/file_checksum.h"
#include "events/log/page_codec.h"
#include "events/log/table_scan.h"
#include "events/log/write_ahead_logs.h"

namespace kontor {
namespace {

constexpr const char* kMarkerFamily = "marker";
constexpr std::string_view kCleanEndKey = "clean_end";
constexpr std::uint64_t kReadaheadFrom = 16;  // commits in a range, from which reading ahead pays
constexpr std::size_t kReadaheadBytes = 4U << 20;

using Key = std::array<char, sizeof(std::uint64_t)>;

Key key_of(CommitNumber number) {
  const std::uint64_t big_endian = __builtin_bswap64(number.value());
  return std::bit_cast<Key>(big_endian);
}

rocksdb::Slice slice_of(const Key& key) {
  return {key.data(), key.size()};
}

std::optional<CommitNumber> number_of_key(const rocksdb::Slice& key) {
  Key bytes{};
  if (key.size() != bytes.size()) return std::nullopt;
  std::memcpy(bytes.data(), key.data(), bytes.size());
  return CommitNumber{__builtin_bswap64(std::bit_cast<std::uint64_t>(bytes))};
}

std::span<const std::byte> bytes_of(const rocksdb::Slice& slice) {
  return std::as_bytes(std::span(slice.data(), slice.size()));
}

// What RocksDB says, in our words. `where` is the data folder.
Error error_of(const rocksdb::Status& status, const std::filesystem::path& where,
               std::string_view doing) {
  const std::string what =
      std::string(doing) + " the log in " + where.string() + ": " + status.ToString();
  if (status.IsCorruption()) {
    return {ErrorKind::kCorrupt,
            what +
                ". Stored bytes are damaged; change nothing in the folder, and "
                "restore a backup."};
  }
  if (status.IsNotSupported()) {
    return {ErrorKind::kNewer, what + ". Use the version that wrote the folder or a later one."};
  }
  if (status.IsNoSpace()) {
    return {ErrorKind::kIo, what + ". The disk is full: make room, then start again."};
  }
  return {ErrorKind::kIo, what};
}

// RocksDB's own diary would be written into the folder even when it is opened read-only.
class NoDiary : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

// On a busy machine, writing tables can wait a little for deciding; where it waits too long, the
// store makes appends wait for it.
class FlushBehind : public rocksdb::EventListener {
 public:
  void OnFlushBegin(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*info*/) override {
    constexpr int kNicer = 5;
    be_nice(kNicer);
  }
};

rocksdb::Options store_options(const RocksdbLogOptions& options, bool fresh) {
  rocksdb::Options out;
  out.create_if_missing = fresh;
  out.create_missing_column_families = options.mode != FolderMode::kReadOnly;
  if (options.env != nullptr) out.env = options.env;
  // The default opens damaged write-ahead logs with acknowledged commits silently gone; this
  // refuses them, and takes a last record that was cut off for what it is.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  out.track_and_verify_wals_in_manifest = true;
  out.paranoid_checks = true;
  out.file_checksum_gen_factory = file_checksums();
  out.compression = rocksdb::kLZ4Compression;
  out.compaction_style = rocksdb::kCompactionStyleLevel;
  out.write_buffer_size = options.memtable_bytes;
  out.max_write_buffer_number = 3;
  out.max_total_wal_size = 2 * options.memtable_bytes;
  out.allow_concurrent_memtable_write = false;  // one writer
  out.max_background_jobs = 2;
  out.bytes_per_sync = 1U << 20;
  out.keep_log_file_num = 4;
  out.max_log_file_size = 4U << 20;
  out.info_log_level = rocksdb::WARN_LEVEL;
  out.listeners.push_back(std::make_shared<FlushBehind>());
  if (options.mode == FolderMode::kReadOnly) out.info_log = std::make_shared<NoDiary>();
  out.statistics = rocksdb::CreateDBStatistics();
  out.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);

  rocksdb::BlockBasedTableOptions table;
  table.block_size = 32U << 10;  // a commit under load is larger than that and has its own block
  table.format_version = kTableFormat;
  table.checksum = rocksdb::kXXH3;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

struct Store {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<std::unique_ptr<rocksdb::ColumnFamilyHandle>> families;  // destroyed before db
  rocksdb::ColumnFamilyHandle* commits = nullptr;
  rocksdb::ColumnFamilyHandle* marker = nullptr;

  Store() = default;
  Store(Store&&) = default;
  Store& operator=(Store&&) = delete;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() { families.clear(); }
};

// RocksDB says which file is damaged, but for write-ahead logs.
Error damaged(const DataFolder& folder, const rocksdb::Status& status, rocksdb::Env& env) {
  const std::string said = status.ToString();
  const bool names_a_file = said.find(folder.log_path().string()) != std::string::npos ||
                            said.find("CURRENT") != std::string::npos;
  const Result<std::vector<std::string>> names = write_ahead_logs(folder, env);
  if (names_a_file || !names.ok()) return error_of(status, folder.path(), "cannot open");
  std::string files;
  for (const std::string& name : names.value())
    files += (files.empty() ? "" : " or ") + name;
  return corrupt_log(folder.path(),
                     "is damaged in its write-ahead log, " + files + " (" + said + ")");
}

// Beside a running server, a file may be gone between its being named and its being opened: a
// reader tries again.
rocksdb::Status open_files(const rocksdb::Options& settings, const std::string& path,
                           const std::vector<rocksdb::ColumnFamilyDescriptor>& wanted,
                           bool read_only, Store& out) {
  constexpr int kTries = 3;
  rocksdb::Status status;
  for (int i = 0; i < kTries; ++i) {
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    status = read_only ? rocksdb::DB::OpenForReadOnly(settings, path, wanted, &handles, &db)
                       : rocksdb::DB::Open(settings, path, wanted, &handles, &db);
    out.db.reset(db);
    for (rocksdb::ColumnFamilyHandle* const handle : handles)
      out.families.emplace_back(handle);
    if (!read_only || !status.IsPathNotFound()) break;
  }
  return status;
}

Result<Store> open_store(const DataFolder& folder, const rocksdb::Options& settings,
                         FolderMode mode) {
  const std::string path = folder.log_path().string();
  rocksdb::ColumnFamilyOptions small(settings);
  small.write_buffer_size = 1U << 20;
  const std::vector<rocksdb::ColumnFamilyDescriptor> wanted = {
      {rocksdb::kDefaultColumnFamilyName, settings}, {kMarkerFamily, small}};

  Store store;
  const rocksdb::Status status =
      open_files(settings, path, wanted, mode == FolderMode::kReadOnly, store);
  if (status.IsInvalidArgument() || status.IsPathNotFound()) {
    return corrupt_log(folder.path(), "is not whole (" + status.ToString() + ")");
  }
  if (status.IsCorruption()) return damaged(folder, status, *settings.env);
  if (!status.ok()) return error_of(status, folder.path(), "cannot open");
  store.commits = store.families.at(0).get();
  store.marker = store.families.at(1).get();
  return store;
}

rocksdb::ReadOptions read_options() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  return options;
}

class Log final : public RocksdbEventLog {
 public:
  Log(DataFolder folder, Store store, FolderMode mode)
      : folder_(std::move(folder)), store_(std::move(store)), mode_(mode) {}

  // Finds the tail and checks it; called once before anything else. in_tables: what
  // highest_commit_in_tables said before the store was opened.
  Status recover(CommitNumber in_tables);

  LogTail tail() const override {
    const std::lock_guard lock(mutex_);
    return tail_;
  }
  Status append(Epoch epoch, CommitNumber after, std::span<const std::byte> commit) override;
  Status read(CommitNumber from, CommitNumber to, const Visitor& visit) const override;
  Status close() override;
  Status verify_store() const override;
  Status while_still(const std::function<Status()>& work) override;
  LogStoreStats store_stats() const override;
  const std::filesystem::path& path() const override { return folder_.path(); }

  DataFolder& folder() { return folder_; }

 private:
  Status check_clean_end() const;
  Status check_tables(CommitNumber in_tables) const;
  Status check_last(std::span<const std::byte> commit);

  DataFolder folder_;  // its lock outlives the store
  Store store_;
  FolderMode mode_;
  rocksdb::WriteBatch batch_;  // of the appending thread; keeps its memory
  AlignedBuffer packed_;       // likewise
  mutable std::mutex mutex_;
  LogTail tail_;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> closed_ = false;
};

Status Log::recover(CommitNumber in_tables) {
  const std::unique_ptr<rocksdb::Iterator> iterator(
      store_.db->NewIterator(read_options(), store_.commits));
  iterator->SeekToFirst();
  if (iterator->Valid()) {
    const std::optional<CommitNumber> first = number_of_key(iterator->key());
    if (first != CommitNumber{1}) return corrupt_log(path(), "does not begin with commit 1");
    iterator->SeekToLast();
  }
  if (!iterator->status().ok()) return error_of(iterator->status(), path(), "cannot read");
  if (iterator->Valid()) {
    const std::optional<CommitNumber> last = number_of_key(iterator->key());
    if (!last) return corrupt_log(path(), "has a key that is not a commit number");
    tail_.last = *last;
    if (Status status = check_last(bytes_of(iterator->value())); !status.ok()) return status;
  }
  if (Status status = check_clean_end(); !status.ok()) return status;
  return check_tables(in_tables);
}

Status Log::check_tables(CommitNumber in_tables) const {
  if (tail_.last >= in_tables) return {};
  return corrupt_log(path(),
                     "has commit " + std::to_string(in_tables.value()) +
                         " in a table file that it does not know (its MANIFEST is damaged or "
                         "old) and now ends at " +
                         std::to_string(tail_.last.value()) + ": commits are lost");
}

Status Log::check_last(std::span<const std::byte> commit) {
  AlignedBuffer pages;
  const auto take_epoch = [&](const PageView& page) {
    tail_.epoch = Epoch{page.header().epoch};
    return Status{};
  };
  Status status = unpack_commit(commit, pages);
  if (status.ok()) status = read_commit(tail_.last, pages.bytes(), take_epoch);
  if (status.ok()) return {};
  return Error{status.error().kind,
               "the end of the log in " + path().string() + ": " + status.error().message};
}

Status Log::check_clean_end() const {
  std::string value;
  const rocksdb::Status status =
      store_.db->Get(read_options(), store_.marker,
                     rocksdb::Slice(kCleanEndKey.data(), kCleanEndKey.size()), &value);
  if (status.IsNotFound()) return {};  // never closed cleanly
  if (!status.ok()) return error_of(status, path(), "cannot read");
  const std::optional<CommitNumber> promised = number_of_key(value);
  if (!promised) return corrupt_log(path(), "has a damaged marker of its clean end");
  if (tail_.last >= *promised) return {};
  return corrupt_log(path(), "was closed cleanly after commit " +
                                 std::to_string(promised->value()) + " and now ends at " +
                                 std::to_string(tail_.last.value()) + ": commits are lost");
}

Status Log::append(Epoch epoch, CommitNumber after, std::span<const std::byte> commit) {
  if (mode_ == FolderMode::kReadOnly) {
    return Error{ErrorKind::kUsage, "append: the log was opened read-only"};
  }
  if (closed_) return Error{ErrorKind::kUsage, "append: the log is closed"};
  if (failed_) return Error{ErrorKind::kIo, "append: refused since an append failed"};
  const LogTail before = tail();
  if (Status status = check_append(before, epoch, after, commit); !status.ok()) return status;

  const CommitNumber number{after.value() + 1};
  const Key key = key_of(number);
  batch_.Clear();
  pack_commit(commit, packed_);
  rocksdb::Status status =
      batch_.Put(store_.commits, slice_of(key),
                 {reinterpret_cast<const char*>(packed_.data()), packed_.size()});
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (status.ok()) status = store_.db->Write(durable, &batch_);
  if (!status.ok()) {
    failed_ = true;
    Error error = error_of(status, path(), "cannot append to");
    error.kind = ErrorKind::kIo;
    error.message += " It is unknown whether commit " + std::to_string(number.value()) +
                     " was written; the process must stop and start again.";
    return error;
  }
  const std::lock_guard lock(mutex_);
  tail_ = {number, epoch};
  return {};
}

Status Log::read(CommitNumber from, CommitNumber to, const Visitor& visit) const {
  const CommitNumber last = std::min(to, tail().last);
  CommitNumber expected = std::max(from, CommitNumber{1});
  if (expected > last) return {};
  rocksdb::ReadOptions options = read_options();
  if (last.value() - expected.value() >= kReadaheadFrom) options.readahead_size = kReadaheadBytes;
  const std::unique_ptr<rocksdb::Iterator> iterator(
      store_.db->NewIterator(options, store_.commits));
  AlignedBuffer pages;
  const Key first = key_of(expected);
  for (iterator->Seek(slice_of(first)); expected <= last; iterator->Next()) {
    if (!iterator->status().ok()) return error_of(iterator->status(), path(), "cannot read");
    if (!iterator->Valid() || number_of_key(iterator->key()) != expected) {
      return corrupt_log(path(), "has no commit " + std::to_string(expected.value()) +
                                     " though it goes on to " +
                                     std::to_string(tail().last.value()));
    }
    if (const Status apart = unpack_commit(bytes_of(iterator->value()), pages); !apart.ok()) {
      return corrupt_log(
          path(), "commit " + std::to_string(expected.value()) + ": " + apart.error().message);
    }
    if (!visit(expected, pages.bytes())) return {};
    expected = CommitNumber{expected.value() + 1};
  }
  return {};
}

Status Log::close() {
  if (mode_ == FolderMode::kReadOnly || closed_) return {};
  if (failed_) return Error{ErrorKind::kIo, "close: an append failed; this is no clean end"};
  closed_ = true;
  const Key last = key_of(tail().last);
  // The commits first: a marker must never promise what is not there.
  rocksdb::FlushOptions wait;
  rocksdb::Status status = store_.db->Flush(wait, store_.commits);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (status.ok()) {
    status =
        store_.db->Put(durable, store_.marker,
                       rocksdb::Slice(kCleanEndKey.data(), kCleanEndKey.size()), slice_of(last));
  }
  if (status.ok()) status = store_.db->Flush(wait, store_.marker);
  if (!status.ok()) return error_of(status, path(), "cannot close");
  return {};
}

Status Log::verify_store() const {
  rocksdb::Status status = store_.db->VerifyChecksum(read_options());
  if (status.ok()) status = store_.db->VerifyFileChecksums(read_options());
  if (!status.ok()) return error_of(status, path(), "verification failed for");
  return {};
}

LogStoreStats Log::store_stats() const {
  const auto statistics = store_.db->GetDBOptions().statistics;
  return {statistics->getTickerCount(rocksdb::WAL_FILE_BYTES),
          statistics->getTickerCount(rocksdb::FLUSH_WRITE_BYTES),
          statistics->getTickerCount(rocksdb::COMPACT_WRITE_BYTES)};
}

Status Log::while_still(const std::function<Status()>& work) {
  const rocksdb::Status paused = store_.db->PauseBackgroundWork();  // waits for what is running
  if (!paused.ok()) return error_of(paused, path(), "cannot be held still:");
  const Status done = work();
  const rocksdb::Status resumed = store_.db->ContinueBackgroundWork();
  if (done.ok() && !resumed.ok()) return error_of(resumed, path(), "cannot go on:");
  return done;
}

// As a reader, who changes nothing: a store that is opened for writing removes the tables it does
// not know, and with them the evidence of lost commits. Costs reading the write-ahead log twice.
Status look_first(const std::filesystem::path& path, RocksdbLogOptions options) {
  options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(path, options);
  return log.ok() ? Status() : Status(log.error());
}

}  // namespace

Result<std::unique_ptr<RocksdbEventLog>> RocksdbEventLog::open(const std::filesystem::path& path,
                                                               const RocksdbLogOptions& options) {
  Result<DataFolder> folder = DataFolder::open(path, options.mode, options.part);
  if (!folder.ok()) return folder.error();
  const rocksdb::Options settings = store_options(options, folder.value().is_new());
  const std::string store_path = folder.value().log_path().string();
  const std::string unsafe = table_unsafe_to_open(*settings.env, store_path);
  if (!unsafe.empty()) {
    return corrupt_log(folder.value().path(),
                       "is damaged: the end of " + unsafe + " is not what was written");
  }
  const CommitNumber in_tables = highest_commit_in_tables(*settings.env, store_path);
  if (!folder.value().is_new()) {
    if (Status wal = check_write_ahead_logs(folder.value(), *settings.env); !wal.ok())
      return wal.error();
    if (options.mode != FolderMode::kReadOnly && in_tables.value() != 0) {
      if (Status sound = look_first(path, options); !sound.ok()) return sound.error();
    }
  }
  Result<Store> store = open_store(folder.value(), settings, options.mode);
  if (!store.ok()) return store.error();
  auto log =
      std::make_unique<Log>(std::move(folder).value(), std::move(store).value(), options.mode);
  if (Status status = log->recover(in_tables); !status.ok()) return status.error();
  if (Status status = log->folder().finish_creation(); !status.ok()) return status.error();
  return std::unique_ptr<RocksdbEventLog>(std::move(log));
}

}  // namespace kontor
