#include "api/web/json_api.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "wire_generated.h"

#include "api/client/command_lines.h"
#include "api/client/openapi.h"
#include "api/client/query_bytes.h"
#include "api/client/question_words.h"
#include "api/web/commands.h"
#include "api/web/problem.h"
#include "events/base/currency.h"
#include "events/json/writer.h"

namespace kontor {
namespace {

constexpr std::size_t kBooksTold = 20;  // in a message
constexpr const char* kJson = "application/json";

void reply_with(const HttpDone& done, HttpReply reply) {
  done([reply = std::move(reply)] { return reply; });
}

HttpReply not_found(std::string_view detail) {
  return problem(ProblemText{.status = StatusCode::kNotFound, .detail = detail});
}

HttpReply malformed(std::string_view detail) {
  return problem(ProblemText{.status = StatusCode::kMalformed, .detail = detail});
}

HttpReply wrong_method(const std::string& allow) {
  HttpReply reply = problem(405, "Method Not Allowed", "this path takes " + allow);
  reply.allow = allow;
  return reply;
}

bool reads(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

std::string known_words() {
  std::string out = "commands (POST), check (POST)";
  for (const QuestionWord& word : question_words())
    out += ", " + std::string(word.word);
  return out;
}

// The arguments of a word that stand in the query string.
std::vector<QuestionArgument> parameters_of(const QuestionWord& word) {
  std::vector<QuestionArgument> out;
  std::copy_if(word.arguments.begin(), word.arguments.end(), std::back_inserter(out),
               [](const QuestionArgument& argument) { return !argument.required; });
  const auto common = common_arguments(word);
  out.insert(out.end(), common.begin(), common.end());
  const auto paging = paging_arguments();
  out.insert(out.end(), paging.begin(), paging.end());
  return out;
}

// "/stock/ITEM?warehouse=&as_of=..."
std::string usage_of(const QuestionWord& word) {
  std::string out = "/" + std::string(word.word);
  for (const QuestionArgument& argument : word.arguments) {
    if (argument.required) out += "/" + std::string(argument.name);
  }
  out += " with the parameters";
  for (const QuestionArgument& parameter : parameters_of(word))
    out += " " + parameter.parameter();
  return out;
}

// The question that a path and its parameters ask; an error says what there is instead. The views
// point into the target.
Result<QueryToSend> read_question(const QuestionWord& word, std::span<const std::string> arguments,
                                  const Target& target) {
  QueryToSend query;
  query.question = static_cast<wire::Question>(word.question);
  for (const QuestionArgument& argument : word.arguments) {
    if (!argument.required) continue;
    if (arguments.empty()) {
      return Error{ErrorKind::kNotFound,
                   std::string(argument.name) + " is missing: " + usage_of(word)};
    }
    const Status set = set_argument(query, argument, arguments.front(), argument.name);
    if (!set) return set.error();
    arguments = arguments.subspan(1);
  }
  if (!arguments.empty()) {
    return Error{ErrorKind::kNotFound,
                 "nothing is at '" + arguments.front() + "': " + usage_of(word)};
  }
  const std::vector<QuestionArgument> known = parameters_of(word);
  for (const Parameter& parameter : target.parameters) {
    const auto found = std::find_if(
        known.begin(), known.end(),
        [&](const QuestionArgument& argument) { return argument.parameter() == parameter.name; });
    if (found == known.end()) {
      return Error{ErrorKind::kUsage,
                   "there is no parameter '" + parameter.name + "': " + usage_of(word)};
    }
    const Status set = set_argument(query, *found, parameter.value, parameter.name);
    if (!set) return set.error();
  }
  return query;
}

HttpReply answer_of(wire::Question question, const QueryResult& result) {
  if (class_of(result.status) != StatusClass::kDone) {
    return problem(ProblemText{.status = result.status, .detail = result.message});
  }
  return {200, kJson, answer_page_json(question, result) + "\n", {}, 0};
}

HttpReply unknown_book(const std::string& name, const std::vector<BookInfo>& books) {
  std::string detail = "there is no book '" + name + "'; there ";
  detail += books.empty() ? "are none yet: open one with POST /v1/books" : "is";
  for (std::size_t i = 0; i < std::min(books.size(), kBooksTold); ++i)
    detail += (i == 0 ? " '" : ", '") + books[i].name + "'";
  if (books.size() > kBooksTold) {
    detail += " and " + std::to_string(books.size() - kBooksTold) + " more";
  }
  return problem(ProblemText{.status = StatusCode::kUnknownBook, .detail = detail});
}

}  // namespace

HttpReply JsonApi::books() const {
  std::string out = "{\"books\":[";
  bool first_book = true;
  for (const BookInfo& book : engine_.books()) {
    if (!first_book) out += ',';
    first_book = false;
    out += '{';
    bool first = true;
    append_json_key(out, "book", first);
    append_json_string(out, book.name);
    append_json_key(out, "number", first);
    out += std::to_string(book.number.value());
    append_json_key(out, "currency", first);
    const auto currency = find_currency(CurrencyCode{book.currency});
    append_json_string(out, currency ? currency->alpha : std::string_view{});
    append_json_key(out, "position", first);
    out += std::to_string(book.last_sequence.value());
    append_json_key(out, "outcomes_kept", first);
    out += std::to_string(book.outcomes_kept);
    out += '}';
  }
  return {200, kJson, out + "]}\n", {}, 0};
}

void JsonApi::ask(BookNumber book, const Target& target, HttpDone done) {
  const std::string word_text = target.path.size() < 4 ? "book" : target.path[3];
  const QuestionWord* const word = find_question_word(word_text);
  if (word == nullptr) {
    return reply_with(done,
                      not_found("a book has no '" + word_text + "'; it has " + known_words()));
  }
  const auto arguments =
      std::span(target.path).subspan(std::min<std::size_t>(target.path.size(), 4));
  const Result<QueryToSend> query = read_question(*word, arguments, target);
  if (!query) {
    const Error& error = query.error();
    return reply_with(done, error.kind == ErrorKind::kNotFound ? not_found(error.message)
                                                               : malformed(error.message));
  }
  const wire::Question question = query->question;
  questions_.answer(
      engine_, book, write_query(*query),
      [question, done = std::move(done)](AlignedBuffer answer) {
        done([question, kept = std::make_shared<AlignedBuffer>(std::move(answer))] {
          return answer_of(question, read_query_answer(kept->bytes()));
        });
      },
      std::chrono::steady_clock::now() + time_);
}

void JsonApi::check(const BookInfo& book, const HttpRequest& request, HttpDone done) {
  JsonOptions options;
  options.default_currency = book.currency;
  Result<CommandText> read = read_check_line(request.body, options);
  if (!read) return reply_with(done, malformed(read.error().message));
  if (!read->book.empty() && read->book != book.name) {
    return reply_with(done, malformed("book: '" + read->book + "' is not the book of the path"));
  }
  const auto command = std::make_shared<const CommandText>(std::move(*read));
  questions_.answer(
      engine_, book.number, write_query(check_query(*command)),
      [command, done = std::move(done)](AlignedBuffer answer) {
        done([command, kept = std::make_shared<AlignedBuffer>(std::move(answer))]() -> HttpReply {
          const QueryResult result = read_query_answer(kept->bytes());
          if (class_of(result.status) != StatusClass::kDone) {
            return problem(ProblemText{.status = result.status, .detail = result.message});
          }
          return {200, kJson, check_json(*command, result) + "\n", {}, 0};
        });
      },
      std::chrono::steady_clock::now() + time_);
}

void JsonApi::on_book(const HttpRequest& request, const Target& target, HttpDone done) {
  const bool checks = target.path.size() == 4 && target.path[3] == "check";
  const bool commands = checks || (target.path.size() == 4 && target.path[3] == "commands");
  if (commands && request.method != "POST") return reply_with(done, wrong_method("POST"));
  if (!commands && !reads(request)) return reply_with(done, wrong_method("GET, HEAD"));
  const std::vector<BookInfo> books = engine_.books();
  const auto found = std::find_if(books.begin(), books.end(), [&](const BookInfo& book) {
    return book.name == target.path[2];
  });
  if (found == books.end()) return reply_with(done, unknown_book(target.path[2], books));
  if (!commands) return ask(found->number, target, std::move(done));
  if (!target.parameters.empty()) {
    return reply_with(done, malformed("there are no parameters here"));
  }
  if (checks) return check(*found, request, std::move(done));
  post_commands(engine_, {found->number, found->name, found->currency}, request, time_, done);
}

void JsonApi::on_books(const HttpRequest& request, const Target& target, const HttpDone& done) {
  if (!target.parameters.empty()) {
    return reply_with(done, malformed("there are no parameters here"));
  }
  if (reads(request)) return reply_with(done, books());
  if (request.method != "POST") return reply_with(done, wrong_method("GET, HEAD, POST"));
  post_commands(engine_, {}, request, time_, done);
}

void JsonApi::answer(const HttpRequest& request, const Target& target, HttpDone done) {
  const auto& path = target.path;
  if (path.size() >= 2 && path[1] == "books") {
    return path.size() == 2 ? on_books(request, target, done)
                            : on_book(request, target, std::move(done));
  }
  if (path.size() == 2 && path[1] == "openapi.json") {
    if (!reads(request)) return reply_with(done, wrong_method("GET, HEAD"));
    return reply_with(done, {200, kJson, openapi_json(), {}, 0});
  }
  reply_with(done, not_found("under /v1 there are /v1/books and /v1/books/NAME/..., and "
                             "/v1/openapi.json describes them"));
}

}  // namespace kontor
