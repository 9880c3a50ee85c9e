// kontor replay: the state of every book from nothing but its log.
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "api/cli/environment.h"
#include "api/cli/log_books.h"
#include "api/cli/offline.h"
#include "api/cli/progress.h"
#include "api/cli/table.h"
#include "api/cli/verbs.h"
#include "api/cli/views.h"
#include "api/cli/words.h"
#include "engine/shard_number.h"
#include "events/log/rocksdb_event_log.h"
#include "projections/book.h"
#include "projections/state_format.h"

namespace kontor::cli {
namespace {

struct ReplayOptions {
  std::string data;
  std::uint64_t to = 0;
  bool digest = false;
  std::string view;
  bool from_snapshot = false;
};

BookNumber number_of_book(const OfflineShard& shard, const ReplayedBook& book) {
  return book_in_shard(shard.number, book.number);
}

void print_replay(const Environment& env, const OfflineShard& shard, const ReplayOutcome& outcome,
                  bool digest) {
  if (env.json) {
    nlohmann::ordered_json json;
    if (!shard.label.empty()) json["shard"] = shard.number;
    json["commits"] = outcome.commits;
    json["events"] = outcome.events;
    json["seconds"] = outcome.seconds;
    json["state_format"] = kStateFormat;
    for (const ReplayedBook& book : outcome.books) {
      nlohmann::ordered_json row = {{"number", number_of_book(shard, book).value()},
                                    {"book", book.name},
                                    {"position", book.last.value()}};
      if (digest) row["digest"] = book.digest;
      json["books"].push_back(row);
    }
    env.out << json.dump() << '\n';
    return;
  }
  Table table(digest ? std::vector<std::string>{"number", "book", "position", "digest"}
                     : std::vector<std::string>{"number", "book", "position"});
  for (const ReplayedBook& book : outcome.books) {
    std::vector<std::string> row = {std::to_string(number_of_book(shard, book).value()), book.name,
                                    with_thousands(book.last.value())};
    if (digest) row.push_back(book.digest);
    table.add(std::move(row));
  }
  if (!shard.label.empty()) env.out << "shard " << shard.label << ":\n";
  table.print(env.out);
  const double rate =
      outcome.seconds > 0 ? static_cast<double>(outcome.events) / outcome.seconds : 0;
  env.err << with_thousands(outcome.events) << " events of " << with_thousands(outcome.commits)
          << " commits in " << duration_text(outcome.seconds) << ", "
          << with_thousands(static_cast<std::uint64_t>(rate)) << "/s\n";
}

int replay_shard(const Environment& env, const OfflineShard& shard, const ReplayOptions& options,
                 BookNumber to_book) {
  RocksdbLogOptions log_options;
  log_options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(shard.folder, log_options);
  if (!log) return fail(env, log.error());
  const auto files = open_snapshot_folder(shard.folder / "snapshots");
  ReplayWish wish;
  wish.to = Sequence{options.to};
  wish.book = to_book;
  if (options.from_snapshot) wish.from = files.get();
  Progress progress(env.err, env.err_terminal, "commits", (*log)->tail().last.value());
  const Result<ReplayOutcome> outcome = replay_log(
      **log, wish, [&](std::uint64_t done, std::uint64_t /*of*/) { progress.update(done); });
  progress.finish();
  if (!outcome) return fail(env, outcome.error());
  for (const std::string& note : outcome->notes)
    env.err << note << '\n';
  print_replay(env, shard, *outcome, options.digest);
  return kExitDone;
}

int run_replay(const Environment& env, const ReplayOptions& options) {
  const Result<std::vector<OfflineShard>> shards = offline_shards(options.data);
  if (!shards) return fail(env, shards.error());
  if (options.to != 0) {
    const Result<FoundBook> found = find_offline_book(*shards, env.book);
    if (!found) return fail(env, found.error());
    return replay_shard(env, found->shard, options, found->book.number);
  }
  for (const OfflineShard& shard : *shards) {
    if (!options.view.empty() && !shard.label.empty()) env.err << "shard " << shard.label << ":\n";
    const int status = options.view.empty()
                           ? replay_shard(env, shard, options, BookNumber{0})
                           : run_replay_view(env, shard.folder.string(), options.view);
    if (status != kExitDone) return status;
  }
  return kExitDone;
}

}  // namespace

void add_replay(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* verb =
      program.add_subcommand("replay", "Fold a data folder's log into the state of its books");
  verb->add_option("--data", options->data, "Data folder of the server, which may run on")
      ->required();
  CLI::Option* to =
      verb->add_option("--to", options->to, "Stop behind this position of --book (the only one)");
  CLI::Option* digest =
      verb->add_flag("--digest", options->digest, "Print the SHA-256 of each book's state");
  verb->add_option("--view", options->view,
                   "Instead: derive a view (timeline, entries, documents) again, compare it with "
                   "the one there (exit status 4: it differs) and put it in its place; no server "
                   "may run on the folder")
      ->excludes(to)
      ->excludes(digest);
  verb->add_flag("--from-snapshot", options->from_snapshot,
                 "Begin with the newest good snapshot, as a server's start does, not with nothing")
      ->excludes(to);
  verb->footer(
      "Of a server with several shards each is folded by itself, one after another; --to stops in "
      "that\n"
      "of its book.\n"
      "The same log gives the same digests on every machine, and a server's state has the same "
      "ones.\n"
      "Example: kontor replay --data /var/lib/kontor --digest");
  verb->callback([&env, &status, options] { status = run_replay(env, *options); });
}

}  // namespace kontor::cli
