// Recorded time and dates. The calendar is the proleptic Gregorian one; no clock is read here.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "events/base/strong.h"

namespace kontor {

using Timestamp = Strong<struct TimestampTag, std::int64_t>;  // ns since 1970-01-01T00:00:00Z
using Date = Strong<struct DateTag, std::int32_t>;            // days since 1970-01-01

inline constexpr Date kNoDate{std::numeric_limits<std::int32_t>::min()};
inline constexpr std::int64_t kNanosecondsPerDay = 86'400'000'000'000;

struct CivilDate {
  std::int32_t year = 1970;
  std::int32_t month = 1;  // 1 to 12
  std::int32_t day = 1;    // 1 to 31
};

CivilDate to_civil(Date date);
Date from_civil(CivilDate civil);  // a valid civil date
std::int32_t days_in_month(std::int32_t year, std::int32_t month);

// Years 0001 to 9999, what parse_date can say. Dates from callers are held to it (verify_command):
// the functions below then cannot leave the range they compute in.
bool is_calendar_date(Date date);

Date add_days(Date date, std::int64_t days);
Date add_months(Date date, std::int32_t months);  // the day clamped to the month's end
Date month_end(Date date);
Date day_of(Timestamp time);  // in UTC

// "2026-03-10"; years 0001 to 9999. Nothing when the text is not exactly that.
std::optional<Date> parse_date(std::string_view text);
std::string format_date(Date date);  // kNoDate: ""

// RFC 3339 in UTC with nanoseconds: "2026-03-10T09:30:00.000000001Z".
std::string format_timestamp(Timestamp time);
std::optional<Timestamp> parse_timestamp(std::string_view text);  // any fraction, "Z" or an offset

}  // namespace kontor
