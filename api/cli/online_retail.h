// Online Retail: one year of a wholesaler's invoice lines (UCI Machine Learning Repository, doi
// 10.24432/C5BW33), read and sorted into what can be taken over and what cannot, so that every line
// and every penny is accounted for. Sums are exact, in 10^-6 pounds, the scale of its unit prices.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "api/cli/online_retail_match.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace kontor::cli {

// Why a line was left out; the first that fits, in this order.
enum class LeftOut : std::uint8_t {
  kNot,         // taken
  kLater,       // after the last day asked for
  kOtherEntry,  // invoice number with another letter: an adjustment, no sale
  kNoCustomer,
  kNotPositive,  // quantity zero or below on an invoice
  kNegativePrice,
  kNoPrice,  // unit price zero
  kMixed,    // customer or day differ from the first line of the invoice
  // Of cancellations, whose numbers begin with C; the rest of one matched in part is among the
  // last.
  kCancelledOther,  // quantity not below zero, no price, or mixed
  kCancelledNoCustomer,
  kNothingBought,   // the customer never bought the item before
  kOtherPrice,      // only at other prices
  kMoreThanBought,  // more than is left of what was bought at that price
};
inline constexpr std::size_t kLeftOutCount = 13;
std::string_view left_out_word(LeftOut reason);  // "no_customer"
std::string_view left_out_text(LeftOut reason);  // for people

struct RetailLine {
  std::uint32_t item = 0;     // index into items
  std::int64_t quantity = 0;  // pieces
  UnitPrice price;
};

struct RetailInvoice {
  std::string number;
  std::uint32_t customer = 0;  // index into customers
  Date date;
  std::vector<RetailLine> lines;
  Minor total;  // of lines rounded one by one, as the book will have it
};

// What one cancellation takes back of one invoice.
struct RetailCredit {
  struct Line {
    std::uint32_t line = 0;     // index into the invoice's lines
    std::int64_t quantity = 0;  // pieces
  };
  std::string name;           // "C536379-536365": cancellation and invoice
  std::uint32_t invoice = 0;  // index into invoices
  Date date;
  std::vector<Line> lines;  // ascending
  Minor total;              // as the book will have it
};

struct RetailItem {
  std::string code;
  std::string description;  // the first one that is not empty
};

struct RetailCustomer {
  std::string id;
  std::string country;  // of its first line
};

// What was read. Items and customers are those of all lines, in the order of the file.
struct RetailYear {
  std::vector<RetailItem> items;
  std::vector<RetailCustomer> customers;
  std::vector<RetailInvoice> invoices;  // taken ones, by day
  std::vector<RetailCredit> credits;    // by day
  Date first_day = kNoDate;             // of what was taken
  Date last_day = kNoDate;

  RetailSum file;                                    // all lines
  std::array<RetailSum, kLeftOutCount> by_reason{};  // [kNot]: what was taken of invoices
  RetailSum matched;                                 // of cancellations: lines in full or in part
  std::uint64_t matched_in_part = 0;                 // lines of those
  std::uint64_t taken_cancellations = 0;             // with a line matched
  std::uint64_t file_invoices = 0;
  std::uint64_t file_cancellations = 0;
  std::uint64_t file_other_entries = 0;
  std::uint64_t taken_items = 0;      // that occur on a line taken
  std::uint64_t taken_customers = 0;  // with an invoice taken
  Minor invoiced;                     // sum of the invoices' totals
  Minor credited;                     // sum of the credits' totals

  const RetailSum& taken() const { return by_reason[0]; }
};

struct RetailOptions {
  Date until = kNoDate;   // last day taken
  std::int32_t days = 0;  // 0: all; else only so many days from the file's first on
};

// Takes records one by one. Errors are kMalformed and name the field.
class RetailReader {
 public:
  explicit RetailReader(const RetailOptions& options) : options_(options) {}

  Status header(std::span<const std::string> fields);
  Status record(std::span<const std::string> fields);
  RetailYear finish();  // the reader is then empty

 private:
  struct Known {
    std::uint32_t invoice =
        kNoInvoice;  // index into invoices, or cancellations, once one was taken
  };
  static constexpr std::uint32_t kNoInvoice = ~0U;
  enum Column : std::size_t {
    kInvoice,
    kItem,
    kText,
    kQuantity,
    kDate,
    kPrice,
    kCustomer,
    kCountry
  };
  struct Row;

  Result<Row> read_row(std::span<const std::string> fields) const;
  LeftOut judge(const Row& row, const Known& known) const;
  bool is_mixed(const Row& row, const Known& known) const;
  void take(const Row& row, Known& known);
  void keep_cancellation(const Row& row, Known& known);
  std::uint32_t item_of(const Row& row);
  std::uint32_t customer_of(const Row& row);
  void count_number(const Row& row);

  RetailOptions options_;
  Date until_ = kNoDate;  // once the first record is read
  std::array<std::size_t, 8> columns_{};
  std::size_t column_count_ = 0;
  RetailYear year_;
  RetailSum bound_;  // of amounts without their signs: if that fits, every sum does
  std::vector<RetailCancellation> cancellations_;
  std::unordered_map<std::string, Known> numbers_;
  std::unordered_map<std::string, std::uint32_t> items_;
  std::unordered_map<std::string, std::uint32_t> customers_;
};

// Reads the whole file.
Result<RetailYear> read_online_retail(
    const std::string& path, const RetailOptions& options,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress);

// 10^-6 pounds as decimal text, at least two decimals: "8911407.904".
std::string micros_text(std::int64_t micros);

}  // namespace kontor::cli
