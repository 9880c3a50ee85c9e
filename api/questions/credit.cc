// Accounts of payers, and the orders that are held for them.
#include <array>
#include <map>

#include "api/questions/account_rows.h"
#include "api/questions/present.h"
#include "engine/rules/accounts.h"
#include "engine/rules/policy.h"
#include "engine/rules/taking.h"

namespace kontor::questions {
namespace {

constexpr std::size_t kHeldShown = 100;
constexpr std::array kAgeingNames = {"not_due", "1-30", "31-60", "61-90", "over_90"};

void fill_held(const Book& book, CompanyId payer, const HeldOrder& held, wire::HeldRowT& row) {
  const Order& order = book.orders().get(held.order);
  row.order = book.orders().name(order);
  row.payer = name_of(book, "company", payer);
  // Nobody examines a forced hold again, so its need is as the order is now.
  const Minor need = held.forced ? facts_of(book, order).need : held.need;
  row.need = need.value();
  row.currency = book.credit().account(payer).currency.value();
  row.credit_only = held.credit_only;
  row.forced = held.forced;
  row.held_at = order.held_at;
  row.moment = held.moment;
  const ScarceLimit limit = scarcest_limit(book, payer);
  if (!is_set(limit.company) || !limit.comparable) return;
  row.limit_of = name_of(book, "company", limit.company);
  row.missing = saturated(std::max(Int128{need.value()} - limit.room(), Int128{0})).value();
}

// With everything below, where there is anything.
void fill_tree(const Book& book, CompanyId company, wire::AccountAnswerT& out) {
  const CreditTree& tree = book.credit().tree();
  if (tree.children(company.value()).empty()) return;
  const Account& own = book.credit().account(company);
  std::map<CurrencyCode, TreeSums> all;
  const auto add = [&](const TreeSums& part) {
    TreeSums& to = all[part.currency];
    for (std::size_t i = 0; i < to.buckets.size(); ++i)
      to.buckets.at(i) += part.buckets.at(i);
  };
  add({own.currency, own.sums()});
  for (const TreeSums& below : tree.below(company.value()))
    add(below);
  for (const auto& [currency, sums] : all) {
    if (sums.is_nothing() && currency != own.currency) continue;
    auto& row = add_row(out.tree);
    row.currency = currency.value();
    row.ordered = saturated(sums.bucket(Bucket::ordered)).value();
    row.delivered = saturated(sums.bucket(Bucket::delivered)).value();
    row.receivable = saturated(sums.bucket(Bucket::receivable)).value();
    row.deposits = saturated(sums.bucket(Bucket::deposits)).value();
    row.unapplied = saturated(sums.bucket(Bucket::unapplied)).value();
    row.exposure = saturated(sums.exposure()).value();
  }
}

void fill_limits(const Book& book, CompanyId payer, wire::AccountAnswerT& out) {
  out.credit_tree = policy_in_force(book, PolicyKey::credit_tree, {payer}).value;
  for_each_limit(book, payer, [&](AccountOf account) {
    const auto limit = limit_in_force(book, account.company).limit;
    const CountedAmount exposure = exposure_of(book, account);
    auto& row = add_row(out.limits);
    row.company = name_of(book, "company", account.company);
    row.currency = exposure.currency.value();
    row.exposure = saturated(exposure.amount).value();
    if (!limit) return;
    row.limit = limit->value();
    if (exposure.comparable)
      row.available = saturated(Int128{limit->value()} - exposure.amount).value();
  });
}

void fill_parts(const Book& book, const Account& account, wire::AccountAnswerT& out) {
  for (const DueAmount& due : account.by_due()) {
    auto& row = add_row(out.by_due);
    row.due = due.due.value();
    row.amount = due.amount.value();
  }
  for (const TermsAmount& part : account.by_terms()) {
    auto& row = add_row(out.by_terms);
    row.terms = name_of(book, "terms", part.terms);
    row.amount = part.amount.value();
  }
  const Ageing ageing = account.ageing(book.calendar().business_date());
  for (std::size_t i = 0; i < ageing.size(); ++i) {
    auto& row = add_row(out.ageing);
    row.bucket = kAgeingNames.at(i);
    row.amount = ageing.at(i).value();
  }
}

}  // namespace

void fill_around(const Book& book, CompanyId payer, wire::AccountAnswerT& out) {
  fill_tree(book, payer, out);
  fill_limits(book, payer, out);
  const Account& account = book.credit().account(payer);
  out.held_count = account.held().size();
  for (const auto& [birth, held] : account.held()) {
    if (out.held.size() == kHeldShown) break;
    fill_held(book, payer, held, add_row(out.held));
  }
}

Answered answer_account(const Book& book, const Query& query) {
  const auto payer = book.parties().find_company(query.name);
  if (!payer) return not_found("company", query.name, "companies");
  const Account& account = book.credit().account(*payer);
  wire::AccountAnswerT out;
  out.company = query.name;
  out.currency = account.currency.value();
  if (account.limit) out.limit = account.limit->value();
  out.exposure = account.exposure().value();
  if (const auto available = account.available()) out.available = available->value();
  out.ordered = account.bucket(Bucket::ordered).value();
  out.delivered = account.bucket(Bucket::delivered).value();
  out.receivable = account.bucket(Bucket::receivable).value();
  out.deposits = account.bucket(Bucket::deposits).value();
  out.unapplied = account.bucket(Bucket::unapplied).value();
  out.limit_expires = account.expires.value();
  out.limit_review = account.review.value();
  out.limit_set_at = account.limit_set_at.value();
  out.business_date = book.calendar().business_date().value();
  fill_parts(book, account, out);
  fill_around(book, *payer, out);
  return answered(out);
}

// Place: the payer's ordinal, and the birth of the order to go on from.
Answered list_held_orders(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  const std::uint64_t begin = filter.only
                                  ? std::max<std::uint64_t>(filter.only->value(), query.after.first)
                                  : query.after.first;
  const std::uint64_t end =
      filter.only ? filter.only->value() + std::uint64_t{1} : book.parties().company_count();
  PageRoom page(query);
  wire::HeldOrdersAnswerT out;
  for (std::uint64_t payer = begin; payer < end; ++payer) {
    if (!page.room()) return answered(out, format_place({payer, 0}));
    page.examine(1);
    const CompanyId id{static_cast<std::uint32_t>(payer)};
    const auto& held = book.credit().account(id).held();
    auto at = payer == query.after.first ? held.lower_bound(query.after.second) : held.begin();
    for (; at != held.end(); ++at) {
      if (!page.room()) return answered(out, format_place({payer, at->first}));
      fill_held(book, id, at->second, add_row(out.holds));
      page.examine(1);
      page.row();
    }
  }
  return answered(out);
}

}  // namespace kontor::questions
