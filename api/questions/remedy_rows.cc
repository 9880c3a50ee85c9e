#include "api/questions/remedy_rows.h"

#include <algorithm>
#include <array>
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
    case kontor::RemedyKind::kBudget:
      return RemedyKind::budget;
    case kontor::RemedyKind::kSpendingLimit:
      return RemedyKind::spending_limit;
    case kontor::RemedyKind::kStock:
      return RemedyKind::stock;
    case kontor::RemedyKind::kSetting:
      return RemedyKind::setting;
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

// What a fact is about, and the command that puts it right.
struct FactRow {
  ReasonCode code;
  std::string_view subject;
  std::string_view command;
  std::string_view before;  // the name
  std::string_view after;
};
constexpr auto kFacts = std::to_array<FactRow>({
    {ReasonCode::company_blocked, "company", "RegisterCompany", "company ", " active again"},
    {ReasonCode::item_inactive, "item", "RegisterItem", "item ", " active again"},
    {ReasonCode::cost_centre_inactive, "cost_centre", "RegisterCostCentre", "cost centre ",
     " active again"},
    {ReasonCode::no_budget, "cost_centre", "SetBudget", "a valid budget of cost centre ", ""},
    {ReasonCode::not_in_assortment, "item", "DefineAssortment", "an assortment with item ",
     " for the company"},
    {ReasonCode::short_stock, "item", "ReceiveStock", "more of item ", " that is free for it"},
});

const FactRow* row_of_fact(const PutRight& fact) {
  const auto* const found = std::find_if(kFacts.begin(), kFacts.end(),
                                         [&](const FactRow& row) { return row.code == fact.code; });
  return found == kFacts.end() ? nullptr : &*found;
}

}  // namespace

std::string RemedyRows::money(Minor amount) const {
  const auto info = find_currency(currency_);
  return format_money(amount, currency_) + (info ? " " + std::string(info->alpha) : "");
}

std::string RemedyRows::words_of(const PutRight& fact) const {
  const FactRow* const row = row_of_fact(fact);
  if (row == nullptr) return fact.name;
  return std::string(row->before) + fact.name + std::string(row->after);
}

std::string RemedyRows::words_of(const Remedy& remedy) const {
  const auto company = [&] { return std::string(book_.parties().name(remedy.company)); };
  switch (remedy.kind) {
    case kontor::RemedyKind::kPayment:
      return "a payment of " + money(remedy.amount) + " by " + company();
    case kontor::RemedyKind::kLimit:
      return "a limit of " + money(remedy.amount) + " for " + company();
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
    case kontor::RemedyKind::kBudget:
      return "an amount of " + money(remedy.amount) + " in budget " +
             std::string(book_.budgets().name(remedy.budget));
    case kontor::RemedyKind::kSpendingLimit:
      return "a period limit of " + money(remedy.amount) + " for " +
             std::string(book_.parties().name(remedy.buyer));
    case kontor::RemedyKind::kStock:
      return format_decimal(remedy.quantity.value(), 6, true) + " " + words_of(remedy.fact);
    case kontor::RemedyKind::kSetting:
      return words_of(remedy.fact);
    case kontor::RemedyKind::kRelease:
      break;
  }
  return "a person's release";
}

// What kind of thing is set, which, and by which command.
void RemedyRows::name_what(const Remedy& remedy, wire::RemedyT& out) const {
  switch (remedy.kind) {
    case kontor::RemedyKind::kBudget:
      out.subject = "budget";
      out.name = book_.budgets().name(remedy.budget);
      out.command = "SetBudget";
      return;
    case kontor::RemedyKind::kSpendingLimit:
      out.subject = "buyer";
      out.name = book_.parties().name(remedy.buyer);
      out.command = "RegisterBuyer";
      return;
    case kontor::RemedyKind::kStock:
    case kontor::RemedyKind::kSetting: {
      const FactRow* const row = row_of_fact(remedy.fact);
      if (row == nullptr) return;
      out.subject = row->subject;
      out.name = remedy.fact.name;
      out.command = row->command;
      return;
    }
    default:
      return;
  }
}

wire::RemedyT RemedyRows::row_of(const Remedy& remedy) const {
  wire::RemedyT out;
  out.kind = kind_of(remedy.kind);
  out.says = words_of(remedy);
  out.releases = remedy.releases;
  for (const std::size_t reason : remedy.clears)
    out.clears.push_back(static_cast<std::uint32_t>(reason) + 1);
  if (is_set(remedy.company)) out.company = book_.parties().name(remedy.company);
  const bool of_money = is_set(remedy.company) ||
                        remedy.kind == kontor::RemedyKind::kCancellation ||
                        remedy.kind == kontor::RemedyKind::kBudget ||
                        remedy.kind == kontor::RemedyKind::kSpendingLimit;
  if (of_money) {
    out.currency = currency_.value();
    out.amount = remedy.amount.value();
  }
  out.date = remedy.date.value();
  for (const RemedyLine& line : remedy.lines) {
    auto& row = add_row(out.lines);
    row.line = line.line;
    row.quantity = line.quantity.value();
  }
  if (remedy.kind == kontor::RemedyKind::kStock) out.quantity = remedy.quantity.value();
  name_what(remedy, out);
  return out;
}

void RemedyRows::add_hold(const Order& order, bool forced) {
  held_ = true;
  if (forced) {
    Remedy release;
    release.kind = kontor::RemedyKind::kRelease;
    release.releases = true;
    of_hold_.push_back(row_of(release));
    return;
  }
  found_ = find_remedies(book_, order);
  for (const Remedy& remedy : found_.remedies)
    of_hold_.push_back(row_of(remedy));
}

void RemedyRows::add(const Waiting& waiting) {
  found_ = find_remedies(waiting);
  held_ = !found_.reasons.empty();
  for (const Remedy& remedy : found_.remedies)
    of_hold_.push_back(row_of(remedy));
}

std::optional<Minor> RemedyRows::payment() const {
  for (const Remedy& remedy : found_.remedies) {
    if (remedy.kind == kontor::RemedyKind::kPayment && remedy.releases) return remedy.amount;
  }
  return std::nullopt;
}

void RemedyRows::add_approvals(const Groups& groups) {
  for (const auto& group : groups) {
    if (group->votes >= group->wanted) continue;
    wire::RemedyT& row = needed_.emplace_back();
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

// No older order comes first: it is money for this one.
void RemedyRows::add_deposit(const Order& order, Minor lacks) {
  wire::RemedyT& row = needed_.emplace_back();
  row.kind = RemedyKind::deposit;
  row.company = book_.parties().name(CompanyId{order.payer});
  row.order = book_.orders().name(order);
  row.currency = currency_.value();
  row.amount = lacks.value();
  row.says = "a payment of " + money(lacks) + " for order " + row.order;
  row.releases = true;  // finish() knows better
}

// Everything that is missing, and with it one way out of the hold.
void RemedyRows::put_with_needed(wire::WhyAnswerT& out) const {
  if (needed_.empty()) return;
  if (!held_) {
    if (needed_.size() > 1) add_row(out.together) = set_of(needed_);
    return;
  }
  const auto add = [&](const std::vector<wire::RemedyT>& more) {
    std::vector<wire::RemedyT> all = needed_;
    all.insert(all.end(), more.begin(), more.end());
    add_row(out.together) = set_of(std::move(all));
  };
  for (const wire::RemedyT& remedy : of_hold_) {
    if (remedy.releases) add({remedy});
  }
}

void RemedyRows::finish(wire::WhyAnswerT& out) {
  put_with_needed(out);
  for (const std::vector<Remedy>& set : found_.together) {
    std::vector<wire::RemedyT> rows = needed_;
    for (const Remedy& remedy : set)
      rows.push_back(row_of(remedy));
    add_row(out.together) = set_of(std::move(rows));
  }
  const bool one_alone = needed_.size() == 1 && !held_;
  for (wire::RemedyT& row : needed_) {
    row.releases = one_alone;
    add_row(out.remedies) = std::move(row);
  }
  for (wire::RemedyT& row : of_hold_) {
    row.releases = row.releases && needed_.empty();
    add_row(out.remedies) = std::move(row);
  }
}

}  // namespace kontor::questions
