// SnapshotFiles: the folder that snapshots lie in, step by step, so that a test can end the world
// between any two steps. What is in it is derived from the log: losing it costs time, nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "events/base/result.h"

namespace kontor {

// A file being written. Destruction closes it.
class SnapshotOut {
 public:
  virtual ~SnapshotOut() = default;
  virtual Status append(std::span<const std::byte> bytes) = 0;
  virtual Status sync() = 0;
};

class SnapshotIn {
 public:
  virtual ~SnapshotIn() = default;
  virtual std::uint64_t bytes() const = 0;
  // Fills `to` from that place; kIo: it cannot be read, or ends before. Any thread.
  virtual Status read(std::uint64_t offset, std::span<std::byte> to) const = 0;
};

struct SnapshotEntry {
  std::string name;
  std::uint64_t bytes = 0;
  std::int64_t written_at = 0;  // seconds since 1970
};

// Any thread, one at a time; reading beside a writer is allowed.
class SnapshotFiles {
 public:
  virtual ~SnapshotFiles() = default;

  virtual std::string place(const std::string& name) const = 0;  // for messages
  virtual Result<std::vector<SnapshotEntry>> list() const = 0;   // none: no folder either
  virtual Result<std::unique_ptr<SnapshotIn>> open(const std::string& name) const = 0;  // kNotFound
  virtual Result<std::unique_ptr<SnapshotOut>> create(
      const std::string& name) = 0;  // or empties it
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& name) = 0;
  virtual Status sync() = 0;  // names made, changed and removed so far are durable
};

// A folder of this machine; made with the first file.
std::unique_ptr<SnapshotFiles> open_snapshot_folder(std::filesystem::path folder);

}  // namespace kontor
