#include "engine/rules/crediting.h"

#include <algorithm>

#include "events/base/assert.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

// Between nothing and all that is left, whatever its sign.
Minor within(Minor amount, Minor left) {
  return std::clamp(amount, std::min(left, Minor{0}), std::max(left, Minor{0}));
}

}  // namespace

Crediting::Crediting(const Book& book, const Invoice& invoice) {
  const auto lines = book.receivables().lines(invoice);
  const auto taxes = book.receivables().taxes(invoice);
  lines_.assign(lines.begin(), lines.end());
  taxes_.assign(taxes.begin(), taxes.end());
  taken_.resize(taxes_.size());
  touched_.resize(taxes_.size());
}

const InvoiceLineState* Crediting::find(std::uint32_t line) const {
  const auto place = std::lower_bound(
      lines_.begin(), lines_.end(), line,
      [](const InvoiceLineState& state, std::uint32_t number) { return state.line < number; });
  return place == lines_.end() || place->line != line ? nullptr : &*place;
}

InvoiceLineState& Crediting::line_at(std::uint32_t line) {
  const InvoiceLineState* const found = find(line);
  KONTOR_ASSERT(found != nullptr);
  return lines_[static_cast<std::size_t>(found - lines_.data())];
}

Minor Crediting::take_quantity(std::uint32_t number, Quantity quantity) {
  InvoiceLineState& line = line_at(number);
  KONTOR_ASSERT(quantity <= line.left());
  const Minor worth = line.net - line.reduced_net;
  const Minor upto = value_of_part(worth, line.credited + quantity, line.quantity);
  const Minor net = within(upto - line.credited_net, line.net_left());
  line.credited += quantity;
  line.credited_net += net;
  taken_[line.tax] += net;
  touched_[line.tax] = true;
  return net;
}

void Crediting::take_amount(std::uint32_t number, Minor net) {
  InvoiceLineState& line = line_at(number);
  line.reduced_net += net;
  taken_[line.tax] += net;
  touched_[line.tax] = true;
}

std::vector<TaxAmount> Crediting::taxes() const {
  std::vector<TaxAmount> out;
  for (std::size_t i = 0; i < taxes_.size(); ++i) {
    if (!touched_[i]) continue;
    const InvoiceTaxState& tax = taxes_[i];
    const Minor left = tax.tax - tax.credited_tax;
    const bool exhausted = tax.credited_net + taken_[i] == tax.net;
    const Minor computed = percent_of(taken_[i], Percent{tax.rate}).value_or(left);
    if (exhausted) KONTOR_MARK("a tax credited to its last cent");
    const Minor amount = exhausted ? left : within(computed, left);
    out.emplace_back(taken_[i].value(), amount.value(), tax.category, tax.rate);
  }
  return out;
}

}  // namespace kontor
