// Limits in the company tree (domain: 9, credit.tree).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::vector<int> up_from(const State& state, int company) {
  std::vector<int> out;
  for (int at = company; at != kNone; at = state.companies[at].parent)
    out.push_back(at);
  return out;
}

bool reads_above(const SetRule& rule) {
  return std::any_of(rule.conditions.begin(), rule.conditions.end(),
                     [](const Condition& c) { return c.whose != Whose::kPayer; });
}

bool reads_around(const SetRule& rule) {
  const Scope scope = rule.scope_kind;
  if (scope == Scope::kItem || scope == Scope::kItemCategory || scope == Scope::kAssortment) {
    return true;
  }
  return std::any_of(rule.conditions.begin(), rule.conditions.end(), [](const Condition& c) {
    return c.figure == Figure::kWeight || c.figure == Figure::kFreight ||
           c.figure == Figure::kTermsLonger;
  });
}

}  // namespace

std::vector<AccountOf> accounts_of(const State& state, int payer, Whose whose) {
  if (whose == Whose::kPayer) return {{payer, false}};
  std::vector<AccountOf> out;
  for (const int at : up_from(state, payer)) {
    const bool itself = at == payer && whose == Whose::kAnyAncestor;
    if (itself || !state.companies[at].limit) continue;
    out.push_back({at, true});
    if (whose == Whose::kSharedLimit) break;
  }
  return out;
}

std::vector<AccountOf> limits_met(const State& state, int payer) {
  if (policy_is(state, "credit.tree", "each", {payer})) {
    std::vector<AccountOf> out = accounts_of(state, payer, Whose::kAnyAncestor);
    out.insert(out.begin(), {payer, true});
    return out;
  }
  if (policy_is(state, "credit.tree", "shared", {payer})) {
    std::vector<AccountOf> out = accounts_of(state, payer, Whose::kSharedLimit);
    if (out.empty()) out.push_back({payer, true});
    return out;
  }
  return {{payer, false}};
}

std::vector<int> companies_of(const State& state, const AccountOf& account) {
  if (!account.with_below) return {account.company};
  std::vector<int> out;
  for (int company = 0; company < state.companies.size(); ++company) {
    if (is_at_or_above(state, account.company, company)) out.push_back(company);
  }
  return out;
}

Watched watched_by(const State& state, int payer) {
  Watched out;
  const bool tree = !policy_is(state, "credit.tree", "own", {payer});
  out.looks_up = tree;
  for (const Rule& rule : state.rules.all) {
    if (rule.said.withdrawn) continue;
    out.looks_up = out.looks_up || reads_above(rule.said);
    out.looks_around = out.looks_around || reads_around(rule.said);
  }
  if (!tree) return out;
  for (const AccountOf& limit : limits_met(state, payer))
    out.limits.push_back(limit.company);
  return out;
}

Room room_of(const State& state, int payer) {
  const Company& company = state.companies[payer];
  Room out;
  if (company.watched.limits.empty()) {
    if (company.limit) out.left = Wide{*company.limit} - exposure_of(state, payer).sum();
    return out;
  }
  for (const int above : company.watched.limits) {
    const Company& limited = state.companies[above];
    if (!limited.limit) continue;
    Wide left = *limited.limit;
    for (const int below : companies_of(state, {above, true})) {
      const Int exposure = exposure_of(state, below).sum();
      const bool same = state.companies[below].currency == limited.currency;
      if (same) left -= exposure;
      if (!same && exposure != 0) out.comparable = false;
    }
    out.left = out.left ? std::min(*out.left, left) : left;
  }
  return out;
}

}  // namespace kontor::model
