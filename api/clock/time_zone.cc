#include "api/clock/time_zone.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <optional>

namespace kontor {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kFileBytesMax = 256U << 10;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
// No offset is more: what lies further away than two days cannot change a local date.
constexpr std::int32_t kOffsetMax = 26 * 3'600;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

Error corrupt(const char* what) {
  return {ErrorKind::kCorrupt, std::string("not a zone file of TZif version 2 or later: ") + what};
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

Date date_of(std::int64_t local_seconds) {
  return Date{static_cast<std::int32_t>(floor_div(local_seconds, kSecondsPerDay))};
}

std::int64_t seconds_of(Timestamp time) {
  return floor_div(time.value(), kNanosecondsPerSecond);
}

}  // namespace

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name.front() == '/') return false;
  if (name.find("..") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
}

// ---- the rule in the last line: "CET-1CEST,M3.5.0,M10.5.0/3"
// -------------------------------------

class TimeZone::RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  std::optional<Rule> read() {
    Rule rule;
    const bool standard = name() && offset(rule.standard);
    if (!standard) return std::nullopt;
    if (text_.empty()) return rule;
    rule.has_summer = true;
    rule.summer = rule.standard + 3'600;
    if (!name()) return std::nullopt;
    if (!text_.empty() && text_.front() != ',' && !offset(rule.summer)) return std::nullopt;
    if (!take(',') || !day(rule.begin) || !take(',') || !day(rule.end)) return std::nullopt;
    return text_.empty() ? std::optional(rule) : std::nullopt;
  }

 private:
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool name() {
    if (take('<')) {
      const std::size_t end = text_.find('>');
      if (end == std::string_view::npos) return false;
      text_.remove_prefix(end + 1);
      return true;
    }
    const auto is_letter = [](unsigned char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    std::size_t letters = 0;
    while (letters < text_.size() && is_letter(static_cast<unsigned char>(text_[letters])))
      ++letters;
    text_.remove_prefix(letters);
    return letters >= 3;
  }

  bool number(int most, int& out) {
    out = 0;
    std::size_t digits = 0;
    while (digits < text_.size() && digits < 4 && text_[digits] >= '0' && text_[digits] <= '9')
      out = out * 10 + (text_[digits++] - '0');
    text_.remove_prefix(digits);
    return digits > 0 && out <= most;
  }

  // hh[:mm[:ss]] with a sign
  bool time(std::int32_t& out) {
    const bool minus = take('-');
    if (!minus) take('+');
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    if (!number(167, hours)) return false;
    if (take(':') && !number(59, minutes)) return false;
    if (take(':') && !number(59, seconds)) return false;
    out = (hours * 60 + minutes) * 60 + seconds;
    if (minus) out = -out;
    return true;
  }

  // POSIX counts west of UTC.
  bool offset(std::int32_t& out) {
    if (!time(out)) return false;
    out = -out;
    return out >= -kOffsetMax && out <= kOffsetMax;
  }

  bool day(RuleDay& out) {
    bool sound = false;
    if (take('M')) {
      out.form = 'M';
      sound = number(12, out.month) && out.month > 0 && take('.') && number(5, out.week) &&
              out.week > 0 && take('.') && number(6, out.day);
    } else if (take('J')) {
      out.form = 'J';
      sound = number(365, out.day) && out.day > 0;
    } else {
      out.form = 'N';
      sound = number(365, out.day);
    }
    return sound && (!take('/') || time(out.seconds));
  }

  std::string_view text_;
};

std::int64_t TimeZone::rule_second(const RuleDay& day, std::int32_t year) {
  std::int64_t days = 0;
  const Date first = from_civil({year, 1, 1});
  if (day.form == 'M') {
    const Date month = from_civil({year, day.month, 1});
    const std::int32_t weekday = ((month.value() + 4) % 7 + 7) % 7;  // 0: Sunday
    std::int32_t of_month = (day.day - weekday + 7) % 7 + (day.week - 1) * 7;
    if (of_month >= days_in_month(year, day.month)) of_month -= 7;
    days = month.value() + of_month;
  } else {
    const bool after_leap_day = day.form == 'J' && day.day >= 60 && days_in_month(year, 2) == 29;
    days = first.value() + day.day - (day.form == 'J' ? 1 : 0) + (after_leap_day ? 1 : 0);
  }
  return days * kSecondsPerDay + day.seconds;
}

std::vector<TimeZone::Change> TimeZone::rule_changes(std::int32_t year) const {
  std::vector<Change> out;
  if (!rule_.has_summer) return out;
  for (std::int32_t of = year - 1; of <= year + 1; ++of) {
    out.push_back({rule_second(rule_.begin, of) - rule_.standard, rule_.summer});
    out.push_back({rule_second(rule_.end, of) - rule_.summer, rule_.standard});
  }
  std::sort(out.begin(), out.end(), [](const Change& a, const Change& b) { return a.at < b.at; });
  return out;
}

// ---- the file -----------------------------------------------------------------------------------

class TimeZone::FileReader {
 public:
  explicit FileReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Result<TimeZone> read() {
    Counts counts;
    if (!header(counts)) return corrupt("its header");
    if (version_ < '2') return corrupt("its version");
    if (!skip(block_bytes(counts, 4)) || !header(counts)) return corrupt("its second header");
    if (counts.types == 0 || counts.types > 256 || block_bytes(counts, 8) > bytes_.size() - at_) {
      return corrupt("its counts");
    }
    if (!block(counts)) return corrupt("its changes");
    if (!footer()) return corrupt("its last line");
    return std::move(zone_);
  }

 private:
  struct Counts {
    std::size_t utc = 0;
    std::size_t standard = 0;
    std::size_t leaps = 0;
    std::size_t times = 0;
    std::size_t types = 0;
    std::size_t chars = 0;
  };
  static constexpr std::size_t kHeaderBytes = 44;
  static constexpr std::size_t kTypeBytes = 6;

  static std::size_t block_bytes(const Counts& c, std::size_t time_bytes) {
    return c.times * (time_bytes + 1) + c.types * kTypeBytes + c.chars +
           c.leaps * (time_bytes + 4) + c.standard + c.utc;
  }

  bool skip(std::size_t bytes) {
    if (bytes > bytes_.size() - at_) return false;
    at_ += bytes;
    return true;
  }

  std::uint8_t byte(std::size_t at) const { return std::to_integer<std::uint8_t>(bytes_[at]); }

  std::int64_t big_endian(std::size_t at, std::size_t bytes) const {
    std::uint64_t value = (byte(at) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < bytes; ++i)
      value = value << 8U | byte(at + i);
    return static_cast<std::int64_t>(value);
  }

  bool header(Counts& out) {
    const std::size_t begin = at_;
    if (!skip(kHeaderBytes)) return false;
    static constexpr std::string_view kMagic = "TZif";
    for (std::size_t i = 0; i < kMagic.size(); ++i) {
      if (byte(begin + i) != static_cast<std::uint8_t>(kMagic[i])) return false;
    }
    version_ = static_cast<char>(byte(begin + 4));
    const std::array counts = {&out.utc,   &out.standard, &out.leaps,
                               &out.times, &out.types,    &out.chars};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::int64_t count = big_endian(begin + 20 + i * 4, 4);
      if (count < 0 || count > static_cast<std::int64_t>(kFileBytesMax)) return false;
      *counts[i] = static_cast<std::size_t>(count);
    }
    return true;
  }

  bool block(const Counts& counts) {
    const std::size_t times = at_;
    const std::size_t kinds = times + counts.times * 8;
    const std::size_t types = kinds + counts.times;
    const auto offset_of = [&](std::size_t type) {
      return static_cast<std::int32_t>(big_endian(types + type * kTypeBytes, 4));
    };
    for (std::size_t i = 0; i < counts.types; ++i) {
      if (offset_of(i) < -kOffsetMax || offset_of(i) > kOffsetMax) return false;
    }
    zone_.first_offset_ = offset_of(0);
    for (std::size_t i = 0; i < counts.times; ++i) {
      const std::size_t type = byte(kinds + i);
      const std::int64_t at = big_endian(times + i * 8, 8);
      if (type >= counts.types) return false;
      if (i > 0 && at <= zone_.changes_.back().at) return false;
      zone_.changes_.push_back({at, offset_of(type)});
    }
    return skip(block_bytes(counts, 8));
  }

  bool footer() {
    if (!skip(1) || byte(at_ - 1) != '\n') return false;
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + at_,
                                bytes_.size() - at_);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return false;
    if (end == 0) {  // no rule: the last change holds for ever
      zone_.rule_.standard =
          zone_.changes_.empty() ? zone_.first_offset_ : zone_.changes_.back().offset;
      return true;
    }
    const std::optional<Rule> rule = RuleReader(rest.substr(0, end)).read();
    if (rule) zone_.rule_ = *rule;
    return rule.has_value();
  }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  char version_ = 0;
  TimeZone zone_;
};

Result<TimeZone> TimeZone::parse(std::span<const std::byte> file) {
  if (file.size() > kFileBytesMax) return corrupt("its size");
  return FileReader(file).read();
}

Result<TimeZone> TimeZone::load(std::string_view name, const std::string& folder) {
  const std::string shown = "'" + std::string(name) + "'";
  if (!is_zone_name(name)) {
    return Error{ErrorKind::kUsage, shown + " is no name of a time zone, such as Europe/Berlin"};
  }
  std::ifstream in(folder + "/" + std::string(name), std::ios::binary);
  std::string bytes(kFileBytesMax + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.gcount() == 0) {
    return Error{ErrorKind::kNotFound, "this system knows no time zone " + shown + " (" + folder +
                                           "; the package tzdata brings them)"};
  }
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  auto zone = parse(std::as_bytes(std::span(bytes)));
  if (!zone) return Error{zone.error().kind, shown + ": " + zone.error().message};
  return zone;
}

// ---- what holds when ----------------------------------------------------------------------------

std::int32_t TimeZone::offset_at(std::int64_t unix_seconds) const {
  const auto later = [](std::int64_t at, const Change& change) { return at < change.at; };
  const auto after = std::upper_bound(changes_.begin(), changes_.end(), unix_seconds, later);
  if (after != changes_.end()) {
    return after == changes_.begin() ? first_offset_ : (after - 1)->offset;
  }
  const std::int32_t year = to_civil(date_of(unix_seconds)).year;
  std::int32_t offset = rule_.standard;
  for (const Change& change : rule_changes(year)) {
    if (change.at <= unix_seconds) offset = change.offset;
  }
  return offset;
}

TimeZone::Change TimeZone::next_change(std::int64_t after) const {
  const auto later = [](std::int64_t at, const Change& change) { return at < change.at; };
  const auto found = std::upper_bound(changes_.begin(), changes_.end(), after, later);
  if (found != changes_.end()) return *found;
  for (const Change& change : rule_changes(to_civil(date_of(after)).year)) {
    if (change.at > after) return change;
  }
  return {kNever, 0};
}

Date TimeZone::date_at(Timestamp time) const {
  const std::int64_t seconds = seconds_of(time);
  return date_of(seconds + offset_at(seconds));
}

// Goes through the stretches of one offset around that midnight.
Timestamp TimeZone::first_of(Date date) const {
  const std::int64_t midnight = std::int64_t{date.value()} * kSecondsPerDay;
  std::int64_t at = midnight - 2 * kSecondsPerDay;
  for (;;) {
    const std::int32_t offset = offset_at(at);
    const std::int64_t end = next_change(at).at;
    const std::int64_t begins = std::max(at, midnight - offset);
    if (begins < end) return Timestamp{begins * kNanosecondsPerSecond};
    at = end;
  }
}

}  // namespace kontor
