// SnapshotStore: snapshots of the deciding state of all books, as files that are whole or not
// there. Writes, reads and forgets them; whether one belongs to a log is asked of the log.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "engine/books.h"
#include "engine/replay.h"
#include "engine/snapshots/snapshot_files.h"
#include "engine/snapshots/snapshot_image.h"
#include "events/base/result.h"
#include "events/log/event_log.h"
#include "projections/sink.h"

namespace kontor {

struct SnapshotInfo {
  std::string name;
  CommitNumber commit;  // by its name; the file itself tells for certain
  std::uint64_t bytes = 0;
  std::int64_t written_at = 0;  // seconds since 1970
};

// The newest first.
Result<std::vector<SnapshotInfo>> list_snapshots(const SnapshotFiles& files);

class SnapshotStore {
 public:
  // Both outlive it.
  SnapshotStore(SnapshotFiles& files, const EventLog& log) : files_(files), log_(log) {}

  std::string place(const SnapshotInfo& info) const { return files_.place(info.name); }
  Result<std::vector<SnapshotInfo>> list() const { return list_snapshots(files_); }

  // kCorrupt: damaged; kNewer: of another version; kUsage: of another log, or of a commit that the
  // log does not have (any more); kNotFound, kIo. The message begins with the file's place.
  Result<Image> load(const SnapshotInfo& info, const Stop& stop) const;
  // Whether the file holds just what replay gave at its commit; every byte of it is read. The same
  // errors; kCorrupt also when it differs.
  Status compare(const SnapshotInfo& info, const Books& books, const Replayed& replayed) const;

  // Durable when it returns. Nobody sees a part of it, whenever the world ends.
  Result<SnapshotInfo> write(const Image& image, const Stop& stop);
  // Keeps the newest `count` that are not known to be bad and removes all else.
  Status keep(std::size_t count);
  void call_bad(const SnapshotInfo& info) { bad_.insert(info.name); }
  bool has_bad() const { return !bad_.empty(); }
  // Sets all aside: the next start replays the log from its beginning.
  Status doubt_all();

 private:
  SnapshotFiles& files_;
  const EventLog& log_;
  std::set<std::string> bad_;
};

}  // namespace kontor
