#include "calendar_generated.h"
#include "open_business_day_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"

namespace kontor {

// The days of a book that goes by the clock are the server's to open; a caller's would be a day
// that cannot be taken back.
void decide(Step& step, const OpenBusinessDay& command) {
  const bool by_clock = step.book().calendar().mode() == CalendarMode::clock;
  if (by_clock && step.context().principal != kServerPrincipal) {
    return step.refuse(
        about(ReasonCode::not_permitted, Subject::book, step.book().calendar().book()));
  }
  const Date today = step.book().calendar().business_date();
  const Date wanted{command.date()};
  if (wanted <= today) {
    return step.refuse(
        with_dates(about(ReasonCode::day_not_later, Subject::book, step.book().calendar().book()),
                   wanted, today));
  }
  const std::int64_t days = std::int64_t{wanted.value()} - today.value();
  if (days > limits::kDaysAtOnceMax) {
    return step.refuse(
        with_dates(about(ReasonCode::day_too_far, Subject::book, step.book().calendar().book()),
                   wanted, add_days(today, limits::kDaysAtOnceMax)));
  }
  for (std::int64_t day = 1; day <= days; ++day) {
    step.emit<BusinessDayOpened>(0, [&](flatbuffers::FlatBufferBuilder& out) {
      return CreateBusinessDayOpened(out, add_days(today, day).value());
    });
  }
}

}  // namespace kontor
