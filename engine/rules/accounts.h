// Whose account a figure of the payer is read from, and whose limits an order meets: the payer's
// own, those above it that have a limit, or the nearest that has one. Rules: domain, Credit
// (credit.tree) and One kind of rule.
//
// A limit in the tree is one of the company with all below it. What counts there in another
// currency cannot be compared with it while there are no exchange rates: then the limit counts as
// exceeded, and nothing passes it before those amounts are gone.
#pragma once

#include <optional>
#include <vector>

#include "reasons_generated.h"

#include "engine/rules/order_facts.h"
#include "projections/book.h"

namespace kontor {

struct AccountOf {
  CompanyId company;
  bool with_below = false;
};

// Amounts of an account, with those of the accounts below where they count.
struct CountedAmount {
  Int128 amount = 0;
  CurrencyCode currency;
  bool comparable = true;  // false: amounts in other currencies are left out
};
CountedAmount bucket_of(const Book& book, AccountOf account, Bucket bucket);
CountedAmount exposure_of(const Book& book, AccountOf account);
// The same where the payer's own account, which is among them, may be a supposed one.
CountedAmount bucket_of(const Book& book, const OrderFacts& facts, AccountOf account,
                        Bucket bucket);
CountedAmount exposure_of(const Book& book, const OrderFacts& facts, AccountOf account);
// The company's own: the payer's may be a supposed one.
const Account& account_of(const Book& book, const OrderFacts& facts, CompanyId company);

// What a company's limit is today: none when no limit was set and absent means unlimited; zero when
// it has expired or absent means none. why: the reason that exceeding it gives.
struct LimitInForce {
  std::optional<Minor> limit;
  ReasonCode why = ReasonCode::over_credit_limit;
};
LimitInForce limit_in_force(const Book& book, CompanyId company);
// Whether the company's limit is supposed to be set anew: it has not expired.
const SupposedLimit* supposed_limit(const OrderFacts& facts, CompanyId company);
// The same of an account and a day that may be supposed.
LimitInForce limit_in_force(const Book& book, CompanyId company, const Account& account,
                            Date today);
LimitInForce limit_in_force(const Book& book, const OrderFacts& facts, CompanyId company);

// Calls visit(AccountOf) for each account, nearest first; none: nobody above has a limit.
template <class Visit>
void for_each_account(const Book& book, CompanyId payer, Whose whose, Visit visit) {
  if (whose == Whose::payer) return visit(AccountOf{payer, false});
  const auto above = [&](CompanyId at) { return book.parties().company(at).parent; };
  for (CompanyId at = whose == Whose::any_ancestor ? above(payer) : payer; is_set(at);
       at = above(at)) {
    if (!book.credit().account(at).limit) continue;
    visit(AccountOf{at, true});
    if (whose == Whose::shared_limit) return;
  }
}

// Calls visit(CompanyId) for each company whose account counts: as many as there are below.
template <class Visit>
void for_each_company(const Book& book, AccountOf of, Visit visit) {
  visit(of.company);
  if (!of.with_below) return;
  for (const std::uint32_t child : book.credit().tree().children(of.company.value()))
    for_each_company<Visit&>(book, AccountOf{CompanyId{child}, true}, visit);
}

enum class TreeMode : std::uint8_t { kOwn, kEach, kShared };
TreeMode credit_tree(const Book& book, CompanyId payer);

// Calls visit(AccountOf) for each account whose limit an order of the payer meets, nearest first.
// The payer's own is among them where nobody at or above it has a limit: credit.absent_limit says
// what that means.
template <class Visit>
void for_each_limit(const Book& book, CompanyId payer, Visit visit) {
  const TreeMode mode = credit_tree(book, payer);
  if (mode == TreeMode::kOwn) return visit(AccountOf{payer, false});
  bool any = false;
  const auto met = [&](AccountOf account) {
    any = true;
    visit(account);
  };
  if (mode == TreeMode::kShared) {
    for_each_account(book, payer, Whose::shared_limit, met);
    if (!any) visit(AccountOf{payer, true});
    return;
  }
  visit(AccountOf{payer, true});
  for_each_account(book, payer, Whose::any_ancestor, met);
}

// Of the limits an order of the payer meets, the one with the least room; company not set: none
// binds.
struct ScarceLimit {
  CompanyId company = no_id<CompanyId>();
  Minor limit;
  Int128 exposure = 0;
  bool comparable = true;
  Int128 room() const { return limit.value() - exposure; }
};
ScarceLimit scarcest_limit(const Book& book, CompanyId payer);

// What held orders of the payer depend on beside its own account.
Watched watched_accounts(const Book& book, CompanyId payer);

// The nearest amount of money that fits; sums of a tree may be larger.
Minor saturated(Int128 amount);

}  // namespace kontor
