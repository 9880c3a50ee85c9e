// Figures of the payer, read from its own account or from one above it with all below.
#include "engine/rules/figure_rows.h"

namespace kontor::figures {
namespace {

using Is = FigureReading::Is;

CountedAmount with_amount(CountedAmount counted, const OrderFacts& facts, Minor amount) {
  counted.amount += amount.value();
  if (amount != Minor{0} && facts.currency != counted.currency) counted.comparable = false;
  return counted;
}

// What the account counts with the order as if taken.
CountedAmount with_order(const CountedAmount& counted, const OrderFacts& facts) {
  return with_amount(counted, facts, facts.need);
}

FigureReading counted_money(const Book& book, const RuleCondition& condition,
                            const CountedAmount& counted) {
  FigureReading out = money(book, condition, saturated(counted.amount), counted.currency);
  if (!counted.comparable) out.is = Is::kNotComparable;
  return out;
}

void add_limit_evidence(const Book& book, AccountOf of, FigureReading& out) {
  const Sequence set_at = book.credit().account(of.company).limit_set_at;
  if (set_at.value() != 0) out.evidence.push_back(set_at);
}

}  // namespace

FigureReading exposure_over_limit(const Book& book, const OrderFacts& facts, const RuleCondition&,
                                  AccountOf of) {
  const LimitInForce in_force = limit_in_force(book, facts, of.company);
  if (!in_force.limit) return {};
  const CountedAmount after = with_order(exposure_of(book, facts, of), facts);
  if (after.comparable && after.amount <= in_force.limit->value()) return {};
  FigureReading out;
  out.is = after.comparable ? Is::kMatched : Is::kNotComparable;
  out.code = in_force.why;
  out.unit = Unit::money;
  out.currency = after.currency;
  out.found = saturated(after.amount).value();
  out.allowed = in_force.limit->value();
  add_limit_evidence(book, of, out);
  return about_account(book, std::move(out), of.company);
}

FigureReading exposure_after_order(const Book& book, const OrderFacts& facts,
                                   const RuleCondition& condition, AccountOf of) {
  const CountedAmount after = with_order(exposure_of(book, facts, of), facts);
  FigureReading out = counted_money(book, condition, after);
  if (condition.whose == Whose::payer) return out;  // about the order, as ever
  return about_account(book, std::move(out), of.company);
}

// Of a limit of zero everything counted is more than any percentage, and nothing is 0 %.
FigureReading limit_used_percent(const Book& book, const OrderFacts& facts,
                                 const RuleCondition& condition, AccountOf of) {
  const auto limit = limit_in_force(book, facts, of.company).limit;
  if (!limit) return {};
  const CountedAmount after = with_order(exposure_of(book, facts, of), facts);
  FigureReading out;
  if (*limit > Minor{0}) {
    out = percent(after.amount, limit->value(), condition);
  } else {
    out.is = Is::kNumber;
    out.unit = Unit::percent;
    out.found = after.amount > 0 ? INT64_MAX : after.amount < 0 ? -INT64_MAX : 0;
    out.allowed = condition.percent.value();
  }
  if (!after.comparable) out.is = Is::kNotComparable;
  add_limit_evidence(book, of, out);
  return about_account(book, std::move(out), of.company);
}

// One bucket against a limit of its own. The order counts as ordered, and its deposit as one.
FigureReading bucket_exposure(const Book& book, const OrderFacts& facts,
                              const RuleCondition& condition, AccountOf of) {
  CountedAmount counted = bucket_of(book, facts, of, condition.bucket);
  if (condition.bucket == Bucket::ordered) {
    counted = with_amount(counted, facts, facts.need + facts.deposit);
  }
  if (condition.bucket == Bucket::deposits) counted = with_amount(counted, facts, facts.deposit);
  return about_account(book, counted_money(book, condition, counted), of.company);
}

FigureReading credit_standing(const Book& book, const OrderFacts&, const RuleCondition& condition,
                              AccountOf of) {
  const Company& company = book.parties().company(of.company);
  FigureReading out = name(EnumNameCreditStanding(company.standing), condition);
  if (company.standing == CreditStanding::hold) out.code = ReasonCode::credit_standing_hold;
  out.evidence.push_back(company.last_change);
  return about_account(book, std::move(out), of.company);
}

namespace {

FigureReading passed(const Book& book, const OrderFacts& facts, Date date, ReasonCode code,
                     AccountOf of) {
  const Date today = today_of(book, facts);
  FigureReading out = phrase(date != kNoDate && date < today);
  out.code = code;
  out.unit = Unit::date;
  out.found = today.value();
  out.allowed = date.value();
  add_limit_evidence(book, of, out);
  return about_account(book, std::move(out), of.company);
}

}  // namespace

FigureReading limit_expired(const Book& book, const OrderFacts& facts, const RuleCondition&,
                            AccountOf of) {
  const Account& account = account_of(book, facts, of.company);
  if (!account.limit || supposed_limit(facts, of.company) != nullptr) return {};
  return passed(book, facts, account.expires, ReasonCode::limit_expired, of);
}

FigureReading review_date_passed(const Book& book, const OrderFacts& facts, const RuleCondition&,
                                 AccountOf of) {
  const Date review = account_of(book, facts, of.company).review;
  return passed(book, facts, review, ReasonCode::review_date_passed, of);
}

FigureReading paid_invoices(const Book& book, const OrderFacts&, const RuleCondition& condition,
                            AccountOf of) {
  std::int64_t paid = 0;
  for_each_company(book, of,
                   [&](CompanyId company) { paid += book.receivables().paid_invoices(company); });
  return about_account(book, count(paid, condition), of.company);
}

}  // namespace kontor::figures
