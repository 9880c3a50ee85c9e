#include "api/cli/questions.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "wire_generated.h"

#include "api/schema.h"

namespace kontor::cli {
namespace {

bool schema_has(std::string_view table) {
  const auto bytes = api_schema();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.find(std::string(table) + '\0') != std::string_view::npos;
}

TEST(Questions, AreAnsweredByTheTableNamedAfterThem) {
  EXPECT_EQ(answer_table(wire::Question::account), "kontor.wire.AccountAnswer");
  EXPECT_EQ(answer_table(wire::Question::held_orders), "kontor.wire.HeldOrdersAnswer");
  EXPECT_FALSE(schema_has("kontor.wire.NoSuchAnswer"));
}

TEST(Questions, OfEveryWordHaveATableInTheSchema) {
  for (const auto words : {get_words(), list_words()}) {
    for (const QuestionWord& word : words) {
      const auto question = static_cast<wire::Question>(word.question);
      EXPECT_TRUE(schema_has(answer_table(question))) << word.word;
    }
  }
  for (const auto question :
       {wire::Question::events, wire::Question::why, wire::Question::exposure}) {
    EXPECT_TRUE(schema_has(answer_table(question)));
  }
}

TEST(Questions, SayWhatAStatusMeansForTheCaller) {
  QueryResult result;
  EXPECT_TRUE(question_status(result).ok());
  result.status = StatusCode::kNotFound;
  EXPECT_EQ(question_status(result).error().kind, ErrorKind::kNotFound);
  result.status = StatusCode::kUnknownQuestion;
  EXPECT_EQ(question_status(result).error().kind, ErrorKind::kUsage);
  result.status = StatusCode::kOverloaded;
  EXPECT_EQ(question_status(result).error().kind, ErrorKind::kUnavailable);
  result.message = "come back later";
  EXPECT_EQ(question_status(result).error().message, "come back later");
}

}  // namespace
}  // namespace kontor::cli
