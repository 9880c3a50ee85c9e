// World: what the benchmarks share. A book in memory with parties, goods and stock, and commands of
// `kontor bench` decided in it without threads, clock or disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/cli/bench_workload.h"
#include "engine/books.h"
#include "engine/decider.h"
#include "events/log/memory_event_log.h"
#include "events/log/page_builder.h"

namespace kontor::bench {

// A command that outlives its workload's next one.
struct Kept {
  std::string id;
  std::string actor;
  std::uint16_t kind = 0;
  AlignedBuffer body;

  CommandInput input() const;
};

enum class Work { kPayments, kOrders, kLifecycles };

// One thread's. A decision that is refused ends the program: it would measure something else.
class World {
 public:
  explicit World(std::size_t companies = 1'000);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Book& book() { return *books_.find(BookNumber{1}); }
  // Commands of fresh ids, in an order that can be decided. kOrders: the PlaceOrder of each life.
  std::vector<Kept> make(Work work, std::uint64_t units);
  void begin(PageBuilder& page) const;
  void decide(PageBuilder& page, const Kept& command);
  // Decisions so far, set-up included, as pages in the order decided.
  const MemoryEventLog& log() const { return log_; }
  // Seals the page and appends it to the log, then empties it.
  void commit(PageBuilder& page);

 private:
  void set_up();
  void open_book();

  cli::BenchWorld parties_;
  Books books_;
  Decider decider_;
  std::vector<PageChain> chains_;
  MemoryEventLog log_;
  CommitStamp stamp_{Epoch{1}, CommitNumber{0}};
  std::int64_t clock_ns_ = 1'772'409'600'000'000'000;  // 2026-03-02
  std::uint32_t makes_ = 0;
};

}  // namespace kontor::bench
