#include "api/cli/online_retail.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>

#include "api/cli/csv_file.h"
#include "events/base/currency.h"
#include "events/base/ids.h"
#include "events/base/limits.h"

namespace kontor::cli {
namespace {

constexpr std::array<std::string_view, 8> kColumnNames = {
    "InvoiceNo",   "StockCode", "Description", "Quantity",
    "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};
constexpr int kPriceDecimals = 6;
constexpr std::size_t kDescriptionBytesMax = 256;

Error malformed(std::string_view column, std::string_view value, std::string_view right) {
  return Error{ErrorKind::kMalformed,
               std::string(column) + " '" + std::string(value) + "': " + std::string(right)};
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool starts_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

}  // namespace

std::string_view left_out_word(LeftOut reason) {
  static constexpr std::array<std::string_view, kLeftOutCount> kWords = {
      "taken",           "later",
      "other_entry",     "no_customer",
      "not_positive",    "negative_price",
      "no_price",        "mixed",
      "cancelled_other", "cancelled_no_customer",
      "nothing_bought",  "other_price",
      "more_than_bought"};
  return kWords[static_cast<std::size_t>(reason)];
}

std::string_view left_out_text(LeftOut reason) {
  static constexpr std::array<std::string_view, kLeftOutCount> kTexts = {
      "taken",
      "after the last day asked for",
      "entries of another kind (adjustments)",
      "no customer",
      "quantity not above zero",
      "negative price",
      "no price (zero)",
      "customer or day differ within the invoice",
      "cancelled: no quantity below zero, no price, or mixed",
      "cancelled: no customer",
      "cancelled: the customer never bought it before",
      "cancelled: bought at other prices only",
      "cancelled: more than is left of what was bought"};
  return kTexts[static_cast<std::size_t>(reason)];
}

std::string micros_text(std::int64_t micros) {
  std::string text = format_decimal(micros, kPriceDecimals, false);
  while (text.ends_with('0') && text[text.size() - 3] != '.')
    text.pop_back();
  return text;
}

struct RetailReader::Row {
  const std::string* number = nullptr;
  const std::string* item = nullptr;
  const std::string* description = nullptr;
  const std::string* customer = nullptr;
  const std::string* country = nullptr;
  Date date;
  std::int64_t quantity = 0;
  std::int64_t price = 0;   // 10^-6 pounds
  std::int64_t micros = 0;  // quantity x price
};

Status RetailReader::header(std::span<const std::string> fields) {
  column_count_ = fields.size();
  for (std::size_t i = 0; i < kColumnNames.size(); ++i) {
    const auto found = std::find(fields.begin(), fields.end(), kColumnNames[i]);
    if (found == fields.end()) {
      return Error{ErrorKind::kMalformed, "the first record names no column " +
                                              std::string(kColumnNames[i]) +
                                              "; is this the Online Retail file as CSV?"};
    }
    columns_[i] = static_cast<std::size_t>(found - fields.begin());
  }
  return {};
}

Result<RetailReader::Row> RetailReader::read_row(std::span<const std::string> fields) const {
  if (fields.size() != column_count_) {
    return Error{ErrorKind::kMalformed, std::to_string(fields.size()) + " fields instead of " +
                                            std::to_string(column_count_)};
  }
  const auto field = [&](Column column) -> const std::string& { return fields[columns_[column]]; };
  Row row{.number = &field(kInvoice),
          .item = &field(kItem),
          .description = &field(kText),
          .customer = &field(kCustomer),
          .country = &field(kCountry),
          .date = kNoDate};
  if (!is_identifier(*row.number)) return malformed("InvoiceNo", *row.number, "no identifier");
  if (!is_identifier(*row.item)) return malformed("StockCode", *row.item, "no identifier");
  if (!row.customer->empty() && !is_identifier(*row.customer)) {
    return malformed("CustomerID", *row.customer, "no identifier");
  }
  const std::optional<Date> date = parse_date(std::string_view(field(kDate)).substr(0, 10));
  if (!date) return malformed("InvoiceDate", field(kDate), "not as 2010-12-01T08:26:00");
  const std::optional<std::int64_t> quantity = whole_number(field(kQuantity));
  if (!quantity) return malformed("Quantity", field(kQuantity), "not a whole number");
  const std::optional<std::int64_t> price = parse_decimal(field(kPrice), kPriceDecimals);
  if (!price) return malformed("UnitPrice", field(kPrice), "not a number of up to 6 decimals");
  row.date = *date;
  row.quantity = *quantity;
  row.price = *price;
  constexpr std::int64_t kPiecesMax = limits::kQuantityMax / kQuantityUnit;
  constexpr std::int64_t kLineMax = 1'000'000'000'000'000;  // a thousand million pounds
  if (*quantity > kPiecesMax || *quantity < -kPiecesMax ||
      __builtin_mul_overflow(*quantity, *price, &row.micros) || row.micros > kLineMax ||
      row.micros < -kLineMax) {
    return malformed("Quantity", field(kQuantity), "the line is out of all proportion");
  }
  return row;
}

LeftOut RetailReader::judge(const Row& row, const Known& known) const {
  if (until_ != kNoDate && row.date > until_) return LeftOut::kLater;
  if (row.number->front() == 'C') {
    if (row.customer->empty()) return LeftOut::kCancelledNoCustomer;
    const bool fits = row.quantity < 0 && row.price > 0 && !is_mixed(row, known);
    return fits ? LeftOut::kNot : LeftOut::kCancelledOther;
  }
  if (!starts_with_digit(*row.number)) return LeftOut::kOtherEntry;
  if (row.customer->empty()) return LeftOut::kNoCustomer;
  if (row.quantity <= 0) return LeftOut::kNotPositive;
  if (row.price < 0) return LeftOut::kNegativePrice;
  if (row.price == 0) return LeftOut::kNoPrice;
  return is_mixed(row, known) ? LeftOut::kMixed : LeftOut::kNot;
}

// Whether customer or day differ from the first line taken of the same number.
bool RetailReader::is_mixed(const Row& row, const Known& known) const {
  if (known.invoice == kNoInvoice) return false;
  const bool cancels = row.number->front() == 'C';
  const std::uint32_t customer =
      cancels ? cancellations_[known.invoice].customer : year_.invoices[known.invoice].customer;
  const Date date =
      cancels ? cancellations_[known.invoice].date : year_.invoices[known.invoice].date;
  return year_.customers[customer].id != *row.customer || date != row.date;
}

Status RetailReader::record(std::span<const std::string> fields) {
  const Result<Row> read = read_row(fields);
  if (!read) return read.error();
  const Row& row = *read;
  if (year_.file.lines == 0) {
    until_ = options_.until;
    if (options_.days > 0) {
      const Date by_days = add_days(row.date, options_.days - 1);
      until_ = until_ == kNoDate ? by_days : std::min(until_, by_days);
    }
  }
  count_number(row);
  item_of(row);
  if (!row.customer->empty()) customer_of(row);
  Known& known = numbers_[*row.number];
  const LeftOut reason = judge(row, known);
  if (!add(bound_, std::abs(row.quantity), std::abs(row.micros))) {
    return Error{ErrorKind::kMalformed, "the sum of all lines does not fit"};
  }
  add(year_.file, row.quantity, row.micros);
  if (reason == LeftOut::kNot && row.number->front() == 'C') {
    keep_cancellation(row, known);  // counted once it is matched, or not
    return {};
  }
  add(year_.by_reason[static_cast<std::size_t>(reason)], row.quantity, row.micros);
  if (reason == LeftOut::kNot) take(row, known);
  return {};
}

void RetailReader::keep_cancellation(const Row& row, Known& known) {
  if (known.invoice == kNoInvoice) {
    known.invoice = static_cast<std::uint32_t>(cancellations_.size());
  }
  cancellations_.push_back({.number = *row.number,
                            .date = row.date,
                            .customer = customer_of(row),
                            .item = item_of(row),
                            .quantity = -row.quantity,
                            .price = UnitPrice{row.price}});
}

void RetailReader::count_number(const Row& row) {
  if (numbers_.contains(*row.number)) return;
  numbers_.try_emplace(*row.number);
  if (starts_with_digit(*row.number)) {
    ++year_.file_invoices;
  } else if (row.number->front() == 'C') {
    ++year_.file_cancellations;
  } else {
    ++year_.file_other_entries;
  }
}

std::uint32_t RetailReader::item_of(const Row& row) {
  const auto [at, added] =
      items_.try_emplace(*row.item, static_cast<std::uint32_t>(year_.items.size()));
  if (added) year_.items.push_back({*row.item, {}});
  std::string& description = year_.items[at->second].description;
  if (description.empty() && is_text(*row.description, kDescriptionBytesMax)) {
    description = *row.description;
  }
  return at->second;
}

std::uint32_t RetailReader::customer_of(const Row& row) {
  const auto [at, added] =
      customers_.try_emplace(*row.customer, static_cast<std::uint32_t>(year_.customers.size()));
  if (added) year_.customers.push_back({*row.customer, *row.country});
  return at->second;
}

void RetailReader::take(const Row& row, Known& known) {
  if (known.invoice == kNoInvoice) {
    known.invoice = static_cast<std::uint32_t>(year_.invoices.size());
    RetailInvoice& invoice = year_.invoices.emplace_back();
    invoice.number = *row.number;
    invoice.customer = customer_of(row);
    invoice.date = row.date;
  }
  year_.invoices[known.invoice].lines.push_back(
      {.item = item_of(row), .quantity = row.quantity, .price = UnitPrice{row.price}});
}

RetailYear RetailReader::finish() {
  std::unordered_set<std::uint32_t> items;
  std::unordered_set<std::uint32_t> customers;
  for (RetailInvoice& invoice : year_.invoices) {
    for (const RetailLine& line : invoice.lines) {
      const auto net = line_net(Quantity{line.quantity * kQuantityUnit}, line.price);
      KONTOR_ASSERT(net.has_value());  // read_row bounds the product
      invoice.total += *net;
      items.insert(line.item);
    }
    customers.insert(invoice.customer);
    year_.invoiced += invoice.total;
  }
  std::stable_sort(year_.invoices.begin(), year_.invoices.end(),
                   [](const auto& a, const auto& b) { return a.date < b.date; });
  match_cancellations(std::exchange(cancellations_, {}), year_);
  if (!year_.invoices.empty()) {
    year_.first_day = year_.invoices.front().date;
    year_.last_day = year_.invoices.back().date;
  }
  if (!year_.credits.empty()) {  // none is before the invoice it credits
    year_.last_day = std::max(year_.last_day, year_.credits.back().date);
  }
  year_.taken_items = items.size();
  year_.taken_customers = customers.size();
  numbers_.clear();
  bound_ = {};
  return std::exchange(year_, {});
}

Result<RetailYear> read_online_retail(
    const std::string& path, const RetailOptions& options,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress) {
  RetailReader reader(options);
  CsvVisitor visitor;
  visitor.progress = progress;
  visitor.record = [&](std::uint64_t number, std::span<const std::string> fields) -> Status {
    Status taken = number == 1 ? reader.header(fields) : reader.record(fields);
    if (taken) return taken;
    return Error{taken.error().kind,
                 "record " + std::to_string(number) + ": " + taken.error().message};
  };
  if (Status read = read_csv(path, visitor); !read) return read.error();
  return reader.finish();
}

}  // namespace kontor::cli
