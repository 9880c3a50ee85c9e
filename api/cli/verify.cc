// kontor verify: everything a data folder promises, checked without a server.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "api/cli/environment.h"
#include "api/cli/offline.h"
#include "api/cli/progress.h"
#include "api/cli/table.h"
#include "api/cli/verbs.h"
#include "api/cli/verify_server.h"
#include "api/cli/views.h"
#include "api/cli/words.h"
#include "engine/shard_number.h"
#include "events/log/rocksdb_event_log.h"
#include "events/log/verify_log.h"
#include "projections/sink.h"

namespace kontor::cli {
namespace {

struct VerifyOptions {
  std::string data;
};

int found_damage(const Environment& env, const std::string& what) {
  if (env.json) {
    env.out << nlohmann::ordered_json{{"sound", false}, {"finding", what}}.dump() << '\n';
  }
  env.err << "kontor: " << what << '\n';
  return kExitCorrupt;
}

const BookReport* report_of(const LogReport& report, BookNumber book) {
  const auto found = std::ranges::find(report.books, book, &BookReport::book);
  return found == report.books.end() ? nullptr : &*found;
}

struct Sound {
  const OfflineShard& shard;
  const LogReport& report;
  const ReplayOutcome& outcome;
  const std::vector<CheckedView>& views;
};

void print_json(const Environment& env, const Sound& sound) {
  const LogReport& report = sound.report;
  const ReplayOutcome& outcome = sound.outcome;
  nlohmann::ordered_json json = {{"sound", true}};
  if (!sound.shard.label.empty()) json["shard"] = sound.shard.number;
  json.update(nlohmann::ordered_json{{"commits", report.commits},
                                     {"pages", report.pages},
                                     {"decisions", report.decisions},
                                     {"events", report.events},
                                     {"bytes", report.bytes},
                                     {"epoch", report.epoch.value()},
                                     {"snapshots", outcome.snapshots_compared}});
  for (const ReplayedBook& book : outcome.books) {
    const BookReport* const found = report_of(report, book.number);
    if (found == nullptr) continue;  // without a page so far
    json["books"].push_back({{"number", book_in_shard(sound.shard.number, book.number).value()},
                             {"book", book.name},
                             {"pages", found->pages},
                             {"decisions", found->decisions},
                             {"events", found->events},
                             {"bytes", found->bytes},
                             {"tree_root", hex(found->tree_root)},
                             {"digest", book.digest}});
  }
  for (const CheckedView& view : sound.views) {
    json["views"].push_back({{"view", view.view},
                             {"found", found_word(view)},
                             {"commit", view.check.kept_to.value()},
                             {"rows", view.check.rows}});
  }
  env.out << json.dump() << '\n';
}

void print_sound(const Environment& env, const Sound& sound) {
  if (env.json) return print_json(env, sound);
  const LogReport& report = sound.report;
  const ReplayOutcome& outcome = sound.outcome;
  if (!sound.shard.label.empty()) env.out << "shard " << sound.shard.label << ": ";
  env.out
      << "sound: " << with_thousands(report.commits) << " commits, "
      << with_thousands(report.decisions) << " decisions, " << with_thousands(report.events)
      << " events, " << with_thousands(report.bytes)
      << " bytes; files, pages, hashes and bodies are whole, and every book's state that follows "
         "from them keeps its invariants; "
      << outcome.snapshots_compared << " snapshots are what replay gives\n";
  Table table({"number", "book", "pages", "decisions", "events", "root of its tree"});
  for (const ReplayedBook& book : outcome.books) {
    const BookReport* const found = report_of(report, book.number);
    if (found == nullptr) continue;
    table.add({std::to_string(book_in_shard(sound.shard.number, book.number).value()), book.name,
               with_thousands(found->pages), with_thousands(found->decisions),
               with_thousands(found->events), hex(found->tree_root)});
  }
  table.print(env.out);
  for (const CheckedView& view : sound.views)
    env.out << "view " << view.view << ": " << found_text(view) << '\n';
}

int verify_shard(const Environment& env, const OfflineShard& shard) {
  // Listed before the log is opened: a running server may make another one behind its end.
  const auto files = open_snapshot_folder(shard.folder / "snapshots");
  const Result<std::vector<SnapshotInfo>> snapshots = list_snapshots(*files);
  if (!snapshots) return fail(env, snapshots.error());
  RocksdbLogOptions log_options;
  log_options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(shard.folder, log_options);
  if (!log) return fail(env, log.error());
  if (const Status store = (*log)->verify_store(); !store) {
    return store.error().kind == ErrorKind::kCorrupt ? found_damage(env, store.error().message)
                                                     : fail(env, store.error());
  }
  const std::uint64_t commits = (*log)->tail().last.value();
  LogVerification verification;
  {
    Progress progress(env.err, env.err_terminal, "commits checked", commits);
    verification =
        verify_log(**log, [&](std::uint64_t done, std::uint64_t /*of*/) { progress.update(done); });
  }
  if (verification.finding.has_value()) return found_damage(env, verification.finding->text());
  Progress progress(env.err, env.err_terminal, "commits replayed", commits);
  ReplayWish wish;
  wish.check_invariants = true;
  wish.files = files.get();
  wish.compare = *snapshots;
  const Result<ReplayOutcome> outcome = replay_log(
      **log, wish, [&](std::uint64_t done, std::uint64_t /*of*/) { progress.update(done); });
  progress.finish();
  if (!outcome && exit_status(outcome.error().kind) != kExitCorrupt)
    return fail(env, outcome.error());
  if (!outcome) return found_damage(env, outcome.error().message);
  for (const std::string& note : outcome->notes)
    env.err << note << '\n';
  const auto views = check_views(env, **log, (*log)->path());
  if (!views) return fail(env, views.error());
  for (const CheckedView& view : *views) {
    if (!view.sound()) {
      return found_damage(env, "view " + view.view + ": " + found_text(view) +
                                   "; the log is sound, `kontor replay --view " + view.view +
                                   "` mends it");
    }
  }
  print_sound(env, {shard, verification.report, *outcome, *views});
  return kExitDone;
}

int run_verify(const Environment& env, const VerifyOptions& options) {
  const Result<std::vector<OfflineShard>> shards = offline_shards(options.data);
  if (!shards) return fail(env, shards.error());
  for (const OfflineShard& shard : *shards) {
    const int status = verify_shard(env, shard);
    if (status == kExitDone) continue;
    if (!shard.label.empty()) env.err << "kontor: that was shard " << shard.label << '\n';
    return status;
  }
  return kExitDone;
}

}  // namespace

void add_verify(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* verb = program.add_subcommand(
      "verify",
      "Check a log: files, pages, hashes, bodies, the state that follows, snapshots and views");
  verb->add_option(
      "--data", options->data,
      "Data folder of the server, which may run on. Without it the server is asked for "
      "its pages, and its state is compared with theirs");
  verb->footer(
      "Snapshots and views are derived again from the log and compared; views in TMPDIR, which "
      "takes\n"
      "about the room of the folder's views.\n"
      "Exit status 4, and what is wrong where, at the first thing that is not sound.\n"
      "Example: kontor verify --data /var/lib/kontor\n"
      "Example: kontor --server HOST:PORT verify");
  verb->callback([&env, &status, options] {
    status = options->data.empty() ? run_verify_server(env) : run_verify(env, *options);
  });
}

}  // namespace kontor::cli
