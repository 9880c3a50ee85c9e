// kontor why: the reasons of an order's state or a command's refusal, in sentences.
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/questions.h"
#include "api/cli/verbs.h"
#include "api/cli/words.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string money_of(const Json& object, const char* key) {
  const std::string amount = text_of(object, key);
  if (amount.empty()) return {};
  return with_thousands(std::string_view(amount)) + ' ' + text_of(object, "currency");
}

// "over_credit_limit: company acme, 12,000.00 EUR against 10,000.00 EUR (rule credit-limit set at
// 3; see 5, 17)"
std::string sentence(const Json& reason) {
  std::string line = text_of(reason, "reason");
  if (const std::string name = text_of(reason, "name"); !name.empty()) {
    line += ": " + text_of(reason, "subject") + ' ' + name;
  }
  if (reason.value("line", 0U) != 0) line += ", line " + text_of(reason, "line");
  const std::string found = text_of(reason, "found");
  if (!found.empty()) {
    const std::string currency = text_of(reason, "currency");
    const std::string unit = currency.empty() ? "" : ' ' + currency;
    line += ", " + found + unit + " against " + text_of(reason, "allowed") + unit;
  }
  std::string sources = text_of(reason, "rule");
  if (!sources.empty()) sources = "rule " + sources + " set at " + text_of(reason, "rule_version");
  if (const auto evidence = reason.find("evidence"); evidence != reason.end()) {
    sources += sources.empty() ? "see" : "; see";
    for (const Json& position : *evidence)
      sources += ' ' + position.dump();
  }
  return sources.empty() ? line : line + " (" + sources + ')';
}

void print_reasons(std::ostream& out, const Json& part) {
  unsigned number = 0;
  for (const Json& reason : part.value("reasons", Json::array())) {
    out << "  (" << ++number << ") " << sentence(reason) << '\n';
    const std::string rule = text_of(reason, "sentence");
    if (!rule.empty()) out << "      " << rule << '\n';
  }
  if (part.value("more", 0U) != 0) out << "  - and " << text_of(part, "more") << " more\n";
}

void print_approval(std::ostream& out, const Json& approval) {
  const bool waits = approval.value("waits", false);
  out << (waits ? "Waits for approval since " : "Approval was asked at ")
      << text_of(approval, "asked_at") << ":\n";
  print_reasons(out, approval);
  for (const Json& group : approval.value("groups", Json::array())) {
    if (!waits || !group.value("open", false)) continue;
    std::string may;
    for (const Json& person : group.value("may", Json::array())) {
      may += (may.empty() ? "" : ", ") + person.get<std::string>();
    }
    out << "  It takes " << text_of(group, "wanted") << " of: " << may << '\n';
  }
}

// Where they are others than they were.
void print_reasons_now(std::ostream& out, const Json& part, std::string_view would) {
  const Json now = part.value("reasons_now", Json::array());
  if (now.empty() || now == part.value("reasons", Json::array())) return;
  out << "By now it would be " << would << " for:\n";
  print_reasons(out, Json{{"reasons", now}});
}

void print_failure(std::ostream& out, const Json& failure) {
  out << "Failed at " << text_of(failure, "failed_at") << ":\n";
  print_reasons(out, failure);
  print_reasons_now(out, failure, "refused another try");
}

void print_deposit(std::ostream& out, const Json& deposit) {
  out << "A deposit of " << money_of(deposit, "asked") << " (" << text_of(deposit, "percent")
      << " %) was asked at " << text_of(deposit, "asked_at") << "; received "
      << money_of(deposit, "received") << ", lacking " << money_of(deposit, "outstanding") << ":\n";
  print_reasons(out, deposit);
}

void print_hold(std::ostream& out, const Json& hold) {
  out << "Held at " << text_of(hold, "held_at") << ":\n";
  print_reasons(out, hold);
  out << "  " << text_of(hold, "payer") << " has an exposure of " << money_of(hold, "exposure");
  if (const std::string limit = money_of(hold, "limit"); !limit.empty()) {
    out << ", a limit of " << limit << ", available " << money_of(hold, "available");
  }
  out << "; the order needs " << money_of(hold, "need") << ".\n";
  print_reasons_now(out, hold, "held");
}

// "a payment of 80.00 EUR by acme" and which of the reasons it clears, where there are several.
// Those that do by themselves, then the sets that do.
void print_sufficient(std::ostream& out, std::string_view passes, const Json& remedies,
                      const Json& together) {
  bool said = false;
  for (const Json& remedy : remedies) {
    if (!remedy.value("releases", false)) continue;
    if (!said) out << passes << "any one of:\n";
    said = true;
    out << "  - " << text_of(remedy, "says") << '\n';
  }
  if (!together.empty()) {
    const bool by = passes.ends_with("by ");
    if (said) out << (by ? "or by all of one of:\n" : "or with all of one of:\n");
    if (!said) out << passes << "all of one of:\n";
  }
  for (const Json& set : together)
    out << "  - " << text_of(set, "says") << '\n';
}

void print_remedies(std::ostream& out, const Json& why) {
  const Json remedies = why.value("remedies", Json::array());
  if (remedies.empty()) return;
  const std::string_view passes = why.contains("failure")   ? "RetryOrder passes with "
                                  : why.contains("command") ? "The same order passes with "
                                                            : "It is released by ";
  print_sufficient(out, passes, remedies, why.value("together", Json::array()));
  for (const Json& remedy : remedies) {
    const std::vector<unsigned> clears = remedy.value("clears", std::vector<unsigned>{});
    if (remedy.value("releases", false) || clears.empty()) continue;
    out << "Not enough by itself: " << text_of(remedy, "says") << " clears";
    for (const unsigned reason : clears)
      out << " (" << reason << ')';
    out << '\n';
  }
}

void print_command(std::ostream& out, const Json& command) {
  out << text_of(command, "command") << ' ' << text_of(command, "id") << " was "
      << (command.value("done", false) ? "done" : "refused") << " at "
      << text_of(command, "position") << ", " << text_of(command, "recorded_at") << '\n';
  print_reasons(out, command);
  print_reasons_now(out, command, "refused");
}

void print_why(std::ostream& out, const Json& why) {
  if (const std::string says = text_of(why, "says"); !says.empty()) out << says << '\n';
  if (why.contains("approval")) print_approval(out, why["approval"]);
  if (why.contains("failure")) print_failure(out, why["failure"]);
  if (why.contains("hold")) print_hold(out, why["hold"]);
  if (why.contains("deposit")) print_deposit(out, why["deposit"]);
  if (why.contains("command")) print_command(out, why["command"]);
  print_remedies(out, why);
}

struct WhyOptions {
  std::string name;
  std::string as_of;
};

int run_why(const Environment& env, const WhyOptions& options) {
  QueryToSend query;
  query.question = wire::Question::why;
  query.name = options.name;
  const Status set = set_as_of(query, options.as_of);
  if (!set) return fail(env, set.error());
  if (env.json) return run_question(env, query, 0);
  Result<Asking> asking = begin_asking(env);
  if (!asking) return fail(env, asking.error());
  const Result<QueryResult> answer = asking->client->ask(asking->book.number, query);
  if (!answer) return fail(env, answer.error());
  if (const Status status = question_status(*answer); !status) return fail(env, status.error());
  const Json why = Json::parse(answer_body_json(query.question, *answer), nullptr, false);
  if (why.is_object()) print_why(env.out, why);
  env.out << position_line(*asking, answer->position.value()) << '\n';
  return kExitDone;
}

}  // namespace

void add_why(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<WhyOptions>();
  CLI::App* verb = program.add_subcommand(
      "why", "Why an order is held, refused or not approved, and what would release it");
  verb->add_option("ORDER|COMMAND_ID", options->name,
                   "An order; or a command's id, as a refused placement has no order")
      ->required();
  verb->footer("Example: kontor why ORDER-17");
  add_as_of(*verb, options->as_of);
  verb->callback([&env, &status, options] { status = run_why(env, *options); });
}

}  // namespace kontor::cli
