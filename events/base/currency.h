// ISO 4217: the codes in force and their minor units.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/base/money.h"

namespace kontor {

struct Currency {
  CurrencyCode code;
  std::string_view alpha;  // static
  int decimals = 2;        // minor unit exponent
};

std::optional<Currency> find_currency(std::string_view alpha);  // "EUR"
std::optional<Currency> find_currency(CurrencyCode code);

// "1234.56" with exactly the currency's decimals. For people and JSON.
std::string format_money(Minor amount, CurrencyCode code);
std::string format_decimal(std::int64_t value, int decimals, bool trim_zeros);

// The decimal text times 10^decimals, exactly; nothing if it has more decimals than that, does not
// fit, or is not [-]digits[.digits].
std::optional<std::int64_t> parse_decimal(std::string_view text, int decimals);

}  // namespace kontor
