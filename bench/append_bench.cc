// append: a commit on the disk, with its fdatasync. The folder is in TMPDIR, by default /tmp: point
// it at the disk that matters (a memory file system measures nothing).
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/world.h"
#include "events/base/assert.h"
#include "events/log/rocksdb_event_log.h"

namespace kontor::bench {
namespace {

class FreshFolder {
 public:
  FreshFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "kontor-bench-XXXXXX").string();
    KONTOR_ASSERT(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~FreshFolder() { std::filesystem::remove_all(path_); }
  FreshFolder(const FreshFolder&) = delete;
  FreshFolder& operator=(const FreshFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void fill(World& world, PageBuilder& page, std::size_t bytes) {
  world.begin(page);
  while (page.page_bytes() < bytes) {
    for (const Kept& command : world.make(Work::kPayments, 16)) {
      if (page.page_bytes() < bytes) world.decide(page, command);
    }
  }
}

void append(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  World world;
  PageBuilder page;
  fill(world, page, bytes);
  PageChain chain;
  chain.book = BookNumber{1};
  chain.last_sequence = Sequence{page.next_sequence().value() - page.events() - 1};
  chain.durable_watermark = chain.last_sequence;
  const FreshFolder folder;
  const auto log = RocksdbEventLog::open(folder.path() / "data", {});
  KONTOR_ASSERT(log.ok());
  std::uint64_t number = 0;
  AlignedBuffer scratch;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    PageChain before = chain;
    const std::array<CommitPage, 1> pages{CommitPage{&page, &before}};
    const CommitStamp stamp{Epoch{1}, CommitNumber{number + 1}};
    const std::span<const std::byte> commit = seal_commit(pages, stamp, scratch);
    state.ResumeTiming();
    const Status appended = log.value()->append(stamp.epoch, CommitNumber{number}, commit);
    KONTOR_ASSERT(appended.ok());
    ++number;
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.page_bytes()));
}
BENCHMARK(append)->Arg(4 << 10)->Arg(256 << 10)->Arg(1 << 20)->UseRealTime()->Unit(
    benchmark::kMicrosecond);

}  // namespace
}  // namespace kontor::bench
