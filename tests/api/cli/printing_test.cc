#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "api/cli/people.h"
#include "api/cli/progress.h"
#include "api/cli/table.h"

namespace kontor::cli {
namespace {

std::string printed(std::string_view json) {
  std::ostringstream out;
  print_for_people(out, json);
  return out.str();
}

TEST(Table, PutsNumbersAtTheRightAndTextAtTheLeft) {
  Table table({"item", "net"});
  table.add({"screw", "1.25"});
  table.add({"nut and bolt", "1,234.50"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(),
            "item               net\n"
            "screw             1.25\n"
            "nut and bolt  1,234.50\n");
}

TEST(Table, TakesADateForText) {
  EXPECT_FALSE(looks_like_number("2011-12-09"));
}

TEST(Table, TakesSignedAmountsForNumbers) {
  EXPECT_TRUE(looks_like_number("-896,812.49"));
  EXPECT_TRUE(looks_like_number(""));
  EXPECT_FALSE(looks_like_number("I-1"));
}

TEST(PeoplePrinter, AlignsTheValuesOfAnObject) {
  EXPECT_EQ(printed(R"({"company":"acme","credit_limit":"12000.00","blocked":false})"),
            "company       acme\n"
            "credit limit  12,000.00\n"
            "blocked       no\n");
}

TEST(PeoplePrinter, MakesATableOfAListOfObjects) {
  EXPECT_EQ(
      printed(R"({"order":"O-1","lines":[{"item":"A","net":"9.50"},{"item":"B","due":"x"}]})"),
      "order  O-1\n"
      "lines\n"
      "  item   net  due\n"
      "  A     9.50\n"
      "  B           x\n");
}

TEST(PeoplePrinter, IndentsAnObjectInAnObject) {
  EXPECT_EQ(printed(R"({"exposure":{"ordered":"1.00"}})"), "exposure\n  ordered  1.00\n");
}

TEST(PeoplePrinter, PrintsWhatIsNoJsonAsItStands) {
  EXPECT_EQ(printed("not json"), "not json\n");
}

// A clock that a test moves.
struct Hand {
  std::chrono::steady_clock::time_point now{};
  Progress::Now clock() {
    return [this] { return now; };
  }
};

TEST(Progress, IsSilentForTheFirstTwoSecondsOnATerminal) {
  Hand hand;
  std::ostringstream err;
  Progress progress(err, true, "commands", 100, hand.clock());
  hand.now += std::chrono::milliseconds(1'900);
  progress.update(40);
  EXPECT_EQ(err.str(), "");
  hand.now += std::chrono::milliseconds(100);
  progress.update(50);
  EXPECT_NE(err.str().find("50 %"), std::string::npos) << err.str();
  EXPECT_NE(err.str().find("25/s"), std::string::npos) << err.str();
  EXPECT_NE(err.str().find("2.00 s left"), std::string::npos) << err.str();
}

TEST(Progress, PrintsALineEveryTenSecondsElsewhere) {
  Hand hand;
  std::ostringstream err;
  Progress progress(err, false, "commands", 0, hand.clock());
  for (int second = 1; second <= 25; ++second) {
    hand.now += std::chrono::seconds(1);
    progress.update(static_cast<std::uint64_t>(second));
  }
  EXPECT_EQ(err.str(), "10 commands  1/s\n20 commands  1/s\n");
}

}  // namespace
}  // namespace kontor::cli
