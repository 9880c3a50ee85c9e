// What a snapshot is of: where a fold of the log stands, put into the sections of a file and taken
// back.
#pragma once

#include <functional>

#include "engine/books.h"
#include "engine/replay.h"
#include "engine/snapshots/snapshot_format.h"
#include "events/base/result.h"

namespace kontor {

// The state, and what it takes to go on.
struct Image {
  Books books;
  Replayed log;
};

// Asked now and then; true ends the work with kUnavailable.
using Stop = std::function<bool()>;

Status save_image(SnapshotWriter& writer, const Image& image, const Stop& stop);
// Into an empty image. kCorrupt: the sections do not say what can be. Uses two threads.
Status load_image(const SnapshotReader& reader, Image& image, const Stop& stop);
// Whether the file holds just this, byte by byte; kCorrupt says where not.
Status compare_image(const SnapshotReader& reader, const Books& books, const Replayed& replayed);

}  // namespace kontor
