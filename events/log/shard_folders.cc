#include "events/log/shard_folders.h"

#include <string>

namespace kontor {
namespace {

namespace fs = std::filesystem;

// Each is there and says that it is this one: one that is missing must not be made anew, empty.
Status check_shards(const ShardFolders& folders) {
  for (std::uint32_t shard = 0; shard < folders.count(); ++shard) {
    const fs::path path = folders.path(shard);
    const Result<std::optional<FolderPart>> found = DataFolder::look(path);
    if (!found.ok()) return found.error();
    if (*found == folders.part(shard)) continue;
    return Error{ErrorKind::kCorrupt, path.string() + " does not hold shard " +
                                          std::to_string(shard) + " of " +
                                          std::to_string(folders.count()) +
                                          "; restore a backup of the whole data folder"};
  }
  return {};
}

}  // namespace

fs::path ShardFolders::path(std::uint32_t shard) const {
  return count() == 1 ? path_ : path_ / ("shard-" + std::to_string(shard));
}

FolderPart ShardFolders::part(std::uint32_t shard) const {
  if (count() == 1) return {};
  return {count(), shard};
}

Result<ShardFolders> ShardFolders::open(const fs::path& path, FolderMode mode,
                                        std::uint32_t shards) {
  const Result<std::optional<FolderPart>> found = DataFolder::look(path);
  if (!found.ok()) return found.error();
  ShardFolders out;
  out.path_ = path;
  out.mode_ = mode;
  // A single shard's folder is opened, or refused, as what it is.
  const std::uint32_t made_with = *found && !(*found)->shard ? (*found)->shards : 1;
  out.part_.shards = shards == 0 ? made_with : shards;
  if (out.part_.shards == 1 && made_with == 1) return out;
  if (out.part_.shards > kShardsMax) {
    return Error{ErrorKind::kUsage, "at most " + std::to_string(kShardsMax) + " shards"};
  }
  Result<DataFolder> root = DataFolder::open(path, mode, out.part_);
  if (!root.ok()) return root.error();
  out.root_.emplace(std::move(*root));
  if (out.root_->is_new()) return out;
  if (mode == FolderMode::kCreate) out.mode_ = FolderMode::kWrite;
  if (Status all = check_shards(out); !all.ok()) return all.error();
  return out;
}

Status ShardFolders::finish_creation() {
  return root_ ? root_->finish_creation() : Status{};
}

}  // namespace kontor
