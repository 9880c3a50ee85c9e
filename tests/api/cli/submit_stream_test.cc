#include "api/cli/submit_stream.h"

#include <sstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "api/client/command_lines.h"

namespace kontor::cli {
namespace {

TEST(ReadLine, TakesLinesWithAndWithoutAnEndAndDropsCarriageReturns) {
  std::istringstream in("one\ntwo\r\n\nlast");
  std::string line;
  ASSERT_EQ(read_line(in, line, 100), LineRead::kLine);
  EXPECT_EQ(line, "one");
  ASSERT_EQ(read_line(in, line, 100), LineRead::kLine);
  EXPECT_EQ(line, "two");
  ASSERT_EQ(read_line(in, line, 100), LineRead::kLine);
  EXPECT_EQ(line, "");
  ASSERT_EQ(read_line(in, line, 100), LineRead::kLine);
  EXPECT_EQ(line, "last");
  EXPECT_EQ(read_line(in, line, 100), LineRead::kEnd);
}

TEST(ReadLine, SkipsALineOverTheLimitAndGoesOnWithTheNext) {
  std::istringstream in(std::string(11, 'x') + "\n" + std::string(10, 'y') + "\nz\n");
  std::string line;
  EXPECT_EQ(read_line(in, line, 10), LineRead::kTooLong);
  ASSERT_EQ(read_line(in, line, 10), LineRead::kLine);
  EXPECT_EQ(line, "yyyyyyyyyy");
  ASSERT_EQ(read_line(in, line, 10), LineRead::kLine);
  EXPECT_EQ(line, "z");
  EXPECT_EQ(read_line(in, line, 10), LineRead::kEnd);
}

TEST(MisuseLine, NamesTheLineAndTheIdWhenThereIsOne) {
  EXPECT_EQ(
      misuse_json("malformed", 7, "amount: not a number", R"({"id":"p-1","RecordPayment":3})"),
      R"({"id":"p-1","status":"malformed","line":7,"message":"amount: not a number"})");
  EXPECT_EQ(misuse_json("malformed", 8, "not JSON", "{"),
            R"({"id":null,"status":"malformed","line":8,"message":"not JSON"})");
}

TEST(OrderedAnswers, AreWrittenInTheOrderOfTheirPlaces) {
  std::ostringstream out;
  {
    OrderedAnswers answers(out, 8);
    const std::uint64_t first = answers.reserve();
    const std::uint64_t second = answers.reserve();
    const std::uint64_t third = answers.reserve();
    answers.put(third, "c");
    answers.put(first, "a");
    answers.put(second, "b");
    answers.finish();
    EXPECT_EQ(answers.written(), 3U);
  }
  EXPECT_EQ(out.str(), "a\nb\nc\n");
}

TEST(OrderedAnswers, KeepTheReaderWaitingWhileTheWindowIsFull) {
  std::ostringstream out;
  OrderedAnswers answers(out, 2);
  const std::uint64_t first = answers.reserve();
  const std::uint64_t second = answers.reserve();
  std::atomic<bool> reserved = false;
  std::thread reader([&] {
    const std::uint64_t third = answers.reserve();
    reserved = true;
    answers.put(third, "c");
  });
  answers.put(second, "b");  // the window stays full: the first is not there
  EXPECT_FALSE(reserved);
  answers.put(first, "a");
  reader.join();
  answers.finish();
  EXPECT_EQ(out.str(), "a\nb\nc\n");
}

}  // namespace
}  // namespace kontor::cli
