#include "engine/rules/accounts.h"

#include "engine/rules/policy.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

// Adds to the account's own amount what `amount_of` gives for each currency below it.
template <class AmountOf>
CountedAmount with_below(const Book& book, AccountOf account, Minor own, AmountOf amount_of) {
  CountedAmount out;
  out.amount = own.value();
  out.currency = book.credit().account(account.company).currency;
  if (!account.with_below) return out;
  for (const TreeSums& sums : book.credit().tree().below(account.company.value())) {
    const Int128 amount = amount_of(sums);
    if (sums.currency == out.currency) {
      out.amount += amount;
    } else if (amount != 0) {
      KONTOR_MARK("another currency below a limit");
      out.comparable = false;
    }
  }
  return out;
}

}  // namespace

CountedAmount bucket_of(const Book& book, AccountOf account, Bucket bucket) {
  return with_below(book, account, book.credit().account(account.company).bucket(bucket),
                    [&](const TreeSums& sums) { return sums.bucket(bucket); });
}

CountedAmount exposure_of(const Book& book, AccountOf account) {
  return with_below(book, account, book.credit().account(account.company).exposure(),
                    [](const TreeSums& sums) { return sums.exposure(); });
}

const Account& account_of(const Book& book, const OrderFacts& facts, CompanyId company) {
  return company == facts.payer ? payer_account(book, facts) : book.credit().account(company);
}

namespace {

// What others are supposed to have taken of what the account counts.
Int128 taken_by_others(const Book& book, const OrderFacts& facts, AccountOf account) {
  const Credit& credit = book.credit();
  const CurrencyCode currency = credit.account(account.company).currency;
  Int128 sum = 0;
  for (const SupposedTaking& taking : facts.supposed.taken) {
    const bool counts = taking.payer == account.company ||
                        (account.with_below && credit.tree().is_at_or_above(account.company.value(),
                                                                            taking.payer.value()));
    if (counts && credit.account(taking.payer).currency == currency) sum += taking.amount.value();
  }
  return sum;
}

}  // namespace

CountedAmount bucket_of(const Book& book, const OrderFacts& facts, AccountOf account,
                        Bucket bucket) {
  CountedAmount out = bucket_of(book, account, bucket);
  const Account& real = book.credit().account(facts.payer);
  out.amount += (payer_account(book, facts).bucket(bucket) - real.bucket(bucket)).value();
  if (bucket == Bucket::ordered) out.amount += taken_by_others(book, facts, account);
  return out;
}

CountedAmount exposure_of(const Book& book, const OrderFacts& facts, AccountOf account) {
  CountedAmount out = exposure_of(book, account);
  out.amount += taken_by_others(book, facts, account);
  if (facts.supposed.account == nullptr) return out;
  const Account& real = book.credit().account(facts.payer);
  out.amount += (facts.supposed.account->exposure() - real.exposure()).value();
  return out;
}

const SupposedLimit* supposed_limit(const OrderFacts& facts, CompanyId company) {
  for (const SupposedLimit& limit : facts.supposed.limits) {
    if (limit.company == company) return &limit;
  }
  return nullptr;
}

LimitInForce limit_in_force(const Book& book, CompanyId company) {
  return limit_in_force(book, company, book.credit().account(company),
                        book.calendar().business_date());
}

LimitInForce limit_in_force(const Book& book, const OrderFacts& facts, CompanyId company) {
  if (const SupposedLimit* const supposed = supposed_limit(facts, company)) {
    return {supposed->limit, ReasonCode::over_credit_limit};
  }
  return limit_in_force(book, company, account_of(book, facts, company), today_of(book, facts));
}

LimitInForce limit_in_force(const Book& book, CompanyId company, const Account& account,
                            Date today) {
  const bool expired = account.expires != kNoDate && account.expires < today;
  if (account.limit && expired) {
    KONTOR_MARK("a credit limit that has expired");
    return {Minor{0}, ReasonCode::limit_expired};
  }
  if (account.limit) return {account.limit, ReasonCode::over_credit_limit};
  if (policy_is(book, PolicyKey::credit_absent_limit, {company}, "none")) {
    return {Minor{0}, ReasonCode::no_credit_limit};
  }
  return {std::nullopt, ReasonCode::over_credit_limit};
}

TreeMode credit_tree(const Book& book, CompanyId payer) {
  const std::string_view mode = policy_in_force(book, PolicyKey::credit_tree, {payer}).value;
  if (mode == "each") return TreeMode::kEach;
  return mode == "shared" ? TreeMode::kShared : TreeMode::kOwn;
}

ScarceLimit scarcest_limit(const Book& book, CompanyId payer) {
  ScarceLimit out;
  for_each_limit(book, payer, [&](AccountOf account) {
    const auto limit = limit_in_force(book, account.company).limit;
    if (!limit) return;
    const CountedAmount exposure = exposure_of(book, account);
    const ScarceLimit here{account.company, *limit, exposure.amount, exposure.comparable};
    const bool scarcer = !is_set(out.company) || (out.comparable && !here.comparable) ||
                         (out.comparable == here.comparable && here.room() < out.room());
    if (scarcer) out = here;
  });
  return out;
}

Watched watched_accounts(const Book& book, CompanyId payer) {
  Watched out;
  const RuleIndex& rules = book.rules().index();
  const bool tree = credit_tree(book, payer) != TreeMode::kOwn;
  out.looks_up = tree || rules.looks_up();
  out.looks_around = rules.looks_around();
  if (!tree) return out;
  for_each_limit(book, payer, [&](AccountOf account) { out.limits.push_back(account.company); });
  return out;
}

Minor saturated(Int128 amount) {
  if (amount > INT64_MAX) return Minor{INT64_MAX};
  if (amount < -INT64_MAX) return Minor{-INT64_MAX};
  return Minor{static_cast<std::int64_t>(amount)};
}

}  // namespace kontor
