// kontor events and kontor explain: what happened, and what a number is made of.
#include <iomanip>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/people.h"
#include "api/cli/questions.h"
#include "api/cli/verbs.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;
using wire::Question;

constexpr int kSequenceColumns = 8;
constexpr int kLookAgainMs = 300;

// Waits until it is time to look for new events, or until nobody reads standard output any more.
bool reader_is_gone() {
  pollfd output{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  return poll(&output, 1, kLookAgainMs) > 0;
}

struct HistoryOptions {
  std::string name;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t limit = 0;
  bool follow = false;
  bool all = false;
};

struct Printed {
  std::uint64_t rows = 0;
  Sequence next;  // position to go on from
};

// Prints the events of one page.
Printed print_events(const Environment& env, const QueryResult& page) {
  const Json json = Json::parse(answer_body_json(Question::events, page), nullptr, false);
  if (!json.is_object()) return {0, Sequence{page.position.value() + 1}};
  const Json rows = json.value("events", Json::array());
  for (Json row : rows) {
    const std::string body = row.value("body", std::string("{}"));
    if (env.json) {
      row["body"] = Json::parse(body, nullptr, false);
      env.out << row.dump() << '\n';
      continue;
    }
    env.out << std::setw(kSequenceColumns) << row.value("sequence", std::uint64_t{0}) << "  "
            << row.value("business_date", std::string()) << "  "
            << row.value("event", std::string()) << "  " << line_for_people(body) << "  ("
            << row.value("command", std::string()) << ' ' << row.value("command_id", std::string())
            << ")\n";
  }
  env.out.flush();
  return {rows.size(), Sequence{json.value("scanned_to", page.position.value()) + 1}};
}

int run_events(const Environment& env, const HistoryOptions& options) {
  Result<Asking> asking = begin_asking(env);
  if (!asking) return fail(env, asking.error());
  QueryToSend query;
  query.question = Question::events;
  query.name = options.name;
  query.from = Sequence{options.from};
  query.to = Sequence{options.to};
  std::uint64_t position = 0;
  const OnPage print = [&](const QueryResult& page) {
    position = page.position.value();
    const Printed printed = print_events(env, page);
    query.from = printed.next;
    return Result<std::uint64_t>(printed.rows);
  };
  for (;;) {
    if (Status asked = ask_pages(*asking, query, options.limit, print); !asked) {
      return fail(env, asked.error());
    }
    if (!options.follow) break;
    env.out.flush();
    if (!env.out || reader_is_gone()) return kExitDone;
  }
  if (env.json) {
    env.out << Json{{"position", position}}.dump() << '\n';
  } else {
    env.out << position_line(*asking, position) << '\n';
  }
  return kExitDone;
}

int run_explain_exposure(const Environment& env, const HistoryOptions& options) {
  QueryToSend query;
  query.question = Question::exposure;
  query.name = options.name;
  query.filter = options.all ? 1 : 0;
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
  CLI::Option* limit = verb->add_option("--limit", options->limit, "At most so many; 0: all");
  verb->add_flag("--follow", options->follow, "Go on with new events as they become durable")
      ->excludes(limit);
  verb->footer("Example: kontor events --stream ORDER-17 --json");
  verb->callback([&env, &status, options] { status = run_events(env, *options); });
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
  exposure->footer("Example: kontor explain exposure acme --json");
  exposure->callback([&env, &status, options] { status = run_explain_exposure(env, *options); });
}

}  // namespace kontor::cli
