// ViewStore: the rows of one view on the disk, a RocksDB of its own that only ever ingests whole
// files. Each file holds sorted rows, the books' positions and the checkpoint; it is there as a
// whole or not at all. Everything in it comes back from the log.
//
// Threads: ingest from one; snapshots from any, at the same time. A store outlives its snapshots by
// itself.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "engine/views/checkpoint.h"
#include "projections/views/view.h"

namespace rocksdb {
class Env;
}

namespace kontor {

// Beside the process, of the threads that write views and that merge them: the engine's come first.
inline constexpr int kViewsNicer = 15;
inline constexpr int kMergesNicer = 10;

using BookPositions = std::map<BookNumber, Sequence>;

// The rows of a view at one moment, and how far they go.
class ViewSnapshot : public RowSource {
 public:
  // The last event of the book that is folded; 0: none.
  virtual Result<Sequence> position(BookNumber book) const = 0;
};

// Where a process may die while it ingests.
enum class IngestStep : std::uint8_t { kBegun, kRowsWritten, kFileSynced, kIngested };

struct ViewStoreOptions {
  bool read_only = false;
  // For tests: called at each step; false: the process dies here (the call ends with kUnavailable
  // and leaves all as it is).
  std::function<bool(IngestStep)> step;
  rocksdb::Env* env = nullptr;  // null: the operating system. Outlives the store.
};

class ViewStore {
 public:
  // Read-only: kNotFound where there is none. Else it is made. kCorrupt: it cannot be opened.
  static Result<std::shared_ptr<ViewStore>> open(const std::filesystem::path& path,
                                                 ViewStoreOptions options);
  // Removes a store and what an ingest left beside it. It is not open.
  static Status remove(const std::filesystem::path& path);

  virtual ~ViewStore() = default;

  // Nothing: empty so far. kCorrupt: there, and not to be read.
  virtual Result<std::optional<ViewCheckpoint>> checkpoint() const = 0;
  // Makes what the view has folded since its last drain durable, together with up to where.
  virtual Status ingest(View& view, const ViewCheckpoint& checkpoint,
                        const BookPositions& positions) = 0;
  virtual std::shared_ptr<const ViewSnapshot> snapshot() const = 0;
  // Merges what many ingests left; for a rebuild's end.
  virtual Status compact() = 0;
  virtual std::uint64_t bytes() const = 0;  // on the disk, about
  // Whether a read or ingest found stored bytes damaged.
  virtual bool damaged() const = 0;
};

}  // namespace kontor
