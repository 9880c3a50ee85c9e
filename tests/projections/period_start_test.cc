// Where the periods of a book's calendar begin (E-T7).
#include <flatbuffers/flatbuffers.h>
#include <gtest/gtest.h>

#include "book_generated.h"

#include "projections/calendar.h"

namespace kontor {
namespace {

Calendar calendar_of(std::uint8_t first_day_of_week, std::uint8_t first_month) {
  flatbuffers::FlatBufferBuilder out;
  BookOpenedBuilder event(out);
  event.add_first_day_of_week(first_day_of_week);
  event.add_fiscal_year_first_month(first_month);
  event.add_business_date(0);
  out.Finish(event.Finish());
  Calendar calendar;
  calendar.on(Envelope{}, *flatbuffers::GetRoot<BookOpened>(out.GetBufferPointer()));
  return calendar;
}

std::string start(const Calendar& calendar, PeriodKind kind, std::string_view date) {
  return format_date(calendar.period_start(kind, *parse_date(date)));
}

struct Case {
  PeriodKind kind;
  std::uint8_t first_day_of_week;
  std::uint8_t first_month;
  std::string_view date;
  std::string_view start;
};

TEST(PeriodStart, IsTheFirstDayOfThePeriodInTheBooksCalendar) {
  using enum PeriodKind;
  for (const Case& c : {
           Case{day, 1, 1, "2026-03-29", "2026-03-29"},
           Case{week, 1, 1, "2026-03-29", "2026-03-23"},  // a Sunday; clocks change
           Case{week, 7, 1, "2026-03-29", "2026-03-29"},
           Case{week, 7, 1, "2026-03-28", "2026-03-22"},
           Case{week, 1, 1, "2026-03-30", "2026-03-30"},
           Case{week, 4, 1, "1970-01-01", "1970-01-01"},
           Case{week, 5, 1, "1970-01-01", "1969-12-26"},
           Case{week, 1, 1, "2026-01-01", "2025-12-29"},
           Case{month, 1, 1, "2026-03-01", "2026-03-01"},
           Case{month, 1, 1, "2024-02-29", "2024-02-01"},
           Case{quarter, 1, 1, "2026-03-31", "2026-01-01"},
           Case{quarter, 1, 1, "2026-04-01", "2026-04-01"},
           Case{quarter, 1, 2, "2026-01-31", "2025-11-01"},
           Case{quarter, 1, 2, "2026-02-01", "2026-02-01"},
           Case{year, 1, 1, "2026-12-31", "2026-01-01"},
           Case{year, 1, 7, "2026-06-30", "2025-07-01"},
           Case{year, 1, 7, "2026-07-01", "2026-07-01"},
       }) {
    EXPECT_EQ(start(calendar_of(c.first_day_of_week, c.first_month), c.kind, c.date), c.start)
        << c.date;
  }
}

}  // namespace
}  // namespace kontor
