#include "engine/rules/policy.h"

#include <charconv>
#include <optional>

#include "engine/rules/scopes.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

class Search {
 public:
  Search(const Book& book, PolicyKey key) : book_(book), policies_(book.policies()), key_(key) {}

  bool found() const { return out_.setting != nullptr; }
  const PolicyInForce& in_force() const { return out_; }

  void item(ItemId id) {
    const Item& item = book_.catalogue().item(id);
    look(ScopeKind::item, id.value(), {}, book_.catalogue().name(id));
    look(ScopeKind::item_category, kNoOrdinal, item.category, item.category);
  }

  void buyer(BuyerId id, CompanyId company) {
    const Parties& parties = book_.parties();
    look(ScopeKind::buyer, id.value(), {}, parties.name(id));
    for (const Grant& grant : parties.buyer(id).roles) {
      if (is_set(company) && !parties.holds_role(id, grant.role, company, true)) continue;
      look(ScopeKind::role, kNoOrdinal, grant.role, grant.role);
    }
  }

  void company(CompanyId id) {
    const Parties& parties = book_.parties();
    look(ScopeKind::company, id.value(), {}, parties.name(id));
    for (CompanyId at = id; is_set(at) && !found(); at = parties.company(at).parent)
      look(ScopeKind::company_and_below, at.value(), {}, parties.name(at));
    const Company& company = parties.company(id);
    for (const std::string& tag : company.tags)
      look(ScopeKind::tag, kNoOrdinal, tag, tag);
    look(ScopeKind::company_class, kNoOrdinal, company.company_class, company.company_class);
  }

 private:
  void look(ScopeKind kind, std::uint32_t ordinal, std::string_view word, std::string_view name) {
    if (found()) return;
    const Policies::Setting* const setting = policies_.setting(key_, kind, ordinal, word);
    if (setting != nullptr) out_ = {setting->value, kind, name, setting};
  }

  const Book& book_;
  const Policies& policies_;
  PolicyKey key_;
  PolicyInForce out_;
};

}  // namespace

PolicyContext policy_context(const Order& order) {
  return {CompanyId{order.company}, BuyerId{order.buyer}, no_id<ItemId>()};
}

PolicyInForce scoped_policy_in_force(const Book& book, PolicyKey key,
                                     const PolicyContext& context) {
  Search search(book, key);
  if (is_set(context.item)) search.item(context.item);
  if (is_set(context.buyer)) search.buyer(context.buyer, context.company);
  if (is_set(context.company)) search.company(context.company);
  if (search.found()) {
    KONTOR_MARK("a policy of a scope below the book");
    return search.in_force();
  }
  const Policies& policies = book.policies();
  return {policies.value(key), ScopeKind::book, {}, policies.setting(key)};
}

std::int64_t policy_number(const Book& book, PolicyKey key, const PolicyContext& context) {
  if (!book.policies().is_scoped(key)) return book.policies().number(key);
  const std::string_view text = policy_in_force(book, key, context).value;
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace kontor
