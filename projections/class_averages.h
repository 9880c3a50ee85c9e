// What the companies of a class have lately ordered: count and sum of the orders of the last 90
// days, by class and currency, counted as they were placed. Folds CompanyRegistered (for the class)
// and OrderPlaced. Rules: domain, One kind of rule (the new-customer rule).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
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

struct CompanyRegistered;
struct OrderPlaced;

struct OrdersOfClass {
  std::int64_t count = 0;
  Int128 sum = 0;  // of totals with tax
};

class ClassAverages {
 public:
  static constexpr std::uint32_t kNumber = 19;
  static constexpr std::int32_t kDays = 90;  // the business date and those before it

  void on(const Envelope& by, const CompanyRegistered& event);
  void on(const Envelope& by, const OrderPlaced& event);

  std::uint32_t company_count() const { return static_cast<std::uint32_t>(class_of_.size()); }
  // Of the company's class. An order stays with the class its company had when it was placed.
  OrdersOfClass recent(CompanyId company, CurrencyCode currency, Date today) const;

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  struct Day {
    std::int32_t date = 0;
    OrdersOfClass orders;
  };
  struct Window {
    std::deque<Day> days;  // ascending, none empty
    OrdersOfClass all;     // their sum
  };
  using Key = std::pair<std::uint32_t, std::uint16_t>;  // class, currency

  NameTable classes_;
  std::vector<std::uint32_t> class_of_;  // by company; kNoOrdinal: none
  std::map<Key, Window> windows_;
};

}  // namespace kontor
