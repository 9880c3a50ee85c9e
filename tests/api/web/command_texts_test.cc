#include "api/web/command_texts.h"

#include <string>

#include <gtest/gtest.h>

namespace kontor {
namespace {

std::vector<std::string> texts(std::string_view body, std::string_view type = "application/json") {
  const auto cut = cut_commands(type, body);
  EXPECT_TRUE(cut.ok()) << body;
  std::vector<std::string> out;
  if (!cut) return out;
  for (const CommandPiece& piece : cut->pieces)
    out.emplace_back(piece.text);
  return out;
}

using Texts = std::vector<std::string>;

TEST(CommandTexts, AreCutOutAsTheyStand) {
  EXPECT_EQ(texts(R"( {"a": 1}  )"), (Texts{R"({"a": 1})"}));
  EXPECT_EQ(texts(R"([])"), (Texts{}));
  EXPECT_EQ(texts(R"( [ {"a":[1,{"b":2}]} , {"c":"],[\"\\"} ] )"),
            (Texts{R"({"a":[1,{"b":2}]})", R"({"c":"],[\"\\"})"}));
  EXPECT_EQ(texts("{\"a\":1}\r\n\n  {\"b\":2}", "application/x-ndjson"),
            (Texts{R"({"a":1})", R"({"b":2})"}));
}

TEST(CommandTexts, KnowTheirLine) {
  const auto lines = cut_commands("application/x-ndjson", "{}\n\n{}\n");
  ASSERT_TRUE(lines.ok());
  EXPECT_EQ(lines->form, BodyForm::kLines);
  EXPECT_EQ(lines->pieces.at(1).line, 3U);
  const auto array = cut_commands("application/json", "[{},{}]");
  ASSERT_TRUE(array.ok());
  EXPECT_EQ(array->form, BodyForm::kArray);
  EXPECT_EQ(array->pieces.at(1).line, 2U);
}

TEST(CommandTexts, TakeTheirTypeWithAndWithoutItsEncoding) {
  EXPECT_TRUE(cut_commands("Application/JSON; charset=UTF-8", "{}").ok());
  EXPECT_TRUE(cut_commands("application/json;charset=\"utf-8\"", "{}").ok());
  for (const char* const type : {"", "text/plain", "application/x-www-form-urlencoded",
                                 "application/json; charset=latin1", "multipart/form-data"}) {
    const auto cut = cut_commands(type, "{}");
    ASSERT_FALSE(cut.ok()) << type;
    EXPECT_EQ(cut.error().kind, ErrorKind::kUsage) << type;
  }
}

TEST(CommandTexts, SayWhereAnArrayIsNone) {
  for (const char* const body :
       {"", "  ", "[", "[{}", "[{},]", "[,{}]", "[{}] {}", "[{}}", R"(["a])", R"(["\)"}) {
    const auto cut = cut_commands("application/json", body);
    ASSERT_FALSE(cut.ok()) << body;
    EXPECT_EQ(cut.error().kind, ErrorKind::kMalformed) << body;
  }
}

}  // namespace
}  // namespace kontor
