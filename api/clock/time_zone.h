// TimeZone: local dates of an IANA time zone, read from the system's compiled zone files (TZif, RFC
// 8536; ops/adr/0009-zones-from-the-system.md). Read once, then const: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/base/time.h"

namespace kontor {

// "Europe/Berlin": could be a zone; nothing that leads out of the folder.
bool is_zone_name(std::string_view name);

class TimeZone {
 public:
  // `folder`: of the zone files. Errors: kUsage (no zone name), kNotFound (the system has no such
  // zone), kCorrupt (the file is none).
  static Result<TimeZone> load(std::string_view name, const std::string& folder);
  static Result<TimeZone> parse(std::span<const std::byte> file);

  std::int32_t offset_at(std::int64_t unix_seconds) const;  // seconds east of UTC
  Date date_at(Timestamp time) const;
  // The first instant whose local date is `date` or later: midnight, or where a zone has none on
  // that day, the first instant after it.
  Timestamp first_of(Date date) const;

 private:
  struct Change {
    std::int64_t at = 0;      // unix seconds
    std::int32_t offset = 0;  // from then on
  };
  // A day of the year with a time: of the rule for all years after the last change of the file.
  struct RuleDay {
    char form = 'M';  // M: month, week, weekday; J: 1 to 365 without 29 February; N: 0 to 365
    int month = 1;
    int week = 1;
    int day = 0;
    std::int32_t seconds = 7'200;
  };
  struct Rule {
    std::int32_t standard = 0;
    std::int32_t summer = 0;
    bool has_summer = false;
    RuleDay begin;
    RuleDay end;
  };
  class FileReader;
  class RuleReader;

  static std::int64_t rule_second(const RuleDay& day, std::int32_t year);  // local, no offset
  std::vector<Change> rule_changes(std::int32_t year) const;
  // What holds at a time, and the first change after it (INT64_MAX: none near).
  Change next_change(std::int64_t after) const;

  std::int32_t first_offset_ = 0;
  std::vector<Change> changes_;  // ascending
  Rule rule_;                    // after the last of them
};

inline constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

}  // namespace kontor
