// What of an invoice can still be credited, and what a part of it is worth.
// Rules: domain, Values (the part rule), and Stock (credit notes).
#pragma once

#include <cstdint>
#include <vector>

#include "values_generated.h"

#include "events/base/money.h"
#include "projections/book.h"

namespace kontor {

// An invoice's lines and taxes while a credit note is made: each part taken lessens what is left.
class Crediting {
 public:
  Crediting(const Book& book, const Invoice& invoice);

  // By line of the order; null: not on this invoice.
  const InvoiceLineState* find(std::uint32_t line) const;

  // Takes a quantity, at most what is left; gives its worth: that of the cumulative quantity by the
  // part rule, of what money-only credits left of the line, less what quantities already took.
  Minor take_quantity(std::uint32_t line, Quantity quantity);
  // Takes an amount without tax, at most what is left.
  void take_amount(std::uint32_t line, Minor net);

  // Per category and rate on the sum of what was taken, rounded once, never more than is left of
  // the invoice's tax; taking the last of a category takes the rest of its tax.
  std::vector<TaxAmount> taxes() const;

  const InvoiceTaxState& tax_of(const InvoiceLineState& line) const { return taxes_[line.tax]; }

 private:
  InvoiceLineState& line_at(std::uint32_t line);

  std::vector<InvoiceLineState> lines_;
  std::vector<InvoiceTaxState> taxes_;
  std::vector<Minor> taken_;   // net, by tax
  std::vector<bool> touched_;  // by tax
};

}  // namespace kontor
