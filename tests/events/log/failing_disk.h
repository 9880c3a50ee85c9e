// FailingDisk: a RocksDB environment whose write-ahead log fails to sync when told to, and whose
// power can be cut: what was not synced is then forgotten.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include <rocksdb/env.h>

namespace kontor::test {

class FailingDisk : public rocksdb::EnvWrapper {
 public:
  FailingDisk() : EnvWrapper(rocksdb::Env::Default()) {}

  const char* Name() const override { return "FailingDisk"; }
  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* out,
                                  const rocksdb::EnvOptions& options) override;

  void fail_syncs(bool fail) { fail_syncs_ = fail; }
  std::uint64_t syncs_failed() const { return syncs_failed_; }
  std::uint64_t appends() const { return appends_; }  // to write-ahead logs

  // Cuts the write-ahead logs under `copy`, a copy of `live`, to what had been synced in `live`.
  void forget_unsynced(const std::filesystem::path& live, const std::filesystem::path& copy) const;

 private:
  friend class FailingFile;

  std::atomic<bool> fail_syncs_ = false;
  std::atomic<std::uint64_t> syncs_failed_ = 0;
  std::atomic<std::uint64_t> appends_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> synced_bytes_;  // by file
};

}  // namespace kontor::test
