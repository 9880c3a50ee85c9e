#include "events/base/time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "events/base/assert.h"
#include "events/base/money.h"

namespace kontor {
namespace {

namespace ch = std::chrono;

bool take_number(std::string_view& text, std::size_t digits, std::int32_t& out) {
  if (text.size() < digits) return false;
  out = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Date> take_date(std::string_view& text) {
  CivilDate c;
  if (!take_number(text, 4, c.year) || !take_char(text, '-') || !take_number(text, 2, c.month) ||
      !take_char(text, '-') || !take_number(text, 2, c.day)) {
    return std::nullopt;
  }
  if (c.year < 1 || c.month < 1 || c.month > 12 || c.day < 1) return std::nullopt;
  if (c.day > days_in_month(c.year, c.month)) return std::nullopt;
  return from_civil(c);
}

// The fraction of a second after '.', in nanoseconds; digits beyond the ninth are refused.
bool take_fraction(std::string_view& text, std::int64_t& nanoseconds) {
  nanoseconds = 0;
  if (!take_char(text, '.')) return true;
  std::int64_t scale = 100'000'000;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (++digits > 9) return false;
    nanoseconds += scale * (text.front() - '0');
    scale /= 10;
    text.remove_prefix(1);
  }
  return digits > 0;
}

bool take_offset(std::string_view& text, std::int64_t& seconds) {
  seconds = 0;
  if (take_char(text, 'Z')) return true;
  const bool west = !text.empty() && text.front() == '-';
  if (!take_char(text, '-') && !take_char(text, '+')) return false;
  std::int32_t hours = 0;
  std::int32_t minutes = 0;
  if (!take_number(text, 2, hours) || !take_char(text, ':') || !take_number(text, 2, minutes)) {
    return false;
  }
  if (hours > 23 || minutes > 59) return false;
  seconds = (std::int64_t{hours} * 60 + minutes) * 60;
  if (west) seconds = -seconds;
  return true;
}

}  // namespace

CivilDate to_civil(Date date) {
  const ch::year_month_day ymd{ch::sys_days{ch::days{date.value()}}};
  return {static_cast<int>(ymd.year()), static_cast<std::int32_t>(unsigned{ymd.month()}),
          static_cast<std::int32_t>(unsigned{ymd.day()})};
}

Date from_civil(CivilDate c) {
  const ch::year_month_day ymd{ch::year{c.year}, ch::month{static_cast<unsigned>(c.month)},
                               ch::day{static_cast<unsigned>(c.day)}};
  KONTOR_ASSERT(ymd.ok());
  return Date{static_cast<std::int32_t>(ch::sys_days{ymd}.time_since_epoch().count())};
}

std::int32_t days_in_month(std::int32_t year, std::int32_t month) {
  static constexpr std::array<std::int32_t, 12> kDays = {31, 28, 31, 30, 31, 30,
                                                         31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(month - 1));
}

bool is_calendar_date(Date date) {
  static const Date kFirst = from_civil({1, 1, 1});
  static const Date kLast = from_civil({9999, 12, 31});
  return date >= kFirst && date <= kLast;
}

Date add_days(Date date, std::int64_t days) {
  const std::int64_t sum = date.value() + days;
  KONTOR_ASSERT(sum > INT32_MIN && sum <= INT32_MAX);
  return Date{static_cast<std::int32_t>(sum)};
}

Date add_months(Date date, std::int32_t months) {
  CivilDate c = to_civil(date);
  const std::int32_t month0 = c.year * 12 + (c.month - 1) + months;
  c.year = month0 / 12;
  c.month = month0 % 12 + 1;
  c.day = std::min(c.day, days_in_month(c.year, c.month));
  return from_civil(c);
}

Date month_end(Date date) {
  CivilDate c = to_civil(date);
  c.day = days_in_month(c.year, c.month);
  return from_civil(c);
}

Date day_of(Timestamp time) {
  const ch::sys_time<ch::nanoseconds> point{ch::nanoseconds{time.value()}};
  return Date{static_cast<std::int32_t>(ch::floor<ch::days>(point).time_since_epoch().count())};
}

std::optional<Date> parse_date(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !text.empty()) return std::nullopt;
  return date;
}

std::string format_date(Date date) {
  if (date == kNoDate) return "";
  const CivilDate c = to_civil(date);
  std::array<char, 48> out{};
  const int size = std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", c.year, c.month, c.day);
  return {out.data(), static_cast<std::size_t>(size)};
}

std::string format_timestamp(Timestamp time) {
  const Date day = day_of(time);
  std::int64_t in_day = time.value() % kNanosecondsPerDay;
  if (in_day < 0) in_day += kNanosecondsPerDay;
  const std::int64_t seconds = in_day / 1'000'000'000;
  std::array<char, 48> out{};
  const int size =
      std::snprintf(out.data(), out.size(), "T%02d:%02d:%02d.%09dZ",
                    static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
                    static_cast<int>(seconds % 60), static_cast<int>(in_day % 1'000'000'000));
  return format_date(day) + std::string(out.data(), static_cast<std::size_t>(size));
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  const auto date = take_date(text);
  std::int32_t hours = 0;
  std::int32_t minutes = 0;
  std::int32_t seconds = 0;
  std::int64_t nanoseconds = 0;
  std::int64_t offset = 0;
  if (!date || !take_char(text, 'T') || !take_number(text, 2, hours) || !take_char(text, ':') ||
      !take_number(text, 2, minutes) || !take_char(text, ':') || !take_number(text, 2, seconds) ||
      !take_fraction(text, nanoseconds) || !take_offset(text, offset) || !text.empty()) {
    return std::nullopt;
  }
  if (hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
  const std::int64_t in_day = (hours * 60 + minutes) * 60 + seconds - offset;
  const Int128 out = (Int128{date->value()} * 86'400 + in_day) * 1'000'000'000 + nanoseconds;
  if (out < INT64_MIN || out > INT64_MAX) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(out)};
}

}  // namespace kontor
