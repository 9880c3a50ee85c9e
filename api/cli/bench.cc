// kontor bench: how many durable commands a second, under which conditions.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "api/cli/bench_report.h"
#include "api/cli/environment.h"
#include "api/cli/fsync_floor.h"
#include "api/cli/own_server.h"
#include "api/cli/pipeline.h"
#include "api/cli/progress.h"
#include "api/cli/verbs.h"
#include "events/base/currency.h"
#include "events/codec/catalog.h"

namespace kontor::cli {
namespace {

constexpr std::chrono::minutes kCommandDeadline{10};
constexpr std::size_t kSetupFrame = 512;

// A folder of our own below the one asked for, gone again afterwards unless it is to be kept.
class FreshFolder {
 public:
  static Result<std::unique_ptr<FreshFolder>> make(const std::string& below, bool keep) {
    std::string name = (std::filesystem::path(below) / "kontor-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      return Error{ErrorKind::kUsage, below + ": no folder can be made there; see --folder"};
    }
    return std::make_unique<FreshFolder>(name, keep);
  }
  FreshFolder(std::string path, bool keep) : path_(std::move(path)), keep_(keep) {}
  ~FreshFolder() {
    std::error_code ignored;
    if (!keep_) std::filesystem::remove_all(path_, ignored);
  }
  FreshFolder(const FreshFolder&) = delete;
  FreshFolder& operator=(const FreshFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string data() const { return path_ + "/data"; }

  std::uint64_t data_bytes() const {
    std::uint64_t bytes = 0;
    std::error_code failed;
    for (std::filesystem::recursive_directory_iterator at(data(), failed), end; at != end;
         at.increment(failed)) {
      if (at->is_regular_file(failed)) bytes += at->file_size(failed);
    }
    return bytes;
  }

 private:
  std::string path_;
  bool keep_;
};

// One bench from start to end; what it needs is made in order and undone in reverse.
class Bench {
 public:
  Bench(Environment& env, const BenchOptions& options)
      : env_(env), options_(options), world_(options.companies, options.items) {
    report_.options = options;
  }
  Status run();
  const BenchReport& report() const { return report_; }

 private:
  Status start_server();
  Status measure_floor(FsyncFloor& floor);
  Status connect_all();
  Status open_book();
  Status set_up();
  Status measure(const char* what, const MakeWorkload& make, std::optional<DriveResult>& result,
                 double& server_cpu);
  Status stop_server();

  Environment& env_;
  const BenchOptions& options_;
  BenchWorld world_;
  BenchReport report_;
  std::unique_ptr<FreshFolder> folder_;
  std::unique_ptr<OwnServer> server_;
  std::vector<std::unique_ptr<Client>> clients_;
  BookNumber book_;
};

Status Bench::start_server() {
  Result<std::unique_ptr<FreshFolder>> folder = FreshFolder::make(options_.folder, options_.keep);
  if (!folder) return folder.error();
  folder_ = std::move(*folder);
  if (options_.keep) env_.err << "data folder: " << folder_->data() << '\n';
  Result<std::unique_ptr<OwnServer>> server =
      OwnServer::start(env_.program_folder + "/kontord", folder_->data());
  if (!server) return server.error();
  server_ = std::move(*server);
  env_.server = server_->address();
  return {};
}

Status Bench::measure_floor(FsyncFloor& floor) {
  if (!folder_) return {};  // the server's disk is not ours to measure
  Result<LatencyHistogram> small = measure_fsync(folder_->path(), 4U << 10);
  if (!small) return small.error();
  Result<LatencyHistogram> large = measure_fsync(folder_->path(), 256U << 10);
  if (!large) return large.error();
  floor = {.measured = true, .small = std::move(*small), .large = std::move(*large)};
  return {};
}

Status Bench::connect_all() {
  ClientOptions options;
  options.name = "kontor bench";
  options.deadline = kCommandDeadline;
  options.frames_in_flight = options_.in_flight / std::max<std::size_t>(options_.batch, 1) + 1;
  for (std::size_t i = 0; i < options_.connections; ++i) {
    Result<std::unique_ptr<Client>> client = connect(env_, options);
    if (!client) return client.error();
    clients_.push_back(std::move(*client));
  }
  report_.server_version = clients_.front()->server().server;
  return {};
}

// A book of its own for every run, so that ids need not be told apart from those of other runs.
Status Bench::open_book() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto tag = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::string name = env_.book.empty() ? "bench-" + std::to_string(tag) : env_.book;
  Bodies bodies;
  CommandToSend command;
  const std::string id = "open-" + name;
  command.id = id;
  command.kind = number_of<OpenBook>;
  command.body = bodies.open_book(name, "DE", find_currency("EUR")->code, kNoDate);
  Result<Client::Outcome> opened = clients_.front()->submit_and_wait(BookNumber{0}, command);
  if (!opened) return opened.error();
  if (opened->status != StatusCode::kDone) {
    return Error{ErrorKind::kUsage, "the book could not be opened: " + opened->json};
  }
  Result<ServerBook> book = clients_.front()->book(name);
  if (!book) return book.error();
  book_ = book->number;
  report_.book = name;
  return {};
}

Status Bench::set_up() {
  if (Status opened = open_book(); !opened) return opened;
  BenchSetup setup(world_);
  Pipeline pipeline(*clients_.front(), book_, kSetupFrame);
  Progress progress(env_.err, env_.err_terminal, "commands set up", setup.count());
  CommandToSend command;
  while (setup.next(command)) {
    if (Status added = pipeline.add(command); !added) return added;
    progress.update(pipeline.answered());
  }
  if (Status done = pipeline.wait([&] { progress.update(pipeline.answered()); }); !done) {
    return done;
  }
  report_.setup_commands = pipeline.sent() + 1;
  if (pipeline.failed() == 0) return {};
  return Error{pipeline.unreached() ? ErrorKind::kUnavailable : ErrorKind::kUsage,
               "setting up: " + std::to_string(pipeline.failed()) +
                   " commands were not done; the first: " + pipeline.examples().front()};
}

Status Bench::measure(const char* what, const MakeWorkload& make,
                      std::optional<DriveResult>& result, double& server_cpu) {
  Progress progress(env_.err, env_.err_terminal, what, 0);
  const double before = server_ ? server_->cpu_seconds() : 0;
  const DriveOptions options{.in_flight = options_.in_flight,
                             .batch = options_.batch,
                             .seconds = options_.lifecycles == 0 ? options_.seconds : 0};
  Result<DriveResult> driven = drive(clients_, book_, make, options,
                                     [&](std::uint64_t answered) { progress.update(answered); });
  if (!driven) return driven.error();
  result = std::move(*driven);
  server_cpu = (server_ ? server_->cpu_seconds() : 0) - before;
  return {};
}

Status Bench::stop_server() {
  for (const auto& client : clients_)
    client->close();
  if (!server_) return {};
  if (Status stopped = server_->stop(); !stopped) return stopped;
  report_.log_bytes = folder_->data_bytes();  // after a clean end, when all of it is in tables
  return {};
}

Status Bench::run() {
  report_.own_server = env_.server.empty();
  if (report_.own_server) {
    if (Status started = start_server(); !started) return started;
  }
  if (Status s = measure_floor(report_.floor_before); !s) return s;
  if (Status s = connect_all(); !s) return s;
  if (Status s = set_up(); !s) return s;
  const auto options_of = [this](std::uint32_t connection, std::uint64_t per_unit) {
    WorkloadOptions options{.seed = options_.seed, .connection = connection};
    options.open_orders = std::max<std::size_t>(options_.in_flight / 2, 1);
    if (options_.lifecycles != 0) {
      options.units_max = options_.lifecycles * per_unit / options_.connections;
    }
    return options;
  };
  if (options_.mix != "payments") {
    const MakeWorkload make = [&](std::uint32_t connection) {
      return make_lifecycles(world_, options_of(connection, 1));
    };
    if (Status s = measure("commands", make, report_.mix, report_.mix_server_cpu); !s) return s;
  }
  if (options_.mix != "lifecycle") {
    const MakeWorkload make = [&](std::uint32_t connection) {
      return make_payments(world_, options_of(connection, kLifeCommands));
    };
    if (Status s = measure("payments", make, report_.payments, report_.payments_server_cpu); !s) {
      return s;
    }
  }
  if (Status s = measure_floor(report_.floor_after); !s) return s;
  return stop_server();
}

int run_bench(Environment& env, const BenchOptions& options, bool server_given) {
  Environment own = env;
  if (!server_given) own.server.clear();
  Bench bench(own, options);
  if (Status run = bench.run(); !run) return fail(env, run.error());
  if (env.json) {
    env.out << bench_report_json(bench.report()) << '\n';
  } else {
    print_bench_report(env.out, bench.report());
  }
  return bench.report().all_done() ? kExitDone : kExitRefused;
}

}  // namespace

void add_bench(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* verb = program.add_subcommand(
      "bench", "Measure durable commands a second: orders from placement to payment, and payments");
  verb->add_option("--connections", options->connections, "TCP connections, one thread each")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  verb->add_option("--in-flight", options->in_flight, "Commands in flight on each connection")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  verb->add_option("--batch", options->batch, "Commands in one frame")
      ->check(CLI::Range(1, 8'192))
      ->capture_default_str();
  verb->add_option("--seconds", options->seconds, "Seconds for each measurement")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str();
  verb->add_option("--lifecycles", options->lifecycles,
                   "Orders to take through their life instead of --seconds (and 6 times as many\n"
                   "payments)");
  verb->add_option("--mix", options->mix, "What to measure: lifecycle, payments or both")
      ->check(CLI::IsMember({"lifecycle", "payments", "both"}))
      ->capture_default_str();
  verb->add_option("--companies", options->companies, "Companies that order; 1: all on one account")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  verb->add_option("--items", options->items, "Items sold; 1: all from one stock record")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  verb->add_option("--seed", options->seed, "The same seed sends the same commands")
      ->capture_default_str();
  verb->add_option("--folder", options->folder, "Where its own server's data folder is made")
      ->capture_default_str();
  verb->add_flag("--keep", options->keep, "Keep that data folder");
  verb->footer(
      "Without --server it starts the kontord beside it on a fresh folder. Every commit is synced "
      "to\n"
      "disk before it is answered; what a sync costs there (fdatasync of 4 KiB and 256 KiB) is "
      "measured\n"
      "in the same run and printed beside the rates.\n"
      "Example: kontor bench --connections 4 --in-flight 8192 --batch 1024 --seconds 10");
  verb->callback([&program, &env, &status, options] {
    status = run_bench(env, *options, program.get_option("--server")->count() != 0);
  });
}

}  // namespace kontor::cli
