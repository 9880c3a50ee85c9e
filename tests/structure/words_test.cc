// Words that do not belong somewhere, each with what to write instead.
#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/structure/source_tree.h"

namespace kontor::test {
namespace {

struct Ban {
  std::vector<std::string_view> words;
  std::vector<std::string_view> where;   // folders
  std::vector<std::string_view> except;  // files, or folders with '/' at the end
  std::string_view instead;
};

const std::vector<std::string_view> kFloors = {"events", "projections", "engine", "api"};
const std::vector<std::string_view> kAll = {"events", "projections", "engine",
                                            "api",    "bench",       "tests"};
const std::vector<std::string_view> kDeciding = {"projections", "engine/commands", "engine/rules"};

const std::vector<Ban>& bans() {
  static const std::vector<Ban> all = {
      {{"sleep_for", "sleep_until", "usleep(", "nanosleep("},
       kAll,
       {},
       "wait on a condition with a deadline"},
      {{"std::cout", "std::cerr", "printf(", "puts("},
       kFloors,
       {"api/cli/", "api/main/", "api/daemon.cc", "events/base/assert.cc"},
       "return it, log it, or print it in api/cli"},
      {{"double", "float"},
       {"events", "projections", "engine"},
       // seconds on their way to a scrape, never a figure of the trade
       {"engine/engine.h", "engine/committer.h", "engine/committer.cc", "engine/shard.cc"},
       "integers of the smallest unit; 128 bits for products"},
      {{"system_clock", "steady_clock", "std::time(", "random_device", "mt19937", "rand(",
        "getenv"},
       kDeciding,
       {},
       "time, ids and settings come in with the command"},
      {{"unordered_map", "unordered_set"},
       kDeciding,
       {},
       "an order of its own: a table by ordinal, or a sorted vector"},
      {{"throw"}, {"events", "projections", "engine"}, {}, "Result with an Error"},
      {{"try", "catch"},
       {"projections", "engine"},
       {},
       "wrap the library that throws in one file below"},
      {{"assert("}, kAll, {}, "the always-on assertion of events/base/assert.h"},
      {{"atoi(", "strtol(", "sprintf(", "strcpy(", "strtok("},
       kAll,
       {},
       "std::from_chars, or our readers"},
      {{"DISABLED_"}, {"tests"}, {}, "a test that runs, or GTEST_SKIP with a reason"},
  };
  return all;
}

bool is_excepted(const SourceFile& file, const Ban& ban) {
  return std::ranges::any_of(ban.except, [&file](std::string_view path) {
    return path.ends_with('/') ? file.path.starts_with(path) : file.path == path;
  });
}

std::vector<std::string> banned_words(const SourceFile& file, const Ban& ban) {
  std::vector<std::string> out;
  const std::string code = code_only(file.text);
  std::size_t number = 0;
  for (const std::string_view line : lines_of(code)) {
    ++number;
    for (const std::string_view word : ban.words) {
      if (!has_word(line, word)) continue;
      out.push_back(
          finding(file, number, std::string(word) + "; instead: " + std::string(ban.instead)));
    }
  }
  return out;
}

TEST(Words, ThatDoNotBelongInCodeAreNotThere) {
  std::vector<std::string> findings;
  for (const Ban& ban : bans()) {
    for (const SourceFile& file : files_below(ban.where, {".h", ".cc"})) {
      if (is_excepted(file, ban)) continue;
      const std::vector<std::string> found = banned_words(file, ban);
      findings.insert(findings.end(), found.begin(), found.end());
    }
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Words, ABannedOneIsFoundInCodeButNotInText) {
  const Ban ban{{"double"}, {}, {}, "integers"};
  EXPECT_EQ(banned_words({"x.cc", "int a;\ndouble b;\n"}, ban).size(), 1U);
  EXPECT_EQ(banned_words({"x.cc", "// double entry\nf(\"double\");\n"}, ban).size(), 0U);
}

TEST(Words, HeadersOpenNoNamespace) {
  std::vector<std::string> findings;
  for (const SourceFile& file : files_below(kAll, {".h"})) {
    std::size_t number = 0;
    const std::string code = code_only(file.text);
    for (const std::string_view line : lines_of(code)) {
      ++number;
      if (has_word(line, "using namespace")) findings.push_back(finding(file, number, line));
    }
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

std::vector<std::regex> banned_everywhere() {
  std::vector<std::regex> out;
  const std::string text = read_text("tests/structure/banned_everywhere.txt");
  for (const std::string_view line : lines_of(text)) {
    if (line.empty() || line.starts_with('#')) continue;
    out.emplace_back(std::string(line), std::regex::extended | std::regex::optimize);
  }
  return out;
}

bool matches_any(const std::string& line, const std::vector<std::regex>& patterns) {
  return std::ranges::any_of(
      patterns, [&line](const std::regex& pattern) { return std::regex_search(line, pattern); });
}

TEST(Words, OfOneMachineOrUnfinishedWorkAreNowhere) {
  const std::vector<std::regex> patterns = banned_everywhere();
  std::vector<std::string> findings;
  const std::vector<SourceFile> files =
      files_below({""}, {".h", ".cc", ".fbs", ".md", ".txt", ".cmake", ".json", ".jsonl", ".toml",
                         ".yml", ".service", "ops/test", "ops/demo", ".ci/run"});
  for (const SourceFile& file : files) {
    if (file.path == "tests/structure/banned_everywhere.txt") continue;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
      ++number;
      const bool suspicious =
          line.find('/') != std::string_view::npos || line.find("TO") != std::string_view::npos ||
          line.find("XX") != std::string_view::npos || line.find("FIX") != std::string_view::npos ||
          line.find("HAC") != std::string_view::npos;
      if (!suspicious) continue;  // std::regex is slow; most lines have none of it
      if (matches_any(std::string(line), patterns)) findings.push_back(finding(file, number, line));
    }
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Words, OfOneMachineOrUnfinishedWorkAreFound) {
  const std::vector<std::regex> patterns = banned_everywhere();
  EXPECT_TRUE(
      matches_any("see /"
                  "home/kim/x",
                  patterns));
  EXPECT_TRUE(
      matches_any("// TO"
                  "DO later",
                  patterns));
  EXPECT_FALSE(matches_any("tests/work/x and a TOTAL", patterns));
}

}  // namespace
}  // namespace kontor::test
