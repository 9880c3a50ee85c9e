// kontor resolve ID: what became of a command.
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "api/cli/environment.h"
#include "api/cli/verbs.h"

namespace kontor::cli {
namespace {

struct ResolveOptions {
  std::string id;
  std::uint64_t since = 0;
  bool opening = false;
};

int run_resolve(const Environment& env, const ResolveOptions& options) {
  Result<std::unique_ptr<Client>> client = connect(env);
  if (!client) return fail(env, client.error());
  BookNumber book{0};
  if (!options.opening) {
    const Result<ServerBook> target = target_book(env, **client);
    if (!target) return fail(env, target.error());
    book = target->number;
  }
  const Result<Client::Outcome> outcome =
      (*client)->resolve_and_wait(book, options.id, Sequence{options.since});
  if (!outcome) return fail(env, outcome.error());
  env.out << outcome->json << '\n';
  return exit_status(outcome->status);
}

}  // namespace

void add_resolve(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<ResolveOptions>();
  CLI::App* verb = program.add_subcommand("resolve", "Ask what became of a command, by its id");
  verb->add_option("ID", options->id, "Id of the command")->required();
  verb->add_option("--since", options->since,
                   "A position of the book that was known before the id was first sent");
  verb->add_flag("--open-book", options->opening, "The command was an OpenBook");
  verb->footer(
      "Answers done or refused with the command's own answer; fenced, when it was never decided:\n"
      "from then on it never is, however late it arrives, and another try needs a new id; "
      "too_old,\n"
      "when the outcomes of that time are forgotten (--since makes that rarer; look for the "
      "document).\n"
      "Exit status: 0 done, 1 refused or fenced, 3 too_old or not reached.\n"
      "Example:\n"
      "  kontor --book shop resolve p-1");
  verb->callback([&env, &status, options] { status = run_resolve(env, *options); });
}

}  // namespace kontor::cli
