#include "api/metrics.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "events/codec/catalog.h"
#include "events/log/rocksdb_event_log.h"

namespace kontor {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(const char* name, const char* help, MetricType type) {
  MetricFamily out;
  out.name = name;
  out.help = help;
  out.type = type;
  return out;
}

void add(MetricFamily& out, double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (out.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  out.metric.push_back(std::move(metric));
}

MetricFamily single(const char* name, const char* help, MetricType type, double value) {
  MetricFamily out = family(name, help, type);
  add(out, value);
  return out;
}

double count(std::uint64_t value) {
  return static_cast<double>(value);
}

double count(const std::atomic<std::uint64_t>& value) {
  return count(value.load(std::memory_order_relaxed));
}

MetricFamily commands(const EngineStats& stats) {
  MetricFamily out =
      family("kontor_commands_total", "Commands answered with a decision, by what became of them.",
             MetricType::Counter);
  for (const CommandCount& entry : stats.commands) {
    const std::string_view name = command_name(entry.kind);
    add(out, count(entry.count),
        {{"command", name.empty() ? std::to_string(entry.kind) : std::string(name)},
         {"outcome", std::string(status_word(entry.status))}});
  }
  return out;
}

MetricFamily commit_seconds(const EngineStats& stats, const std::vector<double>& bounds) {
  MetricFamily out = family("kontor_commit_seconds",
                            "Time from closing a group commit to its being durable, in seconds.",
                            MetricType::Histogram);
  ClientMetric metric;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < stats.commit_seconds_buckets.size(); ++i) {
    cumulative += stats.commit_seconds_buckets[i];
    const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({cumulative, bound});
  }
  if (stats.commit_seconds_buckets.size() <= bounds.size()) {
    metric.histogram.bucket.push_back({cumulative, std::numeric_limits<double>::infinity()});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = stats.commit_seconds_sum;
  out.metric.push_back(std::move(metric));
  return out;
}

// A series for every book would be as many as there are books: beyond this, books are in the sums.
constexpr std::size_t kBookSeriesMax = 100;

void add_books(std::vector<MetricFamily>& out, const EngineStats& stats) {
  MetricFamily sequence = family(
      "kontor_log_last_sequence",
      "Position of the last durable event of a book; of the first 100 books.", MetricType::Gauge);
  MetricFamily follow_ups = family(
      "kontor_follow_ups", "Follow-ups of a book that wait to be decided; of the first 100 books.",
      MetricType::Gauge);
  MetricFamily orders =
      family("kontor_orders_in_memory",
             "Orders of a book that are in memory; of the first 100 books.", MetricType::Gauge);
  MetricFamily settled = family(
      "kontor_orders_settled",
      "Settled orders of a book that have left memory; of the first 100 books.", MetricType::Gauge);
  std::uint64_t events = 0;
  std::uint64_t waiting = 0;
  for (std::size_t i = 0; i < stats.books.size(); ++i) {
    const EngineStats::BookStats& book = stats.books[i];
    events += book.last_sequence;
    waiting += book.follow_ups;
    if (i >= kBookSeriesMax) continue;
    add(sequence, count(book.last_sequence), {{"book", book.name}});
    add(follow_ups, count(book.follow_ups), {{"book", book.name}});
    add(orders, count(book.orders), {{"book", book.name}});
    add(settled, count(book.settled), {{"book", book.name}});
  }
  out.push_back(std::move(sequence));
  out.push_back(std::move(follow_ups));
  out.push_back(std::move(orders));
  out.push_back(std::move(settled));
  out.push_back(
      single("kontor_books", "Books there are.", MetricType::Gauge, count(stats.books.size())));
  out.push_back(
      single("kontor_events", "Durable events of all books.", MetricType::Gauge, count(events)));
  out.push_back(single("kontor_follow_ups_waiting",
                       "Follow-ups of all books that wait to be decided.", MetricType::Gauge,
                       count(waiting)));
}

void add_store(std::vector<MetricFamily>& out, const RocksdbEventLog& log) {
  const LogStoreStats stats = log.store_stats();
  MetricFamily written = family(
      "kontor_log_written_bytes_total",
      "Bytes that the log's store has written since the start; beside kontor_commit_bytes_total "
      "they tell how often a byte is written.",
      MetricType::Counter);
  add(written, count(stats.write_ahead_bytes), {{"by", "write_ahead_log"}});
  add(written, count(stats.flush_bytes), {{"by", "flush"}});
  add(written, count(stats.compaction_bytes), {{"by", "compaction"}});
  out.push_back(std::move(written));
}

void add_engine(std::vector<MetricFamily>& out, const EngineStats& stats) {
  out.push_back(
      single("kontor_commits_total", "Group commits.", MetricType::Counter, count(stats.commits)));
  out.push_back(single("kontor_commit_bytes_total", "Bytes of pages in group commits.",
                       MetricType::Counter, count(stats.commit_bytes)));
  out.push_back(single("kontor_repeats_total", "Commands answered from an earlier decision.",
                       MetricType::Counter, count(stats.repeats)));
  out.push_back(single("kontor_overloaded_total", "Jobs not taken because the inbox was full.",
                       MetricType::Counter, count(stats.overloaded)));
  out.push_back(single("kontor_deadline_expired_total",
                       "Commands and questions whose deadline passed before they began.",
                       MetricType::Counter, count(stats.expired)));
  out.push_back(single("kontor_inbox_commands", "Commands taken that wait to be decided.",
                       MetricType::Gauge, count(stats.inbox_commands)));
}

void add_views(std::vector<MetricFamily>& out, const EngineStats& stats, const Views& views) {
  using Type = MetricType;
  constexpr double kMsOfSecond = 1'000;
  std::uint64_t durable = 0;
  for (const EngineStats::BookStats& book : stats.books)
    durable += book.last_sequence;
  MetricFamily commit =
      family("kontor_view_commit", "The last commit that a view has folded.", Type::Gauge);
  MetricFamily events = family("kontor_view_lag_events",
                               "Durable events that a view has not folded yet.", Type::Gauge);
  MetricFamily seconds = family("kontor_view_lag_seconds",
                                "For how long a view has not had what was durable.", Type::Gauge);
  MetricFamily building =
      family("kontor_view_building_ratio",
             "How much of the log a view that is being built has folded; 1: built.", Type::Gauge);
  MetricFamily bytes =
      family("kontor_view_bytes", "Bytes of a view's store on the disk.", Type::Gauge);
  MetricFamily rebuilds =
      family("kontor_view_rebuilds_total", "Stores of a view that were of no use and built again.",
             Type::Counter);
  for (const ViewStatus& view : views.status()) {
    const std::vector<ClientMetric::Label> label = {{"view", view.view}};
    const double done = count(view.commit.value()) / std::max(1.0, count(view.tail.value()));
    add(commit, count(view.commit.value()), label);
    add(events, count(durable > view.events ? durable - view.events : 0), label);
    add(seconds, count(view.behind_ms) / kMsOfSecond, label);
    add(building, view.building ? done : 1, label);
    add(bytes, count(view.bytes), label);
    add(rebuilds, count(view.rebuilds), label);
  }
  for (MetricFamily* const each : {&commit, &events, &seconds, &building, &bytes, &rebuilds})
    out.push_back(std::move(*each));
}

void add_snapshots(std::vector<MetricFamily>& out, const SnapshotStats& stats, std::int64_t now) {
  using Type = MetricType;
  out.push_back(single("kontor_snapshot_position",
                       "Events of all books in the newest snapshot; 0: there is none.", Type::Gauge,
                       count(stats.position)));
  out.push_back(single("kontor_snapshot_commit", "The last commit in the newest snapshot.",
                       Type::Gauge, count(stats.commit)));
  if (stats.commit > 0) {
    out.push_back(single("kontor_snapshot_age_seconds", "Since the newest snapshot was written.",
                         Type::Gauge, static_cast<double>(now - stats.written_at)));
  }
  out.push_back(single("kontor_snapshot_bytes", "Size of the newest snapshot's file.", Type::Gauge,
                       count(stats.bytes)));
  out.push_back(single("kontor_snapshot_seconds",
                       "What this process took for the last one, waiting included.", Type::Gauge,
                       count(stats.milliseconds) / 1e3));
  out.push_back(single("kontor_snapshots_total", "Snapshots made by this process.", Type::Counter,
                       count(stats.made)));
  out.push_back(single("kontor_snapshot_failures_total", "Snapshots that could not be made.",
                       Type::Counter, count(stats.failures)));
}

void add_past(std::vector<MetricFamily>& out, const PastStats& stats) {
  using Type = MetricType;
  out.push_back(single("kontor_past_copies", "Copies of the past that answer questions.",
                       Type::Gauge, count(stats.copies)));
  out.push_back(single("kontor_past_copies_making", "Copies of the past that are being made.",
                       Type::Gauge, count(stats.making)));
  out.push_back(single("kontor_past_copies_bytes", "What copies of the past take, about.",
                       Type::Gauge, count(stats.bytes)));
  out.push_back(single("kontor_past_questions_waiting", "Questions that wait for a copy.",
                       Type::Gauge, count(stats.waiting)));
  out.push_back(single("kontor_past_copies_made_total", "Copies of the past that were made.",
                       Type::Counter, count(stats.made)));
  out.push_back(single("kontor_past_copies_seconds_total", "What making them took.", Type::Counter,
                       count(stats.milliseconds) / 1e3));
  out.push_back(single("kontor_past_copies_failed_total",
                       "Copies of the past that could not be made.", Type::Counter,
                       count(stats.failures)));
  MetricFamily questions =
      family("kontor_past_questions_total", "Questions that a copy of the past was wanted for.",
             Type::Counter);
  add(questions, count(stats.answered), {{"outcome", "answered"}});
  add(questions, count(stats.refused), {{"outcome", "overloaded"}});
  add(questions, count(stats.expired), {{"outcome", "deadline_expired"}});
  out.push_back(std::move(questions));
}

std::int64_t seconds_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

void add_server(std::vector<MetricFamily>& out, const ServerCounters& counters) {
  using Type = MetricType;
  out.push_back(
      single("kontor_connections", "Open connections.", Type::Gauge, count(counters.connections)));
  out.push_back(single("kontor_connections_accepted_total", "Connections taken.", Type::Counter,
                       count(counters.accepted)));
  out.push_back(single("kontor_connections_turned_away_total",
                       "Connections refused because as many were open as may be.", Type::Counter,
                       count(counters.turned_away)));
  MetricFamily frames = family("kontor_frames_total", "Frames, by direction.", Type::Counter);
  add(frames, count(counters.frames_in), {{"direction", "in"}});
  add(frames, count(counters.frames_out), {{"direction", "out"}});
  out.push_back(std::move(frames));
  MetricFamily bytes =
      family("kontor_network_bytes_total", "Bytes of frames, by direction.", Type::Counter);
  add(bytes, count(counters.bytes_in), {{"direction", "in"}});
  add(bytes, count(counters.bytes_out), {{"direction", "out"}});
  out.push_back(std::move(bytes));
  out.push_back(single("kontor_commands_received_total", "Commands in submit frames.",
                       Type::Counter, count(counters.commands)));
  out.push_back(
      single("kontor_queries_total", "Questions asked.", Type::Counter, count(counters.queries)));
  out.push_back(single("kontor_resolves_total", "Command ids whose outcome was asked for.",
                       Type::Counter, count(counters.resolves)));
  out.push_back(single("kontor_frames_not_taken_total",
                       "Submit frames answered overloaded or stopping.", Type::Counter,
                       count(counters.not_taken)));
  out.push_back(
      single("kontor_subscriptions", "Open subscriptions.", Type::Gauge, count(counters.feeds)));
  out.push_back(single("kontor_subscriptions_slow_total",
                       "Subscriptions ended because nothing was taken of them for too long.",
                       Type::Counter, count(counters.slow_feeds)));
  out.push_back(single("kontor_connection_faults_total",
                       "Connections ended because of what was said on them.", Type::Counter,
                       count(counters.faults)));
  out.push_back(single("kontor_connection_timeouts_total",
                       "Connections ended for silence or for not reading.", Type::Counter,
                       count(counters.timeouts)));
}

}  // namespace

Metrics::Metrics(const Engine& engine, const ServerCounters& counters,
                 std::vector<double> commit_bounds, std::string version)
    : engine_(engine),
      counters_(counters),
      commit_bounds_(std::move(commit_bounds)),
      version_(std::move(version)) {
}

std::string Metrics::text() const {
  const EngineStats stats = engine_.stats();
  std::vector<MetricFamily> families;
  MetricFamily build = family("kontor_build_info", "1, with the version.", MetricType::Gauge);
  add(build, 1, {{"version", version_}});
  families.push_back(std::move(build));
  families.push_back(commands(stats));
  families.push_back(commit_seconds(stats, commit_bounds_));
  add_books(families, stats);
  add_engine(families, stats);
  if (log_ != nullptr) add_store(families, *log_);
  if (views_ != nullptr) add_views(families, stats, *views_);
  if (past_ != nullptr) add_past(families, past_->stats());
  add_snapshots(families, stats.snapshots, seconds_now());
  add_server(families, counters_);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return out.str();
}

}  // namespace kontor
