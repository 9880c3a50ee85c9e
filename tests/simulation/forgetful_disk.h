// ForgetfulDisk: a RocksDB environment over a real folder that remembers what was synced. When the
// power is cut, it forgets the rest: a file goes back to its last sync, or is torn somewhere behind
// it; a file that was never synced is empty, or left short.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include <rocksdb/env.h>

#include "tests/simulation/random.h"

namespace kontor::test {

class ForgetfulDisk : public rocksdb::EnvWrapper {
 public:
  ForgetfulDisk() : EnvWrapper(rocksdb::Env::Default()) {}

  const char* Name() const override { return "ForgetfulDisk"; }
  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* out,
                                  const rocksdb::EnvOptions& options) override;
  rocksdb::Status ReopenWritableFile(const std::string& name,
                                     std::unique_ptr<rocksdb::WritableFile>* out,
                                     const rocksdb::EnvOptions& options) override;
  rocksdb::Status ReuseWritableFile(const std::string& name, const std::string& old_name,
                                    std::unique_ptr<rocksdb::WritableFile>* out,
                                    const rocksdb::EnvOptions& options) override;
  rocksdb::Status RenameFile(const std::string& from, const std::string& to) override;
  rocksdb::Status LinkFile(const std::string& from, const std::string& to) override;
  rocksdb::Status DeleteFile(const std::string& name) override;

  // From now on nothing reaches the disk any more: writes, syncs, renames and deletions fail.
  void cut_power() { dead_ = true; }
  // What is written after so many more appends to write-ahead logs fails, the last of them in its
  // middle; 0: never.
  void cut_power_at_append(std::uint64_t count) { appends_left_ = count; }
  bool is_dead() const { return dead_; }

  // Once whoever had the folder is gone: forgets what was not synced, and works again.
  void come_back(Random& random);

  // Whoever had the folder is gone, and the power is not: all that was written reaches the disk.
  void keep_all();

  std::uint64_t bytes_forgotten() const { return bytes_forgotten_; }

 private:
  friend class ForgetfulFile;
  struct File {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };

  rocksdb::Status wrap(const std::string& name, std::uint64_t size,
                       std::unique_ptr<rocksdb::WritableFile>* file);
  void forget(const std::string& name, const File& file, Random& random);

  std::atomic<bool> dead_ = false;
  std::atomic<std::uint64_t> appends_left_ = 0;
  std::uint64_t bytes_forgotten_ = 0;
  std::mutex mutex_;
  std::map<std::string, File> files_;  // by name; those written since the last return
};

}  // namespace kontor::test
