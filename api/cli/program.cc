#include "api/cli/program.h"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "api/cli/verbs.h"
#include "api/cli/words.h"

namespace kontor::cli {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 done, 1 refused, 2 wrong usage or malformed input, 3 not reached or not "
    "started\n"
    "(may be retried), 4 damaged or failed verification. Messages go to stderr, data to stdout.\n"
    "`kontor VERB --help` says more, with an example.";

void add_globals(CLI::App& program, Environment& env) {
  program.add_option("--server", env.server, "Address of the server, HOST:PORT")
      ->envname("KONTOR_SERVER")
      ->capture_default_str();
  program.add_option("--book", env.book, "Book to work on (default: the server's only one)");
  program.add_flag("--json", env.json, "One JSON object or JSON lines instead of text for people");
}

// The verb whose arguments were being read, however deep.
const CLI::App* deepest(const CLI::App& program) {
  const CLI::App* app = &program;
  while (!app->get_subcommands().empty())
    app = app->get_subcommands().front();
  return app;
}

// "unknown verb 'sumbit'; did you mean 'submit'?", when the first word left over is no verb. Words
// that a verb does not know are left over at the program.
std::string unknown_verb(const CLI::App& program, const CLI::App& app) {
  const std::vector<const CLI::App*> verbs =
      app.get_subcommands([](const CLI::App*) { return true; });
  if (verbs.empty()) return {};
  std::vector<std::string> names;
  for (const CLI::App* verb : verbs)
    names.push_back(verb->get_name());
  const std::vector<std::string_view> views(names.begin(), names.end());
  for (const std::string& word : program.remaining(true)) {
    if (word.starts_with('-')) continue;
    const std::string_view near = nearest_word(word, views);
    std::string text = "unknown verb '" + word + "'";
    if (!near.empty()) text += "; did you mean '" + std::string(near) + "'?";
    return text;
  }
  return {};
}

int parse_failed(const CLI::App& program, const CLI::ParseError& error, const Environment& env) {
  const CLI::App* app = deepest(program);
  const std::string verb = unknown_verb(program, *app);
  env.err << "kontor: " << (verb.empty() ? error.what() : verb) << "\nTry `kontor";
  for (const CLI::App* at = &program; at != app;) {
    at = at->get_subcommands().front();
    env.err << ' ' << at->get_name();
  }
  env.err << " --help`.\n";
  return kExitUsage;
}

}  // namespace

int run_program(int count, const char* const* arguments, Environment& env) {
  int status = kExitDone;
  CLI::App program("Kontor, an order and credit ledger for trade between businesses", "kontor");
  program.footer(kFooter);
  program.set_version_flag("--version", std::string("kontor ") + KONTOR_VERSION);
  program.fallthrough();
  program.require_subcommand(1);
  program.get_formatter()->column_width(34);
  add_globals(program, env);
  add_submit(program, env, status);
  add_check(program, env, status);
  add_resolve(program, env, status);
  add_get(program, env, status);
  add_list(program, env, status);
  add_events(program, env, status);
  add_why(program, env, status);
  add_explain(program, env, status);
  add_four_eyes(program, env, status);
  add_import(program, env, status);
  add_export(program, env, status);
  add_verify(program, env, status);
  add_replay(program, env, status);
  add_bench(program, env, status);
  add_openapi(program, env, status);
  try {
    program.parse(count, arguments);
  } catch (const CLI::Success&) {  // --help, --version
    const CLI::App* app = deepest(program);
    const bool version = program.get_option("--version")->count() != 0;
    env.out << (version ? std::string("kontor ") + KONTOR_VERSION + "\n" : app->help());
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    return parse_failed(program, error, env);
  }
  return status;
}

}  // namespace kontor::cli
