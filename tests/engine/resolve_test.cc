// What became of a command: done, refused, never seen and now fenced, or too old to tell.
#include <set>

#include <gtest/gtest.h>

#include "engine/status.h"
#include "events/codec/catalog.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

std::string warehouse(const std::string& id) {
  return R"({"id":")" + id + R"(","RegisterWarehouse":{"warehouse":")" + id + R"("}})";
}

const std::string kRefused = R"({"id":"no","SetCreditLimit":{"company":"nobody","limit":"1.00"}})";

class Resolve : public testing::Test {
 protected:
  void SetUp() override { live_.open_shop(); }

  EngineAnswer resolve(const std::string& id, Sequence since = {}) {
    const std::vector<EngineAnswer> all = live_.resolve({id}, since)->all();
    return all.empty() ? EngineAnswer{} : all.front();
  }
  CommitNumber last_commit() { return live_.log().tail().last; }

  LiveEngine live_;
};

TEST_F(Resolve, TellsADoneAndARefusedCommandWithTheirFirstAnswers) {
  const EngineAnswer done = live_.ask(warehouse("east"));
  const EngineAnswer refused = live_.ask(kRefused);
  const CommitNumber last = last_commit();
  const std::vector<EngineAnswer> all = live_.resolve({"no", "east"})->all();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(as_first(all[0]), refused);
  EXPECT_EQ(as_first(all[1]), done);
  EXPECT_TRUE(all[0].repeated && all[1].repeated);
  EXPECT_EQ(last_commit(), last) << "nothing was written";
}

TEST_F(Resolve, FencesAnIdThatWasNeverSeenSoThatItNeverIsDecided) {
  const EngineAnswer fence = resolve("late");
  EXPECT_EQ(fence.status, StatusCode::kFenced);
  EXPECT_EQ(fence.events, "CommandFenced");
  EXPECT_FALSE(fence.repeated);
  const CommitNumber last = last_commit();
  const EngineAnswer late = live_.ask(warehouse("late"));
  EXPECT_EQ(late.status, StatusCode::kFenced);
  EXPECT_EQ(late.sequence, fence.sequence);
  EXPECT_EQ(as_first(resolve("late")), fence) << "asked again, it says the same";
  EXPECT_EQ(last_commit(), last) << "and writes nothing";
  EXPECT_TRUE(live_.commands_in_log().ends_with("FenceCommand"));
  EXPECT_EQ(live_.ask(R"({"id":"new","RegisterWarehouse":{"warehouse":"late"}})").status,
            StatusCode::kDone)
      << "a new id is free to do it";
}

TEST_F(Resolve, LogsTheFenceUnderTheIdAndPrincipalOfTheCommand) {
  SubmitOptions other;
  other.principal = 3;
  const std::vector<EngineAnswer> fence = live_.resolve({"mine"}, {}, other)->all();
  ASSERT_EQ(fence.size(), 1U);
  const DecisionView decision(fence.front().bytes.data());
  EXPECT_EQ(decision.id(), "mine");
  EXPECT_EQ(decision.header().principal, 3U);
  EXPECT_EQ(live_.ask(warehouse("mine")).status, StatusCode::kDone) << "another principal's id";
  EXPECT_EQ(live_.ask(warehouse("mine"), other).status, StatusCode::kFenced);
}

TEST_F(Resolve, OfACommandInFlightWaitsForItsPage) {
  const CommitNumber next{last_commit().value() + 1};
  live_.gate().close();
  const Ticket command = live_.submit({warehouse("slow")});
  ASSERT_TRUE(live_.gate().wait_for_commit(next));
  const Ticket resolve = live_.resolve({"slow"});
  Look look([](const Books&) {});  // after it in the inbox: the engine has seen both
  ASSERT_EQ(live_.engine().ask(look.question()), StatusCode::kDone);
  ASSERT_TRUE(look.wait_asked());
  EXPECT_FALSE(resolve->here());
  live_.gate().open();
  ASSERT_EQ(resolve->all().size(), 1U);
  EXPECT_EQ(as_first(resolve->all().front()), command->all().front());
}

TEST_F(Resolve, IsAnsweredOnlyWhenTheFenceIsDurable) {
  const CommitNumber next{last_commit().value() + 1};
  live_.gate().close();
  const Ticket resolve = live_.resolve({"never"});
  ASSERT_TRUE(live_.gate().wait_for_commit(next));
  EXPECT_FALSE(resolve->here());
  live_.gate().open();
  EXPECT_EQ(resolve->statuses(), std::vector{StatusCode::kFenced});
}

TEST_F(Resolve, IsOrderedBehindACommandStillInTheInbox) {
  const CommitNumber next{last_commit().value() + 1};
  live_.gate().close();
  const Ticket blocker = live_.submit({warehouse("blocker")});
  ASSERT_TRUE(live_.gate().wait_for_commit(next));
  const Ticket command = live_.submit({warehouse("waits")});
  const Ticket resolve = live_.resolve({"waits"});
  live_.gate().open();
  EXPECT_EQ(resolve->statuses(), std::vector{StatusCode::kDone});
  EXPECT_EQ(as_first(resolve->all().front()), command->all().front());
  EXPECT_EQ(blocker->statuses(), std::vector{StatusCode::kDone});
}

TEST_F(Resolve, HoldsOverARestart) {
  const EngineAnswer fence = resolve("gone");
  const EngineAnswer done = live_.ask(warehouse("east"));
  const Digest before = live_.digest();
  live_.restart();
  EXPECT_EQ(live_.digest(), before);
  EXPECT_EQ(live_.ask(warehouse("gone")).status, StatusCode::kFenced);
  EXPECT_EQ(as_first(resolve("gone")), fence);
  EXPECT_EQ(as_first(resolve("east")), done);
}

TEST_F(Resolve, FencesTheOpeningOfABookInBookZero) {
  SubmitOptions server;
  server.book = BookNumber{0};
  EXPECT_EQ(live_.resolve({"second"}, {}, server)->statuses(), std::vector{StatusCode::kFenced});
  EXPECT_EQ(live_.ask(R"({"id":"second","OpenBook":{"book":"two","currency":"EUR"}})").status,
            StatusCode::kFenced);
  EXPECT_EQ(live_.engine().books().size(), 1U);
}

TEST_F(Resolve, OfAnUnknownBookOrOfAPositionThatIsNotThereFencesNothing) {
  SubmitOptions nowhere;
  nowhere.book = BookNumber{9};
  EXPECT_EQ(live_.resolve({"x"}, {}, nowhere)->statuses(), std::vector{StatusCode::kUnknownBook});
  EXPECT_EQ(resolve("x", Sequence{1'000'000}).status, StatusCode::kNotFound);
  EXPECT_EQ(live_.ask(warehouse("x")).status, StatusCode::kDone);
}

TEST_F(Resolve, AfterItsDeadlineFencesNothing) {
  SubmitOptions late;
  late.deadline = std::chrono::steady_clock::now();
  EXPECT_EQ(live_.resolve({"x"}, {}, late)->statuses(), std::vector{StatusCode::kDeadlineExpired});
  EXPECT_EQ(live_.ask(warehouse("x")).status, StatusCode::kDone);
}

// ---- what is forgotten --------------------------------------------------------------------------

constexpr std::uint64_t kKept = 16;

class ResolveForgotten : public Resolve {
 protected:
  void SetUp() override {
    const EngineAnswer opened =
        live_.ask(R"({"id":"open","OpenBook":{"book":"small","currency":"EUR",
        "first_business_date":"2026-03-02","outcomes_kept":16}})");
    ASSERT_EQ(opened.status, StatusCode::kDone) << opened.events;
    ASSERT_EQ(live_.engine().books().front().outcomes_kept, kKept);
  }

  // So many commands with ids of their own; the sequences of their first events.
  std::vector<Sequence> tell(std::uint64_t count) {
    std::vector<std::string> commands;
    for (std::uint64_t i = 0; i < count; ++i)
      commands.push_back(warehouse("w" + std::to_string(told_++)));
    std::vector<Sequence> out;
    for (const EngineAnswer& told : live_.submit(commands)->all())
      out.push_back(Sequence{told.sequence});
    return out;
  }

  int told_ = 0;
};

TEST_F(ResolveForgotten, IsCertainAsLongAsNothingIsForgotten) {
  tell(kKept - 1);  // and the opening itself
  EXPECT_EQ(resolve("never").status, StatusCode::kFenced) << "all there ever were are remembered";
  EXPECT_EQ(resolve("never either").status, StatusCode::kTooOld) << "the fence took a place";
}

TEST_F(ResolveForgotten, IsTooOldToTellWhenTheIdMayBeAmongTheForgotten) {
  const std::vector<Sequence> all = tell(kKept * 3);
  const std::size_t oldest = all.size() - kKept;  // the first that is remembered
  const CommitNumber last = last_commit();
  EXPECT_EQ(resolve("w0").status, StatusCode::kTooOld) << "done, and forgotten";
  EXPECT_EQ(resolve("never").status, StatusCode::kTooOld);
  EXPECT_EQ(resolve("never", all[oldest - 2]).status, StatusCode::kTooOld)
      << "the one after that position is forgotten";
  EXPECT_EQ(last_commit(), last) << "nothing was fenced";
  EXPECT_EQ(resolve("w" + std::to_string(oldest)).status, StatusCode::kDone) << "still remembered";
  EXPECT_EQ(resolve("never", all[oldest - 1]).status, StatusCode::kFenced)
      << "all after that position are remembered";
}

// Whatever a caller could know, the answer is never wrong: an id that was decided is not fenced.
TEST_F(ResolveForgotten, NeverFencesWhatWasDecided) {
  const std::vector<Sequence> all = tell(kKept * 2);
  std::set<StatusCode> seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Sequence since{all[i].value() - 1};  // just before it was sent first
    const StatusCode status = resolve("w" + std::to_string(i), since).status;
    EXPECT_TRUE(status == StatusCode::kDone || status == StatusCode::kTooOld)
        << i << ' ' << status_word(status) << ' ' << since.value();
    seen.insert(status);
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST_F(ResolveForgotten, ARetryIsNotDecidedWhereItsFirstTryMayBeForgotten) {
  const std::vector<Sequence> all = tell(kKept * 2);
  const Sequence edge = all[all.size() - kKept - 1];
  const auto again = [this](const std::string& id, Sequence since) {
    const Ticket ticket = std::make_shared<Answers>();
    auto job = make_submission({command_text(warehouse(id))}, {}, ticket);
    job->tried_after = since;
    EXPECT_EQ(live_.engine().submit(job), StatusCode::kDone);
    return ticket->all().front().status;
  };
  const CommitNumber last = last_commit();
  EXPECT_EQ(again("w0", Sequence{}), StatusCode::kTooOld) << "it was done, and is forgotten";
  EXPECT_EQ(again("never", Sequence{edge.value() - 1}), StatusCode::kTooOld);
  EXPECT_EQ(last_commit(), last) << "nothing was decided";
  EXPECT_EQ(again("w31", Sequence{}), StatusCode::kDone) << "remembered: a repeat";
  EXPECT_EQ(again("never", edge), StatusCode::kDone) << "certainly new";
}

TEST_F(ResolveForgotten, SaysTheSameAfterAReplay) {
  const std::vector<Sequence> all = tell(kKept * 2);
  const Sequence edge = all[all.size() - kKept - 1];
  const Digest before = live_.digest();
  live_.restart();
  EXPECT_EQ(live_.digest(), before);
  EXPECT_EQ(resolve("never", Sequence{edge.value() - 1}).status, StatusCode::kTooOld);
  EXPECT_EQ(resolve("never", edge).status, StatusCode::kFenced);
}

TEST_F(Resolve, ABookKeepsBetweenSixteenAndSixteenMillionOutcomes) {
  for (const char* kept : {"15", "16777217"}) {
    const std::string id = std::string("k") + kept;
    const EngineAnswer told = live_.ask(R"({"id":")" + id + R"(","OpenBook":{"book":")" + id +
                                        R"(","currency":"EUR","outcomes_kept":)" + kept + "}}");
    EXPECT_EQ(told.status, StatusCode::kRefused) << kept;
    EXPECT_EQ(told.events, "CommandRefused");
  }
}

// ---- the class of every status ------------------------------------------------------------------

TEST(StatusClasses, ACodeNobodyKnowsIsJudgedByItsHundred) {
  EXPECT_EQ(class_of(StatusCode::kFenced), StatusClass::kRefused);
  EXPECT_EQ(class_of(StatusCode::kTooOld), StatusClass::kUnknown);
  EXPECT_EQ(class_of(StatusCode{99}), StatusClass::kDone);
  EXPECT_EQ(class_of(StatusCode{199}), StatusClass::kRefused);
  EXPECT_EQ(class_of(StatusCode{299}), StatusClass::kMisuse);
  EXPECT_EQ(class_of(StatusCode{399}), StatusClass::kNotStarted);
  EXPECT_EQ(class_of(StatusCode{499}), StatusClass::kUnknown);
  EXPECT_EQ(class_of(StatusCode{65'535}), StatusClass::kUnknown);
}

TEST(StatusClasses, EveryCodeIsInTheHundredOfItsClass) {
  int words = 0;
  for (std::uint16_t number = 0; number < 1000; ++number) {
    const auto code = static_cast<StatusCode>(number);
    if (status_word(code) == "unknown") continue;
    ++words;
    EXPECT_EQ(static_cast<int>(class_of(code)), number / 100) << status_word(code);
  }
  EXPECT_EQ(words, 18);
}

}  // namespace
}  // namespace kontor::test
