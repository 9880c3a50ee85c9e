// A function fits a screen, a file fits a head.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/structure/source_tree.h"

namespace kontor::test {
namespace {

constexpr std::size_t kFunctionLinesMax = 70;
constexpr std::size_t kFileLinesMax = 500;
constexpr std::size_t kFolderReadmeLinesMax = 30;

std::vector<std::string> long_functions(const SourceFile& file) {
  std::vector<std::string> out;
  for (const FunctionSpan& function : functions_in(file.text)) {
    if (function.lines <= kFunctionLinesMax) continue;
    out.push_back(finding(file, function.first_line,
                          std::to_string(function.lines) + " lines: " + function.head));
  }
  return out;
}

TEST(Sizes, AFunctionHasAtMost70Lines) {
  std::vector<std::string> findings;
  for (const SourceFile& file :
       files_below({"events", "projections", "engine", "api", "bench", "tests"}, {".h", ".cc"})) {
    const std::vector<std::string> found = long_functions(file);
    findings.insert(findings.end(), found.begin(), found.end());
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Sizes, AFunctionOf71LinesIsFound) {
  std::string text = "void f() {\n";
  for (int i = 0; i < 68; ++i)
    text += "  g();\n";
  EXPECT_TRUE(long_functions({"x.cc", text + "}\n"}).empty());
  EXPECT_EQ(long_functions({"x.cc", text + "  g();\n}\n"}).size(), 1U);
}

TEST(Sizes, AFileHasAtMost500Lines) {
  std::vector<std::string> findings;
  for (const SourceFile& file :
       files_below({""}, {".h", ".cc", ".fbs", ".cmake", "CMakeLists.txt"})) {
    const std::size_t lines = lines_of(file.text).size();
    if (lines > kFileLinesMax) {
      findings.push_back(finding(file, lines, "over 500 lines: would two names be clearer?"));
    }
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Sizes, AFolderReadmeHasAtMost30Lines) {
  for (const std::string_view folder :
       {"events", "projections", "engine", "api", "bench", "tests", "ops"}) {
    const std::string text = read_text(std::string(folder) + "/README.md");
    EXPECT_FALSE(text.empty()) << folder;
    EXPECT_LE(lines_of(text).size(), kFolderReadmeLinesMax) << folder << "/README.md";
  }
}

}  // namespace
}  // namespace kontor::test
