// The book itself and the day it is on. Folds BookOpened and BusinessDayOpened, and in book 0
// LogClaimed and BookRegistered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct BookOpened;
struct BusinessDayOpened;
struct BookRegistered;
struct LogClaimed;

class Calendar {
 public:
  static constexpr std::uint32_t kNumber = 12;

  void on(const Envelope& by, const BookOpened& event);
  void on(const Envelope& by, const BusinessDayOpened& event);
  void on(const Envelope& by, const BookRegistered& event);
  void on(const Envelope& by, const LogClaimed& event);

  const std::string& book() const { return book_; }  // its name; empty: not opened (or book 0)
  const std::string& legal_name() const { return legal_name_; }
  const std::string& country() const { return country_; }
  const std::string& time_zone() const { return time_zone_; }
  const std::string& administrator() const { return administrator_; }
  CurrencyCode currency() const { return currency_; }
  CalendarMode mode() const { return mode_; }
  Date business_date() const { return business_date_; }
  std::uint8_t settled_rule() const { return settled_rule_; }  // of BookOpened
  std::uint8_t fiscal_year_first_month() const { return fiscal_year_first_month_; }
  // The fiscal year a date lies in, named after the calendar year it begins in.
  std::uint16_t fiscal_year(Date date) const;
  // The first day of the period that a date lies in; of none: the date.
  Date period_start(PeriodKind kind, Date date) const;

  // Book 0: books by number - 1, and the writer's epoch.
  const NameTable& registered() const { return registered_; }
  std::uint64_t epoch() const { return epoch_; }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const { return {}; }

 private:
  std::string book_;
  std::string legal_name_;
  std::string country_;
  std::string time_zone_;
  std::string administrator_;
  CurrencyCode currency_;
  CalendarMode mode_ = CalendarMode::manual;
  Date business_date_ = kNoDate;
  std::uint8_t first_day_of_week_ = 1;
  std::uint8_t fiscal_year_first_month_ = 1;
  std::uint8_t settled_rule_ = 0;
  NameTable registered_;
  std::uint64_t epoch_ = 0;
};

}  // namespace kontor
