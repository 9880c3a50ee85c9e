// The questions that `kontor get` and `kontor list` ask: one table of words, and one way to ask and
// print them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/client/client.h"
#include "events/base/result.h"

namespace kontor::cli {

struct Environment;

// How an argument of a question reaches its QueryRequest.
enum class ArgumentField : std::uint8_t { kName, kSecond, kThird, kDate, kNumber };

struct QuestionArgument {
  std::string_view name;  // as help shows it: "COMPANY"
  ArgumentField field = ArgumentField::kName;
  bool required = true;
};

struct QuestionWord {
  std::string_view word;   // "account"
  std::uint16_t question;  // wire::Question
  std::vector<QuestionArgument> arguments;
  std::string_view help;
};

std::span<const QuestionWord> get_words();
std::span<const QuestionWord> list_words();

// The table in api/schema that answers a question, by its name: held_orders is answered by
// HeldOrdersAnswer.
std::string answer_table(wire::Question question);

// Answer body as JSON, by the binary schema of the wire.
std::string answer_body_json(wire::Question question, const QueryResult& result);

// The book and the client to ask it with.
struct Asking {
  std::unique_ptr<Client> client;
  ServerBook book;
};
Result<Asking> begin_asking(const Environment& env);

// Asks page by page until there are no more, or `rows_max` (0: all) rows came. on_page says how
// many rows a page had: with a filter it may have fewer than were asked for, and others behind it.
using OnPage = std::function<Result<std::uint64_t>(const QueryResult& page)>;
Status ask_pages(Asking& asking, QueryToSend query, std::uint64_t rows_max, const OnPage& on_page);

// The error that a question's status stands for; done: none.
Status question_status(const QueryResult& result);

// "book shop, position 1,234".
std::string position_line(const Asking& asking, std::uint64_t position);

// Asks, and prints the answer with its position.
int run_question(const Environment& env, const QueryToSend& query, std::uint64_t rows_max);

}  // namespace kontor::cli
