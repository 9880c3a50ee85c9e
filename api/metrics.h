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

  // Before the first scrape; they outlive it.
  void watch(const Views& views) { views_ = &views; }
  void watch(const PastCopies& past) { past_ = &past; }
  void watch(const RocksdbEventLog& log) { log_ = &log; }

  std::string text() const;  // text exposition format 0.0.4

 private:
  const Engine& engine_;
  const ServerCounters& counters_;
  const Views* views_ = nullptr;
  const PastCopies* past_ = nullptr;
  const RocksdbEventLog* log_ = nullptr;
  std::vector<double> commit_bounds_;
  std::string version_;
};

}  // namespace kontor
