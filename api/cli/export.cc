// kontor export: what a book holds, in forms that others read.
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "api/cli/environment.h"
#include "api/cli/log_books.h"
#include "api/cli/progress.h"
#include "api/cli/questions.h"
#include "api/cli/told_pages.h"
#include "api/cli/verbs.h"
#include "api/cli/words.h"
#include "events/log/commit.h"
#include "events/log/rocksdb_event_log.h"

namespace kontor::cli {
namespace {

struct ExportOptions {
  std::string data;
  std::string out = "-";
  std::uint64_t from_commit = 1;
};

// Writes the book's pages back to back, as they stand in the log. Returns how many.
Result<std::uint64_t> write_pages(const EventLog& log, BookNumber book,
                                  const ExportOptions& options, std::ostream& out,
                                  Progress& progress) {
  std::uint64_t pages = 0;
  Status status;
  const auto write = [&](const PageView& page) -> Status {
    if (page.header().book != book.value()) return {};
    const std::byte* begin = page.body().data() - page.header().header_bytes;
    out.write(reinterpret_cast<const char*>(begin), static_cast<std::streamsize>(page.bytes()));
    if (!out) return Error{ErrorKind::kIo, options.out + ": could not be written"};
    ++pages;
    return {};
  };
  const CommitNumber from{options.from_commit};
  const Status read = log.read(from, log.tail().last, [&](CommitNumber number, auto bytes) {
    status = read_commit(number, bytes, write);
    progress.update(number.value() - from.value());
    return status.ok();
  });
  if (!read) return read.error();
  if (!status) return status.error();
  return pages;
}

Result<std::uint64_t> write_told_pages(Asking& asking, std::ostream& out, Progress& progress) {
  std::uint64_t pages = 0;
  const Result<Sequence> fetched =
      fetch_pages(asking, Sequence{1}, [&](const PageView& page) -> Status {
        const std::byte* begin = page.body().data() - page.header().header_bytes;
        out.write(reinterpret_cast<const char*>(begin), static_cast<std::streamsize>(page.bytes()));
        if (!out) return Error{ErrorKind::kIo, "could not be written"};
        ++pages;
        progress.update(page.header().first_sequence);
        return {};
      });
  if (!fetched) return fetched.error();
  return pages;
}

// The pages of which book, and how many.
struct Exported {
  std::string book;
  std::uint64_t pages = 0;
};

Result<Exported> export_from_folder(const Environment& env, const ExportOptions& options,
                                    std::ostream& out) {
  const Result<std::vector<OfflineShard>> shards = offline_shards(options.data);
  if (!shards) return shards.error();
  const Result<FoundBook> found = find_offline_book(*shards, env.book);
  if (!found) return found.error();
  RocksdbLogOptions log_options;
  log_options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(found->shard.folder, log_options);
  if (!log) return log.error();
  const LogBook* const book = &found->book;
  Progress progress(env.err, env.err_terminal, "commits", (*log)->tail().last.value());
  const Result<std::uint64_t> pages = write_pages(**log, book->number, options, out, progress);
  progress.finish();
  if (!pages) return pages.error();
  return Exported{book->name, *pages};
}

Result<Exported> export_from_server(const Environment& env, std::ostream& out) {
  Result<Asking> asking = begin_asking(env);
  if (!asking) return asking.error();
  Progress progress(env.err, env.err_terminal, "events", asking->book.position.value());
  const Result<std::uint64_t> pages = write_told_pages(*asking, out, progress);
  progress.finish();
  if (!pages) return pages.error();
  return Exported{asking->book.name, *pages};
}

int run_export_pages(const Environment& env, const ExportOptions& options) {
  if (options.out == "-" && env.out_terminal) {
    return fail(env, {ErrorKind::kUsage, "pages are not for a terminal; give --out FILE"});
  }
  std::ofstream file;
  if (options.out != "-") {
    file.open(options.out, std::ios::binary | std::ios::trunc);
    if (!file) return fail(env, {ErrorKind::kUsage, options.out + ": cannot be written"});
  }
  std::ostream& out = options.out == "-" ? env.out : file;
  const Result<Exported> exported =
      options.data.empty() ? export_from_server(env, out) : export_from_folder(env, options, out);
  if (!exported) return fail(env, exported.error());
  out.flush();
  if (!out) return fail(env, {ErrorKind::kIo, options.out + ": could not be written"});
  env.err << with_thousands(exported->pages) << " pages of book " << exported->book << '\n';
  return kExitDone;
}

}  // namespace

void add_export(CLI::App& program, Environment& env, int& status) {
  CLI::App* verb = program.add_subcommand("export", "Write what a book holds in forms others read");
  verb->require_subcommand(1);
  verb->footer("Example: kontor export pages --data /var/lib/kontor --out shop.pages");
  auto options = std::make_shared<ExportOptions>();
  CLI::App* pages = verb->add_subcommand("pages", "The raw pages of a book, one after another");
  CLI::Option* data =
      pages->add_option("--data", options->data,
                        "Data folder of the server, which may run on; else the server is asked");
  pages->add_option("--out", options->out, "File to write; - is standard output")
      ->capture_default_str();
  pages->add_option("--from-commit", options->from_commit, "First commit to look at")
      ->needs(data)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  pages->footer(
      "For readers of events/FORMAT.md. With --data, --book 0 is the server's own book.\n"
      "Example: kontor --book shop export pages --data /var/lib/kontor --out shop.pages");
  pages->callback([&env, &status, options] { status = run_export_pages(env, *options); });
}

}  // namespace kontor::cli
