// Which purchase a cancelled line of Online Retail takes back. The file does not say, so the rule
// is ours, and a report says what it could not match:
//   - same customer, same item, same unit price (so that what is credited is what the file says),
//     bought on the same day or before;
//   - cancellations in the order of their days, then of the file;
//   - the newest purchase first, as what comes back is most often of the last delivery; of one day,
//     the last in the file; as many pieces of it as are left, then the one before.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/base/money.h"
#include "events/base/time.h"

namespace kontor::cli {

struct RetailSum {
  std::uint64_t lines = 0;
  std::int64_t quantity = 0;
  std::int64_t micros = 0;  // 10^-6 pounds: quantity x unit price, not rounded
};

// Adds a line. False: it does not fit.
bool add(RetailSum& sum, std::int64_t quantity, std::int64_t micros);

// A line of a cancellation as read.
struct RetailCancellation {
  std::string number;
  Date date;
  std::uint32_t customer = 0;  // index into customers
  std::uint32_t item = 0;      // index into items
  std::int64_t quantity = 0;   // pieces, above zero
  UnitPrice price;
};

struct RetailYear;

// Fills what the year says about credits. The year's invoices are in order of their days.
void match_cancellations(std::vector<RetailCancellation> cancelled, RetailYear& year);

}  // namespace kontor::cli
