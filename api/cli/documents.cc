// kontor list documents: orders, invoices, payments and credit notes as people look for them.
#include "api/cli/documents.h"

#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/people.h"
#include "api/cli/questions.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;
using wire::Question;

constexpr std::uint64_t kRowsUnlessSaid = 100;

struct DocumentOptions {
  std::string company;
  std::string kind;
  std::string from;
  std::string to;
  std::string state;
  std::string text;
  std::string after;
  std::uint64_t limit = kRowsUnlessSaid;
};

Status set_date(Date& out, const char* option, const std::string& text) {
  if (text.empty()) return {};
  const auto date = parse_date(text);
  if (!date) {
    return Error{ErrorKind::kUsage,
                 std::string(option) + " '" + text + "': not a date as 2026-03-10"};
  }
  out = *date;
  return {};
}

// All pages as one answer; `next` where the limit ended them.
Result<Json> read_documents(Asking& asking, const QueryToSend& query, std::uint64_t limit) {
  Json all = {{"position", 0}, {"documents", Json::array()}};
  std::string next;
  const Status asked = ask_pages(asking, query, limit, [&](const QueryResult& page) {
    all["position"] = page.position.value();
    next = page.more ? page.next : std::string{};
    const Json body = Json::parse(answer_body_json(Question::documents, page), nullptr, false);
    std::uint64_t rows = 0;
    for (const Json& row : body.value("documents", Json::array())) {
      all["documents"].push_back(row);
      ++rows;
    }
    return Result<std::uint64_t>(rows);
  });
  if (!asked) return asked.error();
  if (!next.empty()) all["next"] = next;
  return all;
}

int run_documents(const Environment& env, const DocumentOptions& options) {
  QueryToSend query;
  query.question = Question::documents;
  query.name = options.company;
  query.second = options.kind;
  query.third = options.text;
  query.state = options.state;
  query.after = options.after;
  Status set = set_date(query.date_from, "--from", options.from);
  if (set) set = set_date(query.date_to, "--to", options.to);
  if (!set) return fail(env, set.error());
  Result<Asking> asking = begin_asking(env);
  if (!asking) return fail(env, asking.error());
  Result<Json> read = read_documents(*asking, query, options.limit);
  if (!read) return fail(env, read.error());
  Json all = std::move(*read);
  if (env.json) {
    env.out << all.dump() << '\n';
    return kExitDone;
  }
  const auto position = all.value("position", std::uint64_t{0});
  const std::string next = all.value("next", std::string());
  all.erase("position");
  all.erase("next");
  print_for_people(env.out, all.dump());
  if (!next.empty()) env.out << "more: --after " << next << '\n';
  env.out << position_line(*asking, position) << '\n';
  return kExitDone;
}

}  // namespace

void add_list_documents(CLI::App& list, Environment& env, int& status) {
  auto options = std::make_shared<DocumentOptions>();
  CLI::App* verb = list.add_subcommand(
      "documents", "Search orders, invoices, payments and credit notes, by date or by name");
  verb->add_option("--company", options->company, "Of this company: it ordered, or pays");
  verb->add_option("--kind", options->kind, "order, invoice, payment or credit_note");
  verb->add_option("--from", options->from, "Dated on or after");
  verb->add_option("--to", options->to, "Dated on or before");
  verb->add_option("--state", options->state,
                   "awaiting_approval, rejected, failed, on_hold, open, fulfilled, cancelled, "
                   "part_paid, paid, part_credited, credited or settled");
  verb->add_option("--text", options->text,
                   "Whose name or reference begins so, whatever the case; then by that text");
  verb->add_option("--limit", options->limit, "At most so many rows; 0: all")
      ->capture_default_str();
  verb->add_option("--after", options->after, "Go on behind an earlier page, as it said");
  verb->footer("Example: kontor list documents --company acme --kind invoice --state open");
  verb->callback([&env, &status, options] { status = run_documents(env, *options); });
}

}  // namespace kontor::cli
