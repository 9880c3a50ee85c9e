// kontor get WORD ... and kontor list WORD ...: questions about one thing, and about many.
#include <array>
#include <charconv>
#include <memory>
#include <optional>
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
  std::string as_of;
  std::string effective;
  std::uint64_t limit = 0;
};

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Error usage(std::string message) {
  return Error{ErrorKind::kUsage, std::move(message)};
}

Status set_argument(QueryToSend& query, const QuestionArgument& argument, const std::string& text) {
  switch (argument.field) {
    case ArgumentField::kName:
      query.name = text;
      return {};
    case ArgumentField::kSecond:
      query.second = text;
      return {};
    case ArgumentField::kThird:
      query.third = text;
      return {};
    case ArgumentField::kDate:
      if (const auto date = parse_date(text)) {
        query.date = *date;
        return {};
      }
      return usage(std::string(argument.name) + " '" + text + "': not a date as 2026-03-10");
    case ArgumentField::kNumber:
      if (const auto number = whole(text)) {
        query.number = *number;
        return {};
      }
      return usage(std::string(argument.name) + " '" + text + "': not a whole number");
  }
  return {};
}

// A position is a number, a time an RFC 3339 text.
Status set_as_of(QueryToSend& query, const std::string& text) {
  if (text.empty()) return {};
  if (const auto position = whole(text); position && *position > 0) {
    query.as_of = Sequence{static_cast<std::uint64_t>(*position)};
    return {};
  }
  if (const auto time = parse_timestamp(text)) {
    query.as_of_time = *time;
    return {};
  }
  return usage("--as-of '" + text + "': neither a position nor a time as 2026-03-10T09:30:00Z");
}

int run_ask(const Environment& env, const QuestionWord& word, const AskOptions& options,
            bool pages) {
  QueryToSend query;
  query.question = static_cast<wire::Question>(word.question);
  for (std::size_t i = 0; i < word.arguments.size(); ++i) {
    if (options.arguments[i].empty()) continue;
    if (Status set = set_argument(query, word.arguments[i], options.arguments[i]); !set) {
      return fail(env, set.error());
    }
  }
  if (Status set = set_as_of(query, options.as_of); !set) return fail(env, set.error());
  if (!options.effective.empty()) {
    const auto date = parse_date(options.effective);
    if (!date) return fail(env, usage("--effective '" + options.effective + "': not a date"));
    query.date = *date;
  }
  return run_question(env, query, pages ? options.limit : 0);
}

void add_word(CLI::App& verb, const QuestionWord& word, Environment& env, int& status, bool many) {
  auto options = std::make_shared<AskOptions>();
  CLI::App* sub = verb.add_subcommand(std::string(word.word), std::string(word.help));
  std::string example = "Example: kontor " + verb.get_name() + " " + std::string(word.word);
  for (std::size_t i = 0; i < word.arguments.size(); ++i) {
    const QuestionArgument& argument = word.arguments[i];
    CLI::Option* option = sub->add_option(std::string(argument.name), options->arguments.at(i));
    if (argument.required) option->required();
    example += argument.required ? " " + std::string(argument.name)
                                 : " [" + std::string(argument.name) + "]";
  }
  sub->add_option(
      "--as-of", options->as_of,
      "What was known at a position or a recorded time (RFC 3339); of an order, invoice, "
      "payment, credit note or account");
  sub->add_option("--effective", options->effective, "What was true on a date; of an account");
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
