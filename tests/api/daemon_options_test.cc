#include "api/daemon_options.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/test_data.h"

namespace kontor {
namespace {

Result<DaemonOptions> parse(std::vector<std::string> arguments) {
  return parse_daemon_options(std::move(arguments), "kontord 1.2.3");
}

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) : path_(dir_.path() / "kontord.toml") {
    std::ofstream(path_) << text;
  }
  std::string path() const { return path_.string(); }

 private:
  test::ScratchDir dir_;
  std::filesystem::path path_;
};

std::string error_of(const std::string& text) {
  const ConfigFile file(text);
  const auto parsed = parse({"--data", "d", "--config", file.path()});
  if (parsed.ok()) return "none";
  EXPECT_EQ(parsed.error().kind, ErrorKind::kUsage);
  return parsed.error().message;
}

TEST(DaemonOptions, HaveDefaults) {
  const auto parsed = parse({"--data", "folder"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().data, "folder");
  EXPECT_EQ(parsed.value().listen, "127.0.0.1:7411");
  EXPECT_EQ(parsed.value().http, "127.0.0.1:7412");
}

TEST(DaemonOptions, ComeFromTheFileUnlessTheCommandLineSaysOtherwise) {
  const ConfigFile file("data = \"filed\"\ninbox_mib = 77\nlisten = \"127.0.0.1:1\"\n");
  const auto parsed = parse({"--config", file.path(), "--listen", "127.0.0.1:2"});
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed.value().data, "filed");
  EXPECT_EQ(parsed.value().inbox_mib, 77U);
  EXPECT_EQ(parsed.value().listen, "127.0.0.1:2");
}

TEST(DaemonOptions, OfTheExampleFileAreTheDefaults) {
  const auto example = test::source_dir() / "ops/config/kontord.example.toml";
  const auto filed = parse({"--config", example.string()});
  ASSERT_TRUE(filed.ok()) << filed.error().message;
  const DaemonOptions defaults;
  EXPECT_EQ(filed.value().listen, defaults.listen);
  EXPECT_EQ(filed.value().connections_max, defaults.connections_max);
  EXPECT_EQ(filed.value().page_decisions, defaults.page_decisions);
  EXPECT_EQ(filed.value().stop_timeout_s, defaults.stop_timeout_s);
}

TEST(DaemonOptions, RefuseAnUnknownKeyWithItsLine) {
  const std::string message = error_of("inbox_mib = 64\n\ninbox_mb = 64\n");
  EXPECT_NE(message.find("kontord.toml:3: inbox_mb: no such setting"), std::string::npos)
      << message;
}

TEST(DaemonOptions, RefuseWrongTypesRangesAndSyntaxWithTheirLine) {
  EXPECT_NE(error_of("listen = 7411\n").find(":1: listen: a text"), std::string::npos);
  EXPECT_NE(error_of("\ninbox_mib = \"64\"\n").find(":2: inbox_mib: a whole number"),
            std::string::npos);
  EXPECT_NE(error_of("inbox_mib = -1\n").find("whole number"), std::string::npos);
  EXPECT_NE(error_of("inbox_mib = 1\n").find("not in 8 to 4096"), std::string::npos);
  EXPECT_NE(error_of("log_format = \"xml\"\n").find("text or json"), std::string::npos);
  EXPECT_NE(error_of("listen = \"x\n").find(":1"), std::string::npos);
}

TEST(DaemonOptions, RefuseWhatTheCommandLineCannotMean) {
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{},
        {"--data"},
        {"--data", "d", "--what"},
        {"--data", "d", "extra"},
        {"--data", "d", "--inbox-mib", "many"},
        {"--data", "d", "--inbox-mib", "1"},
        {"--data", "d", "--config", "/nowhere/at/all.toml"}}) {
    const auto parsed = parse(bad);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().kind, ErrorKind::kUsage);
    EXPECT_FALSE(parsed.error().message.empty());
  }
}

TEST(DaemonOptions, TellHelpWithDefaultsAndTheVersion) {
  const auto help = parse({"--help"});
  ASSERT_TRUE(help.ok());
  EXPECT_NE(help.value().print.find("127.0.0.1:7411"), std::string::npos);
  EXPECT_NE(help.value().print.find("--stop-timeout-s"), std::string::npos);
  EXPECT_EQ(parse({"--version"}).value().print, "kontord 1.2.3\n");
}

}  // namespace
}  // namespace kontor
