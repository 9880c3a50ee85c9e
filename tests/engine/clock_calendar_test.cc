// A book that goes by the clock: its days are the server's to open.
#include <gtest/gtest.h>

#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

constexpr const char* kOpen = R"({"id":"open","OpenBook":{"book":"b","currency":"EUR",
    "calendar":"clock","time_zone":"Europe/Berlin","first_business_date":"2026-03-02"}})";
constexpr const char* kNextDay = R"({"id":"day","OpenBusinessDay":{"date":"2026-03-03"}})";

TEST(OpenBusinessDay, IsNotPermittedToCallersOfABookByTheClock) {
  LiveEngine live;
  ASSERT_EQ(live.ask(kOpen).status, StatusCode::kDone);
  const EngineAnswer refused = live.ask(kNextDay);
  EXPECT_EQ(refused.status, StatusCode::kRefused);
  EXPECT_EQ(refused.events, "CommandRefused");
}

TEST(OpenBusinessDay, IsTakenFromTheServerItselfUnderTheSameId) {
  LiveEngine live;
  ASSERT_EQ(live.ask(kOpen).status, StatusCode::kDone);
  ASSERT_EQ(live.ask(kNextDay).status, StatusCode::kRefused);
  SubmitOptions as_server;
  as_server.principal = kServerPrincipal;
  const EngineAnswer opened = live.ask(kNextDay, as_server);
  EXPECT_EQ(opened.status, StatusCode::kDone) << "ids are each principal's own";
  EXPECT_EQ(opened.events, "BusinessDayOpened");
}

// The earliest day it can be anywhere: the server goes on to the local one.
TEST(OpenBook, ByTheClockBeginsNoLaterThanTheLocalDay) {
  LiveEngine live;
  live.clock().set(parse_timestamp("2026-03-02T05:00:00Z")->value());
  ASSERT_EQ(live.ask(R"({"id":"o","OpenBook":{"book":"w","currency":"USD","calendar":"clock",
                         "time_zone":"Pacific/Pago_Pago"}})")
                .status,
            StatusCode::kDone);
  Date date;
  Look look(
      [&](const Books& books) { date = books.find(BookNumber{1})->calendar().business_date(); });
  ASSERT_EQ(live.engine().ask(look.question()), StatusCode::kDone);
  ASSERT_TRUE(look.wait_answered());
  EXPECT_EQ(format_date(date), "2026-03-01");
}

}  // namespace
}  // namespace kontor::test
