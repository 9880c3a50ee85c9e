// The readers that the other tests here stand on.
#include "tests/structure/source_tree.h"

#include <gtest/gtest.h>

namespace kontor::test {
namespace {

TEST(SourceText, BlanksCommentsStringsAndDirectives) {
  const std::string code = code_only(
      "#define X sleep(\\\n  1)\nint a = 1; // sleep\n/* sleep\n */ f(\"sl\\\"eep\", 'x', "
      "1'000);\n");
  EXPECT_EQ(code.find("sleep"), std::string::npos);
  EXPECT_NE(code.find("1'000"), std::string::npos);
  EXPECT_EQ(lines_of(code).size(), 5U);
}

TEST(SourceText, BlanksRawStrings) {
  const std::string code = code_only("auto s = R\"x(sleep \" } )\" {)x\"; int b;");
  EXPECT_EQ(code.find("sleep"), std::string::npos);
  EXPECT_NE(code.find("int b;"), std::string::npos);
}

TEST(SourceText, FindsWordsOnlyByThemselves) {
  EXPECT_TRUE(has_word("x = float(y)", "float"));
  EXPECT_FALSE(has_word("x = floating", "float"));
  EXPECT_FALSE(has_word("static_assert(x)", "assert("));
  EXPECT_TRUE(has_word("assert(x)", "assert("));
}

TEST(SourceText, CountsTheLinesOfFunctions) {
  const std::vector<FunctionSpan> found = functions_in(
      "namespace a {\n"
      "template <class T>\n"
      "T one(T x = {}) {\n"
      "  if (x) {\n"
      "  }\n"
      "}\n"
      "struct B {\n"
      "  B(int p) : p_{p}, q_(p) {\n"
      "    go();\n"
      "  }\n"
      "  int p_{1};\n"
      "};\n"
      "const int kTable[] = {f(1), 2};\n"
      "TEST(X, Y) {\n"
      "}\n"
      "}\n");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].first_line, 2U);
  EXPECT_EQ(found[0].lines, 5U);
  EXPECT_EQ(found[1].lines, 3U);
  EXPECT_EQ(found[2].lines, 2U);
}

TEST(SourceText, TurnsSnakeCaseIntoCamelCase) {
  EXPECT_EQ(camel_case("over_credit_limit"), "OverCreditLimit");
}

TEST(SourceText, SeesTheTree) {
  EXPECT_FALSE(files_below({"events"}, {".h", ".cc"}).empty());
  for (const SourceFile& file : files_below({""}, {".cc"})) {
    EXPECT_FALSE(file.path.starts_with("build/")) << file.path;
  }
}

}  // namespace
}  // namespace kontor::test
