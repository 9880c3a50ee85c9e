// kontor import: takes what others wrote and makes commands of it.
#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "api/cli/environment.h"
#include "api/cli/online_retail.h"
#include "api/cli/online_retail_plan.h"
#include "api/cli/online_retail_report.h"
#include "api/cli/pipeline.h"
#include "api/cli/progress.h"
#include "api/cli/questions.h"
#include "api/cli/verbs.h"

namespace kontor::cli {
namespace {

constexpr std::size_t kFrameCommands = 512;
constexpr std::chrono::minutes kDeadline{10};

struct ImportOptions {
  std::string file;
  std::string until;
  std::int32_t days = 0;
};

// The book is opened, or was by an earlier run; one of that name opened otherwise is taken as it
// is.
Result<Asking> open_retail_book(const Environment& env, RetailPlan& plan, const std::string& name) {
  ClientOptions options;
  options.deadline = kDeadline;
  Result<std::unique_ptr<Client>> client = connect(env, options);
  if (!client) return client.error();
  Result<Client::Outcome> opened = (*client)->submit_and_wait(BookNumber{0}, plan.open_book(name));
  if (!opened) return opened.error();
  const StatusClass c = class_of(opened->status);
  if (c != StatusClass::kDone && c != StatusClass::kRefused) {
    return Error{ErrorKind::kUsage, "the book could not be opened: " + opened->json};
  }
  Result<ServerBook> book = (*client)->book(name);
  if (!book) return book.error();
  return Asking{.client = std::move(*client), .book = std::move(*book)};
}

Result<RetailYear> read_file(const Environment& env, const std::string& file,
                             const RetailOptions& options) {
  Progress progress(env.err, env.err_terminal, "bytes read", 0);
  return read_online_retail(file, options, [&](std::uint64_t done, std::uint64_t total) {
    progress.set_total(total);
    progress.update(done);
  });
}

Status send_plan(const Environment& env, Asking& asking, RetailPlan& plan, RetailReport& report) {
  Pipeline pipeline(*asking.client, asking.book.number, kFrameCommands);
  Progress progress(env.err, env.err_terminal, "commands", plan.command_count());
  const auto look = [&] { progress.update(pipeline.answered()); };
  const Status sent = plan.send_all([&](const CommandToSend& command) {
    look();
    return pipeline.add(command);
  });
  const Status ended = pipeline.wait(look);
  if (!sent) return sent;
  if (!ended) return ended;
  report.commands = pipeline.sent();
  report.done = pipeline.done();
  report.repeated = pipeline.repeated();
  report.bytes = pipeline.bytes();
  report.examples = pipeline.examples();
  if (!pipeline.unreached()) return {};
  return Error{ErrorKind::kUnavailable,
               "not every command was answered; run the import again, it goes on where it stopped. "
               "The first: " +
                   report.examples.front()};
}

int finish_import(const Environment& env, const RetailReport& report) {
  if (env.json) {
    env.out << retail_report_json(report) << '\n';
  } else {
    print_retail_report(env.out, report);
  }
  if (report.failed() != 0) {
    env.err << "kontor: " << report.failed() << " commands were refused; the first:\n";
    for (const std::string& example : report.examples)
      env.err << "  " << example << '\n';
  }
  if (!report.agrees()) {
    env.err << "kontor: the book does not agree with the file; see expected and server\n";
    return kExitCorrupt;
  }
  return report.failed() != 0 ? kExitRefused : kExitDone;
}

int run_online_retail(const Environment& env, const ImportOptions& options) {
  RetailOptions wish;
  wish.days = options.days;
  if (!options.until.empty()) {
    const auto until = parse_date(options.until);
    if (!until)
      return fail(env, {ErrorKind::kUsage, "--until '" + options.until + "': not a date"});
    wish.until = *until;
  }
  const auto begin = std::chrono::steady_clock::now();
  const Result<RetailYear> year = read_file(env, options.file, wish);
  if (!year) return fail(env, year.error());
  if (year->invoices.empty()) {
    return fail(env, {ErrorKind::kUsage, options.file + ": no invoice that could be taken"});
  }
  RetailPlan plan(*year);
  RetailReport report;
  report.year = &*year;
  report.expected = expectation(*year);
  report.book = env.book.empty() ? std::string(kRetailBook) : env.book;
  Result<Asking> asking = open_retail_book(env, plan, report.book);
  if (!asking) return fail(env, asking.error());
  if (Status sent = send_plan(env, *asking, plan, report); !sent) return fail(env, sent.error());
  Result<RetailServerSums> sums = ask_retail_sums(*asking, *year);
  if (!sums) return fail(env, sums.error());
  report.server = *sums;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return finish_import(env, report);
}

}  // namespace

void add_import(CLI::App& program, Environment& env, int& status) {
  CLI::App* verb = program.add_subcommand("import", "Take over data of others");
  verb->require_subcommand(1);
  verb->footer("Example: kontor import online-retail online-retail.csv.xz");
  auto options = std::make_shared<ImportOptions>();
  CLI::App* retail = verb->add_subcommand(
      "online-retail", "One year of a wholesaler's invoices (UCI Online Retail, as CSV)");
  retail->add_option("FILE", options->file, "The file as CSV, packed with xz or not")->required();
  CLI::Option* until =
      retail->add_option("--until", options->until, "Last day taken, as 2010-12-31");
  retail->add_option("--days", options->days, "Take only so many days from the first on")
      ->check(CLI::Range(1, 100'000))
      ->excludes(until);
  retail->footer(
      "Opens the book `online-retail` (or --book) on a manual calendar and sends every invoice as "
      "an\n"
      "order placed, allocated, shipped and invoiced on its own day, and pays what is then open of "
      "it\n"
      "30 days later. A cancelled line is a return with a credit note against what the same "
      "customer\n"
      "bought of the same item at the same price, that day or before, the newest first.\n"
      "Ends with a reconciliation of every line and penny; exit status 4 if the book disagrees.\n"
      "Running it again changes nothing.\n"
      "Example: kontor import online-retail online-retail.csv.xz --until 2010-12-31");
  retail->callback([&env, &status, options] { status = run_online_retail(env, *options); });
}

}  // namespace kontor::cli
