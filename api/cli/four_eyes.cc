// kontor four-eyes: where one person was two of creator, approver and payer of an order.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/questions.h"
#include "api/cli/verbs.h"
#include "api/client/question_words.h"

namespace kontor::cli {
namespace {

struct FourEyesOptions {
  std::string from;
  std::string to;
  std::string person;
  std::uint64_t limit = 0;
};

int run_four_eyes(const Environment& env, const FourEyesOptions& options) {
  QueryToSend query;
  query.question = wire::Question::four_eyes;
  const QuestionWord& word = *find_question_word("four_eyes");
  for (const QuestionArgument& argument : word.arguments) {
    const std::string& text = argument.name == "FROM" ? options.from
                              : argument.name == "TO" ? options.to
                                                      : options.person;
    if (text.empty()) continue;
    const Status set = set_argument(query, argument, text, "--" + argument.parameter());
    if (!set) return fail(env, set.error());
  }
  return run_question(env, query, options.limit);
}

}  // namespace

void add_four_eyes(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<FourEyesOptions>();
  CLI::App* verb = program.add_subcommand(
      "four-eyes", "Approvals where creator, approver or payer are one person");
  verb->add_option("--from", options->from, "Business days on or after");
  verb->add_option("--to", options->to, "Business days on or before");
  verb->add_option("--person", options->person, "Only this person's");
  verb->add_option("--limit", options->limit, "At most so many rows; 0: all");
  verb->footer("Example: kontor four-eyes --from 2026-03-01 --to 2026-03-31");
  verb->callback([&env, &status, options] { status = run_four_eyes(env, *options); });
}

}  // namespace kontor::cli
