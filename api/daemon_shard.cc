#include "api/daemon_shard.h"

#include <chrono>
#include <utility>

namespace kontor {
namespace {

constexpr int kDecidingNice = -5;

}  // namespace

void DaemonShard::say(Level level, const std::string& text) const {
  around_.say(level, folders_.count() == 1 ? text : "shard " + label() + ": " + text);
}

Status DaemonShard::open_log() {
  RocksdbLogOptions options;
  options.memtable_bytes = around_.options.memtable_mib << 20;
  options.mode = folders_.mode();
  options.part = folders_.part(number_);
  auto opened = RocksdbEventLog::open(folders_.path(number_), options);
  if (!opened) return opened.error();
  log_ = std::move(opened.value());
  return {};
}

int DaemonShard::deciding_nice() const {
  return around_.options.deciding_first == "on" ? kDecidingNice : 0;
}

Status DaemonShard::start_engine() {
  EngineOptions options;
  options.inbox_commands_max = around_.options.inbox_commands;
  options.inbox_bytes_max = around_.options.inbox_mib << 20;
  options.page_decisions_max = around_.options.page_decisions;
  options.server = around_.version;
  options.host = around_.host;
  options.views = views_.get();
  options.nice = deciding_nice();
  options.note = [this](const std::string& text) { say(Level::kInfo, text); };
  set_snapshots(options.snapshots);
  auto started = Engine::start(*log_, around_.clock, options, around_.progress);
  if (!started) return started.error();
  engine_ = std::move(started.value());
  return {};
}

void DaemonShard::open_views() {
  if (around_.options.views == "off") return;
  ViewHostOptions options;
  options.at_once = false;
  options.nice_late = deciding_nice();
  options.say = [this](const std::string& text) { say(Level::kInfo, text); };
  views_ = std::make_unique<ViewHost>(*log_, log_->path() / "views", std::move(options));
}

// They follow by themselves; nothing waits for them.
void DaemonShard::start_views() {
  if (views_ != nullptr) views_->begin();
}

void DaemonShard::start_past() {
  if (around_.options.past_copies == 0) return;
  PastOptions options;
  options.copies_max = around_.options.past_copies;
  options.bytes_max = around_.options.past_mib << 20;
  options.kept = std::chrono::seconds(around_.options.past_kept_s);
  options.nice = deciding_nice();
  options.say = [this](const std::string& text) { say(Level::kInfo, text); };
  past_ = std::make_unique<PastCopies>(*log_, snapshot_files_.get(), std::move(options));
}

void DaemonShard::set_snapshots(SnapshotOptions& out) {
  if (around_.options.snapshots == "on") {
    snapshot_files_ = open_snapshot_folder(log_->path() / "snapshots");
    out.files = snapshot_files_.get();
  }
  out.events = around_.options.snapshot_events;
  out.kept = around_.options.snapshots_kept;
  out.at_stop = around_.options.snapshot_at_stop == "on";
  out.note = [this](const std::string& text) { say(Level::kInfo, text); };
}

void DaemonShard::start_days() {
  BusinessDays::Options options;
  options.warn = [this](const std::string& text) { say(Level::kWarning, text); };
  days_ = std::make_unique<BusinessDays>(*engine_, around_.clock, std::move(options));
  days_->start();
}

void DaemonShard::stop_days() {
  if (days_ != nullptr) days_->stop();
}

void DaemonShard::stop_past() {
  if (past_ != nullptr) past_->stop();
}

void DaemonShard::renew_views() {
  if (views_ != nullptr) views_->renew();
}

void DaemonShard::stop_views() {
  if (views_ != nullptr) views_->stop();
}

Status DaemonShard::close_log() {
  return log_->close();
}

}  // namespace kontor
