// The words of all questions, one table for every way to ask them: the command line's verbs, the
// paths of HTTP, the OpenAPI description. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/client/client.h"

namespace kontor {

// The verb of the command line a word stands behind. why and events are words and verbs in one.
enum class QuestionVerb : std::uint8_t {
  kGet,
  kList,
  kWhy,
  kExplain,
  kEvents,
  kDocuments,
  kFourEyes
};

// How an argument of a question reaches its QueryRequest.
enum class ArgumentField : std::uint8_t {
  kName,
  kSecond,
  kThird,
  kDate,
  kDateFrom,
  kDateTo,
  kState,
  kNumber,
  kFrom,
  kTo,
  kFilter,  // of a flag: 1
  kAsOf,    // a position or a recorded time
  kLimit,
  kAfter,
};

struct QuestionArgument {
  std::string_view name;  // as help shows it: "COMPANY"
  ArgumentField field = ArgumentField::kName;
  bool required = true;
  std::string_view help = {};

  std::string parameter() const;  // "company": of a query string
};

struct QuestionWord {
  QuestionVerb verb = QuestionVerb::kGet;
  std::string_view word;   // "account"
  std::uint16_t question;  // wire::Question
  std::vector<QuestionArgument> arguments;
  std::string_view help;
  std::string_view alias = {};  // on the command line, where another verb has the word

  bool is_list() const { return verb == QuestionVerb::kList; }
};

std::span<const QuestionWord> question_words();  // all
std::span<const QuestionWord> get_words();
std::span<const QuestionWord> list_words();
const QuestionWord* find_question_word(std::string_view word);  // null: there is none

// What may be said beside a word's own arguments: as_of and effective of get and list.
std::span<const QuestionArgument> common_arguments(const QuestionWord& word);

// Of every question that is asked a page at a time: limit, and after.
std::span<const QuestionArgument> paging_arguments();

// Puts `text` where the argument belongs; the views in `query` then point into it. kUsage: what is
// wrong with it, beginning with `shown`, the argument as the caller wrote it.
Status set_argument(QueryToSend& query, const QuestionArgument& argument, const std::string& text,
                    std::string_view shown);

// The table in api/schema that answers a question, by its name: held_orders is answered by
// HeldOrdersAnswer.
std::string answer_table(wire::Question question);

// Answer body as JSON, by the binary schema of the wire.
std::string answer_body_json(wire::Question question, const QueryResult& result);

// One page as callers of JSON get it: {"position": N, what the body says, "next": what to hand back
// as `after`, where there is more}.
std::string answer_page_json(wire::Question question, const QueryResult& page);

}  // namespace kontor
