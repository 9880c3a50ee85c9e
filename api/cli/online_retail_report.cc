#include "api/cli/online_retail_report.h"

#include <ostream>

#include <nlohmann/json.hpp>

#include "api/cli/table.h"
#include "api/cli/words.h"
#include "events/base/currency.h"

namespace kontor::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kPenceDecimals = 2;
constexpr std::int64_t kMicrosOfPenny = 10'000;

std::string pounds(Minor amount) {
  return format_decimal(amount.value(), kPenceDecimals, false);
}

// What rounding each line to pence added, in 10^-6 pounds.
std::int64_t rounding(const RetailYear& year) {
  return (year.invoiced - year.credited).value() * kMicrosOfPenny - year.taken().micros -
         year.matched.micros;
}

// Of invoices, and of cancellations that are matched with them.
RetailSum taken_in_all(const RetailYear& year) {
  RetailSum sum = year.taken();
  sum.lines += year.matched.lines;
  sum.quantity += year.matched.quantity;
  sum.micros += year.matched.micros;
  return sum;
}

void print_columns(std::ostream& out, const RetailYear& year) {
  Table table({"Online Retail", "in the file", "taken", "left out"});
  const auto row = [&](const char* what, std::uint64_t file, std::uint64_t taken) {
    table.add({what, with_thousands(file), with_thousands(taken), with_thousands(file - taken)});
  };
  const RetailSum taken = taken_in_all(year);
  row("lines", year.file.lines, taken.lines);
  row("invoices", year.file_invoices, year.invoices.size());
  row("cancellations", year.file_cancellations, year.taken_cancellations);
  row("entries of another kind", year.file_other_entries, 0);
  row("customers", year.customers.size(), year.customers.size());
  row("  with an invoice taken", year.customers.size(), year.taken_customers);
  row("items", year.items.size(), year.items.size());
  row("  on a line taken", year.items.size(), year.taken_items);
  table.add({"pieces", with_thousands(year.file.quantity), with_thousands(taken.quantity),
             with_thousands(year.file.quantity - taken.quantity)});
  const auto money = [](std::int64_t micros) {
    return with_thousands(std::string_view(micros_text(micros)));
  };
  table.add({"GBP, quantity x price", money(year.file.micros), money(taken.micros),
             money(year.file.micros - taken.micros)});
  table.add({"GBP, rounded by line", "",
             with_thousands(std::string_view(pounds(year.invoiced - year.credited))), ""});
  table.add({"  rounding", "", money(rounding(year)), ""});
  table.print(out);
}

// The lines of the file's cancellations: matched with what the customer bought, or not.
void print_cancelled(std::ostream& out, const RetailYear& year) {
  if (year.matched.lines == 0) return;
  const auto money = [](std::int64_t micros) {
    return with_thousands(std::string_view(micros_text(micros)));
  };
  Table table({"cancelled", "lines", "pieces", "GBP"});
  table.add({"matched with what was bought", with_thousands(year.matched.lines),
             with_thousands(year.matched.quantity), money(year.matched.micros)});
  table.add({"  of them in part", with_thousands(year.matched_in_part), "", ""});
  table.print(out);
}

void print_left_out(std::ostream& out, const RetailYear& year) {
  Table table({"left out because", "lines", "pieces", "GBP"});
  for (std::size_t i = 1; i < kLeftOutCount; ++i) {
    const RetailSum& sum = year.by_reason[i];
    if (sum.lines == 0 && sum.quantity == 0) continue;
    table.add({std::string(left_out_text(static_cast<LeftOut>(i))), with_thousands(sum.lines),
               with_thousands(sum.quantity),
               with_thousands(std::string_view(micros_text(sum.micros)))});
  }
  if (!table.empty()) table.print(out);
}

void print_server(std::ostream& out, const RetailReport& report) {
  const RetailExpectation& expected = report.expected;
  const RetailServerSums& server = report.server;
  Table table({"book " + report.book, "expected", "server"});
  table.add({"invoices", with_thousands(expected.invoices), with_thousands(server.invoices)});
  table.add({"GBP invoiced", with_thousands(std::string_view(pounds(expected.invoiced))),
             with_thousands(std::string_view(pounds(server.invoiced)))});
  table.add({"open invoices", with_thousands(expected.open_invoices),
             with_thousands(server.open_invoices)});
  table.add({"GBP open", with_thousands(std::string_view(pounds(expected.open))),
             with_thousands(std::string_view(pounds(server.open)))});
  table.add(
      {"credit notes", with_thousands(expected.credit_notes), with_thousands(server.credit_notes)});
  table.add({"GBP credited", with_thousands(std::string_view(pounds(expected.credited))),
             with_thousands(std::string_view(pounds(server.credited)))});
  table.add({"GBP unapplied", with_thousands(std::string_view(pounds(expected.unapplied))),
             with_thousands(std::string_view(pounds(server.unapplied)))});
  table.print(out);
}

Json sum_json(const RetailSum& sum) {
  return {{"lines", sum.lines}, {"quantity", sum.quantity}, {"amount", micros_text(sum.micros)}};
}

}  // namespace

void print_retail_report(std::ostream& out, const RetailReport& report) {
  print_columns(out, *report.year);
  out << '\n';
  print_cancelled(out, *report.year);
  out << '\n';
  print_left_out(out, *report.year);
  out << '\n';
  print_server(out, report);
  out << '\n'
      << with_thousands(report.commands) << " commands in " << duration_text(report.seconds);
  if (report.repeated == report.commands) {
    out << "; all of them had been taken before: nothing changed";
  } else if (report.repeated != 0) {
    out << "; " << with_thousands(report.repeated) << " of them had been taken before";
  }
  out << "\nposition " << with_thousands(report.server.position) << ": "
      << (report.agrees() ? "the book agrees with the file, to the penny"
                          : "THE BOOK DOES NOT AGREE WITH THE FILE")
      << '\n';
}

std::string retail_report_json(const RetailReport& report) {
  const RetailYear& year = *report.year;
  Json json;
  json["seconds"] = report.seconds;
  json["book"] = report.book;
  json["commands"] = report.commands;
  json["done"] = report.done;
  json["repeated"] = report.repeated;
  json["changed_nothing"] = report.repeated == report.commands;
  json["file"] = sum_json(year.file);
  json["file"].update({{"invoices", year.file_invoices},
                       {"cancellations", year.file_cancellations},
                       {"other_entries", year.file_other_entries},
                       {"customers", year.customers.size()},
                       {"items", year.items.size()}});
  json["taken"] = sum_json(taken_in_all(year));
  json["taken"].update({{"invoices", year.invoices.size()},
                        {"cancellations", year.taken_cancellations},
                        {"other_entries", 0},
                        {"customers", year.customers.size()},
                        {"customers_invoiced", year.taken_customers},
                        {"items", year.items.size()},
                        {"items_invoiced", year.taken_items},
                        {"amount_rounded", pounds(year.invoiced - year.credited)},
                        {"rounding", micros_text(rounding(year))}});
  json["matched"] = sum_json(year.matched);
  json["matched"]["in_part"] = year.matched_in_part;
  Json left_out = Json::object();
  for (std::size_t i = 1; i < kLeftOutCount; ++i) {
    if (year.by_reason[i].lines == 0 && year.by_reason[i].quantity == 0) continue;
    left_out[std::string(left_out_word(static_cast<LeftOut>(i)))] = sum_json(year.by_reason[i]);
  }
  json["left_out"] = left_out;
  json["expected"] = {{"invoices", report.expected.invoices},
                      {"invoiced", pounds(report.expected.invoiced)},
                      {"payments", report.expected.payments},
                      {"paid", pounds(report.expected.paid)},
                      {"open_invoices", report.expected.open_invoices},
                      {"open", pounds(report.expected.open)},
                      {"credit_notes", report.expected.credit_notes},
                      {"credited", pounds(report.expected.credited)},
                      {"unapplied", pounds(report.expected.unapplied)}};
  json["server"] = {
      {"position", report.server.position},         {"invoices", report.server.invoices},
      {"invoiced", pounds(report.server.invoiced)}, {"open_invoices", report.server.open_invoices},
      {"open", pounds(report.server.open)},         {"credit_notes", report.server.credit_notes},
      {"credited", pounds(report.server.credited)}, {"unapplied", pounds(report.server.unapplied)}};
  json["agrees"] = report.agrees();
  return json.dump();
}

}  // namespace kontor::cli
