// The demo's trade through the real server: running, replayed from nothing and started again are
// one state, and what was said twice happened once.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/cli/program.h"
#include "tests/support/recovery/server_process.h"
#include "tests/support/test_data.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::seconds kPatience{30};

std::string kontor(std::vector<std::string> arguments) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli::Environment env{.in = in, .out = out, .err = err};
  std::vector<const char*> words{"kontor", "--json"};
  for (const std::string& argument : arguments)
    words.push_back(argument.c_str());
  EXPECT_EQ(cli::run_program(static_cast<int>(words.size()), words.data(), env), 0) << err.str();
  return out.str();
}

class Demo : public ::testing::Test {
 protected:
  Demo() {
    std::string pattern = (fs::temp_directory_path() / "kontor-demo-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~Demo() override { fs::remove_all(folder_); }

  void start() {
    auto server = ServerProcess::spawn(
        {KONTORD, "--data", data(), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"},
        (folder_ / "messages").string());
    ASSERT_TRUE(server.ok());
    server_ = std::move(*server);
    ASSERT_EQ(server_->wait_ready(kPatience), ServerProcess::Seen::kReady);
  }
  void stop() { ASSERT_TRUE(server_->stop(kPatience).ok()); }
  std::string data() const { return (folder_ / "data").string(); }

  std::string ask(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--server", server_->address()});
    return kontor(std::move(arguments));
  }
  // What all files of the demo are answered, in order.
  std::string tell_everything() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(source_dir() / "ops/demo.d"))
      files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    EXPECT_GE(files.size(), 10U);
    std::string answers;
    for (const fs::path& file : files) {
      const bool opens = file.filename() == "00-book.jsonl";
      answers += opens ? ask({"submit", file.string()})
                       : ask({"--book", "north", "submit", file.string()});
    }
    return answers;
  }
  std::string running_digest() const {
    return json::parse(ask({"--book", "north", "get", "digest"})).at("digest").get<std::string>();
  }
  std::string replayed_digest() const {
    const json replay = json::parse(kontor({"replay", "--data", data(), "--digest"}));
    for (const json& book : replay.at("books")) {
      if (book.at("book") == "north") return book.at("digest").get<std::string>();
    }
    return "the replay has no book `north`";
  }

 private:
  fs::path folder_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(Demo, ReplayedFromNothingEqualsRunning) {
  ASSERT_NO_FATAL_FAILURE(start());
  const std::string answers = tell_everything();
  EXPECT_NE(answers.find("\"OrderHeld\""), std::string::npos);
  const std::string running = running_digest();
  EXPECT_EQ(running.size(), 64U);
  ASSERT_NO_FATAL_FAILURE(stop());
  EXPECT_EQ(replayed_digest(), running);
}

TEST_F(Demo, SaidTwiceAcrossAStartHappensOnceAndIsAnsweredTheSame) {
  ASSERT_NO_FATAL_FAILURE(start());
  const std::string answers = tell_everything();
  const std::string running = running_digest();
  ASSERT_NO_FATAL_FAILURE(stop());
  ASSERT_NO_FATAL_FAILURE(start());
  EXPECT_EQ(running_digest(), running);
  EXPECT_EQ(tell_everything(), answers);
  EXPECT_EQ(running_digest(), running);
  ASSERT_NO_FATAL_FAILURE(stop());
}

}  // namespace
}  // namespace kontor::test
