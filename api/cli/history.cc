// kontor events and kontor explain: what happened, and what a number is made of.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/follow.h"
#include "api/cli/questions.h"
#include "api/cli/verbs.h"

namespace kontor::cli {
namespace {

using wire::Question;

struct HistoryOptions {
  std::string name;
  std::string as_of;
  bool all = false;
};

int run_explain_exposure(const Environment& env, const HistoryOptions& options) {
  QueryToSend query;
  query.question = Question::exposure;
  query.name = options.name;
  query.filter = options.all ? 1 : 0;
  const Status set = set_as_of(query, options.as_of);
  if (!set) return fail(env, set.error());
  return run_question(env, query, 0);
}

}  // namespace

void add_events(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<FollowOptions>();
  CLI::App* verb = program.add_subcommand("events", "List events, oldest first");
  verb->add_option("--stream", options->stream,
                   "Only those of one order, invoice, payment, company or item");
  verb->add_option("--company", options->company, "Only those that refer to the company");
  verb->add_option("--kind", options->kinds, "Only events of this kind, as OrderPlaced; repeatable")
      ->allow_extra_args(false);
  verb->add_option("--from", options->from, "First position");
  verb->add_option("--to", options->to, "Last position");
  verb->add_option("--limit", options->limit, "At most so many; 0: all");
  verb->add_flag("--follow", options->follow,
                 "Go on with new events as they become durable, until interrupted (exit status 0)");
  verb->footer("Example: kontor events --stream ORDER-17 --json");
  verb->callback([&env, &status, options] { status = run_follow(env, *options); });
}

void add_explain(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* verb = program.add_subcommand("explain", "The events that a number is the sum of");
  verb->require_subcommand(1);
  verb->footer("Example: kontor explain exposure acme");
  CLI::App* exposure =
      verb->add_subcommand("exposure", "What a payer's exposure is made of, event by event");
  exposure->add_option("COMPANY", options->name, "The payer")->required();
  exposure->add_flag("--all", options->all, "Documents whose moves sum to nothing by now as well");
  add_as_of(*exposure, options->as_of);
  exposure->footer("Example: kontor explain exposure acme --json");
  exposure->callback([&env, &status, options] { status = run_explain_exposure(env, *options); });
}

}  // namespace kontor::cli
