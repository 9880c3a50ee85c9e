#include "events/base/currency.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace kontor {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

TEST(Currency, HasTheDecimalsOfIso4217) {
  EXPECT_EQ(find_currency("JPY")->decimals, 0);
  EXPECT_EQ(find_currency("EUR")->decimals, 2);
  EXPECT_EQ(find_currency("KWD")->decimals, 3);
  EXPECT_EQ(find_currency("CLF")->decimals, 4);
}

TEST(Currency, IsFoundByEitherCode) {
  EXPECT_EQ(find_currency("EUR")->code, CurrencyCode{978});
  EXPECT_EQ(find_currency(CurrencyCode{978})->alpha, "EUR");
  EXPECT_EQ(find_currency(CurrencyCode{8})->alpha, "ALL");
  EXPECT_EQ(find_currency("eur"), std::nullopt);
  EXPECT_EQ(find_currency("EU"), std::nullopt);
  EXPECT_EQ(find_currency(""), std::nullopt);
  EXPECT_EQ(find_currency(CurrencyCode{0}), std::nullopt);
  EXPECT_EQ(find_currency(CurrencyCode{999}), std::nullopt);
  EXPECT_EQ(find_currency(CurrencyCode{1000}), std::nullopt);
  EXPECT_EQ(find_currency(CurrencyCode{65535}), std::nullopt);
}

TEST(Currency, CodesAgreeForEveryNumber) {
  int known = 0;
  for (int code = 0; code < 65536; ++code) {
    const auto currency = find_currency(CurrencyCode{static_cast<std::uint16_t>(code)});
    if (!currency) continue;
    ++known;
    const auto again = find_currency(currency->alpha);
    ASSERT_TRUE(again.has_value()) << currency->alpha << " is out of order in the table";
    EXPECT_EQ(again->code.value(), code);
  }
  EXPECT_GT(known, 150);
}

TEST(FormatMoney, HasExactlyTheCurrencysDecimals) {
  EXPECT_EQ(format_money(Minor{123456}, CurrencyCode{978}), "1234.56");
  EXPECT_EQ(format_money(Minor{-1}, CurrencyCode{978}), "-0.01");
  EXPECT_EQ(format_money(Minor{100}, CurrencyCode{392}), "100");
  EXPECT_EQ(format_money(Minor{5}, CurrencyCode{414}), "0.005");
  EXPECT_EQ(format_money(Minor{kMin}, CurrencyCode{978}), "-92233720368547758.08");
}

TEST(FormatDecimal, TrimsZerosWhenAsked) {
  EXPECT_EQ(format_decimal(2'500'000, 6, true), "2.5");
  EXPECT_EQ(format_decimal(3'000'000, 6, true), "3");
  EXPECT_EQ(format_decimal(0, 6, true), "0");
  EXPECT_EQ(format_decimal(-500'000, 6, true), "-0.5");
  EXPECT_EQ(format_decimal(100, 0, true), "100");
  EXPECT_EQ(format_decimal(2'500'000, 6, false), "2.500000");
}

TEST(ParseDecimal, IsExact) {
  EXPECT_EQ(parse_decimal("1234.56", 2), 123456);
  EXPECT_EQ(parse_decimal("1234.5", 2), 123450);
  EXPECT_EQ(parse_decimal("1234", 2), 123400);
  EXPECT_EQ(parse_decimal("-0.01", 2), -1);
  EXPECT_EQ(parse_decimal("0.00", 2), 0);
  EXPECT_EQ(parse_decimal("-0", 2), 0);
  EXPECT_EQ(parse_decimal("007", 0), 7);
}

TEST(ParseDecimal, ReachesBothEndsOfTheRange) {
  EXPECT_EQ(parse_decimal("92233720368547758.07", 2), kMax);
  EXPECT_EQ(parse_decimal("-92233720368547758.08", 2), kMin);
  EXPECT_EQ(parse_decimal("92233720368547758.08", 2), std::nullopt);
  EXPECT_EQ(parse_decimal("-92233720368547758.09", 2), std::nullopt);
  EXPECT_EQ(parse_decimal("9223372036854775807", 2), std::nullopt);
  EXPECT_EQ(parse_decimal("99999999999999999999999999", 0), std::nullopt);
}

class ParseDecimalRefuses : public testing::TestWithParam<const char*> {};

TEST_P(ParseDecimalRefuses, WhatIsNotADecimalOfTwoPlaces) {
  EXPECT_EQ(parse_decimal(GetParam(), 2), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Texts, ParseDecimalRefuses,
                         testing::Values("", "-", ".", ".5", "1.", "-.5", "-1.", "1.234", "1.2.3",
                                         "1,5", "+1", " 1", "1 ", "1e2", "0x1", "--1", "1-", "NaN",
                                         "\xD9\xA1"));

TEST(ParseDecimal, ReadsBackWhatIsFormatted) {
  std::mt19937_64 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  for (int round = 0; round < 5000; ++round) {
    const auto value =
        static_cast<std::int64_t>(random() >> (random() % 64)) * (random() % 2 == 0 ? 1 : -1);
    const int decimals = static_cast<int>(random() % 9);
    EXPECT_EQ(parse_decimal(format_decimal(value, decimals, false), decimals), value);
    EXPECT_EQ(parse_decimal(format_decimal(value, decimals, true), decimals), value);
  }
}

}  // namespace
}  // namespace kontor
