#include "projections/calendar.h"

#include "book_generated.h"
#include "calendar_generated.h"

#include "projections/fold.h"

namespace kontor {

void Calendar::on(const Envelope&, const BookOpened& event) {
  book_ = view(event.book());
  legal_name_ = view(event.legal_name());
  country_ = view(event.country());
  time_zone_ = view(event.time_zone());
  administrator_ = view(event.administrator());
  currency_ = CurrencyCode{event.currency()};
  mode_ = event.calendar();
  business_date_ = Date{event.business_date()};
  first_day_of_week_ = event.first_day_of_week();
  fiscal_year_first_month_ = event.fiscal_year_first_month();
  settled_rule_ = event.settled_rule();
}

void Calendar::on(const Envelope&, const BusinessDayOpened& event) {
  KONTOR_ASSERT(Date{event.date()} > business_date_);
  business_date_ = Date{event.date()};
}

void Calendar::on(const Envelope&, const BookRegistered& event) {
  registered_.add(view(event.book()));
  KONTOR_ASSERT(registered_.size() == event.book_number());
}

void Calendar::on(const Envelope&, const LogClaimed& event) {
  KONTOR_ASSERT(event.epoch() > epoch_);
  epoch_ = event.epoch();
}

std::uint16_t Calendar::fiscal_year(Date date) const {
  const CivilDate civil = to_civil(date);
  const std::int32_t year = civil.month >= fiscal_year_first_month_ ? civil.year : civil.year - 1;
  return static_cast<std::uint16_t>(year);
}

Date Calendar::period_start(PeriodKind kind, Date date) const {
  if (kind == PeriodKind::none || kind == PeriodKind::day) return date;
  if (kind == PeriodKind::week) {
    const std::int64_t days =
        std::int64_t{date.value()} + 4 - first_day_of_week_;  // from a Thursday
    return add_days(date, -((days % 7 + 7) % 7));
  }
  const CivilDate civil = to_civil(date);
  const Date first = from_civil({civil.year, civil.month, 1});
  const std::int32_t month_of_year = (civil.month - fiscal_year_first_month_ + 12) % 12;
  switch (kind) {
    case PeriodKind::quarter:
      return add_months(first, -(month_of_year % 3));
    case PeriodKind::year:
      return add_months(first, -month_of_year);
    default:
      return first;
  }
}

void Calendar::save(Sink& out) const {
  for (const std::string* text : {&book_, &legal_name_, &country_, &time_zone_, &administrator_}) {
    out.text(*text);
  }
  out.pod(currency_.value());
  out.pod(mode_);
  out.pod(business_date_.value());
  out.pod(first_day_of_week_);
  out.pod(fiscal_year_first_month_);
  out.pod(settled_rule_);
  registered_.save(out);
  out.pod(epoch_);
}

void Calendar::load(Source& in) {
  for (std::string* text : {&book_, &legal_name_, &country_, &time_zone_, &administrator_}) {
    in.text(*text);
  }
  in.pod(currency_);
  in.pod(mode_);
  in.pod(business_date_);
  in.pod(first_day_of_week_);
  in.pod(fiscal_year_first_month_);
  in.pod(settled_rule_);
  registered_.load(in);
  in.pod(epoch_);
}

}  // namespace kontor
