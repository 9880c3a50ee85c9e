// The four floors: each includes only what lies below it.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/structure/source_tree.h"

namespace kontor::test {
namespace {

// From the ground up. Nothing includes bench/ or tests/ but themselves.
constexpr std::string_view kFloors[] = {"events", "projections", "engine", "api"};

// The quoted or angled name of an #include line; empty for other lines.
std::string_view included(std::string_view line) {
  if (!line.starts_with("#include ")) return {};
  const std::size_t open = line.find_first_of("\"<");
  const std::size_t close = line.find_first_of("\">", open + 1);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  return line.substr(open + 1, close - open - 1);
}

// Headers that flatc writes from the schemas of the top floor.
std::vector<std::string> headers_of_the_wire() {
  std::vector<std::string> out;
  for (const SourceFile& schema : files_below({"api"}, {".fbs"})) {
    out.push_back(std::filesystem::path(schema.path).stem().string() + "_generated.h");
  }
  return out;
}

std::vector<std::string> includes_from_above(const SourceFile& file, std::size_t floor) {
  std::vector<std::string_view> above(std::begin(kFloors) + floor + 1, std::end(kFloors));
  above.insert(above.end(), {"bench", "tests", "ops"});
  const std::vector<std::string> wire = headers_of_the_wire();
  std::vector<std::string> out;
  std::size_t number = 0;
  for (const std::string_view line : lines_of(file.text)) {
    ++number;
    const std::string_view name = included(line);
    const bool higher = std::ranges::any_of(above, [name](std::string_view folder) {
      return name.starts_with(folder) && name.substr(folder.size()).starts_with('/');
    });
    const bool of_the_wire = kFloors[floor] != "api" && std::ranges::find(wire, name) != wire.end();
    if (higher || of_the_wire) {
      out.push_back(finding(file, number, "includes " + std::string(name) + " from a floor above"));
    }
  }
  return out;
}

TEST(Floors, IncludeOnlyWhatLiesBelow) {
  std::vector<std::string> findings;
  for (std::size_t floor = 0; floor < std::size(kFloors); ++floor) {
    for (const SourceFile& file : files_below({kFloors[floor]}, {".h", ".cc"})) {
      const std::vector<std::string> found = includes_from_above(file, floor);
      findings.insert(findings.end(), found.begin(), found.end());
    }
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Floors, ALookUpwardsIsFound) {
  const SourceFile file{"events/x.h", "#include <vector>\n#include \"engine/status.h\"\n"};
  EXPECT_EQ(includes_from_above(file, 0).size(), 1U);
  EXPECT_EQ(includes_from_above(file, 2).size(), 0U);
}

// Slow to parse, or throwing: behind small interfaces of ours, in .cc files.
constexpr std::string_view kHeavy[] = {"rocksdb/", "boost/",   "nlohmann/", "prometheus/",
                                       "spdlog/",  "openssl/", "CLI/",      "toml++/"};

// Headers inside api/ that hold a socket, or JSON: included by .cc files and one another only.
constexpr std::string_view kInnerHeaders[] = {"api/client/client_core.h", "api/client/link.h",
                                              "api/client/openapi_schemas.h", "api/connection.h",
                                              "api/listen.h"};

bool is_inner(std::string_view path) {
  return std::ranges::find(kInnerHeaders, path) != std::end(kInnerHeaders);
}

TEST(Floors, KeepHeavyHeadersInSourceFiles) {
  std::vector<std::string> findings;
  for (const SourceFile& file : files_below({"events", "projections", "engine", "api"}, {".h"})) {
    if (is_inner(file.path)) continue;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
      ++number;
      const std::string_view name = included(line);
      if (std::ranges::any_of(kHeavy, [name](std::string_view h) { return name.starts_with(h); })) {
        findings.push_back(finding(file, number, "a heavy header; include it in the .cc file"));
      }
      if (is_inner(name)) {
        findings.push_back(finding(file, number, "a header that holds a socket or JSON"));
      }
    }
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

TEST(Floors, EveryHeaderIsIncludedOnce) {
  std::vector<std::string> findings;
  for (const SourceFile& file :
       files_below({"events", "projections", "engine", "api", "tests"}, {".h"})) {
    if (file.text.find("\n#pragma once\n") == std::string::npos) {
      findings.push_back(finding(file, 1, "no #pragma once"));
    }
  }
  EXPECT_TRUE(findings.empty()) << listed(findings);
}

}  // namespace
}  // namespace kontor::test
