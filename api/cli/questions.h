// One way to ask questions and to print their answers; the words are in question_words.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/client/client.h"
#include "api/client/question_words.h"
#include "events/base/result.h"

namespace CLI {
class App;
}

namespace kontor::cli {

struct Environment;

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

// --as-of of the verbs that are no get and no list.
void add_as_of(CLI::App& verb, std::string& text);
Status set_as_of(QueryToSend& query, const std::string& text);  // empty: not given

// "book shop, position 1,234".
std::string position_line(const Asking& asking, std::uint64_t position);

// Asks, and prints the answer with its position.
int run_question(const Environment& env, const QueryToSend& query, std::uint64_t rows_max);

}  // namespace kontor::cli
