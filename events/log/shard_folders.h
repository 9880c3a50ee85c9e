// ShardFolders: where the shards of a server have their data. One shard's server has all of it in
// the data folder itself; several have a folder each below it, shard-0 and on, each a data folder
// of its own that says which shard it is (events/FORMAT.md, Data folder).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "events/base/result.h"
#include "events/log/data_folder.h"

namespace kontor {

inline constexpr std::uint32_t kShardsMax = 64;

// Holds the lock of the folder while it lives, where there are several shards (each has its own
// beside); movable. One thread.
class ShardFolders {
 public:
  // `shards`: how many there must be; 0: as many as it was made with, one if it is new. Errors as
  // DataFolder::open; kCorrupt: one of them is missing.
  static Result<ShardFolders> open(const std::filesystem::path& path, FolderMode mode,
                                   std::uint32_t shards);

  std::uint32_t count() const { return part_.shards; }
  std::filesystem::path path(std::uint32_t shard) const;
  // How the log of a shard is to be opened.
  FolderPart part(std::uint32_t shard) const;
  FolderMode mode() const { return mode_; }
  Status finish_creation();  // after all logs are there

 private:
  std::filesystem::path path_;
  FolderMode mode_ = FolderMode::kReadOnly;
  FolderPart part_;
  std::optional<DataFolder> root_;  // of several
};

}  // namespace kontor
