// Figures of what the payer is late with: receivable by due date, with a grace in days. An amount
// is overdue when its due date lies more than the grace before the business date; what falls due on
// one day counts as one amount.
#include <algorithm>

#include "engine/rules/figure_rows.h"

namespace kontor::figures {
namespace {

using Is = FigureReading::Is;

// Due dates before this one count as overdue.
Date first_in_time(const Book& book, const OrderFacts& facts, const RuleCondition& condition) {
  const std::int64_t day = std::int64_t{today_of(book, facts).value()} - condition.grace_days;
  return Date{static_cast<std::int32_t>(std::max<std::int64_t>(day, kNoDate.value() + 1))};
}

// The invoice that is oldest of those due on the day.
void add_invoice_evidence(const Book& book, CompanyId payer, Date due, FigureReading& out) {
  const auto& open = book.receivables().open_of(payer);
  const auto found = open.lower_bound({due, InvoiceRef{}, 0});
  if (found != open.end() && found->due == due) out.evidence.emplace_back(found->invoice.value());
}

struct Overdue {
  Int128 amount = 0;
  CurrencyCode currency;
  bool comparable = true;
  Date oldest = kNoDate;  // kNoDate: nothing is overdue
  CompanyId whose = no_id<CompanyId>();
};

Overdue overdue_of(const Book& book, const OrderFacts& facts, const RuleCondition& condition,
                   AccountOf of) {
  const Date in_time = first_in_time(book, facts, condition);
  Overdue out;
  out.currency = book.credit().account(of.company).currency;
  for_each_company(book, of, [&](CompanyId company) {
    const Account& account = account_of(book, facts, company);
    for (const DueAmount& due : account.by_due()) {
      if (due.due == kNoDate) continue;
      if (due.due >= in_time) return;
      if (account.currency != out.currency) {
        out.comparable = false;
      } else {
        out.amount += due.amount.value();
      }
      if (due.amount <= Minor{0} || (out.oldest != kNoDate && out.oldest <= due.due)) continue;
      out.oldest = due.due;
      out.whose = company;
    }
  });
  return out;
}

FigureReading about_overdue(const Book& book, FigureReading reading, const Overdue& overdue,
                            AccountOf of) {
  if (overdue.oldest != kNoDate) {
    reading.code = ReasonCode::invoices_overdue;
    add_invoice_evidence(book, overdue.whose, overdue.oldest, reading);
  }
  return about_account(book, std::move(reading), of.company);
}

}  // namespace

FigureReading oldest_overdue_days(const Book& book, const OrderFacts& facts,
                                  const RuleCondition& condition, AccountOf of) {
  const Overdue overdue = overdue_of(book, facts, condition, of);
  const std::int64_t today = today_of(book, facts).value();
  const std::int64_t late = overdue.oldest == kNoDate ? 0 : today - overdue.oldest.value();
  return about_overdue(book, days(late, condition), overdue, of);
}

FigureReading overdue_amount(const Book& book, const OrderFacts& facts,
                             const RuleCondition& condition, AccountOf of) {
  const Overdue overdue = overdue_of(book, facts, condition, of);
  FigureReading out = money(book, condition, saturated(overdue.amount), overdue.currency);
  if (!overdue.comparable) out.is = Is::kNotComparable;
  return about_overdue(book, std::move(out), overdue, of);
}

// Of all receivable; nothing receivable is 0 %.
FigureReading overdue_share(const Book& book, const OrderFacts& facts,
                            const RuleCondition& condition, AccountOf of) {
  const Overdue overdue = overdue_of(book, facts, condition, of);
  const CountedAmount receivable = bucket_of(book, facts, of, Bucket::receivable);
  const bool some = receivable.amount > 0;
  FigureReading out = percent(some ? overdue.amount : 0, some ? receivable.amount : 1, condition);
  if (!overdue.comparable || !receivable.comparable) out.is = Is::kNotComparable;
  return about_overdue(book, std::move(out), overdue, of);
}

}  // namespace kontor::figures
