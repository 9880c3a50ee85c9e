// DataFolder: a server's data directory. Says whose it is, which format it has and that nobody else
// has it, before anything in it is touched (events/FORMAT.md, Data folder).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "events/base/result.h"

namespace kontor {

// 1: the data of a server of one shard. 2: of several, or that of one of them.
inline constexpr std::uint32_t kDataFolderFormat = 2;

// What a data folder holds.
struct FolderPart {
  std::uint32_t shards = 1;            // of the server
  std::optional<std::uint32_t> shard;  // this one of several; nothing: all there are
  friend bool operator==(const FolderPart&, const FolderPart&) = default;
};

enum class FolderMode {
  kCreate,    // write; made when it does not exist or is empty
  kWrite,     // write; must be there
  kReadOnly,  // takes no lock and writes nothing
};

// Movable; holds the lock while it lives. One thread.
class DataFolder {
 public:
  // kUsage: not a directory, or neither empty nor ours. kNotFound: nothing of ours there and not to
  // be made. kNewer: of a later version. kUnavailable: another process has it. kCorrupt, kIo.
  // `part`: what it must hold, or is made to. kUsage: it holds something else; says what to do.
  // To read, a single shard may be taken for a whole.
  static Result<DataFolder> open(const std::filesystem::path& path, FolderMode mode,
                                 const FolderPart& part = {});
  // What a folder holds, without touching it. Nothing: no creation of one has finished there.
  static Result<std::optional<FolderPart>> look(const std::filesystem::path& path);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
  ~DataFolder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path log_path() const { return path_ / "log"; }

  // No creation of it has finished yet: its log, if there is any, never acknowledged anything.
  bool is_new() const { return new_; }
  Status finish_creation();  // after the log is there

 private:
  DataFolder() = default;
  Status take_lock();

  std::filesystem::path path_;
  FolderPart part_;
  int lock_ = -1;  // file descriptor
  bool new_ = false;
};

// That what lies in the folder is damaged (kCorrupt), and what to do.
Error corrupt_log(const std::filesystem::path& where, const std::string& what);

}  // namespace kontor
