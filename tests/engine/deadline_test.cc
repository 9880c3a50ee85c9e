// Deadlines, with a clock that the test sets: what is late is dropped before it begins, never
// after.
#include <future>

#include <gtest/gtest.h>

#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

using std::chrono::seconds;

const std::string kEast = R"({"id":"east","RegisterWarehouse":{"warehouse":"east"}})";

class ADeadline : public testing::Test {
 protected:
  void SetUp() override { live_.open_shop(); }

  // Keeps the engine's thread until the promise is kept, so that work waits.
  void occupy() {
    ASSERT_EQ(live_.engine().ask(busy_.question()), StatusCode::kDone);
    ASSERT_TRUE(busy_.wait_begun());
  }
  void go_on() { free_.set_value(); }

  SubmitOptions within(seconds time) {
    SubmitOptions options;
    options.deadline = live_.clock().steady() + time;
    return options;
  }

  std::uint64_t expired() { return live_.engine().stats().expired; }

  LiveEngine live_;
  std::promise<void> free_;
  Look busy_{[this](const Books&) { free_.get_future().wait_for(kWaitMax); }};
};

TEST_F(ADeadline, ThatPassesWhileTheWorkWaitsDropsIt) {
  occupy();
  const Ticket late = live_.submit({kEast, kEast}, within(seconds(10)));
  live_.clock().advance(seconds(11));
  go_on();
  EXPECT_EQ(late->statuses(), std::vector(2, StatusCode::kDeadlineExpired));
  EXPECT_EQ(expired(), 2U);
  EXPECT_EQ(live_.commands_in_log().find("RegisterWarehouse SetCredit"), std::string::npos);
  const EngineAnswer again = live_.ask(kEast);
  EXPECT_EQ(again.status, StatusCode::kDone);
  EXPECT_FALSE(again.repeated) << "nothing was decided before";
}

TEST_F(ADeadline, ThatIsNotReachedChangesNothing) {
  occupy();
  const Ticket soon = live_.submit({kEast}, within(seconds(10)));
  live_.clock().advance(seconds(9));
  go_on();
  EXPECT_EQ(soon->statuses(), std::vector{StatusCode::kDone});
  EXPECT_EQ(expired(), 0U);
}

TEST_F(ADeadline, ThatPassesWhileTheDiskIsSlowDropsNothing) {
  live_.gate().close();
  const CommitNumber next{live_.log().tail().last.value() + 1};
  const Ticket begun = live_.submit({kEast}, within(seconds(10)));
  ASSERT_TRUE(live_.gate().wait_for_commit(next));
  live_.clock().advance(seconds(100));
  live_.gate().open();
  EXPECT_EQ(begun->statuses(), std::vector{StatusCode::kDone});
  EXPECT_EQ(expired(), 0U);
}

// Of what waits in the same queue each has its own.
TEST_F(ADeadline, IsOfOneSubmissionAlone) {
  occupy();
  const Ticket late = live_.submit({kEast}, within(seconds(10)));
  const Ticket patient = live_.submit({kEast}, within(seconds(60)));
  const Ticket endless = live_.submit({kEast});
  live_.clock().advance(seconds(30));
  go_on();
  EXPECT_EQ(late->statuses(), std::vector{StatusCode::kDeadlineExpired});
  EXPECT_EQ(patient->all().front().status, StatusCode::kDone);
  EXPECT_TRUE(endless->all().front().repeated);
}

// Asks nothing; notes whether it was asked or expired.
class Noting final : public Question {
 public:
  explicit Noting(std::promise<std::string>& told) : told_(told) {}
  void ask(const Books&) override { asked_ = true; }
  void answer() override { told_.set_value(asked_ ? "asked" : expired ? "expired" : "neither"); }

 private:
  std::promise<std::string>& told_;
  bool asked_ = false;
};

TEST_F(ADeadline, OfAQuestionIsKeptToAsWell) {
  occupy();
  std::promise<std::string> late;
  std::promise<std::string> soon;
  auto question = std::make_unique<Noting>(late);
  question->deadline = live_.clock().steady() + seconds(10);
  auto other = std::make_unique<Noting>(soon);
  other->deadline = live_.clock().steady() + seconds(60);
  ASSERT_EQ(live_.engine().ask(std::move(question)), StatusCode::kDone);
  ASSERT_EQ(live_.engine().ask(std::move(other)), StatusCode::kDone);
  live_.clock().advance(seconds(30));
  go_on();
  EXPECT_EQ(late.get_future().get(), "expired");
  EXPECT_EQ(soon.get_future().get(), "asked");
  EXPECT_EQ(expired(), 1U);
}

}  // namespace
}  // namespace kontor::test
