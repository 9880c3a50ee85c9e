// The reference model of tests/simulation is nobody's copy: it shares no code with what it judges.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/structure/source_tree.h"

namespace kontor::test {
namespace {

// Includes of the tree's own files other than the model's.
std::vector<std::string> foreign_includes(const SourceFile& file) {
  std::vector<std::string> out;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    const bool ours = line.starts_with("#include \"");
    if (!ours || line.starts_with("#include \"tests/simulation/model/")) continue;
    out.push_back(finding(file, number, std::string(line) + " in the reference model"));
  }
  return out;
}

TEST(Model, SharesNoCodeWithTheEngine) {
  const std::vector<SourceFile> files = files_below({"tests/simulation/model"}, {".h", ".cc"});
  EXPECT_GT(files.size(), 5U);
  std::vector<std::string> findings;
  for (const SourceFile& file : files) {
    const std::vector<std::string> found = foreign_includes(file);
    findings.insert(findings.end(), found.begin(), found.end());
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Model, AnIncludeOfTheEngineIsFound) {
  const SourceFile file{"x.cc",
                        "#include \"tests/simulation/model/state.h\"\n#include <map>\n"
                        "#include \"projections/orders.h\"\n"};
  EXPECT_EQ(foreign_includes(file).size(), 1U);
}

}  // namespace
}  // namespace kontor::test
