// kontor events, why and explain: what happened, why something waits, and what a number is made of.
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/questions.h"
#include "api/cli/verbs.h"

namespace kontor::cli {
namespace {

using wire::Question;

struct HistoryOptions {
  std::string name;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t limit = 0;
};

int run_events(const Environment& env, const HistoryOptions& options) {
  QueryToSend query;
  query.question = Question::events;
  query.name = options.name;
  query.from = Sequence{options.from};
  query.to = Sequence{options.to};
  return run_question(env, query, options.limit);
}

int run_about(const Environment& env, Question question, const HistoryOptions& options) {
  QueryToSend query;
  query.question = question;
  query.name = options.name;
  return run_question(env, query, 0);
}

}  // namespace

void add_events(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* verb = program.add_subcommand("events", "List events, oldest first");
  verb->add_option("--stream", options->name,
                   "Only those of one order, invoice, payment, company or item");
  verb->add_option("--from", options->from, "First position");
  verb->add_option("--to", options->to, "Last position");
  verb->add_option("--limit", options->limit, "At most so many; 0: all");
  verb->footer("Example: kontor events --stream ORDER-17 --json");
  verb->callback([&env, &status, options] { status = run_events(env, *options); });
}

void add_why(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* verb = program.add_subcommand(
      "why", "Why an order is held, refused or not approved, and what would release it");
  verb->add_option("ORDER|COMMAND_ID", options->name,
                   "An order; or a command's id, as a refused placement has no order")
      ->required();
  verb->footer("Example: kontor why ORDER-17");
  verb->callback([&env, &status, options] { status = run_about(env, Question::why, *options); });
}

void add_explain(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* verb = program.add_subcommand("explain", "The events that a number is the sum of");
  verb->require_subcommand(1);
  verb->footer("Example: kontor explain exposure acme");
  CLI::App* exposure =
      verb->add_subcommand("exposure", "What a payer's exposure is made of, event by event");
  exposure->add_option("COMPANY", options->name, "The payer")->required();
  exposure->footer("Example: kontor explain exposure acme --json");
  exposure->callback(
      [&env, &status, options] { status = run_about(env, Question::exposure, *options); });
}

}  // namespace kontor::cli
