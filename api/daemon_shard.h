// DaemonShard: what a server has once for each of its shards: log, engine, snapshots, views and the
// business days of its books. Made, opened and closed by the daemon; main's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/clock/business_days.h"
#include "api/daemon_options.h"
#include "engine/engine.h"
#include "engine/past/past_copies.h"
#include "engine/snapshots/snapshot_files.h"
#include "engine/views/view_host.h"
#include "events/log/rocksdb_event_log.h"
#include "events/log/shard_folders.h"

namespace kontor {

class DaemonShard {
 public:
  enum class Level : std::uint8_t { kInfo, kWarning };
  struct Surroundings {
    const DaemonOptions& options;
    Clock& clock;
    std::string version;
    std::string host;
    std::function<void(Level, const std::string&)> say;  // any thread
    Engine::Progress progress;                           // of replaying
  };
  // All of it outlives this.
  DaemonShard(const Surroundings& around, const ShardFolders& folders, std::uint32_t number)
      : around_(around), folders_(folders), number_(number) {}

  Status open_log();
  void open_views();  // after open_log: the engine asks them
  Status start_engine();
  void start_views();  // after start_engine, whose replay has the machine to itself
  void renew_views();  // ViewHost::renew, where views are kept
  void start_past();   // after start_engine
  void start_days();   // when the server serves
  void stop_days();
  void stop_past();
  void stop_views();
  Status close_log();  // the last

  Engine& engine() { return *engine_; }
  const RocksdbEventLog& log() const { return *log_; }
  const ViewHost* views() const { return views_.get(); }  // null: none are kept
  PastCopies* past() const { return past_.get(); }        // null: none are made
  // Empty: the server has one shard.
  std::string label() const { return folders_.count() == 1 ? "" : std::to_string(number_); }

 private:
  int deciding_nice() const;  // EngineOptions::nice
  void set_snapshots(SnapshotOptions& out);
  void say(Level level, const std::string& text) const;

  const Surroundings& around_;
  const ShardFolders& folders_;
  const std::uint32_t number_;
  // In this order: each uses those before it.
  std::unique_ptr<RocksdbEventLog> log_;
  std::unique_ptr<ViewHost> views_;  // before the engine, whose reader asks it
  std::unique_ptr<SnapshotFiles> snapshot_files_;
  std::unique_ptr<PastCopies> past_;  // before the engine as well
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<BusinessDays> days_;
};

}  // namespace kontor
