// The report of kontor import online-retail: the file and what was taken of it side by side, what
// was left out and why, and what the server says about it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "api/cli/online_retail.h"
#include "api/cli/online_retail_plan.h"

namespace kontor::cli {

struct Asking;  // api/cli/questions.h

// What the book says about the invoices of this import.
struct RetailServerSums {
  std::uint64_t invoices = 0;
  Minor invoiced;
  std::uint64_t open_invoices = 0;
  Minor open;
  std::uint64_t credit_notes = 0;
  Minor credited;
  Minor unapplied;
  std::uint64_t position = 0;  // the book's, of the answer
};

// Asks the book for all its invoices and credit notes, and adds up those of this import.
Result<RetailServerSums> ask_retail_sums(Asking& asking, const RetailYear& year);

struct RetailReport {
  const RetailYear* year = nullptr;
  RetailExpectation expected;
  RetailServerSums server;
  std::uint64_t commands = 0;
  std::uint64_t done = 0;
  std::uint64_t repeated = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> examples;  // answers that were not done
  double seconds = 0;
  std::string book;

  std::uint64_t failed() const { return commands - done; }
  bool agrees() const {
    return server.invoices == expected.invoices && server.invoiced == expected.invoiced &&
           server.open_invoices == expected.open_invoices && server.open == expected.open &&
           server.credit_notes == expected.credit_notes && server.credited == expected.credited &&
           server.unapplied == expected.unapplied;
  }
};

void print_retail_report(std::ostream& out, const RetailReport& report);
std::string retail_report_json(const RetailReport& report);

}  // namespace kontor::cli
