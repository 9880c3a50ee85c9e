// The command line as its caller sees it: what it prints and how it exits.
#include "api/cli/program.h"

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/test_data.h"

namespace kontor::cli {
namespace {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

Ran run(std::vector<const char*> arguments) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Environment env{.in = in, .out = out, .err = err};
  arguments.insert(arguments.begin(), "kontor");
  const int status = run_program(static_cast<int>(arguments.size()), arguments.data(), env);
  return {.status = status, .out = out.str(), .err = err.str()};
}

TEST(Program, SuggestsTheNearestVerb) {
  const Ran ran = run({"sumbit", "file"});
  EXPECT_EQ(ran.status, kExitUsage);
  EXPECT_NE(ran.err.find("unknown verb 'sumbit'; did you mean 'submit'?"), std::string::npos)
      << ran.err;
  EXPECT_EQ(ran.out, "");
}

TEST(Program, SuggestsTheNearestWordOfAVerb) {
  const Ran ran = run({"get", "acount", "acme"});
  EXPECT_EQ(ran.status, kExitUsage);
  EXPECT_NE(ran.err.find("did you mean 'account'?"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("kontor get --help"), std::string::npos) << ran.err;
}

TEST(Program, RefusesAnUnknownOption) {
  const Ran ran = run({"verify", "--data", "x", "--quickly"});
  EXPECT_EQ(ran.status, kExitUsage);
  EXPECT_NE(ran.err.find("--quickly"), std::string::npos) << ran.err;
}

TEST(Program, RefusesAMissingArgument) {
  EXPECT_EQ(run({"get", "account"}).status, kExitUsage);
  EXPECT_EQ(run({"import", "online-retail"}).status, kExitUsage);
  EXPECT_EQ(run({"bench", "--connections", "0"}).status, kExitUsage);
  EXPECT_EQ(run({}).status, kExitUsage);
}

TEST(Program, HelpsForEveryVerbWithAnExample) {
  for (const char* verb : {"submit", "resolve", "get", "list", "events", "why", "explain", "import",
                           "export", "verify", "replay", "bench", "openapi"}) {
    const Ran ran = run({verb, "--help"});
    EXPECT_EQ(ran.status, kExitDone) << verb;
    EXPECT_NE(ran.out.find("Example:"), std::string::npos) << verb << "\n" << ran.out;
    EXPECT_EQ(ran.err, "") << verb;
  }
}

TEST(Program, TellsItsVersion) {
  const Ran ran = run({"--version"});
  EXPECT_EQ(ran.status, kExitDone);
  EXPECT_EQ(ran.out.rfind("kontor ", 0), 0U) << ran.out;
}

TEST(Program, RefusesAServerThatIsNoAddress) {
  const Ran ran = run({"--server", "localhost:no-port:7", "get", "book"});
  EXPECT_EQ(ran.status, kExitUsage);
  EXPECT_NE(ran.err, "");
}

TEST(Program, SaysWhenAFileCannotBeRead) {
  const Ran ran = run({"submit", "/nowhere/commands.jsonl"});
  EXPECT_EQ(ran.status, kExitUsage);
  EXPECT_NE(ran.err.find("/nowhere/commands.jsonl"), std::string::npos);
}

TEST(Program, VerifiesNoFolderThatIsNotThere) {
  const Ran ran = run({"verify", "--data", "/nowhere/data"});
  EXPECT_EQ(ran.status, kExitUsage);
  EXPECT_NE(ran.err.find("/nowhere/data"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace kontor::cli
