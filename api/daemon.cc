#include "api/daemon.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "api/daemon_shard.h"
#include "api/http.h"
#include "api/metrics.h"
#include "api/server.h"
#include "api/site.h"
#include "engine/shards.h"
#include "events/log/shard_folders.h"

namespace kontor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What a command or question that came by HTTP may wait before it is begun.
constexpr seconds kHttpTime{30};

class SystemClock final : public Clock {
 public:
  Timestamp now() override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp{std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
  }
};

std::shared_ptr<spdlog::logger> make_logger(const DaemonOptions& options) {
  auto logger = std::make_shared<spdlog::logger>("kontord",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::from_str(options.log_level));
  logger->set_pattern(options.log_format == "json"
                          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","message":"%v"})"
                          : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                      spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  return logger;
}

// What stands inside a JSON line must not end it.
std::string safe(std::string text, const DaemonOptions& options) {
  if (options.log_format != "json") return text;
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
  }
  return out;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data())
                                                        : std::string("unknown");
}

sigset_t known_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  return set;
}

class Daemon {
 public:
  Daemon(const DaemonOptions& options, std::string version)
      : options_(options), version_(std::move(version)), logger_(make_logger(options)) {}

  int run() {
    const sigset_t signals = known_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    Status started = start();
    if (!started) return fail(started.error());
    tell_ready();
    const int signal = wait_for_stop(signals);
    const std::string name = signal == SIGTERM ? "SIGTERM" : "SIGINT";
    log(spdlog::level::info, name + ": stopping; what was taken is still answered");
    Status stopped = stop();
    if (!stopped) return fail(stopped.error());
    log(spdlog::level::info, "stopped");
    return kExitDone;
  }

 private:
  // SIGUSR1 asks for a snapshot, SIGUSR2 for new views, the others for the end.
  int wait_for_stop(const sigset_t& signals) {
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && (signal == SIGUSR1 || signal == SIGUSR2)) {
      if (signal == SIGUSR1) {
        log(spdlog::level::info, "SIGUSR1: a snapshot is made when there is time");
        engine_->make_snapshot();
      } else {
        log(spdlog::level::info, "SIGUSR2: every view is made again beside the one in use");
        for (const auto& shard : shards_)
          shard->renew_views();
      }
    }
    return signal;
  }

  void log(spdlog::level::level_enum level, const std::string& text) {
    logger_->log(level, safe(text, options_));
  }

  int fail(const Error& error) {
    log(spdlog::level::err, error.message);
    return exit_status_of(error.kind);
  }

  // All shards are taken up side by side: each replays its own log.
  Status start() {
    auto folders = ShardFolders::open(options_.data, FolderMode::kCreate,
                                      static_cast<std::uint32_t>(options_.shards));
    if (!folders) return folders.error();
    folders_.emplace(std::move(*folders));
    for (std::uint32_t number = 0; number < folders_->count(); ++number) {
      shards_.push_back(std::make_unique<DaemonShard>(around_, *folders_, number));
      if (Status opened = shards_.back()->open_log(); !opened) return opened;
    }
    if (Status made = folders_->finish_creation(); !made) return made;
    for (const auto& shard : shards_)
      shard->open_views();  // the engines ask them
    Status started = start_engines();
    if (!started) return started;
    for (const auto& shard : shards_) {
      shard->start_views();
      shard->start_past();
    }
    started = start_server();
    if (started) started = start_http();
    if (!started) return started;
    for (const auto& shard : shards_)
      shard->start_days();
    return {};
  }

  Status start_engines() {
    std::vector<Status> started(shards_.size());
    std::vector<std::thread> starting;
    for (std::size_t i = 0; i < shards_.size(); ++i)
      starting.emplace_back([&, i] { started[i] = shards_[i]->start_engine(); });
    for (std::thread& each : starting)
      each.join();
    for (const Status& each : started) {
      if (!each) return each;
    }
    std::vector<Engine*> engines;
    for (const auto& shard : shards_)
      engines.push_back(&shard->engine());
    engine_ = std::make_unique<Shards>(std::move(engines));
    return {};
  }

  Status start_server() {
    std::vector<AnswerSources> sources;
    for (const auto& shard : shards_)
      sources.push_back({shard->views(), shard->past()});
    questions_ = make_question_answerer(std::move(sources));
    ServerOptions server_options;
    server_options.listen = options_.listen;
    server_options.version = version_;
    server_options.connections_max = options_.connections_max;
    server_options.unanswered_bytes_max = options_.unanswered_mib << 20;
    server_options.idle_timeout = seconds(options_.idle_timeout_s);
    auto started = Server::start(*engine_, *questions_, std::move(server_options));
    if (!started) return started.error();
    server_ = std::move(started.value());
    return {};
  }

  Status start_http() {
    if (options_.http == "off") return {};
    metrics_ =
        std::make_unique<Metrics>(*engine_, server_->counters(), Engine::commit_bounds(), version_);
    json_api_ = std::make_unique<JsonApi>(*engine_, *questions_, kHttpTime);
    site_ = std::make_unique<Site>(*metrics_, *json_api_);
    for (const auto& shard : shards_) {
      metrics_->watch(
          {shard->label(), &shard->engine(), &shard->log(), shard->views(), shard->past()});
      if (shard->views() == nullptr) continue;
      site_->watch(*shard->views(), options_.views_lag_max_s, shard->label());
    }
    HttpOptions http_options;
    http_options.listen = options_.http;
    auto started = HttpServer::start(std::move(http_options),
                                     [this](const HttpRequest& request, HttpDone done) {
                                       site_->answer(request, std::move(done));
                                     });
    if (!started) return started.error();
    http_ = std::move(started.value());
    site_->set_ready(true);
    return {};
  }

  // Of whichever shard comes by.
  void tell_progress(std::uint64_t done, std::uint64_t of) {
    const std::lock_guard lock(progress_mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (done < of && now - last_progress_ < seconds(1)) return;
    last_progress_ = now;
    log(spdlog::level::info,
        "replaying: commit " + std::to_string(done) + " of " + std::to_string(of));
    sd_notifyf(0, "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=replaying %llu of %llu",
               static_cast<unsigned long long>(done),  // NOLINT(google-runtime-int): of the API
               static_cast<unsigned long long>(of));   // NOLINT(google-runtime-int)
  }

  void tell_ready() {
    const std::string http = http_ == nullptr ? "off" : http_->address();
    const std::string shards =
        shards_.size() == 1 ? "" : " shards=" + std::to_string(shards_.size());
    const std::string line = "ready listen=" + server_->address() + " http=" + http +
                             " data=" + options_.data + shards +
                             " version=" + version_.substr(version_.find(' ') + 1) + "\n";
    std::fputs(line.c_str(), stdout);
    std::fflush(stdout);
    sd_notify(0, "READY=1\nSTATUS=serving");
    log(spdlog::level::info, "serving on " + server_->address() + ", http on " + http);
  }

  // No new work; the engine decides and answers what it has; the answers leave; the log closes.
  Status stop() {
    sd_notify(0, "STOPPING=1");
    if (site_ != nullptr) site_->set_ready(false);
    server_->drain();
    for (const auto& shard : shards_) {
      shard->stop_days();
      shard->stop_past();
    }
    engine_->stop();
    if (!server_->wait_drained(seconds(options_.stop_timeout_s))) {
      log(spdlog::level::warn, "some answers did not leave in time; their callers will ask again");
    }
    server_->stop();
    if (http_ != nullptr) {
      http_->wait_answered(seconds(options_.stop_timeout_s));
      http_->stop();
    }
    Status closed;
    for (const auto& shard : shards_) {
      shard->stop_views();
      if (Status each = shard->close_log(); !each) closed = each;
    }
    return closed;
  }

  const DaemonOptions& options_;
  const std::string version_;
  std::shared_ptr<spdlog::logger> logger_;
  SystemClock clock_;
  std::mutex progress_mutex_;
  std::chrono::steady_clock::time_point last_progress_;
  const DaemonShard::Surroundings around_{
      options_,
      clock_,
      version_,
      host_name(),
      [this](DaemonShard::Level level, const std::string& text) {
        log(level == DaemonShard::Level::kInfo ? spdlog::level::info : spdlog::level::warn, text);
      },
      [this](std::uint64_t done, std::uint64_t of) { tell_progress(done, of); }};
  // In this order: each uses those before it.
  std::optional<ShardFolders> folders_;
  std::vector<std::unique_ptr<DaemonShard>> shards_;
  std::unique_ptr<Shards> engine_;
  std::unique_ptr<QuestionAnswerer> questions_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<JsonApi> json_api_;
  std::unique_ptr<Site> site_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace

int exit_status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
    case ErrorKind::kMalformed:
      return kExitUsage;
    case ErrorKind::kUnavailable:
      return kExitInUse;
    case ErrorKind::kCorrupt:
    case ErrorKind::kNewer:
      return kExitDamaged;
    case ErrorKind::kIo:
    case ErrorKind::kNotFound:
    case ErrorKind::kFenced:
      break;
  }
  return kExitFailed;
}

int run_daemon(const DaemonOptions& options, const std::string& version) {
  return Daemon(options, version).run();
}

}  // namespace kontor
