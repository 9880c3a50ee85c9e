// rebuild_view: a view from nothing, in a store on the disk (TMPDIR). By default over a log of
// lifecycles in memory; with KONTOR_BENCH_DATA=DIR over the log of that data folder, which is only
// read.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/world.h"
#include "engine/views/view_builder.h"
#include "events/base/assert.h"
#include "events/log/rocksdb_event_log.h"
#include "projections/views/view.h"

namespace kontor::bench {
namespace {

constexpr std::uint64_t kLives = 20'000;
constexpr std::uint64_t kLivesAtOnce = 1'000;

class FreshStore {
 public:
  FreshStore() {
    std::string name = (std::filesystem::temp_directory_path() / "kontor-bench-XXXXXX").string();
    KONTOR_ASSERT(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~FreshStore() { std::filesystem::remove_all(path_); }
  FreshStore(const FreshStore&) = delete;
  FreshStore& operator=(const FreshStore&) = delete;
  std::filesystem::path path() const { return path_ / "view"; }

 private:
  std::filesystem::path path_;
};

// The log that is followed: of a folder, or made once.
class Followed {
 public:
  Followed() {
    const char* const data =
        std::getenv("KONTOR_BENCH_DATA");  // NOLINT(concurrency-mt-unsafe): no thread yet
    if (data == nullptr) {
      make();
      return;
    }
    RocksdbLogOptions options;
    options.mode = FolderMode::kReadOnly;
    auto opened = RocksdbEventLog::open(data, options);
    KONTOR_ASSERT(opened.ok());
    stored_ = std::move(*opened);
  }
  const EventLog& log() const {
    if (stored_ != nullptr) return *stored_;
    return world_->log();
  }

 private:
  void make() {
    world_ = std::make_unique<World>();
    PageBuilder page;
    for (std::uint64_t lives = 0; lives < kLives; lives += kLivesAtOnce) {
      world_->begin(page);
      for (const Kept& command : world_->make(Work::kLifecycles, kLivesAtOnce)) {
        world_->decide(page, command);
        if (page.page_bytes() < (512U << 10)) continue;
        world_->commit(page);
        world_->begin(page);
      }
      if (!page.empty()) world_->commit(page);
      page.clear();
    }
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<RocksdbEventLog> stored_;
};

const EventLog& followed() {
  static const Followed kFollowed;
  return kFollowed.log();
}

void rebuild_view(benchmark::State& state, const char* name) {
  const EventLog& log = followed();
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  for ([[maybe_unused]] auto _ : state) {
    const FreshStore folder;
    auto store = ViewStore::open(folder.path(), {});
    KONTOR_ASSERT(store.ok());
    ViewBuilder builder(log, make_view(name), *store, {});
    KONTOR_ASSERT(builder.open().ok());
    while (builder.checkpoint().commit < log.tail().last) {
      const Status advanced = builder.advance(log.tail().last);
      KONTOR_ASSERT(advanced.ok());
    }
    events = builder.checkpoint().events;
    bytes = (*store)->bytes();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events));
  state.counters["events"] = static_cast<double>(events);
  state.counters["bytes_per_event"] =
      static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(events, 1));
}
BENCHMARK_CAPTURE(rebuild_view, timeline, "timeline")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(rebuild_view, entries, "entries")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(rebuild_view, documents, "documents")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kontor::bench
