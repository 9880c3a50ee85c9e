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

// A shard as it was when the scrape asked.
struct Seen {
  const Metrics::Shard& shard;
  EngineStats stats;

  // With the shard's own label behind, if it has one.
  std::vector<ClientMetric::Label> labels(std::vector<ClientMetric::Label> out = {}) const {
    if (!shard.label.empty()) out.push_back({"shard", shard.label});
    return out;
  }
};
using SeenShards = std::vector<Seen>;

// A family with one figure of each shard.
template <class Figure>
void add_each(std::vector<MetricFamily>& out, MetricFamily one, const SeenShards& shards,
              Figure figure) {
  for (const Seen& seen : shards)
    add(one, figure(seen), seen.labels());
  out.push_back(std::move(one));
}

MetricFamily commands(const SeenShards& shards) {
  MetricFamily out =
      family("kontor_commands_total", "Commands answered with a decision, by what became of them.",
             MetricType::Counter);
  for (const Seen& seen : shards) {
    for (const CommandCount& entry : seen.stats.commands) {
      const std::string_view name = command_name(entry.kind);
      add(out, count(entry.count),
          seen.labels({{"command", name.empty() ? std::to_string(entry.kind) : std::string(name)},
                       {"outcome", std::string(status_word(entry.status))}}));
    }
  }
  return out;
}

ClientMetric commit_histogram(const EngineStats& stats, const std::vector<double>& bounds) {
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
  return metric;
}

MetricFamily commit_seconds(const SeenShards& shards, const std::vector<double>& bounds) {
  MetricFamily out = family("kontor_commit_seconds",
                            "Time from closing a group commit to its being durable, in seconds.",
                            MetricType::Histogram);
  for (const Seen& seen : shards) {
    out.metric.push_back(commit_histogram(seen.stats, bounds));
    out.metric.back().label = seen.labels();
  }
  return out;
}

// A series for every book would be as many as there are books: beyond this, books are in the sums.
constexpr std::size_t kBookSeriesMax = 100;

std::uint64_t events_of(const EngineStats& stats) {
  std::uint64_t out = 0;
  for (const EngineStats::BookStats& book : stats.books)
    out += book.last_sequence;
  return out;
}

std::uint64_t follow_ups_of(const EngineStats& stats) {
  std::uint64_t out = 0;
  for (const EngineStats::BookStats& book : stats.books)
    out += book.follow_ups;
  return out;
}

void add_books(std::vector<MetricFamily>& out, const SeenShards& shards) {
  using Type = MetricType;
  MetricFamily sequence =
      family("kontor_log_last_sequence",
             "Position of the last durable event of a book; of the first 100 books of a shard.",
             Type::Gauge);
  MetricFamily follow_ups =
      family("kontor_follow_ups",
             "Follow-ups of a book that wait to be decided; of the first 100 books of a shard.",
             Type::Gauge);
  MetricFamily orders = family(
      "kontor_orders_in_memory",
      "Orders of a book that are in memory; of the first 100 books of a shard.", Type::Gauge);
  MetricFamily settled =
      family("kontor_orders_settled",
             "Settled orders of a book that have left memory; of the first 100 books of a shard.",
             Type::Gauge);
  for (const Seen& seen : shards) {
    const auto& books = seen.stats.books;
    for (std::size_t i = 0; i < std::min(books.size(), kBookSeriesMax); ++i) {
      add(sequence, count(books[i].last_sequence), seen.labels({{"book", books[i].name}}));
      add(follow_ups, count(books[i].follow_ups), seen.labels({{"book", books[i].name}}));
      add(orders, count(books[i].orders), seen.labels({{"book", books[i].name}}));
      add(settled, count(books[i].settled), seen.labels({{"book", books[i].name}}));
    }
  }
  out.push_back(std::move(sequence));
  out.push_back(std::move(follow_ups));
  out.push_back(std::move(orders));
  out.push_back(std::move(settled));
  add_each(out, family("kontor_books", "Books there are.", Type::Gauge), shards,
           [](const Seen& seen) { return count(seen.stats.books.size()); });
  add_each(out, family("kontor_events", "Durable events of all books.", Type::Gauge), shards,
           [](const Seen& seen) { return count(events_of(seen.stats)); });
  add_each(out,
           family("kontor_follow_ups_waiting", "Follow-ups of all books that wait to be decided.",
                  Type::Gauge),
           shards, [](const Seen& seen) { return count(follow_ups_of(seen.stats)); });
}

void add_store(std::vector<MetricFamily>& out, const SeenShards& shards) {
  MetricFamily written = family(
      "kontor_log_written_bytes_total",
      "Bytes that the log's store has written since the start; beside kontor_commit_bytes_total "
      "they tell how often a byte is written.",
      MetricType::Counter);
  for (const Seen& seen : shards) {
    if (seen.shard.log == nullptr) continue;
    const LogStoreStats stats = seen.shard.log->store_stats();
    add(written, count(stats.write_ahead_bytes), seen.labels({{"by", "write_ahead_log"}}));
    add(written, count(stats.flush_bytes), seen.labels({{"by", "flush"}}));
    add(written, count(stats.compaction_bytes), seen.labels({{"by", "compaction"}}));
  }
  if (!written.metric.empty()) out.push_back(std::move(written));
}

void add_engine(std::vector<MetricFamily>& out, const SeenShards& shards) {
  using Type = MetricType;
  add_each(out, family("kontor_commits_total", "Group commits.", Type::Counter), shards,
           [](const Seen& seen) { return count(seen.stats.commits); });
  add_each(out,
           family("kontor_commit_bytes_total", "Bytes of pages in group commits.", Type::Counter),
           shards, [](const Seen& seen) { return count(seen.stats.commit_bytes); });
  add_each(
      out,
      family("kontor_repeats_total", "Commands answered from an earlier decision.", Type::Counter),
      shards, [](const Seen& seen) { return count(seen.stats.repeats); });
  add_each(out,
           family("kontor_overloaded_total", "Jobs not taken because the inbox was full.",
                  Type::Counter),
           shards, [](const Seen& seen) { return count(seen.stats.overloaded); });
  add_each(out,
           family("kontor_deadline_expired_total",
                  "Commands and questions whose deadline passed before they began.", Type::Counter),
           shards, [](const Seen& seen) { return count(seen.stats.expired); });
  add_each(out,
           family("kontor_inbox_commands", "Commands taken that wait to be decided.", Type::Gauge),
           shards, [](const Seen& seen) { return count(seen.stats.inbox_commands); });
}

struct ViewFamilies {
  MetricFamily commit =
      family("kontor_view_commit", "The last commit that a view has folded.", MetricType::Gauge);
  MetricFamily events = family("kontor_view_lag_events",
                               "Durable events that a view has not folded yet.", MetricType::Gauge);
  MetricFamily seconds =
      family("kontor_view_lag_seconds", "For how long a view has not had what was durable.",
             MetricType::Gauge);
  MetricFamily building = family(
      "kontor_view_building_ratio",
      "How much of the log a view that is being built has folded; 1: built.", MetricType::Gauge);
  MetricFamily bytes =
      family("kontor_view_bytes", "Bytes of a view's store on the disk.", MetricType::Gauge);
  MetricFamily rebuilds =
      family("kontor_view_rebuilds_total", "Stores of a view that were of no use and built again.",
             MetricType::Counter);
  MetricFamily renewing =
      family("kontor_view_renewing", "1: a view is made again beside the one in use (SIGUSR2).",
             MetricType::Gauge);
  MetricFamily differed =
      family("kontor_view_differences_total",
             "Renewals that found another content in the view in use than the log's.",
             MetricType::Counter);
};

void add_views_of(ViewFamilies& to, const Seen& seen) {
  constexpr double kMsOfSecond = 1'000;
  const std::uint64_t durable = events_of(seen.stats);
  for (const ViewStatus& view : seen.shard.views->status()) {
    const std::vector<ClientMetric::Label> label = seen.labels({{"view", view.view}});
    const double done = count(view.commit.value()) / std::max(1.0, count(view.tail.value()));
    add(to.commit, count(view.commit.value()), label);
    add(to.events, count(durable > view.events ? durable - view.events : 0), label);
    add(to.seconds, count(view.behind_ms) / kMsOfSecond, label);
    add(to.building, view.building ? done : 1, label);
    add(to.bytes, count(view.bytes), label);
    add(to.rebuilds, count(view.rebuilds), label);
    add(to.renewing, view.renewing ? 1 : 0, label);
    add(to.differed, count(view.differed), label);
  }
}

void add_views(std::vector<MetricFamily>& out, const SeenShards& shards) {
  ViewFamilies all;
  for (const Seen& seen : shards) {
    if (seen.shard.views != nullptr) add_views_of(all, seen);
  }
  if (all.commit.metric.empty()) return;
  for (MetricFamily* const each : {&all.commit, &all.events, &all.seconds, &all.building,
                                   &all.bytes, &all.rebuilds, &all.renewing, &all.differed})
    out.push_back(std::move(*each));
}

void add_snapshots(std::vector<MetricFamily>& out, const SeenShards& shards, std::int64_t now) {
  using Type = MetricType;
  add_each(out,
           family("kontor_snapshot_position",
                  "Events of all books in the newest snapshot; 0: there is none.", Type::Gauge),
           shards, [](const Seen& seen) { return count(seen.stats.snapshots.position); });
  add_each(out,
           family("kontor_snapshot_commit", "The last commit in the newest snapshot.", Type::Gauge),
           shards, [](const Seen& seen) { return count(seen.stats.snapshots.commit); });
  MetricFamily age =
      family("kontor_snapshot_age_seconds", "Since the newest snapshot was written.", Type::Gauge);
  for (const Seen& seen : shards) {
    const SnapshotStats& stats = seen.stats.snapshots;
    if (stats.commit > 0) add(age, static_cast<double>(now - stats.written_at), seen.labels());
  }
  if (!age.metric.empty()) out.push_back(std::move(age));
  add_each(out, family("kontor_snapshot_bytes", "Size of the newest snapshot's file.", Type::Gauge),
           shards, [](const Seen& seen) { return count(seen.stats.snapshots.bytes); });
  add_each(out,
           family("kontor_snapshot_seconds",
                  "What this process took for the last one, waiting included.", Type::Gauge),
           shards, [](const Seen& seen) { return count(seen.stats.snapshots.milliseconds) / 1e3; });
  add_each(out, family("kontor_snapshots_total", "Snapshots made by this process.", Type::Counter),
           shards, [](const Seen& seen) { return count(seen.stats.snapshots.made); });
  add_each(
      out,
      family("kontor_snapshot_failures_total", "Snapshots that could not be made.", Type::Counter),
      shards, [](const Seen& seen) { return count(seen.stats.snapshots.failures); });
}

struct SeenPast {
  const Seen& seen;
  PastStats stats;
};

void add_past(std::vector<MetricFamily>& out, const std::vector<SeenPast>& all) {
  using Type = MetricType;
  const auto each = [&out, &all](MetricFamily one, auto figure) {
    for (const SeenPast& past : all)
      add(one, figure(past.stats), past.seen.labels());
    out.push_back(std::move(one));
  };
  each(family("kontor_past_copies", "Copies of the past that answer questions.", Type::Gauge),
       [](const PastStats& stats) { return count(stats.copies); });
  each(family("kontor_past_copies_making", "Copies of the past that are being made.", Type::Gauge),
       [](const PastStats& stats) { return count(stats.making); });
  each(family("kontor_past_copies_bytes", "What copies of the past take, about.", Type::Gauge),
       [](const PastStats& stats) { return count(stats.bytes); });
  each(family("kontor_past_questions_waiting", "Questions that wait for a copy.", Type::Gauge),
       [](const PastStats& stats) { return count(stats.waiting); });
  each(family("kontor_past_copies_made_total", "Copies of the past that were made.", Type::Counter),
       [](const PastStats& stats) { return count(stats.made); });
  each(family("kontor_past_copies_seconds_total", "What making them took.", Type::Counter),
       [](const PastStats& stats) { return count(stats.milliseconds) / 1e3; });
  each(family("kontor_past_copies_failed_total", "Copies of the past that could not be made.",
              Type::Counter),
       [](const PastStats& stats) { return count(stats.failures); });
  MetricFamily questions =
      family("kontor_past_questions_total", "Questions that a copy of the past was wanted for.",
             Type::Counter);
  for (const auto& [seen, stats] : all) {
    add(questions, count(stats.answered), seen.labels({{"outcome", "answered"}}));
    add(questions, count(stats.refused), seen.labels({{"outcome", "overloaded"}}));
    add(questions, count(stats.expired), seen.labels({{"outcome", "deadline_expired"}}));
  }
  out.push_back(std::move(questions));
}

void add_past(std::vector<MetricFamily>& out, const SeenShards& shards) {
  std::vector<SeenPast> all;
  for (const Seen& seen : shards) {
    if (seen.shard.past != nullptr) all.push_back({seen, seen.shard.past->stats()});
  }
  if (!all.empty()) add_past(out, all);
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
  const Shard whole{{}, &engine_, nullptr, nullptr};
  SeenShards shards;
  for (const Shard& shard : shards_)
    shards.push_back({shard, shard.engine->stats()});
  if (shards.empty()) shards.push_back({whole, engine_.stats()});
  std::vector<MetricFamily> families;
  MetricFamily build = family("kontor_build_info", "1, with the version.", MetricType::Gauge);
  add(build, 1, {{"version", version_}});
  families.push_back(std::move(build));
  families.push_back(commands(shards));
  families.push_back(commit_seconds(shards, commit_bounds_));
  add_books(families, shards);
  add_engine(families, shards);
  add_store(families, shards);
  add_views(families, shards);
  add_past(families, shards);
  add_snapshots(families, shards, seconds_now());
  add_server(families, counters_);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return out.str();
}

}  // namespace kontor
