#include "api/cli/bench_run.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

#include "api/cli/environment.h"
#include "api/cli/fsync_floor.h"
#include "api/cli/own_server.h"
#include "api/cli/pipeline.h"
#include "api/cli/progress.h"
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
    return bytes_of([](const std::filesystem::path&) { return true; });
  }
  // Of logs: `log` is a folder of its own in a data folder.
  std::uint64_t log_table_bytes() const {
    return bytes_of([](const std::filesystem::path& file) {
      return file.extension() == ".sst" && file.parent_path().filename() == "log";
    });
  }

 private:
  template <class Takes>
  std::uint64_t bytes_of(Takes takes) const {
    std::uint64_t bytes = 0;
    std::error_code failed;
    for (std::filesystem::recursive_directory_iterator at(data(), failed), end; at != end;
         at.increment(failed)) {
      if (at->is_regular_file(failed) && takes(at->path())) bytes += at->file_size(failed);
    }
    return bytes;
  }

  std::string path_;
  bool keep_;
};

// One bench from start to end; what it needs is made in order and undone in reverse.
class Bench {
 public:
  Bench(Environment& env, const BenchOptions& options)
      : env_(env), options_(options), world_(options.companies_of_book(), options.items_of_book()) {
    report_.options = options;
  }
  Status run();
  const BenchReport& report() const { return report_; }

 private:
  Status start_server();
  Status measure_floor(FsyncFloor& floor);
  Status connect_all();
  Status open_books();
  Status find_books(const std::vector<std::string>& names);
  Status set_up();
  WorkloadOptions workload(std::uint32_t connection, std::uint32_t book, std::uint64_t per_unit);
  Status measure(const char* what, const MakeWorkload& make, std::optional<DriveResult>& result,
                 double& server_cpu);
  Status stop_server();
  Status read_written();

  Environment& env_;
  const BenchOptions& options_;
  BenchWorld world_;
  BenchReport report_;
  std::unique_ptr<FreshFolder> folder_;
  std::unique_ptr<OwnServer> server_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<BookNumber> books_;
};

Status Bench::start_server() {
  Result<std::unique_ptr<FreshFolder>> folder = FreshFolder::make(options_.folder, options_.keep);
  if (!folder) return folder.error();
  folder_ = std::move(*folder);
  if (options_.keep) env_.err << "data folder: " << folder_->data() << '\n';
  Result<std::unique_ptr<OwnServer>> server =
      OwnServer::start(env_.program_folder + "/kontord", folder_->data(), options_.shards);
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

// Books of its own for every run, so that ids need not be told apart from those of other runs.
Status Bench::open_books() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto tag = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::string first = env_.book.empty() ? "bench-" + std::to_string(tag) : env_.book;
  std::vector<std::string> names = {first};
  for (std::size_t i = 1; i < options_.books; ++i)
    names.push_back(first + "-" + std::to_string(i + 1));
  Bodies bodies;
  Pipeline pipeline(*clients_.front(), BookNumber{0}, kSetupFrame);
  for (const std::string& name : names) {
    const std::string id = "open-" + name;
    CommandToSend command;
    command.id = id;
    command.kind = number_of<OpenBook>;
    command.body = bodies.open_book(name, "DE", find_currency("EUR")->code, kNoDate);
    if (Status added = pipeline.add(command); !added) return added;
  }
  if (Status done = pipeline.wait([] {}); !done) return done;
  if (pipeline.failed() != 0) {
    return Error{ErrorKind::kUsage, "a book could not be opened: " + pipeline.examples().front()};
  }
  report_.book = first;
  report_.setup_commands = names.size();
  return find_books(names);
}

Status Bench::find_books(const std::vector<std::string>& names) {
  const Result<ServerInfo> server = clients_.front()->refresh();
  if (!server) return server.error();
  std::map<std::string_view, BookNumber> numbers;
  for (const ServerBook& book : server->books)
    numbers.emplace(book.name, book.number);
  for (const std::string& name : names) {
    const auto found = numbers.find(name);
    if (found == numbers.end()) {
      return Error{ErrorKind::kUnavailable, "the server does not name the book " + name};
    }
    books_.push_back(found->second);
  }
  return {};
}

Status Bench::set_up() {
  if (Status opened = open_books(); !opened) return opened;
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  const auto answered = [&] {
    std::uint64_t sum = 0;
    for (const auto& pipeline : pipelines)
      sum += pipeline->answered();
    return sum;
  };
  Progress progress(env_.err, env_.err_terminal, "commands set up",
                    BenchSetup(world_).count() * books_.size());
  CommandToSend command;
  for (const BookNumber book : books_) {
    pipelines.push_back(std::make_unique<Pipeline>(*clients_.front(), book, kSetupFrame));
    BenchSetup setup(world_);
    while (setup.next(command)) {
      if (Status added = pipelines.back()->add(command); !added) return added;
    }
    if (Status sent = pipelines.back()->flush(); !sent) return sent;
    progress.update(answered());
  }
  for (const auto& pipeline : pipelines) {
    if (Status done = pipeline->wait([&] { progress.update(answered()); }); !done) return done;
    report_.setup_commands += pipeline->sent();
    if (pipeline->failed() == 0) continue;
    return Error{pipeline->unreached() ? ErrorKind::kUnavailable : ErrorKind::kUsage,
                 "setting up: " + std::to_string(pipeline->failed()) +
                     " commands were not done; the first: " + pipeline->examples().front()};
  }
  return {};
}

Status Bench::measure(const char* what, const MakeWorkload& make,
                      std::optional<DriveResult>& result, double& server_cpu) {
  Progress progress(env_.err, env_.err_terminal, what, 0);
  const double before = server_ ? server_->cpu_seconds() : 0;
  const DriveOptions options{.in_flight = options_.in_flight,
                             .batch = options_.batch,
                             .seconds = options_.lifecycles == 0 ? options_.seconds : 0};
  Result<DriveResult> driven = drive(clients_, books_, make, options,
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
  if (Status read = read_written(); !read) return read;
  const std::uint64_t tables = folder_->log_table_bytes();
  if (Status stopped = server_->stop(); !stopped) return stopped;
  report_.log_bytes = folder_->data_bytes();  // after a clean end, when all of it is in tables
  const std::uint64_t at_end = folder_->log_table_bytes();
  if (at_end > tables) report_.written->table_bytes += at_end - tables;
  return {};
}

Status Bench::read_written() {
  const Result<std::string> text = server_->metrics();
  if (!text) return text.error();
  const auto sum = [&](std::string_view name, std::string_view label) {
    return static_cast<std::uint64_t>(metric_sum(*text, name, label));
  };
  constexpr std::string_view kWritten = "kontor_log_written_bytes_total";
  LogWritten& written = report_.written.emplace();
  written.page_bytes = sum("kontor_commit_bytes_total", {});
  written.write_ahead_bytes = sum(kWritten, "write_ahead_log");
  written.table_bytes = sum(kWritten, "flush") + sum(kWritten, "compaction");
  return {};
}

// Of all connections and books together there are as many orders open, and as many units begun.
WorkloadOptions Bench::workload(std::uint32_t connection, std::uint32_t book,
                                std::uint64_t per_unit) {
  WorkloadOptions options{.seed = options_.seed, .connection = connection, .book = book};
  options.open_orders = std::max<std::size_t>(options_.in_flight / 2 / options_.books, 1);
  if (options_.lifecycles != 0) {
    const std::uint64_t lanes = options_.connections * options_.books;
    options.units_max = std::max<std::uint64_t>(options_.lifecycles * per_unit / lanes, 1);
  }
  return options;
}

Status Bench::run() {
  report_.own_server = env_.server.empty();
  if (report_.own_server) {
    if (Status started = start_server(); !started) return started;
  }
  if (Status s = measure_floor(report_.floor_before); !s) return s;
  if (Status s = connect_all(); !s) return s;
  if (Status s = set_up(); !s) return s;
  if (options_.mix != "payments") {
    const MakeWorkload make = [&](std::uint32_t connection, std::uint32_t book) {
      return make_lifecycles(world_, workload(connection, book, 1));
    };
    if (Status s = measure("commands", make, report_.mix, report_.mix_server_cpu); !s) return s;
  }
  if (options_.mix != "lifecycle") {
    const MakeWorkload make = [&](std::uint32_t connection, std::uint32_t book) {
      return make_payments(world_, workload(connection, book, kLifeCommands));
    };
    if (Status s = measure("payments", make, report_.payments, report_.payments_server_cpu); !s) {
      return s;
    }
  }
  if (Status s = measure_floor(report_.floor_after); !s) return s;
  return stop_server();
}

}  // namespace

Result<BenchReport> run_bench_once(Environment& env, const BenchOptions& options) {
  Bench bench(env, options);
  if (Status run = bench.run(); !run) return run.error();
  return bench.report();
}

}  // namespace kontor::cli
