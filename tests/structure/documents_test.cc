// Documents say what is there.
#include <array>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/structure/source_tree.h"
#include "tests/support/test_data.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;

// Paths a document names in backticks: with a '/' inside, or a file's ending; without placeholders.
std::vector<std::string> paths_in(const std::string& text) {
  static const std::regex kQuoted("`([A-Za-z0-9_.][A-Za-z0-9_./-]*)`");
  static const std::regex kFile(R"([^.].*\.(h|cc|fbs|md|cmake|json|jsonl|toml|service|yml|txt)$)");
  std::vector<std::string> out;
  for (std::sregex_iterator it(text.begin(), text.end(), kQuoted); it != std::sregex_iterator();
       ++it) {
    const std::string name = (*it)[1];
    if (name.find('/') != std::string::npos || std::regex_match(name, kFile)) out.push_back(name);
  }
  return out;
}

bool is_made_by_the_build(const std::string& path) {
  return path.starts_with("build/") || path.ends_with("_generated.h") || path == "catalog_list.h";
}

TEST(Documents, NameOnlyFilesThatExist) {
  for (const std::string_view document :
       {"ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "events/README.md",
        "projections/README.md", "engine/README.md", "api/README.md", "bench/README.md",
        "tests/README.md", "ops/README.md"}) {
    const std::vector<std::string> paths = paths_in(read_text(document));
    EXPECT_FALSE(paths.empty()) << document << " names no file";
    for (const std::string& path : paths) {
      if (is_made_by_the_build(path) || path.starts_with("text/")) continue;
      EXPECT_TRUE(fs::exists(source_dir() / path)) << document << " names " << path;
    }
  }
}

TEST(Documents, PathsAreFoundInBackticks) {
  const std::vector<std::string> paths = paths_in("see `engine/step.h`, `Step`, `a.md` and `ops/`");
  EXPECT_EQ(paths, (std::vector<std::string>{"engine/step.h", "a.md", "ops/"}));
}

TEST(Documents, ArchitectureNamesEveryFloor) {
  const std::string text = read_text("ARCHITECTURE.md");
  for (const std::string_view folder :
       {"events/", "projections/", "engine/", "api/", "tests/", "ops/"}) {
    EXPECT_NE(text.find(folder), std::string::npos) << folder;
  }
}

TEST(Documents, ProtocolListsEveryStatusCode) {
  const std::string protocol = read_text("api/PROTOCOL.md");
  const std::string header = read_text("engine/status.h");
  static const std::regex kRow("\n  k([A-Za-z]+) = ([0-9]+),");
  int codes = 0;
  for (std::sregex_iterator it(header.begin(), header.end(), kRow); it != std::sregex_iterator();
       ++it) {
    std::string word;
    for (const char c : (*it)[1].str()) {
      if (c >= 'A' && c <= 'Z' && !word.empty()) word += '_';
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const std::string number = (*it)[2];
    bool listed = false;
    for (const std::string_view line : lines_of(protocol)) {
      listed = listed || (has_word(line, word) && has_word(line, number));
    }
    EXPECT_TRUE(listed) << "api/PROTOCOL.md has no line with " << number << " and " << word;
    ++codes;
  }
  EXPECT_GE(codes, 16);
}

TEST(Documents, FormatOfTheLogIsWritten) {
  const std::string format = read_text("events/FORMAT.md");
  for (const std::string_view word :
       {"page", "decision", "event", "CRC32C", "RFC 6962", "IDENTIFIERS"}) {
    EXPECT_NE(format.find(word), std::string::npos) << "events/FORMAT.md says nothing of " << word;
  }
}

struct Answer {
  int status = -1;
  std::string text;
};

Answer run(const std::string& command) {
  Answer answer;
  std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return answer;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr)
    answer.text += buffer.data();
  answer.status = ::pclose(pipe);
  return answer;
}

TEST(Scripts, ExplainThemselves) {
  int scripts = 0;
  for (const char* const folder : {"ops", "ops/hooks"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(source_dir() / folder)) {
      if (!entry.is_regular_file() || entry.path().has_extension()) continue;
      const bool runs = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
      EXPECT_TRUE(runs) << entry.path() << " has no run bit";
      const Answer answer = run("'" + entry.path().string() + "' --help </dev/null");
      EXPECT_EQ(answer.status, 0) << entry.path() << " --help: " << answer.text;
      EXPECT_GT(answer.text.size(), 40U) << entry.path() << " --help says nothing";
      ++scripts;
    }
  }
  EXPECT_GE(scripts, 8);
}

TEST(Scripts, RefuseWhatTheyDoNotKnow) {
  for (const char* const script :
       {"test", "demo", "format", "tidy", "install-packages", "changelog"}) {
    const Answer answer =
        run("'" + (source_dir() / "ops" / script).string() + "' --no-such-option");
    EXPECT_NE(answer.status, 0) << script;
    EXPECT_NE(answer.text.find("--help"), std::string::npos) << script << ": " << answer.text;
  }
}

}  // namespace
}  // namespace kontor::test
