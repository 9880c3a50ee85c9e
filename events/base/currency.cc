#include "events/base/currency.h"

#include <algorithm>
#include <array>

namespace kontor {
namespace {

// ISO 4217 list one, currencies with minor units, by alphabetic code.
constexpr auto kCurrencies = std::to_array<Currency>({
    {CurrencyCode{784}, "AED", 2}, {CurrencyCode{971}, "AFN", 2}, {CurrencyCode{8}, "ALL", 2},
    {CurrencyCode{51}, "AMD", 2},  {CurrencyCode{973}, "AOA", 2}, {CurrencyCode{32}, "ARS", 2},
    {CurrencyCode{36}, "AUD", 2},  {CurrencyCode{533}, "AWG", 2}, {CurrencyCode{944}, "AZN", 2},
    {CurrencyCode{977}, "BAM", 2}, {CurrencyCode{52}, "BBD", 2},  {CurrencyCode{50}, "BDT", 2},
    {CurrencyCode{48}, "BHD", 3},  {CurrencyCode{108}, "BIF", 0}, {CurrencyCode{60}, "BMD", 2},
    {CurrencyCode{96}, "BND", 2},  {CurrencyCode{68}, "BOB", 2},  {CurrencyCode{984}, "BOV", 2},
    {CurrencyCode{986}, "BRL", 2}, {CurrencyCode{44}, "BSD", 2},  {CurrencyCode{64}, "BTN", 2},
    {CurrencyCode{72}, "BWP", 2},  {CurrencyCode{933}, "BYN", 2}, {CurrencyCode{84}, "BZD", 2},
    {CurrencyCode{124}, "CAD", 2}, {CurrencyCode{976}, "CDF", 2}, {CurrencyCode{947}, "CHE", 2},
    {CurrencyCode{756}, "CHF", 2}, {CurrencyCode{948}, "CHW", 2}, {CurrencyCode{990}, "CLF", 4},
    {CurrencyCode{152}, "CLP", 0}, {CurrencyCode{156}, "CNY", 2}, {CurrencyCode{170}, "COP", 2},
    {CurrencyCode{970}, "COU", 2}, {CurrencyCode{188}, "CRC", 2}, {CurrencyCode{192}, "CUP", 2},
    {CurrencyCode{132}, "CVE", 2}, {CurrencyCode{203}, "CZK", 2}, {CurrencyCode{262}, "DJF", 0},
    {CurrencyCode{208}, "DKK", 2}, {CurrencyCode{214}, "DOP", 2}, {CurrencyCode{12}, "DZD", 2},
    {CurrencyCode{818}, "EGP", 2}, {CurrencyCode{232}, "ERN", 2}, {CurrencyCode{230}, "ETB", 2},
    {CurrencyCode{978}, "EUR", 2}, {CurrencyCode{242}, "FJD", 2}, {CurrencyCode{238}, "FKP", 2},
    {CurrencyCode{826}, "GBP", 2}, {CurrencyCode{981}, "GEL", 2}, {CurrencyCode{936}, "GHS", 2},
    {CurrencyCode{292}, "GIP", 2}, {CurrencyCode{270}, "GMD", 2}, {CurrencyCode{324}, "GNF", 0},
    {CurrencyCode{320}, "GTQ", 2}, {CurrencyCode{328}, "GYD", 2}, {CurrencyCode{344}, "HKD", 2},
    {CurrencyCode{340}, "HNL", 2}, {CurrencyCode{332}, "HTG", 2}, {CurrencyCode{348}, "HUF", 2},
    {CurrencyCode{360}, "IDR", 2}, {CurrencyCode{376}, "ILS", 2}, {CurrencyCode{356}, "INR", 2},
    {CurrencyCode{368}, "IQD", 3}, {CurrencyCode{364}, "IRR", 2}, {CurrencyCode{352}, "ISK", 0},
    {CurrencyCode{388}, "JMD", 2}, {CurrencyCode{400}, "JOD", 3}, {CurrencyCode{392}, "JPY", 0},
    {CurrencyCode{404}, "KES", 2}, {CurrencyCode{417}, "KGS", 2}, {CurrencyCode{116}, "KHR", 2},
    {CurrencyCode{174}, "KMF", 0}, {CurrencyCode{408}, "KPW", 2}, {CurrencyCode{410}, "KRW", 0},
    {CurrencyCode{414}, "KWD", 3}, {CurrencyCode{136}, "KYD", 2}, {CurrencyCode{398}, "KZT", 2},
    {CurrencyCode{418}, "LAK", 2}, {CurrencyCode{422}, "LBP", 2}, {CurrencyCode{144}, "LKR", 2},
    {CurrencyCode{430}, "LRD", 2}, {CurrencyCode{426}, "LSL", 2}, {CurrencyCode{434}, "LYD", 3},
    {CurrencyCode{504}, "MAD", 2}, {CurrencyCode{498}, "MDL", 2}, {CurrencyCode{969}, "MGA", 2},
    {CurrencyCode{807}, "MKD", 2}, {CurrencyCode{104}, "MMK", 2}, {CurrencyCode{496}, "MNT", 2},
    {CurrencyCode{446}, "MOP", 2}, {CurrencyCode{929}, "MRU", 2}, {CurrencyCode{480}, "MUR", 2},
    {CurrencyCode{462}, "MVR", 2}, {CurrencyCode{454}, "MWK", 2}, {CurrencyCode{484}, "MXN", 2},
    {CurrencyCode{979}, "MXV", 2}, {CurrencyCode{458}, "MYR", 2}, {CurrencyCode{943}, "MZN", 2},
    {CurrencyCode{516}, "NAD", 2}, {CurrencyCode{566}, "NGN", 2}, {CurrencyCode{558}, "NIO", 2},
    {CurrencyCode{578}, "NOK", 2}, {CurrencyCode{524}, "NPR", 2}, {CurrencyCode{554}, "NZD", 2},
    {CurrencyCode{512}, "OMR", 3}, {CurrencyCode{590}, "PAB", 2}, {CurrencyCode{604}, "PEN", 2},
    {CurrencyCode{598}, "PGK", 2}, {CurrencyCode{608}, "PHP", 2}, {CurrencyCode{586}, "PKR", 2},
    {CurrencyCode{985}, "PLN", 2}, {CurrencyCode{600}, "PYG", 0}, {CurrencyCode{634}, "QAR", 2},
    {CurrencyCode{946}, "RON", 2}, {CurrencyCode{941}, "RSD", 2}, {CurrencyCode{643}, "RUB", 2},
    {CurrencyCode{646}, "RWF", 0}, {CurrencyCode{682}, "SAR", 2}, {CurrencyCode{90}, "SBD", 2},
    {CurrencyCode{690}, "SCR", 2}, {CurrencyCode{938}, "SDG", 2}, {CurrencyCode{752}, "SEK", 2},
    {CurrencyCode{702}, "SGD", 2}, {CurrencyCode{654}, "SHP", 2}, {CurrencyCode{925}, "SLE", 2},
    {CurrencyCode{706}, "SOS", 2}, {CurrencyCode{968}, "SRD", 2}, {CurrencyCode{728}, "SSP", 2},
    {CurrencyCode{930}, "STN", 2}, {CurrencyCode{222}, "SVC", 2}, {CurrencyCode{760}, "SYP", 2},
    {CurrencyCode{748}, "SZL", 2}, {CurrencyCode{764}, "THB", 2}, {CurrencyCode{972}, "TJS", 2},
    {CurrencyCode{934}, "TMT", 2}, {CurrencyCode{788}, "TND", 3}, {CurrencyCode{776}, "TOP", 2},
    {CurrencyCode{949}, "TRY", 2}, {CurrencyCode{780}, "TTD", 2}, {CurrencyCode{901}, "TWD", 2},
    {CurrencyCode{834}, "TZS", 2}, {CurrencyCode{980}, "UAH", 2}, {CurrencyCode{800}, "UGX", 0},
    {CurrencyCode{840}, "USD", 2}, {CurrencyCode{997}, "USN", 2}, {CurrencyCode{940}, "UYI", 0},
    {CurrencyCode{858}, "UYU", 2}, {CurrencyCode{927}, "UYW", 4}, {CurrencyCode{860}, "UZS", 2},
    {CurrencyCode{926}, "VED", 2}, {CurrencyCode{928}, "VES", 2}, {CurrencyCode{704}, "VND", 0},
    {CurrencyCode{548}, "VUV", 0}, {CurrencyCode{882}, "WST", 2}, {CurrencyCode{396}, "XAD", 2},
    {CurrencyCode{950}, "XAF", 0}, {CurrencyCode{951}, "XCD", 2}, {CurrencyCode{532}, "XCG", 2},
    {CurrencyCode{952}, "XOF", 0}, {CurrencyCode{953}, "XPF", 0}, {CurrencyCode{886}, "YER", 2},
    {CurrencyCode{710}, "ZAR", 2}, {CurrencyCode{967}, "ZMW", 2}, {CurrencyCode{924}, "ZWG", 2},
});

constexpr std::uint16_t kNoRow = UINT16_MAX;

// The row of each numeric code, which has three digits.
constexpr auto kRows = [] {
  std::array<std::uint16_t, 1000> rows{};
  for (std::uint16_t& row : rows)
    row = kNoRow;
  for (std::size_t i = 0; i < kCurrencies.size(); ++i) {
    rows[kCurrencies[i].code.value()] = static_cast<std::uint16_t>(i);
  }
  return rows;
}();

}  // namespace

std::optional<Currency> find_currency(std::string_view alpha) {
  const auto* const found = std::lower_bound(
      kCurrencies.begin(), kCurrencies.end(), alpha,
      [](const Currency& currency, std::string_view name) { return currency.alpha < name; });
  if (found == kCurrencies.end() || found->alpha != alpha) return std::nullopt;
  return *found;
}

std::optional<Currency> find_currency(CurrencyCode code) {
  const std::uint16_t row = code.value() < kRows.size() ? kRows[code.value()] : kNoRow;
  if (row == kNoRow) return std::nullopt;
  return kCurrencies[row];
}

std::string format_decimal(std::int64_t value, int decimals, bool trim_zeros) {
  const bool negative = value < 0;
  const std::uint64_t magnitude =
      negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  std::string digits = std::to_string(magnitude);
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, 1, '.');
  if (trim_zeros && places > 0) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return negative ? "-" + digits : digits;
}

std::string format_money(Minor amount, CurrencyCode code) {
  const auto currency = find_currency(code);
  return format_decimal(amount.value(), currency ? currency->decimals : 0, false);
}

std::optional<std::int64_t> parse_decimal(std::string_view text, int decimals) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  std::int64_t value = 0;
  int places = -1;  // -1: before the point
  bool digit_last = false;
  for (const char c : text) {
    const bool digit_before = digit_last;
    digit_last = c >= '0' && c <= '9';
    if (c == '.' && places < 0 && digit_before) {
      places = 0;
      continue;
    }
    if (!digit_last || (places >= 0 && ++places > decimals)) return std::nullopt;
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_sub_overflow(value, c - '0', &value)) {
      return std::nullopt;
    }
  }
  if (!digit_last) return std::nullopt;
  for (int i = std::max(places, 0); i < decimals; ++i) {
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
  }
  if (negative) return value;  // built as a negative number, so that the minimum fits
  if (value == INT64_MIN) return std::nullopt;
  return -value;
}

}  // namespace kontor
