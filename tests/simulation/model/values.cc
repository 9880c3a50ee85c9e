#include "tests/simulation/model/values.h"

#include <algorithm>
#include <chrono>

namespace kontor::model {
namespace {

using std::chrono::year_month_day;

year_month_day civil(Day day) {
  return year_month_day(std::chrono::sys_days(std::chrono::days(day)));
}

Day days(const year_month_day& date) {
  return static_cast<Day>(std::chrono::sys_days(date).time_since_epoch().count());
}

}  // namespace

Wide divided(Wide numerator, Wide denominator) {
  const Wide magnitude = numerator < 0 ? -numerator : numerator;
  const bool small = magnitude < kMost && denominator < kMost;  // most are, and then it is quick
  const Wide rounded =
      small ? static_cast<Int>(2 * magnitude + denominator) / static_cast<Int>(2 * denominator)
            : (2 * magnitude + denominator) / (2 * denominator);
  return numerator < 0 ? -rounded : rounded;
}

Wide net_of(Int quantity, Int unit_price) {
  return divided(Wide{quantity} * unit_price, Wide{kUnit} * 10'000);
}

Wide percent_of(Wide base, Int rate) {
  return divided(base * rate, kHundredPercent);
}

Int value_of_part(Int amount, Int part, Int whole) {
  return static_cast<Int>(divided(Wide{amount} * part, whole));
}

std::vector<Int> split(Int total, const std::vector<Int>& weights) {
  Wide sum = 0;
  for (const Int weight : weights)
    sum += weight;
  const Wide magnitude = total < 0 ? -Wide{total} : Wide{total};
  std::vector<Int> parts;
  std::vector<Wide> rests;
  Wide given = 0;
  for (const Int weight : weights) {
    parts.push_back(static_cast<Int>(magnitude * weight / sum));
    rests.push_back(magnitude * weight % sum);
    given += parts.back();
  }
  for (; given < magnitude; ++given) {
    const auto largest = std::max_element(rests.begin(), rests.end());  // the first of equals
    ++parts[static_cast<std::size_t>(largest - rests.begin())];
    *largest = -1;
  }
  if (total < 0) {
    for (Int& part : parts)
      part = -part;
  }
  return parts;
}

Day day_of(int year, int month, int day) {
  return days(std::chrono::year(year) / month / day);
}
int year_of(Day day) {
  return static_cast<int>(civil(day).year());
}
int month_of(Day day) {
  return static_cast<int>(static_cast<unsigned>(civil(day).month()));
}
int day_of_month(Day day) {
  return static_cast<int>(static_cast<unsigned>(civil(day).day()));
}

Day month_end(Day day) {
  const year_month_day date = civil(day);
  return days(date.year() / date.month() / std::chrono::last);
}

Day with_day(Day day, int day_of_month) {
  const year_month_day date = civil(day);
  const Day first = days(date.year() / date.month() / 1);
  return std::min(first + day_of_month - 1, month_end(day));
}

Day plus_months(Day day, int months) {
  const year_month_day date = civil(day);
  const auto there = date.year() / date.month() + std::chrono::months(months);
  return with_day(days(there / 1), day_of_month(day));
}

}  // namespace kontor::model
