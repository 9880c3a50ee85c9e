#include "engine/views/view_store.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>

#include "events/base/niceness.h"
#include "events/log/table_scan.h"
#include "projections/views/keys.h"

namespace kontor {
namespace {

namespace fs = std::filesystem;

const std::string kCheckpointKey("\0checkpoint", 11);
constexpr char kPositionSpace = 1;

std::string position_key(BookNumber book) {
  std::string key(1, kPositionSpace);
  append_big_endian(key, book.value());
  return key;
}

std::string_view view_of(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}
rocksdb::Slice slice_of(std::string_view text) {
  return {text.data(), text.size()};
}

fs::path run_path(const fs::path& store) {
  return fs::path(store.string() + ".run");
}

Error error_of(const rocksdb::Status& status, const fs::path& path, std::string_view doing) {
  const std::string what =
      std::string(doing) + " the view in " + path.string() + ": " + status.ToString();
  if (status.IsNoSpace()) {
    return {ErrorKind::kIo, what + ". The disk is full: make room, then start again."};
  }
  const bool damaged = status.IsCorruption() || status.IsNotSupported() ||
                       status.IsInvalidArgument() || status.IsPathNotFound();
  return {damaged ? ErrorKind::kCorrupt : ErrorKind::kIo, what};
}

class NoDiary : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

// Merging what views have written keeps up with writing it (ViewHost).
class MergeBehind : public rocksdb::EventListener {
 public:
  void OnCompactionBegin(rocksdb::DB* /*db*/, const rocksdb::CompactionJobInfo& /*info*/) override {
    be_nice(kMergesNicer);
  }
};

rocksdb::Options store_options(const ViewStoreOptions& options) {
  rocksdb::Options out;
  if (options.env != nullptr) out.env = options.env;
  out.create_if_missing = !options.read_only;
  out.paranoid_checks = true;
  out.compression = rocksdb::kLZ4Compression;
  out.write_buffer_size = 1U << 20;  // nothing is ever written to it
  // Every file that is ingested spans all keys, as each has the checkpoint: levels would rewrite
  // the next one with every few of them.
  out.compaction_style = rocksdb::kCompactionStyleUniversal;
  out.level0_file_num_compaction_trigger = 16;
  // Rows are hardly ever written twice: what a file repeats of older ones is not worth a merge.
  out.compaction_options_universal.max_size_amplification_percent = 1'000;
  out.level0_slowdown_writes_trigger = 1'000;
  out.level0_stop_writes_trigger = 10'000;
  out.target_file_size_base = 64U << 20;
  out.max_bytes_for_level_base = 256U << 20;
  out.max_background_jobs = 1;
  out.bytes_per_sync = 1U << 20;
  out.info_log = std::make_shared<NoDiary>();
  out.listeners.push_back(std::make_shared<MergeBehind>());
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16U << 10;
  table.format_version = kTableFormat;
  table.checksum = rocksdb::kXXH3;
  constexpr int kFilterBits = 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBits));
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return out;
}

class Store;

class Snapshot final : public ViewSnapshot {
 public:
  explicit Snapshot(std::shared_ptr<const Store> store);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() override;

  Result<Sequence> position(BookNumber book) const override;
  Result<std::optional<std::string>> get(std::string_view key) const override;
  Status scan(std::string_view from, std::string_view to, const Visit& visit) const override;
  Result<std::optional<std::string>> last_key(std::string_view from,
                                              std::string_view to) const override;

 private:
  rocksdb::ReadOptions options(const rocksdb::Slice* end) const;
  std::shared_ptr<const Store> store_;
  const rocksdb::Snapshot* snapshot_;
};

class Store final : public ViewStore, public std::enable_shared_from_this<Store> {
 public:
  Store(std::unique_ptr<rocksdb::DB> db, fs::path path, ViewStoreOptions options)
      : db_(std::move(db)), path_(std::move(path)), options_(std::move(options)) {}

  Result<std::optional<ViewCheckpoint>> checkpoint() const override;
  Status ingest(View& view, const ViewCheckpoint& checkpoint,
                const BookPositions& positions) override;
  std::shared_ptr<const ViewSnapshot> snapshot() const override {
    return std::make_shared<Snapshot>(shared_from_this());
  }
  Status compact() override;
  std::uint64_t bytes() const override;
  bool damaged() const override { return damaged_; }

  rocksdb::DB& db() const { return *db_; }
  Error fail(const rocksdb::Status& status, std::string_view doing) const {
    Error error = error_of(status, path_, doing);
    if (error.kind == ErrorKind::kCorrupt) damaged_ = true;
    return error;
  }

 private:
  Status write_run(View& view, const ViewCheckpoint& checkpoint, const BookPositions& positions);
  Status step(IngestStep at) const {
    if (!options_.step || options_.step(at)) return {};
    return Error{ErrorKind::kUnavailable, "ended while it ingested"};
  }

  std::unique_ptr<rocksdb::DB> db_;
  fs::path path_;
  ViewStoreOptions options_;
  mutable std::atomic<bool> damaged_ = false;
};

// ---- snapshot -----------------------------------------------------------------------------------

Snapshot::Snapshot(std::shared_ptr<const Store> store)
    : store_(std::move(store)), snapshot_(store_->db().GetSnapshot()) {
}

Snapshot::~Snapshot() {
  store_->db().ReleaseSnapshot(snapshot_);
}

rocksdb::ReadOptions Snapshot::options(const rocksdb::Slice* end) const {
  rocksdb::ReadOptions out;
  out.snapshot = snapshot_;
  out.verify_checksums = true;
  out.iterate_upper_bound = end;
  return out;
}

Result<std::optional<std::string>> Snapshot::get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = store_->db().Get(options(nullptr), slice_of(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return store_->fail(status, "cannot read");
  return std::optional(std::move(value));
}

Result<Sequence> Snapshot::position(BookNumber book) const {
  const auto value = get(position_key(book));
  if (!value.ok()) return value.error();
  if (!*value) return Sequence{};
  RowReader in(**value);
  const Sequence position{in.big_endian<std::uint64_t>()};
  if (in.ok() && in.at_end()) return position;
  return store_->fail(rocksdb::Status::Corruption("a book's position"), "cannot read");
}

Status Snapshot::scan(std::string_view from, std::string_view to, const Visit& visit) const {
  if (from >= to) return {};
  const rocksdb::Slice end = slice_of(to);
  const std::unique_ptr<rocksdb::Iterator> iterator(store_->db().NewIterator(options(&end)));
  for (iterator->Seek(slice_of(from)); iterator->Valid(); iterator->Next()) {
    if (!visit(view_of(iterator->key()), view_of(iterator->value()))) return {};
  }
  if (!iterator->status().ok()) return store_->fail(iterator->status(), "cannot read");
  return {};
}

Result<std::optional<std::string>> Snapshot::last_key(std::string_view from,
                                                      std::string_view to) const {
  std::optional<std::string> out;
  if (from >= to) return out;
  const std::unique_ptr<rocksdb::Iterator> iterator(store_->db().NewIterator(options(nullptr)));
  iterator->SeekForPrev(slice_of(to));
  if (iterator->Valid() && view_of(iterator->key()) == to) iterator->Prev();
  if (!iterator->status().ok()) return store_->fail(iterator->status(), "cannot read");
  if (iterator->Valid() && view_of(iterator->key()) >= from) out = iterator->key().ToString();
  return out;
}

// ---- store --------------------------------------------------------------------------------------

Result<std::optional<ViewCheckpoint>> Store::checkpoint() const {
  std::string value;
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  const rocksdb::Status status = db_->Get(options, kCheckpointKey, &value);
  if (status.IsNotFound()) return std::optional<ViewCheckpoint>{};
  if (!status.ok()) return fail(status, "cannot read");
  auto checkpoint = read_checkpoint(value);
  if (!checkpoint) return fail(rocksdb::Status::Corruption("the checkpoint"), "cannot read");
  return checkpoint;
}

Status Store::write_run(View& view, const ViewCheckpoint& checkpoint,
                        const BookPositions& positions) {
  const std::string file = run_path(path_).string();
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), store_options(options_));
  rocksdb::Status status = writer.Open(file);
  if (status.ok()) status = writer.Put(kCheckpointKey, write_checkpoint(checkpoint));
  std::string value;
  for (const auto& [book, position] : positions) {
    value.clear();
    append_big_endian(value, position.value());
    if (status.ok()) status = writer.Put(position_key(book), value);
  }
  if (!status.ok()) return fail(status, "cannot write");
  const Status drained = view.drain([&](std::string_view key, std::string_view row) -> Status {
    const rocksdb::Status put = writer.Put(slice_of(key), slice_of(row));
    if (put.ok()) return {};
    return fail(put, "cannot write");
  });
  if (!drained.ok()) return drained;
  if (Status alive = step(IngestStep::kRowsWritten); !alive.ok()) return alive;
  status = writer.Finish();  // and sync
  if (!status.ok()) return fail(status, "cannot write");
  return {};
}

Status Store::ingest(View& view, const ViewCheckpoint& checkpoint, const BookPositions& positions) {
  if (Status alive = step(IngestStep::kBegun); !alive.ok()) return alive;
  if (Status written = write_run(view, checkpoint, positions); !written.ok()) return written;
  if (Status alive = step(IngestStep::kFileSynced); !alive.ok()) return alive;
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  options.snapshot_consistency = true;
  const rocksdb::Status status = db_->IngestExternalFile({run_path(path_).string()}, options);
  if (!status.ok()) return fail(status, "cannot take a run into");
  return step(IngestStep::kIngested);
}

Status Store::compact() {
  rocksdb::CompactRangeOptions options;
  options.max_subcompactions = std::max(1U, std::thread::hardware_concurrency());
  const rocksdb::Status status = db_->CompactRange(options, nullptr, nullptr);
  if (!status.ok()) return fail(status, "cannot merge");
  return {};
}

std::uint64_t Store::bytes() const {
  std::uint64_t bytes = 0;
  return db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &bytes) ? bytes : 0;
}

Error file_error(const fs::path& path, const std::error_code& code) {
  return {ErrorKind::kIo, "cannot change " + path.string() + ": " + code.message()};
}

}  // namespace

Result<std::shared_ptr<ViewStore>> ViewStore::open(const fs::path& path, ViewStoreOptions options) {
  std::error_code code;
  if (options.read_only && !fs::exists(path, code)) {
    return Error{ErrorKind::kNotFound, "there is no view in " + path.string()};
  }
  if (!options.read_only) {
    fs::create_directories(path.parent_path(), code);
    if (!code) fs::remove(run_path(path), code);
    if (code) return file_error(path, code);
  }
  const rocksdb::Options settings = store_options(options);
  const std::string unsafe = table_unsafe_to_open(*settings.env, path.string());
  if (!unsafe.empty()) {
    return error_of(
        rocksdb::Status::Corruption("the end of " + unsafe + " is not what was written"), path,
        "cannot open");
  }
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  constexpr int kTries = 3;  // beside a running server a file may go while it is being opened
  for (int i = 0; i < kTries; ++i) {
    status = options.read_only ? rocksdb::DB::OpenForReadOnly(settings, path.string(), &db)
                               : rocksdb::DB::Open(settings, path.string(), &db);
    if (!options.read_only || !status.IsPathNotFound()) break;
  }
  std::unique_ptr<rocksdb::DB> opened(db);
  if (!status.ok()) return error_of(status, path, "cannot open");
  return std::shared_ptr<ViewStore>(
      std::make_shared<Store>(std::move(opened), path, std::move(options)));
}

Status ViewStore::remove(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (!code) fs::remove(run_path(path), code);
  if (code) return file_error(path, code);
  return {};
}

}  // namespace kontor
