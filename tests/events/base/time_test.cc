#include "events/base/time.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace kontor {
namespace {

Date day(std::string_view text) {
  return parse_date(text).value_or(kNoDate);
}

TEST(Date, CountsDaysFromTheEpoch) {
  EXPECT_EQ(day("1970-01-01"), Date{0});
  EXPECT_EQ(day("1969-12-31"), Date{-1});
  EXPECT_EQ(day("2000-03-01"), Date{11017});
  EXPECT_EQ(day("2026-03-10"), Date{20522});
}

TEST(Date, ReadsBackWhatIsFormattedOnEveryDayOfTheCalendar) {
  const Date last = day("9999-12-31");
  for (Date date = day("0001-01-01"); date <= last; date = add_days(date, 13)) {
    ASSERT_EQ(day(format_date(date)), date);
  }
  EXPECT_EQ(format_date(kNoDate), "");
  EXPECT_EQ(format_date(day("0001-01-01")), "0001-01-01");
}

TEST(Date, KnowsLeapDays) {
  EXPECT_EQ(format_date(add_days(day("2024-02-28"), 1)), "2024-02-29");
  EXPECT_EQ(format_date(add_days(day("2023-02-28"), 1)), "2023-03-01");
  EXPECT_EQ(format_date(add_days(day("1900-02-28"), 1)), "1900-03-01");
  EXPECT_EQ(format_date(add_days(day("2000-02-28"), 1)), "2000-02-29");
  EXPECT_EQ(days_in_month(2100, 2), 28);
  EXPECT_EQ(days_in_month(2400, 2), 29);
}

class NotADate : public testing::TestWithParam<const char*> {};

TEST_P(NotADate, IsRefused) {
  EXPECT_EQ(parse_date(GetParam()), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Texts, NotADate,
                         testing::Values("", "2026-3-10", "2026-03-1", "2026-13-01", "2026-00-10",
                                         "2026-02-29", "2026-04-31", "2026-01-00", "0000-01-01",
                                         "2026-03-10 ", "2026-03-10T", "20260310", "-2026-03-10",
                                         "2026/03/10", "10000-01-01"));

TEST(AddMonths, ClampsToTheMonthsEnd) {
  EXPECT_EQ(format_date(add_months(day("2026-01-31"), 1)), "2026-02-28");
  EXPECT_EQ(format_date(add_months(day("2024-01-31"), 1)), "2024-02-29");
  EXPECT_EQ(format_date(add_months(day("2026-03-31"), 1)), "2026-04-30");
  EXPECT_EQ(format_date(add_months(day("2024-02-29"), 12)), "2025-02-28");
  EXPECT_EQ(format_date(add_months(day("2026-12-15"), 1)), "2027-01-15");
  EXPECT_EQ(format_date(add_months(day("2026-01-31"), -2)), "2025-11-30");
  EXPECT_EQ(format_date(add_months(day("2026-01-31"), 0)), "2026-01-31");
}

TEST(AddMonths, StaysInRangeFromTheLastDayByTheMostMonthsThatTermsCanSay) {
  EXPECT_EQ(to_civil(add_months(day("9999-12-31"), 32'767)).year, 12'730);
}

TEST(MonthEnd, IsTheLastDay) {
  EXPECT_EQ(format_date(month_end(day("2024-02-01"))), "2024-02-29");
  EXPECT_EQ(format_date(month_end(day("2026-02-28"))), "2026-02-28");
  EXPECT_EQ(format_date(month_end(day("2026-12-01"))), "2026-12-31");
}

TEST(CalendarDate, HasYearsOneTo9999) {
  EXPECT_TRUE(is_calendar_date(day("0001-01-01")));
  EXPECT_TRUE(is_calendar_date(day("9999-12-31")));
  EXPECT_FALSE(is_calendar_date(add_days(day("9999-12-31"), 1)));
  EXPECT_FALSE(is_calendar_date(add_days(day("0001-01-01"), -1)));
  EXPECT_FALSE(is_calendar_date(kNoDate));
}

TEST(Timestamp, IsFormattedInUtcWithNanoseconds) {
  EXPECT_EQ(format_timestamp(Timestamp{0}), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(format_timestamp(Timestamp{1}), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(format_timestamp(Timestamp{-1}), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(day_of(Timestamp{-1}), Date{-1});
}

TEST(Timestamp, ReadsFractionsAndOffsets) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), Timestamp{0});
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00.5Z"), Timestamp{500'000'000});
  EXPECT_EQ(parse_timestamp("1970-01-01T01:30:00+01:30"), Timestamp{0});
  EXPECT_EQ(parse_timestamp("1969-12-31T23:00:00.000000001-01:00"), Timestamp{1});
}

TEST(Timestamp, ReachesBothEndsOfItsRange) {
  for (const std::int64_t end :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(parse_timestamp(format_timestamp(Timestamp{end})), Timestamp{end});
  }
  EXPECT_EQ(parse_timestamp("2262-04-11T23:47:16.854775808Z"), std::nullopt);
  EXPECT_EQ(parse_timestamp("1677-09-21T00:12:43.145224191Z"), std::nullopt);
}

class NotATime : public testing::TestWithParam<const char*> {};

TEST_P(NotATime, IsRefused) {
  EXPECT_EQ(parse_timestamp(GetParam()), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Texts, NotATime,
                         testing::Values("", "2026-03-10", "2026-03-10T09:30:00",
                                         "2026-03-10 09:30:00Z", "2026-03-10T24:00:00Z",
                                         "2026-03-10T09:60:00Z", "2026-03-10T09:30:60Z",
                                         "2026-03-10T09:30:00.Z", "2026-03-10T09:30:00.1234567890Z",
                                         "2026-03-10T09:30:00+24:00", "2026-03-10T09:30:00Zx"));

}  // namespace
}  // namespace kontor
