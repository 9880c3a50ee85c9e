// RocksdbEventLog: the EventLog on a disk of this machine, in an embedded RocksDB. One key per
// commit, one synced write per append, nothing derived beside it (events/FORMAT.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "events/base/result.h"
#include "events/log/data_folder.h"
#include "events/log/event_log.h"

namespace rocksdb {
class Env;
}

namespace kontor {

struct RocksdbLogOptions {
  FolderMode mode = FolderMode::kCreate;
  FolderPart part = {};  // what the folder holds
  // Commits kept in memory and in the write-ahead log until written to a table. Bounds what a start
  // after a crash reads again: well under 1 s for the default.
  std::size_t memtable_bytes = 64U << 20;
  rocksdb::Env* env = nullptr;  // null: the operating system. Outlives the log.
};

// Bytes written to the disk since the log was opened, by what wrote them.
struct LogStoreStats {
  std::uint64_t write_ahead_bytes = 0;
  std::uint64_t flush_bytes = 0;       // of tables out of memory
  std::uint64_t compaction_bytes = 0;  // of tables out of tables
};

// Made, owned and destroyed by main (or a test); threads as EventLog says. Destruction without
// close() is a crash as far as the log can tell, and as safe.
class RocksdbEventLog : public EventLog {
 public:
  // Opens the log in the data folder `path` and checks what can be checked at once: that it begins
  // with commit 1, ends with a sound commit, and has all commits of the last clean close. Takes up
  // to seconds after a crash. kUsage, kNotFound, kNewer, kUnavailable as DataFolder::open;
  // kCorrupt: damaged; kIo. Read-only: the log as it is at that moment; the folder's server may run
  // on.
  static Result<std::unique_ptr<RocksdbEventLog>> open(const std::filesystem::path& path,
                                                       const RocksdbLogOptions& options);

  // Reads all table files and compares them with their checksums, block by block and whole. Minutes
  // on a large log; other threads go on. kCorrupt names the file.
  virtual Status verify_store() const = 0;

  // Calls work while the store writes, joins and removes none of its tables by itself, so that the
  // folder can be copied as a kill at one moment would leave it. Without appends meanwhile.
  virtual Status while_still(const std::function<Status()>& work) = 0;

  virtual LogStoreStats store_stats() const = 0;  // any thread

  virtual const std::filesystem::path& path() const = 0;  // of the data folder
};

}  // namespace kontor
