// Which setting of a policy holds for an order or a payer: the most specific scope that says
// something wins (domain: One kind of rule, One notion of when). From the most specific: buyer,
// role (in the order the buyer has them), company, its ancestors, tag (in the company's order),
// class, book; for stock before all of these the item, then its category.
#pragma once

#include <string_view>

#include "values_generated.h"

#include "events/base/ids.h"
#include "projections/book.h"

namespace kontor {

// What a policy is asked for; what is not set is not looked at.
struct PolicyContext {
  CompanyId company = no_id<CompanyId>();  // the orderer; of credit and payments the payer
  BuyerId buyer = no_id<BuyerId>();
  ItemId item = no_id<ItemId>();
};
PolicyContext policy_context(const Order& order);

struct PolicyInForce {
  std::string_view value;  // valid until the policy is set again
  ScopeKind kind = ScopeKind::book;
  std::string_view scope;                      // name; empty: the book
  const Policies::Setting* setting = nullptr;  // null: the default
};
// The same of a policy that is set for some scope below the book; most are set for none.
PolicyInForce scoped_policy_in_force(const Book& book, PolicyKey key, const PolicyContext& context);
inline PolicyInForce policy_in_force(const Book& book, PolicyKey key,
                                     const PolicyContext& context) {
  const Policies& policies = book.policies();
  if (policies.is_scoped(key)) return scoped_policy_in_force(book, key, context);
  return {policies.value(key), ScopeKind::book, {}, policies.setting(key)};
}

// The same of a policy that is a number.
std::int64_t policy_number(const Book& book, PolicyKey key, const PolicyContext& context);

inline bool policy_is(const Book& book, PolicyKey key, const PolicyContext& context,
                      std::string_view word) {
  return policy_in_force(book, key, context).value == word;
}

}  // namespace kontor
