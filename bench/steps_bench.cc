// decide, fold, page, replay and JSON: what a command costs the processor, step by step.
#include <array>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/world.h"
#include "engine/replay.h"
#include "events/base/assert.h"
#include "events/json/json.h"

namespace kontor::bench {
namespace {

constexpr std::uint64_t kUnits = 2'000;  // made afresh, outside of the measured time
constexpr std::uint32_t kPageDecisions = 1'000;

void items(benchmark::State& state, std::size_t commands) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(commands));
}

// Commands into decisions, pages emptied when full; sealing is another benchmark.
void decide(benchmark::State& state, Work work) {
  World world;
  PageBuilder page;
  std::size_t count = 0;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    const std::vector<Kept> commands = world.make(work, kUnits);
    count = commands.size();
    world.begin(page);
    state.ResumeTiming();
    for (const Kept& command : commands) {
      world.decide(page, command);
      if (page.decisions() < kPageDecisions) continue;
      page.clear();
      world.begin(page);
    }
    page.clear();
  }
  items(state, count);
}
BENCHMARK_CAPTURE(decide, record_payment, Work::kPayments)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decide, place_order_of_3_lines, Work::kOrders)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decide, lifecycle, Work::kLifecycles)->Unit(benchmark::kMillisecond);

// A log of the set-up and `units` of work.
void fill(World& world, Work work, std::uint64_t units) {
  PageBuilder page;
  world.begin(page);
  for (const Kept& command : world.make(work, units)) {
    world.decide(page, command);
    if (page.decisions() < kPageDecisions) continue;
    world.commit(page);
    world.begin(page);
  }
  if (!page.empty()) world.commit(page);
}

// Pages read and checked as a start does, and their decisions folded into fresh books.
void fold(benchmark::State& state, Work work) {
  World world;
  fill(world, work, 10 * kUnits);
  std::vector<AlignedBuffer> commits;
  const Status read = world.log().read(CommitNumber{1}, world.log().tail().last,
                                       [&](CommitNumber, std::span<const std::byte> bytes) {
                                         commits.emplace_back(bytes);
                                         return true;
                                       });
  KONTOR_ASSERT(read.ok());
  std::size_t decisions = 0;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    auto books = std::make_unique<Books>();
    books->add();
    decisions = 0;
    state.ResumeTiming();
    for (const AlignedBuffer& commit : commits) {
      const Result<PageView> page = read_page(commit.bytes());
      KONTOR_ASSERT(page.ok());
      Book& book = *books->find(BookNumber{page->header().book});
      page->for_each_decision([&](const DecisionView& decision) {
        KONTOR_ASSERT(book.replay(decision).ok());
        ++decisions;
      });
    }
    state.PauseTiming();
    books.reset();
    state.ResumeTiming();
  }
  items(state, decisions);
}
BENCHMARK_CAPTURE(fold, record_payment, Work::kPayments)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fold, lifecycle, Work::kLifecycles)->Unit(benchmark::kMillisecond);

// Hash tree, header and CRC32C of a page of 1,000 decisions.
void seal(benchmark::State& state) {
  World world;
  PageBuilder page;
  world.begin(page);
  const PageChain before = [&] {
    PageChain chain;
    chain.book = BookNumber{1};
    chain.last_sequence = world.book().last_sequence();
    chain.durable_watermark = chain.last_sequence;
    return chain;
  }();
  for (const Kept& command : world.make(Work::kPayments, kPageDecisions))
    world.decide(page, command);
  AlignedBuffer scratch;
  for ([[maybe_unused]] auto _ : state) {
    PageChain chain = before;
    const std::array<CommitPage, 1> pages{CommitPage{&page, &chain}};
    benchmark::DoNotOptimize(
        seal_commit(pages, CommitStamp{Epoch{1}, CommitNumber{1}}, scratch).data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.page_bytes()));
  items(state, kPageDecisions);
}
BENCHMARK(seal)->Unit(benchmark::kMicrosecond);

// A whole start: pages checked, bodies verified, hash tree followed, events folded.
void replay_log(benchmark::State& state) {
  World world;
  fill(world, Work::kLifecycles, 10 * kUnits);
  std::uint64_t events = 0;
  for ([[maybe_unused]] auto _ : state) {
    Books books;
    const Result<Replayed> replayed =
        replay(world.log(), books, {}, [](std::uint64_t, std::uint64_t) {});
    KONTOR_ASSERT(replayed.ok());
    events = replayed->events;
  }
  items(state, events);
}
BENCHMARK(replay_log)->Unit(benchmark::kMillisecond);

void read_json(benchmark::State& state) {
  constexpr std::string_view kOrder =
      R"({"id":"kim-1","actor":"kim","PlaceOrder":{"company":"acme","order":"O-1","buyer":"kim",)"
      R"("lines":[{"item":"bolt","quantity":"2"},{"item":"nut","quantity":"12.5"},)"
      R"({"item":"washer","quantity":"100"}]}})";
  for ([[maybe_unused]] auto _ : state) {
    const Result<CommandText> read = read_command_json(kOrder, JsonOptions{});
    KONTOR_ASSERT(read.ok());
    benchmark::DoNotOptimize(read->body.data());
  }
  items(state, 1);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kOrder.size()));
}
BENCHMARK(read_json)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace kontor::bench
