#include "api/cli/online_retail_match.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "api/cli/online_retail.h"
#include "events/base/assert.h"

namespace kontor::cli {
namespace {

struct Bought {
  Date date;
  std::uint32_t invoice = 0;
  std::uint32_t line = 0;
  std::int64_t left = 0;  // pieces not yet taken back
};

class Matching {
 public:
  explicit Matching(RetailYear& year) : year_(year) {
    for (std::uint32_t i = 0; i < year.invoices.size(); ++i) {
      const RetailInvoice& invoice = year.invoices[i];
      for (std::uint32_t l = 0; l < invoice.lines.size(); ++l) {
        const RetailLine& line = invoice.lines[l];
        bought_[{invoice.customer, line.item, line.price.value()}].push_back(
            {invoice.date, i, l, line.quantity});
        first_.try_emplace({invoice.customer, line.item}, invoice.date);
      }
    }
  }

  void match(const RetailCancellation& cancelled) {
    std::int64_t left = cancelled.quantity;
    const auto found = bought_.find({cancelled.customer, cancelled.item, cancelled.price.value()});
    bool at_this_price = false;
    if (found != bought_.end()) {
      auto& all = found->second;
      for (auto at = all.rbegin(); at != all.rend(); ++at) {
        if (at->date > cancelled.date) continue;
        at_this_price = true;
        const std::int64_t part = std::min(left, at->left);
        if (part == 0) continue;
        at->left -= part;
        left -= part;
        credit(cancelled, *at, part);
      }
    }
    count(cancelled, left, at_this_price);
  }

  void finish();

 private:
  void credit(const RetailCancellation& cancelled, const Bought& bought, std::int64_t pieces) {
    const auto [place, added] = credits_.try_emplace(
        {cancelled.number, bought.invoice}, static_cast<std::uint32_t>(year_.credits.size()));
    if (added) {
      RetailCredit& credit = year_.credits.emplace_back();
      credit.name = cancelled.number + "-" + year_.invoices[bought.invoice].number;
      credit.invoice = bought.invoice;
      credit.date = cancelled.date;
      documents_.insert(cancelled.number);
    }
    auto& lines = year_.credits[place->second].lines;
    const auto at = std::lower_bound(
        lines.begin(), lines.end(), bought.line,
        [](const RetailCredit::Line& line, std::uint32_t number) { return line.line < number; });
    if (at != lines.end() && at->line == bought.line) {
      at->quantity += pieces;
    } else {
      lines.insert(at, {bought.line, pieces});
    }
  }

  void count(const RetailCancellation& cancelled, std::int64_t left, bool at_this_price) {
    const std::int64_t price = cancelled.price.value();
    const std::int64_t matched = cancelled.quantity - left;
    if (matched > 0) add(year_.matched, -matched, -matched * price);
    if (matched > 0 && left > 0) ++year_.matched_in_part;
    if (left == 0) return;
    RetailSum& rest = year_.by_reason[static_cast<std::size_t>(reason(cancelled, at_this_price))];
    add(rest, -left, -left * price);
    if (matched > 0) --rest.lines;  // the line itself was taken
  }

  LeftOut reason(const RetailCancellation& cancelled, bool at_this_price) const {
    if (at_this_price) return LeftOut::kMoreThanBought;
    const auto first = first_.find({cancelled.customer, cancelled.item});
    const bool ever = first != first_.end() && first->second <= cancelled.date;
    return ever ? LeftOut::kOtherPrice : LeftOut::kNothingBought;
  }

  RetailYear& year_;
  // By customer, item and price, in order of their days.
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::int64_t>, std::vector<Bought>> bought_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Date> first_;  // by customer and item
  std::map<std::pair<std::string, std::uint32_t>, std::uint32_t> credits_;
  std::set<std::string> documents_;
};

// What a credit is worth: by line, the cumulative pieces' part of the line's rounded amount.
void Matching::finish() {
  year_.taken_cancellations = documents_.size();
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> before;  // pieces, by line
  for (RetailCredit& credit : year_.credits) {
    for (const RetailCredit::Line& part : credit.lines) {
      const RetailLine& line = year_.invoices[credit.invoice].lines[part.line];
      const Quantity whole{line.quantity * kQuantityUnit};
      const auto net = line_net(whole, line.price);
      KONTOR_ASSERT(net.has_value());  // the reader bounds the product
      std::int64_t& pieces = before[{credit.invoice, part.line}];
      const Minor from = value_of_part(*net, Quantity{pieces * kQuantityUnit}, whole);
      pieces += part.quantity;
      credit.total += value_of_part(*net, Quantity{pieces * kQuantityUnit}, whole) - from;
    }
    year_.credited += credit.total;
  }
}

}  // namespace

bool add(RetailSum& sum, std::int64_t quantity, std::int64_t micros) {
  ++sum.lines;
  return !__builtin_add_overflow(sum.quantity, quantity, &sum.quantity) &&
         !__builtin_add_overflow(sum.micros, micros, &sum.micros);
}

void match_cancellations(std::vector<RetailCancellation> cancelled, RetailYear& year) {
  std::stable_sort(cancelled.begin(), cancelled.end(),
                   [](const auto& a, const auto& b) { return a.date < b.date; });
  Matching matching(year);
  for (const RetailCancellation& line : cancelled)
    matching.match(line);
  matching.finish();
}

}  // namespace kontor::cli
