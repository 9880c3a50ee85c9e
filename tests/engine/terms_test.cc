// Payment terms and tax against published figures.
#include "engine/rules/terms.h"

#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "engine/rules/pricing.h"
#include "tests/support/engine/story.h"
#include "tests/support/test_data.h"

namespace kontor::test {
namespace {

// Fields of a line with quotes; no field holds a line break.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else if (c != '\r') {
      out.back() += c;
    }
  }
  return out;
}

std::vector<std::vector<std::string>> rows_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::vector<std::string>> out;
  std::string line;
  std::getline(in, line);  // the header
  while (std::getline(in, line))
    out.push_back(fields_of(line));
  return out;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out;
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, at);)
    out.push_back(part);
  return out;
}

std::int64_t minor(std::string text) {
  const bool negative = text.starts_with('-');
  std::erase_if(text, [](char c) { return c == '.' || c == '-'; });
  const std::int64_t value = std::stoll(text);
  return negative ? -value : value;
}

struct Line {
  InstalmentKind kind = InstalmentKind::percent;
  std::int32_t percent = 100;
  std::int16_t days = 0;
  std::int16_t months = 0;
  bool end_first = false;
  bool end_last = false;
  DayRule rule = DayRule::none;
  std::uint8_t day = 0;
  std::int64_t amount = 0;
};

TermsLine make(const Line& l) {
  return TermsLine(l.amount, l.percent * kPercentUnit, l.months, l.days, 0, l.kind, l.end_first,
                   l.end_last, l.rule, l.day, TermsStart::invoice);
}

Line in_days(std::int16_t days, std::int32_t percent = 100) {
  Line line;
  line.days = days;
  line.percent = percent;
  return line;
}

Line on_day(std::int16_t days, DayRule rule, std::uint8_t day) {
  Line line = in_days(days);
  line.rule = rule;
  line.day = day;
  return line;
}

Line month_end(bool first, std::int16_t days, bool last) {
  Line line = in_days(days);
  line.end_first = first;
  line.end_last = last;
  return line;
}

const std::map<std::string, std::vector<Line>>& known_terms() {
  static const std::map<std::string, std::vector<Line>> kTerms = [] {
    Line next_end = month_end(true, 0, false);
    next_end.months = 1;
    return std::map<std::string, std::vector<Line>>{
        {"immediate", {in_days(0)}},
        {"net 30", {in_days(30)}},
        {"30% at 15 d, 70% at 45 d", {in_days(15, 30), in_days(45, 70)}},
        {"end of month then +45 d", {month_end(true, 45, false)}},
        {"+31 d then the 15th", {on_day(31, DayRule::not_earlier, 15)}},
        {"last day of month", {month_end(true, 0, false)}},
        {"1st of next month", {on_day(0, DayRule::next_month, 1)}},
        {"+30 d, next month on the 31st (clamped)", {on_day(30, DayRule::next_month, 31)}},
        {"+0 d, next month on the 29th", {on_day(0, DayRule::next_month, 29)}},
        {"+15 d, next month on the 30th", {on_day(15, DayRule::next_month, 30)}},
        {"+15 d, next month on the 31st", {on_day(15, DayRule::next_month, 31)}},
        {"+45 d then end of month (FR method A)", {month_end(false, 45, true)}},
        {"end of month then +45 d (FR method B)", {month_end(true, 45, false)}},
        {"last day of next month (ERPNext template 1)", {next_end}}};
  }();
  return kTerms;
}

TEST(Terms, GiveTheDueDatesOthersPublished) {
  const auto file = test_data("oracles/payment_terms.csv");
  if (!file) GTEST_SKIP() << "no oracles/payment_terms.csv";
  int checked = 0;
  for (const auto& row : rows_of(*file)) {
    ASSERT_GE(row.size(), 3U);
    const auto known = known_terms().find(row[0]);
    if (known == known_terms().end()) {
      EXPECT_NE((row[0] + row[2]).find('%'), std::string::npos) << "no such terms: " << row[0];
      continue;  // an early-payment discount
    }
    std::vector<std::string> dues;
    for (const Line& line : known->second)
      dues.push_back(format_date(due_date(make(line), parse_date(row[1]).value())));
    const std::vector<std::string> wanted = split(row[2], ';');
    for (std::size_t i = 0; i < dues.size(); ++i)  // behind them a remark may stand
      EXPECT_EQ(dues[i], wanted.at(i).substr(0, 10)) << row[0] << " from " << row[1];
    ++checked;
  }
  EXPECT_GE(checked, 20);
}

Terms terms_of(const std::vector<Line>& lines) {
  Terms out;
  for (const Line& line : lines)
    out.lines.push_back(make(line));
  return out;
}

std::vector<std::int64_t> amounts(const std::vector<Line>& lines, std::int64_t total) {
  const Terms terms = terms_of(lines);
  std::vector<std::int64_t> out;
  for (const Instalment& part : split_into_instalments(&terms, Minor{total}, Date{20'000}))
    out.push_back(part.amount());
  return out;
}

Line of_kind(InstalmentKind kind, std::int64_t amount = 0) {
  Line line;
  line.kind = kind;
  line.percent = 0;
  line.amount = amount;
  return line;
}

TEST(Terms, SplitTotalsAsOthersPublished) {
  const auto file = test_data("oracles/instalments.csv");
  if (!file) GTEST_SKIP() << "no oracles/instalments.csv";
  const Line third = of_kind(InstalmentKind::equal);
  const Line balance = of_kind(InstalmentKind::balance);
  const std::map<std::string, std::vector<Line>> rules = {
      {"50%/50%", {in_days(0, 50), in_days(0, 50)}},
      {"70% / fixed 200 / 30% (last line takes the balance)",
       {in_days(0, 70), of_kind(InstalmentKind::fixed, 20000), balance}},
      {"50%/50% half-up, last takes the balance", {in_days(0, 50), balance}},
      {"30/50/20", {in_days(0, 30), in_days(0, 50), in_days(0, 20)}},
      {"1/3 each, largest remainder, ties to the first", {third, third, third}},
      {"50/30/20 largest remainder", {in_days(0, 50), in_days(0, 30), in_days(0, 20)}}};
  for (const auto& row : rows_of(*file)) {
    ASSERT_TRUE(rules.contains(row[1])) << row[1];
    std::vector<std::int64_t> wanted;
    for (const std::string& part : split(row[2], ';'))
      wanted.push_back(minor(part));
    EXPECT_EQ(amounts(rules.at(row[1]), minor(row[0])), wanted) << row[1];
  }
}

// E-M1, E-M2: the spare cent lands in exactly one part.
TEST(Terms, LoseNoCent) {
  const Line part = of_kind(InstalmentKind::equal);
  EXPECT_EQ(amounts({part, part, part}, 10000), (std::vector<std::int64_t>{3334, 3333, 3333}));
  Terms terms;
  for (const std::int32_t percent : {333'400, 333'300, 333'300}) {
    terms.lines.emplace_back(0, percent, 0, 0, 0, InstalmentKind::percent, false, false,
                             DayRule::none, 0, TermsStart::invoice);
  }
  std::int64_t sum = 0;
  for (const Instalment& p : split_into_instalments(&terms, Minor{547}, Date{20'000}))
    sum += p.amount();
  EXPECT_EQ(sum, 547);
}

// E-T1, E-T3.
TEST(Terms, TellThreeKindsOfEndOfMonthApartAndClampMonths) {
  const Date start = parse_date("2026-01-31").value();
  const auto due = [&](const Line& line, Date from) {
    return format_date(due_date(make(line), from));
  };
  EXPECT_EQ(due(month_end(false, 30, true), start), "2026-03-31");
  EXPECT_EQ(due(month_end(true, 30, false), start), "2026-03-02");
  Line next;
  next.months = 1;
  EXPECT_EQ(due(next, start), "2026-02-28");
  EXPECT_EQ(due(next, parse_date("2028-01-31").value()), "2028-02-29");
  EXPECT_EQ(due(next, parse_date("2026-03-31").value()), "2026-04-30");
}

TEST(DefineTerms, RefusesTermsIncomplete) {
  Shop shop;
  const auto define = [&](std::string_view rows) {
    return shop.when(R"("DefineTerms":{"terms":"t","currency":"EUR","lines":[)" +
                     std::string(rows) + "]}");
  };
  // E-M3
  EXPECT_EQ(define(R"({"percent":"99.99"})").reasons, "terms_incomplete");
  EXPECT_EQ(define(R"({"percent":"50"},{"percent":"50.01"})").reasons, "terms_incomplete");
  EXPECT_EQ(define(R"({"kind":"fixed","amount":"5.00"})").reasons, "terms_incomplete");
  EXPECT_EQ(define(R"({"kind":"equal"},{"percent":"100"})").reasons, "terms_incomplete");
  EXPECT_EQ(define(R"({"percent":"99.99"},{"kind":"balance"})").status, StatusCode::kDone);
}

TEST(DefineTerms, RefusesNotSupportedStarts) {
  Shop shop;
  EXPECT_EQ(
      shop.when(R"("DefineTerms":{"terms":"t","lines":[{"percent":100,"start":"order"}]})").reasons,
      "not_supported");
}

TEST(Tax, IsRoundedAsOthersPublished) {
  const auto file = test_data("oracles/vat_rounding.csv");
  if (!file) GTEST_SKIP() << "no oracles/vat_rounding.csv";
  for (const auto& row : rows_of(*file)) {
    TaxSums sums;
    sums.add(TaxCategoryId{0}, Percent{std::stoi(row[1]) * kPercentUnit}, Minor{minor(row[0])});
    const auto taxes = sums.finish();
    ASSERT_TRUE(taxes.has_value());
    EXPECT_EQ(taxes->at(0).tax(), minor(row[2])) << row[0] << " at " << row[1] << " %";
  }
}

}  // namespace
}  // namespace kontor::test
