#include "api/clock/time_zone.h"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace kontor {
namespace {

TimeZone zone(const std::string& name) {
  auto loaded = TimeZone::load(name, kZoneFolder);
  EXPECT_TRUE(loaded.ok()) << loaded.error().message;
  return std::move(loaded.value());
}

// "2026-03-28T23:00:00Z", without the fraction.
std::string first_of(const std::string& name, const char* date) {
  const std::string text = format_timestamp(zone(name).first_of(*parse_date(date)));
  return text.substr(0, 19) + "Z";
}

TEST(TimeZone, BeginsADayAtLocalMidnight) {
  EXPECT_EQ(first_of("UTC", "2026-03-29"), "2026-03-29T00:00:00Z");
  EXPECT_EQ(first_of("Asia/Kathmandu", "2026-03-29"), "2026-03-28T18:15:00Z");
  EXPECT_EQ(first_of("Pacific/Kiritimati", "2026-03-29"), "2026-03-28T10:00:00Z");
  EXPECT_EQ(first_of("Pacific/Pago_Pago", "2026-03-29"), "2026-03-29T11:00:00Z");
}

TEST(TimeZone, KeepsMidnightAcrossSummerTime) {
  EXPECT_EQ(first_of("Europe/Berlin", "2026-03-29"), "2026-03-28T23:00:00Z");
  EXPECT_EQ(first_of("Europe/Berlin", "2026-03-30"), "2026-03-29T22:00:00Z");
  EXPECT_EQ(first_of("Europe/Berlin", "2026-10-25"), "2026-10-24T22:00:00Z");
  EXPECT_EQ(first_of("Europe/Berlin", "2026-10-26"), "2026-10-25T23:00:00Z");
  EXPECT_EQ(first_of("America/New_York", "2026-03-08"), "2026-03-08T05:00:00Z");
  EXPECT_EQ(first_of("America/New_York", "2026-03-09"), "2026-03-09T04:00:00Z");
  EXPECT_EQ(first_of("America/New_York", "2026-11-02"), "2026-11-02T05:00:00Z");
}

// Where summer time begins at midnight there is none on that day: it begins at one o'clock.
TEST(TimeZone, BeginsADayWithoutMidnightAtItsFirstInstant) {
  EXPECT_EQ(first_of("America/Sao_Paulo", "2018-11-04"), "2018-11-04T03:00:00Z");
  EXPECT_EQ(first_of("Asia/Beirut", "2026-03-29"), "2026-03-28T22:00:00Z");
  EXPECT_EQ(first_of("Africa/Cairo", "2026-04-24"), "2026-04-23T22:00:00Z");
}

// Where it ends at midnight the hour before comes twice: the day begins after the second.
TEST(TimeZone, BeginsADayAfterTheHourThatComesTwice) {
  EXPECT_EQ(first_of("America/Sao_Paulo", "2018-02-18"), "2018-02-18T03:00:00Z");
  EXPECT_EQ(first_of("Asia/Beirut", "2026-10-25"), "2026-10-24T22:00:00Z");
}

TEST(TimeZone, BeginsADayThatAZoneLeftOutWithTheNext) {
  EXPECT_EQ(first_of("Pacific/Apia", "2011-12-29"), "2011-12-29T10:00:00Z");
  EXPECT_EQ(first_of("Pacific/Apia", "2011-12-30"), "2011-12-30T10:00:00Z");
  EXPECT_EQ(first_of("Pacific/Apia", "2011-12-31"), "2011-12-30T10:00:00Z");
}

// Another reader of the same files: the C library's.
TEST(TimeZone, AgreesWithTheCLibrary) {
  for (const char* const name : {"UTC",
                                 "Europe/Berlin",
                                 "Europe/Dublin",
                                 "Europe/London",
                                 "America/New_York",
                                 "America/Sao_Paulo",
                                 "America/St_Johns",
                                 "America/Santiago",
                                 "America/Nuuk",
                                 "Africa/Cairo",
                                 "Africa/Casablanca",
                                 "Asia/Beirut",
                                 "Asia/Tehran",
                                 "Asia/Kolkata",
                                 "Asia/Gaza",
                                 "Australia/Lord_Howe",
                                 "Antarctica/Troll",
                                 "Pacific/Apia",
                                 "Pacific/Chatham",
                                 "Pacific/Kiritimati",
                                 "Etc/GMT+12",
                                 "EST5EDT"}) {
    setenv("TZ", name, 1);
    tzset();
    const TimeZone mine = zone(name);
    std::int64_t wrong = 0;
    // From 1960 to 2100, at steps that come to every hour of day and day of year.
    for (std::int64_t at = -315'619'200; at < 4'102'444'800; at += 211'337) {
      const std::time_t time = at;
      std::tm local{};
      localtime_r(&time, &local);
      if (local.tm_gmtoff != mine.offset_at(at)) ++wrong;
    }
    EXPECT_EQ(wrong, 0) << name;
  }
  unsetenv("TZ");
  tzset();
}

// For every day: at its first instant it is that day or a later one, a second before it is not yet.
TEST(TimeZone, FindsTheFirstInstantOfEveryDay) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  for (const char* const name :
       {"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut",
        "Pacific/Apia", "Pacific/Chatham"}) {
    const TimeZone mine = zone(name);
    for (Date day = *parse_date("2005-01-01"); day < *parse_date("2045-01-01");
         day = add_days(day, 1)) {
      const Timestamp first = mine.first_of(day);
      ASSERT_GE(mine.date_at(first), day) << name << ' ' << format_date(day);
      ASSERT_LT(mine.date_at(Timestamp{first.value() - kSecond}), day)
          << name << ' ' << format_date(day);
    }
  }
}

TEST(TimeZone, HasANameThatStaysInItsFolder) {
  for (const char* const name : {"", "/etc/passwd", "../passwd", "Europe/../../passwd",
                                 "Europe Berlin", "Europe\\Berlin", "Zürich"}) {
    EXPECT_FALSE(is_zone_name(name)) << name;
    const auto loaded = TimeZone::load(name, kZoneFolder);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().kind, ErrorKind::kUsage);
  }
  EXPECT_TRUE(is_zone_name("America/Argentina/Buenos_Aires"));
  EXPECT_TRUE(is_zone_name("Etc/GMT+12"));
}

TEST(TimeZone, ThatTheSystemDoesNotKnowIsNotFound) {
  EXPECT_EQ(TimeZone::load("Europe/Atlantis", kZoneFolder).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(TimeZone::load("Europe", kZoneFolder).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(TimeZone::load("Europe/Berlin", "/nowhere").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(TimeZone::load("tzdata.zi", kZoneFolder).error().kind, ErrorKind::kUsage);
  EXPECT_EQ(TimeZone::load("zone1970.tab", kZoneFolder).error().kind, ErrorKind::kUsage);
}

std::string file_of(const std::string& name) {
  std::ifstream in(std::string(kZoneFolder) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(TimeZone, RefusesDamagedFiles) {
  const std::string good = file_of("Europe/Berlin");
  const auto parse = [](const std::string& bytes) {
    return TimeZone::parse(std::as_bytes(std::span(bytes)));
  };
  ASSERT_TRUE(parse(good).ok());
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto cut = parse(good.substr(0, size));
    ASSERT_FALSE(cut.ok()) << size;
    ASSERT_EQ(cut.error().kind, ErrorKind::kCorrupt);
  }
  // A flipped bit is refused or leads to some zone, never astray.
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
    const auto read = parse(flipped);
    if (read.ok()) read->first_of(*parse_date("2050-07-01"));
  }
  EXPECT_FALSE(parse(std::string(1U << 20, 'x')).ok());
}

}  // namespace
}  // namespace kontor
