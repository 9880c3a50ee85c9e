// MemorySnapshots: a folder of snapshots that forgets what was not synced, ends the world at a
// step, and lets its files be damaged. For tests and simulation.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/snapshots/snapshot_files.h"

namespace kontor::test {

class MemorySnapshots final : public SnapshotFiles {
 public:
  using Bytes = std::vector<std::byte>;

  std::string place(const std::string& name) const override { return "snapshots/" + name; }
  Result<std::vector<SnapshotEntry>> list() const override;
  Result<std::unique_ptr<SnapshotIn>> open(const std::string& name) const override;
  Result<std::unique_ptr<SnapshotOut>> create(const std::string& name) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& name) override;
  Status sync() override;

  // The nth changing step from now on (1: the next) and all after it fail: the world has ended.
  void end_at(std::uint64_t nth);
  std::uint64_t steps() const;  // changing ones so far
  // What the next process finds. What was not synced is there, is not, or is there in part, as
  // `dice` says.
  std::unique_ptr<MemorySnapshots> crash(std::uint64_t dice) const;

  std::vector<std::string> names() const;
  Bytes bytes(const std::string& name) const;
  void put(const std::string& name, Bytes bytes);

 private:
  struct File {
    Bytes bytes;
    std::size_t synced = 0;
  };
  using Names = std::map<std::string, std::shared_ptr<File>>;
  class Out;

  Status step();  // one more change; the caller holds the lock

  mutable std::mutex mutex_;
  Names names_;    // as seen
  Names durable_;  // names as of the last sync of the folder
  std::uint64_t steps_ = 0;
  std::uint64_t end_at_ = 0;
};

}  // namespace kontor::test
