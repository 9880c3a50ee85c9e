// Metrics: everything measured, as Prometheus text. The one class that knows Prometheus: the parts
// count in plain members, which are read here when a scrape asks. Any thread.
#pragma once

#include <string>
#include <vector>

#include "api/session.h"
#include "engine/engine.h"
#include "engine/past/past_copies.h"
#include "engine/views/views.h"

namespace kontor {

class RocksdbEventLog;

class Metrics {
 public:
  // commit_bounds: upper bounds in seconds of EngineStats::commit_seconds_buckets (the last bucket
  // has none). Engine and counters outlive it.
  Metrics(const Engine& engine, const ServerCounters& counters, std::vector<double> commit_bounds,
          std::string version);

  // A shard of the server, and what it is called; empty: it is the only one, and is not named.
  struct Shard {
    std::string label;
    const Engine* engine = nullptr;
    const RocksdbEventLog* log = nullptr;  // null: not told
    const Views* views = nullptr;          // null: there are none
    const PastCopies* past = nullptr;      // null: there are none
  };
  // Before the first scrape; they outlive it. With none it tells of the engine alone.
  void watch(Shard shard) { shards_.push_back(std::move(shard)); }
  void watch(const Views& views) { watch({{}, &engine_, nullptr, &views, nullptr}); }

  std::string text() const;  // text exposition format 0.0.4

 private:
  const Engine& engine_;
  const ServerCounters& counters_;
  std::vector<Shard> shards_;
  std::vector<double> commit_bounds_;
  std::string version_;
};

}  // namespace kontor
