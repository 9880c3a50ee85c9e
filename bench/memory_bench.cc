// What the deciding state takes in memory: per open order, per settled order, invoice, payment and
// credit note, per company. Tables grow in steps, so a figure is between what is used and a third
// to a half more.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include "bench/world.h"
#include "projections/births.h"

namespace kontor::bench {
namespace {

constexpr std::uint64_t kOrders = 300'000;
constexpr std::size_t kCompanies = 50'000;
constexpr std::uint32_t kPageDecisions = 1'000;

double bytes_in_use() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

void decide_all(World& world, const std::vector<Kept>& commands) {
  PageBuilder page;
  world.begin(page);
  for (const Kept& command : commands) {
    world.decide(page, command);
    if (page.decisions() < kPageDecisions) continue;
    page.clear();
    world.begin(page);
  }
}

// How many documents of each kind have left, and what is kept of each of them.
void count_settled(benchmark::State& state, const Book& book) {
  for (const auto kind : {SettledKind::kOrder, SettledKind::kInvoice, SettledKind::kPayment,
                          SettledKind::kCreditNote}) {
    const SettledDocuments& settled = book.settled(kind);
    if (settled.empty()) continue;
    const std::string word(word_of(kind));
    state.counters["settled_" + word] = static_cast<double>(settled.size());
    state.counters["bytes_per_settled_" + word] =
        static_cast<double>(settled.memory()) / static_cast<double>(settled.size());
  }
}

// What the state has grown by: the order itself with its three lines, its name, what credit and
// stock keep for it, and the outcomes of its commands (which are kept for the last 2^20 only).
void measure(benchmark::State& state, Work work) {
  for ([[maybe_unused]] auto _ : state) {
    World world;
    const std::vector<Kept> commands = world.make(work, kOrders);
    const double before = bytes_in_use();
    decide_all(world, commands);
    const double grown = bytes_in_use() - before;
    const Orders& orders = world.book().orders();
    state.counters["bytes_per_order"] = grown / static_cast<double>(kOrders);
    state.counters["in_memory"] = static_cast<double>(orders.all().size());
    count_settled(state, world.book());
    state.counters["commands"] = static_cast<double>(commands.size());
  }
}

void memory_open_orders(benchmark::State& state) {
  measure(state, Work::kOrders);
}
BENCHMARK(memory_open_orders)->Iterations(1)->Unit(benchmark::kMillisecond);

// Whole lives: placed, shipped, billed and paid. The names of shipments stay, and the outcomes.
void memory_settled_orders(benchmark::State& state) {
  measure(state, Work::kLifecycles);
}
BENCHMARK(memory_settled_orders)->Iterations(1)->Unit(benchmark::kMillisecond);

void memory_companies(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    const double before = bytes_in_use();
    const World small;
    const double between = bytes_in_use();
    const World large(1'000 + kCompanies);
    const double more = (bytes_in_use() - between) - (between - before);
    // With its buyers, and its part of the log that a world keeps.
    state.counters["bytes_per_company"] = more / static_cast<double>(kCompanies);
  }
}
BENCHMARK(memory_companies)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kontor::bench
