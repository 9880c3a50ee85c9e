// The registry of reasons and the tests by name: every reason has a test whose name tells it, so
// that no refusal, hold or question is only believed to work.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/structure/source_tree.h"

namespace kontor::test {
namespace {

// "name = number" rows of an enum in a schema.
std::vector<std::string> enum_names(const std::string& schema, std::string_view enum_name) {
  std::vector<std::string> out;
  const std::size_t start = schema.find("enum " + std::string(enum_name));
  if (start == std::string::npos) return out;
  const std::size_t end = schema.find('}', start);
  const std::size_t open = schema.find('{', start);
  for (std::string_view line :
       lines_of(std::string_view(schema).substr(open + 1, end - open - 1))) {
    const std::size_t begin = line.find_first_not_of(' ');
    const std::size_t equals = line.find(" = ");
    if (begin == std::string_view::npos || equals == std::string_view::npos) continue;
    if (line.substr(begin).starts_with("//")) continue;
    out.emplace_back(line.substr(begin, equals - begin));
  }
  return out;
}

// "SuiteName" of every test, suite and name run together. Rows of parameterised tests carry their
// names as string literals; those count as well.
std::string names_of_tests() {
  std::string out;
  for (const SourceFile& file : files_below({"tests"}, {"_test.cc"})) {
    if (file.path.starts_with("tests/structure/")) continue;
    for (std::string_view line : lines_of(file.text)) {
      const std::size_t begin = line.find_first_not_of(' ');
      if (begin == std::string_view::npos) continue;
      line.remove_prefix(begin);
      if (line.starts_with("TEST") || line.starts_with("{\"")) {
        out += line;
        out += '\n';
      }
    }
  }
  std::erase_if(out, [](char c) { return c == ' ' || c == ','; });
  return out;
}

// reserved_reasons.txt: "name: why nothing makes it yet".
std::map<std::string, std::string> reserved_reasons() {
  std::map<std::string, std::string> out;
  const std::string text = read_text("tests/structure/reserved_reasons.txt");
  for (const std::string_view line : lines_of(text)) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string_view::npos) << "no reason after: " << line;
    if (colon != std::string_view::npos) {
      out.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
  }
  return out;
}

bool is_made(std::string_view reason, const std::vector<SourceFile>& deciding) {
  const std::string use = "ReasonCode::" + std::string(reason);
  return std::ranges::any_of(deciding,
                             [&use](const SourceFile& file) { return has_word(file.text, use); });
}

TEST(Reasons, EachHasATestThatNamesIt) {
  const std::string tests = names_of_tests();
  const std::map<std::string, std::string> reserved = reserved_reasons();
  std::vector<std::string> untested;
  for (const std::string& reason :
       enum_names(read_text("events/schema/reasons.fbs"), "ReasonCode")) {
    if (reserved.contains(reason)) continue;
    if (tests.find(camel_case(reason)) == std::string::npos) untested.push_back(reason);
  }
  EXPECT_TRUE(untested.empty()) << "no test is named ..." << listed(untested);
}

TEST(Reasons, AReservedOneIsNotMadeYet) {
  const std::vector<SourceFile> deciding = files_below({"engine", "projections"}, {".h", ".cc"});
  const std::vector<std::string> names =
      enum_names(read_text("events/schema/reasons.fbs"), "ReasonCode");
  for (const auto& [reason, why] : reserved_reasons()) {
    EXPECT_TRUE(std::ranges::find(names, reason) != names.end()) << reason << " is no reason";
    EXPECT_FALSE(is_made(reason, deciding)) << reason << " is made; take it off the list, test it";
    EXPECT_FALSE(why.empty()) << reason;
  }
}

TEST(Reasons, AreReadFromTheSchema) {
  const std::vector<std::string> names =
      enum_names("enum A : ushort {\n  // x = 1\n  one = 1,\n  two_b = 2 }\nenum B {}", "A");
  EXPECT_EQ(names, (std::vector<std::string>{"one", "two_b"}));
}

}  // namespace
}  // namespace kontor::test
