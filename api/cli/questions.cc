#include "api/cli/questions.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/people.h"
#include "api/cli/words.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;
using wire::Question;

constexpr std::uint32_t kRowsOfPage = 1'000;

// Appends the lists of objects in `page` to those of `all`; anything else is as the last page says.
void merge_page(Json& all, const Json& page) {
  for (const auto& [key, value] : page.items()) {
    if (value.is_array() && all.contains(key) && all[key].is_array()) {
      all[key].insert(all[key].end(), value.begin(), value.end());
    } else {
      all[key] = value;
    }
  }
}

Json page_json(Question question, const QueryResult& page) {
  Json json = Json::parse(answer_page_json(question, page), nullptr, false);
  json.erase("next");  // it has been followed
  return json;
}

// Of its list; an answer about many has one.
std::uint64_t rows_of(const Json& page) {
  std::uint64_t rows = 0;
  for (const Json& value : page) {
    if (value.is_array()) rows = std::max<std::uint64_t>(rows, value.size());
  }
  return rows;
}

}  // namespace

Result<Asking> begin_asking(const Environment& env) {
  Result<std::unique_ptr<Client>> client = connect(env);
  if (!client) return client.error();
  Result<ServerBook> book = target_book(env, **client);
  if (!book) return book.error();
  return Asking{.client = std::move(*client), .book = std::move(*book)};
}

Status question_status(const QueryResult& result) {
  const std::string message = result.message.empty()
                                  ? "the server answered " + std::string(status_word(result.status))
                                  : result.message;
  switch (class_of(result.status)) {
    case StatusClass::kDone:
      return {};
    case StatusClass::kRefused:
    case StatusClass::kMisuse:
      if (result.status == StatusCode::kNotFound) return Error{ErrorKind::kNotFound, message};
      return Error{ErrorKind::kUsage, message};
    case StatusClass::kNotStarted:
    case StatusClass::kUnknown:
      break;
  }
  return Error{ErrorKind::kUnavailable, message};
}

Status ask_pages(Asking& asking, QueryToSend query, std::uint64_t rows_max, const OnPage& on_page) {
  std::string after(query.after);
  std::uint64_t rows = 0;
  for (;;) {
    const std::uint64_t left = rows_max == 0 ? kRowsOfPage : rows_max - rows;
    query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, kRowsOfPage));
    query.after = after;
    Result<QueryResult> page = asking.client->ask(asking.book.number, query);
    if (!page) return page.error();
    if (Status status = question_status(*page); !status) return status;
    const Result<std::uint64_t> taken = on_page(*page);
    if (!taken) return taken.error();
    rows += *taken;
    if (!page->more || page->next.empty() || (rows_max != 0 && rows >= rows_max)) return {};
    after = page->next;
  }
}

void add_as_of(CLI::App& verb, std::string& text) {
  verb.add_option("--as-of", text, "What was known at a position or a recorded time (RFC 3339)");
}

Status set_as_of(QueryToSend& query, const std::string& text) {
  if (text.empty()) return {};
  const QuestionArgument argument{
      .name = "AS-OF", .field = ArgumentField::kAsOf, .required = false};
  return set_argument(query, argument, text, "--as-of");
}

std::string position_line(const Asking& asking, std::uint64_t position) {
  return "book " + asking.book.name + ", position " + with_thousands(position);
}

int run_question(const Environment& env, const QueryToSend& query, std::uint64_t rows_max) {
  Result<Asking> asking = begin_asking(env);
  if (!asking) return fail(env, asking.error());
  Json all;
  std::uint64_t position = 0;
  const Status asked = ask_pages(*asking, query, rows_max, [&](const QueryResult& page) {
    position = page.position.value();
    const Json json = page_json(query.question, page);
    if (env.json) {
      env.out << json.dump() << '\n';
    } else {
      merge_page(all, json);
    }
    return Result<std::uint64_t>(rows_of(json));
  });
  if (!asked) return fail(env, asked.error());
  if (env.json) return kExitDone;
  all.erase("position");
  print_for_people(env.out, all.dump());
  env.out << position_line(*asking, position) << '\n';
  return kExitDone;
}

}  // namespace kontor::cli
