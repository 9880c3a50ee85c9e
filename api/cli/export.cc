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

int run_export_pages(const Environment& env, const ExportOptions& options) {
  RocksdbLogOptions log_options;
  log_options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(options.data, log_options);
  if (!log) return fail(env, log.error());
  const Result<std::vector<LogBook>> books = list_books(**log);
  if (!books) return fail(env, books.error());
  const Result<LogBook> book = choose_book(*books, env.book);
  if (!book) return fail(env, book.error());
  std::ofstream file;
  if (options.out != "-") {
    file.open(options.out, std::ios::binary | std::ios::trunc);
    if (!file) return fail(env, {ErrorKind::kUsage, options.out + ": cannot be written"});
  } else if (env.out_terminal) {
    return fail(env, {ErrorKind::kUsage, "pages are not for a terminal; give --out FILE"});
  }
  std::ostream& out = options.out == "-" ? env.out : file;
  Progress progress(env.err, env.err_terminal, "commits", (*log)->tail().last.value());
  const Result<std::uint64_t> pages = write_pages(**log, book->number, options, out, progress);
  progress.finish();
  if (!pages) return fail(env, pages.error());
  out.flush();
  if (!out) return fail(env, {ErrorKind::kIo, options.out + ": could not be written"});
  env.err << with_thousands(*pages) << " pages of book " << book->name << '\n';
  return kExitDone;
}

}  // namespace

void add_export(CLI::App& program, Environment& env, int& status) {
  CLI::App* verb = program.add_subcommand("export", "Write what a book holds in forms others read");
  verb->require_subcommand(1);
  verb->footer("Example: kontor export pages --data /var/lib/kontor --out shop.pages");
  auto options = std::make_shared<ExportOptions>();
  CLI::App* pages = verb->add_subcommand("pages", "The raw pages of a book, one after another");
  pages->add_option("--data", options->data, "Data folder of the server, which may run on")
      ->required();
  pages->add_option("--out", options->out, "File to write; - is standard output")
      ->capture_default_str();
  pages->add_option("--from-commit", options->from_commit, "First commit to look at")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  pages->footer(
      "For readers of events/FORMAT.md. --book 0 is the server's own book.\n"
      "Example: kontor --book shop export pages --data /var/lib/kontor --out shop.pages");
  pages->callback([&env, &status, options] { status = run_export_pages(env, *options); });
}

}  // namespace kontor::cli
