// Books that go by the clock, with a clock that the test sets.
#include "api/clock/business_days.h"

#include <thread>

#include <gtest/gtest.h>

#include "events/codec/catalog.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

constexpr BookNumber kFirst{1};
constexpr BookNumber kSecond{2};

std::int64_t at(const char* time) {
  return parse_timestamp(time)->value();
}

class ABookByTheClock : public testing::Test {
 protected:
  void set(const char* time) { live_.clock().set(at(time)); }

  void open(const std::string& name, const std::string& zone, const std::string& more = {}) {
    const EngineAnswer opened = live_.ask(
        R"({"id":"open-)" + name + R"(","OpenBook":{"book":")" + name +
        R"(","currency":"EUR","calendar":"clock","time_zone":")" + zone + "\"" + more + "}}");
    EXPECT_EQ(opened.status, StatusCode::kDone);
  }

  void start() {
    BusinessDays::Options options;
    options.look_interval = std::chrono::hours(1);  // only when told, or when it is time
    options.warn = [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      warnings_.push_back(text);
    };
    days_ = std::make_unique<BusinessDays>(live_.engine(), live_.clock(), options);
    days_->start();
  }

  // Sets the clock and has it looked at.
  void it_is(const char* time) {
    set(time);
    days_->look();
  }

  std::string date(BookNumber book = kFirst) {
    Date date;
    Look look([&](const Books& books) { date = books.find(book)->calendar().business_date(); });
    EXPECT_EQ(live_.engine().ask(look.question()), StatusCode::kDone);
    EXPECT_TRUE(look.wait_answered());
    return format_date(date);
  }

  // "": it never was.
  std::string wait_for(const std::string& wanted, BookNumber book = kFirst) {
    const auto until = std::chrono::steady_clock::now() + kWaitMax;
    while (std::chrono::steady_clock::now() < until) {
      if (date(book) == wanted) return wanted;
      std::this_thread::yield();
    }
    return "never; it is " + date(book);
  }

  // The days opened, a decision each: "clock:2026-03-03=1".
  std::string days_opened(BookNumber book = kFirst) {
    std::string out;
    live_.for_each_decision(book, [&](const DecisionView& decision) {
      if (decision.header().command_kind != number_of<OpenBusinessDay>) return;
      EXPECT_EQ(decision.header().principal, kServerPrincipal);
      out += std::string(out.empty() ? "" : " ") + std::string(decision.id()) + "=" +
             std::to_string(decision.header().event_count);
    });
    return out;
  }

  LiveEngine live_;
  std::unique_ptr<BusinessDays> days_;
  std::mutex mutex_;
  std::vector<std::string> warnings_;
};

TEST_F(ABookByTheClock, BeginsOnTheLocalDay) {
  set("2026-03-02T22:30:00Z");
  start();
  open("west", "America/New_York");
  open("east", "Pacific/Kiritimati");
  EXPECT_EQ(wait_for("2026-03-02", kFirst), "2026-03-02");
  EXPECT_EQ(wait_for("2026-03-03", kSecond), "2026-03-03");
}

TEST_F(ABookByTheClock, GoesOnAtLocalMidnight) {
  set("2026-03-28T12:00:00Z");
  start();
  open("berlin", "Europe/Berlin");
  open("york", "America/New_York");
  ASSERT_EQ(wait_for("2026-03-28", kFirst), "2026-03-28");
  ASSERT_EQ(wait_for("2026-03-28", kSecond), "2026-03-28");
  it_is("2026-03-28T23:00:00Z");
  EXPECT_EQ(wait_for("2026-03-29", kFirst), "2026-03-29");
  EXPECT_EQ(date(kSecond), "2026-03-28") << "it is evening there";
  it_is("2026-03-29T04:00:00Z");
  EXPECT_EQ(wait_for("2026-03-29", kSecond), "2026-03-29");
  it_is("2026-03-29T22:00:00Z");  // summer time since the morning
  EXPECT_EQ(wait_for("2026-03-30", kFirst), "2026-03-30");
  EXPECT_EQ(days_opened(kFirst).substr(days_opened(kFirst).find("clock:2026-03-29")),
            "clock:2026-03-29=1 clock:2026-03-30=1");
}

TEST_F(ABookByTheClock, WakesByItselfWhenMidnightComes) {
  set("2026-03-28T22:59:59.900Z");
  start();
  open("berlin", "Europe/Berlin");
  ASSERT_EQ(wait_for("2026-03-28"), "2026-03-28");
  set("2026-03-28T23:00:00Z");  // nobody tells; it had meant to look in 100 ms
  EXPECT_EQ(wait_for("2026-03-29"), "2026-03-29");
}

TEST_F(ABookByTheClock, OpensEveryDayThatWasSlept) {
  set("2026-03-02T12:00:00Z");
  start();
  open("berlin", "Europe/Berlin", R"(,"first_business_date":"2026-03-02")");
  it_is("2026-03-07T08:00:00Z");
  EXPECT_EQ(wait_for("2026-03-07"), "2026-03-07");
  EXPECT_EQ(days_opened(), "clock:2026-03-07=5") << "one event for each day";
}

TEST_F(ABookByTheClock, CatchesUpAtTheStartAfterANightDown) {
  set("2026-03-02T12:00:00Z");
  start();
  open("berlin", "Europe/Berlin", R"(,"first_business_date":"2026-03-02")");
  days_.reset();
  live_.restart();
  set("2026-03-03T05:00:00Z");
  start();
  EXPECT_EQ(wait_for("2026-03-03"), "2026-03-03");
  days_.reset();
  live_.restart();
  EXPECT_EQ(date(), "2026-03-03");
  EXPECT_EQ(days_opened(), "clock:2026-03-03=1");
}

// A server that died after the day was durable, and before it knew: the same again does nothing.
TEST_F(ABookByTheClock, OpensADayOnceHoweverOftenItIsSent) {
  set("2026-03-02T12:00:00Z");
  start();
  open("berlin", "Europe/Berlin", R"(,"first_business_date":"2026-03-02")");
  it_is("2026-03-03T05:00:00Z");
  ASSERT_EQ(wait_for("2026-03-03"), "2026-03-03");
  SubmitOptions as_server;
  as_server.principal = kServerPrincipal;
  const EngineAnswer again =
      live_.ask(R"({"id":"clock:2026-03-03","OpenBusinessDay":{"date":"2026-03-03"}})", as_server);
  EXPECT_EQ(again.status, StatusCode::kDone);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(days_opened(), "clock:2026-03-03=1");
}

TEST_F(ABookByTheClock, NeverGoesBackWithTheHostsClock) {
  set("2026-03-05T12:00:00Z");
  start();
  open("berlin", "Europe/Berlin", R"(,"first_business_date":"2026-03-05")");
  it_is("2026-03-06T12:00:00Z");
  ASSERT_EQ(wait_for("2026-03-06"), "2026-03-06");
  it_is("2026-03-01T12:00:00Z");
  open("other", "UTC", R"(,"first_business_date":"2026-02-28")");
  ASSERT_EQ(wait_for("2026-03-01", kSecond), "2026-03-01") << "it has looked";
  EXPECT_EQ(date(kFirst), "2026-03-06");
  it_is("2026-03-07T12:00:00Z");
  EXPECT_EQ(wait_for("2026-03-07"), "2026-03-07");
  EXPECT_EQ(days_opened(), "clock:2026-03-06=1 clock:2026-03-07=1");
}

TEST_F(ABookByTheClock, LeavesBooksAloneThatDoNotGoByIt) {
  live_.open_shop();
  set("2026-03-20T12:00:00Z");
  start();
  open("clocked", "UTC", R"(,"first_business_date":"2026-03-19")");
  ASSERT_EQ(wait_for("2026-03-20", kSecond), "2026-03-20");
  EXPECT_EQ(date(kFirst), "2026-03-02");
}

TEST_F(ABookByTheClock, SaysWhenItsZoneIsNotThere) {
  set("2026-03-02T12:00:00Z");
  start();
  open("lost", "Europe/Atlantis", R"(,"first_business_date":"2026-03-01")");
  open("found", "UTC", R"(,"first_business_date":"2026-03-01")");
  ASSERT_EQ(wait_for("2026-03-02", kSecond), "2026-03-02") << "others go on";
  EXPECT_EQ(date(kFirst), "2026-03-01");
  days_.reset();
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_NE(warnings_.front().find("Europe/Atlantis"), std::string::npos);
}

// A caller's day could not be taken back.
TEST_F(ABookByTheClock, OpensNoDayThatIsNotPermittedToItsCaller) {
  set("2026-03-02T12:00:00Z");
  open("berlin", "Europe/Berlin", R"(,"first_business_date":"2026-03-02")");
  const EngineAnswer asked = live_.ask(R"({"id":"mine","OpenBusinessDay":{"date":"2026-03-03"}})");
  EXPECT_EQ(asked.status, StatusCode::kRefused);
  EXPECT_EQ(date(), "2026-03-02");
}

}  // namespace
}  // namespace kontor::test
