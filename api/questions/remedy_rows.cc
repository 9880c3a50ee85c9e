#include "api/questions/remedy_rows.h"

#include <utility>

#include "api/questions/query.h"
#include "events/base/currency.h"

namespace kontor::questions {
namespace {

using wire::RemedyKind;

RemedyKind kind_of(kontor::RemedyKind kind) {
  switch (kind) {
    case kontor::RemedyKind::kPayment:
      return RemedyKind::payment;
    case kontor::RemedyKind::kLimit:
      return RemedyKind::limit;
    case kontor::RemedyKind::kCancellation:
      return RemedyKind::cancellation;
    case kontor::RemedyKind::kDate:
      return RemedyKind::date;
    case kontor::RemedyKind::kRelease:
      return RemedyKind::release;
  }
  return RemedyKind::release;
}

std::string joined(const std::vector<std::string>& names, std::string_view word) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += word;
    out += name;
  }
  return out;
}

wire::RemedySetT set_of(std::vector<wire::RemedyT> remedies) {
  wire::RemedySetT out;
  for (wire::RemedyT& remedy : remedies) {
    if (!out.says.empty()) out.says += ", and ";
    out.says += remedy.says;
    add_row(out.remedies) = std::move(remedy);
  }
  return out;
}

}  // namespace

std::string RemedyRows::words_of(const Remedy& remedy) const {
  const CurrencyCode currency{order_.currency};
  const auto info = find_currency(currency);
  const auto money = [&](Minor amount) {
    return format_money(amount, currency) + (info ? " " + std::string(info->alpha) : "");
  };
  const std::string payer(book_.parties().name(CompanyId{order_.payer}));
  switch (remedy.kind) {
    case kontor::RemedyKind::kPayment:
      return "a payment of " + money(remedy.amount) + " by " + payer;
    case kontor::RemedyKind::kLimit:
      return "a limit of " + money(remedy.amount) + " for " + payer;
    case kontor::RemedyKind::kCancellation: {
      std::string out = "a cancellation of ";
      for (const RemedyLine& line : remedy.lines) {
        if (&line != &remedy.lines.front()) out += " and ";
        out += format_decimal(line.quantity.value(), 6, true) + " of line " +
               std::to_string(line.line);
      }
      return out + " (worth " + money(remedy.amount) + ")";
    }
    case kontor::RemedyKind::kDate:
      return "the day " + format_date(remedy.date);
    case kontor::RemedyKind::kRelease:
      break;
  }
  return "a person's release";
}

wire::RemedyT RemedyRows::row_of(const Remedy& remedy) const {
  wire::RemedyT out;
  out.kind = kind_of(remedy.kind);
  out.says = words_of(remedy);
  out.releases = remedy.releases;
  for (const std::size_t reason : remedy.clears)
    out.clears.push_back(static_cast<std::uint32_t>(reason) + 1);
  const bool of_payer =
      remedy.kind == kontor::RemedyKind::kPayment || remedy.kind == kontor::RemedyKind::kLimit;
  if (of_payer) out.company = book_.parties().name(CompanyId{order_.payer});
  if (of_payer || remedy.kind == kontor::RemedyKind::kCancellation) {
    out.currency = order_.currency;
    out.amount = remedy.amount.value();
  }
  out.date = remedy.date.value();
  for (const RemedyLine& line : remedy.lines) {
    auto& row = add_row(out.lines);
    row.line = line.line;
    row.quantity = line.quantity.value();
  }
  return out;
}

void RemedyRows::add_hold(bool forced) {
  held_ = true;
  if (forced) {
    Remedy release;
    release.kind = kontor::RemedyKind::kRelease;
    release.releases = true;
    of_hold_.push_back(row_of(release));
    return;
  }
  found_ = find_remedies(book_, order_);
  for (const Remedy& remedy : found_.remedies)
    of_hold_.push_back(row_of(remedy));
}

void RemedyRows::add_approvals(const Groups& groups) {
  for (const auto& group : groups) {
    if (group->votes >= group->wanted) continue;
    wire::RemedyT& row = of_approval_.emplace_back();
    row.kind = RemedyKind::approval;
    row.people = group->may;
    row.wanted = group->wanted - group->votes;
    row.tier = group->tier;
    row.says = "the approval of " + (row.wanted == 1 ? "" : std::to_string(row.wanted) + " of ") +
               (row.people.empty() ? "nobody there is" : joined(row.people, " or ")) + " (tier " +
               std::to_string(row.tier) + ")";
    row.releases = true;  // finish() knows better
  }
}

// Every approval that is missing, and with them one way out of the hold.
void RemedyRows::put_with_approvals(wire::WhyAnswerT& out) const {
  if (of_approval_.empty()) return;
  if (!held_) {
    if (of_approval_.size() > 1) add_row(out.together) = set_of(of_approval_);
    return;
  }
  const auto add = [&](const std::vector<wire::RemedyT>& more) {
    std::vector<wire::RemedyT> all = of_approval_;
    all.insert(all.end(), more.begin(), more.end());
    add_row(out.together) = set_of(std::move(all));
  };
  for (const wire::RemedyT& remedy : of_hold_) {
    if (remedy.releases) add({remedy});
  }
}

void RemedyRows::finish(wire::WhyAnswerT& out) {
  put_with_approvals(out);
  for (const std::vector<Remedy>& set : found_.together) {
    std::vector<wire::RemedyT> rows = of_approval_;
    for (const Remedy& remedy : set)
      rows.push_back(row_of(remedy));
    add_row(out.together) = set_of(std::move(rows));
  }
  const bool one_approval = of_approval_.size() == 1 && !held_;
  for (wire::RemedyT& row : of_approval_) {
    row.releases = one_approval;
    add_row(out.remedies) = std::move(row);
  }
  for (wire::RemedyT& row : of_hold_) {
    row.releases = row.releases && of_approval_.empty();
    add_row(out.remedies) = std::move(row);
  }
}

}  // namespace kontor::questions
