// kontor get WORD ... and kontor list WORD ...: questions about one thing, and about many.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "wire_generated.h"

#include "api/cli/documents.h"
#include "api/cli/environment.h"
#include "api/cli/questions.h"
#include "api/cli/verbs.h"

namespace kontor::cli {
namespace {

constexpr std::size_t kArgumentsMax = 4;

struct AskOptions {
  std::array<std::string, kArgumentsMax> arguments;
  std::array<std::string, kArgumentsMax> common;
  std::uint64_t limit = 0;
};

// "--as-of"
std::string option_name(const QuestionArgument& argument) {
  std::string out = "--" + argument.parameter();
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

int run_ask(const Environment& env, const QuestionWord& word, const AskOptions& options,
            bool pages) {
  QueryToSend query;
  query.question = static_cast<wire::Question>(word.question);
  for (std::size_t i = 0; i < word.arguments.size(); ++i) {
    if (options.arguments[i].empty()) continue;
    const QuestionArgument& argument = word.arguments[i];
    const Status set = set_argument(query, argument, options.arguments[i], argument.name);
    if (!set) return fail(env, set.error());
  }
  const auto common = common_arguments(word);
  for (std::size_t i = 0; i < common.size(); ++i) {
    if (options.common[i].empty()) continue;
    const Status set = set_argument(query, common[i], options.common[i], option_name(common[i]));
    if (!set) return fail(env, set.error());
  }
  return run_question(env, query, pages ? options.limit : 0);
}

void add_word(CLI::App& verb, const QuestionWord& word, Environment& env, int& status, bool many) {
  auto options = std::make_shared<AskOptions>();
  CLI::App* sub = verb.add_subcommand(std::string(word.word), std::string(word.help));
  if (!word.alias.empty()) sub->alias(std::string(word.alias));
  std::string example = "Example: kontor " + verb.get_name() + " " + std::string(word.word);
  for (std::size_t i = 0; i < word.arguments.size(); ++i) {
    const QuestionArgument& argument = word.arguments[i];
    CLI::Option* option = sub->add_option(std::string(argument.name), options->arguments.at(i));
    if (argument.required) option->required();
    example += argument.required ? " " + std::string(argument.name)
                                 : " [" + std::string(argument.name) + "]";
  }
  const auto common = common_arguments(word);
  for (std::size_t i = 0; i < common.size(); ++i) {
    sub->add_option(option_name(common[i]), options->common.at(i), std::string(common[i].help));
  }
  if (many) sub->add_option("--limit", options->limit, "At most so many rows; 0: all");
  sub->footer(example);
  sub->callback(
      [&env, &status, options, &word, many] { status = run_ask(env, word, *options, many); });
}

}  // namespace

void add_get(CLI::App& program, Environment& env, int& status) {
  CLI::App* verb =
      program.add_subcommand("get", "Ask about one thing: an account, an order, stock");
  verb->require_subcommand(1);
  verb->footer("Example: kontor get account acme");
  for (const QuestionWord& word : get_words())
    add_word(*verb, word, env, status, false);
}

void add_list(CLI::App& program, Environment& env, int& status) {
  CLI::App* verb =
      program.add_subcommand("list", "List things: companies, orders, holds, backorders");
  verb->require_subcommand(1);
  verb->footer("Example: kontor list holds");
  for (const QuestionWord& word : list_words())
    add_word(*verb, word, env, status, true);
  add_list_documents(*verb, env, status);
}

}  // namespace kontor::cli
