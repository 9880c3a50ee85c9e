#include "engine/rules/candidates.h"

#include <algorithm>

namespace kontor {

class RulesConcerning::Collector {
 public:
  Collector(const Book& book, const OrderFacts& facts, RulesConcerning& out)
      : book_(book), index_(book.rules().index()), facts_(facts), out_(out) {}

  void collect() {
    add(index_.of_book());
    of_company();
    if (is_set(facts_.buyer)) of_buyer();
    const bool by_item = index_.has(ScopeKind::item) || index_.has(ScopeKind::item_category) ||
                         index_.has(ScopeKind::assortment);
    if (by_item) of_items();
    auto& merged = out_.merged_;
    std::sort(merged.begin(), merged.end());
    merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
  }

 private:
  void add(std::span<const RuleId> rules) {
    if (rules.empty()) return;
    if (out_.all().empty()) {
      out_.of_one_ = rules;
      return;
    }
    auto& merged = out_.merged_;
    if (merged.empty()) merged.assign(out_.of_one_.begin(), out_.of_one_.end());
    merged.insert(merged.end(), rules.begin(), rules.end());
  }
  // The sort of a scope is looked for only where there are rules of it.
  template <class Key>
  void add(ScopeKind kind, Key key) {
    if (index_.has(kind)) add(index_.of(kind, key));
  }

  void of_company() {
    const Parties& parties = book_.parties();
    const Company& company = parties.company(facts_.company);
    add(ScopeKind::company, facts_.company.value());
    if (index_.has(ScopeKind::company_and_below)) {
      for (CompanyId at = facts_.company; is_set(at); at = parties.company(at).parent)
        add(ScopeKind::company_and_below, at.value());
    }
    if (index_.has(ScopeKind::tag)) {
      for (const std::string& tag : company.tags)
        add(ScopeKind::tag, std::string_view(tag));
    }
    add(ScopeKind::company_class, std::string_view(company.company_class));
  }

  void of_buyer() {
    const Parties& parties = book_.parties();
    add(ScopeKind::buyer, facts_.buyer.value());
    if (!index_.has(ScopeKind::role)) return;
    for (const Grant& grant : parties.buyer(facts_.buyer).roles) {
      if (parties.holds_role(facts_.buyer, grant.role, facts_.company, true))
        add(ScopeKind::role, std::string_view(grant.role));
    }
  }

  void of_items() {
    const Catalogue& catalogue = book_.catalogue();
    for_each_line(book_, facts_, [&](const FactLine& line) {
      const std::string_view category = catalogue.item(line.item).category;
      add(ScopeKind::item, line.item.value());
      add(ScopeKind::item_category, category);
      if (!index_.has(ScopeKind::assortment)) return;
      for (const AssortmentId assortment : catalogue.assortments().of(line.item, category))
        add(ScopeKind::assortment, assortment.value());
    });
  }

  const Book& book_;
  const RuleIndex& index_;
  const OrderFacts& facts_;
  RulesConcerning& out_;
};

RulesConcerning::RulesConcerning(const Book& book, const OrderFacts& facts) {
  Collector(book, facts, *this).collect();
}

namespace {

bool has_line_in(const Book& book, const RuleVersion& rule, const OrderFacts& facts) {
  bool found = false;
  const LineScope scope{rule.scope_kind, rule.scope_ordinal, rule.scope};
  for_each_line(book, facts, [&](const FactLine& line) {
    found = found || is_in_scope(book, scope, line.item);
  });
  return found;
}

int kind_breadth(ScopeKind scope) {
  switch (scope) {
    case ScopeKind::item:
      return 0;
    case ScopeKind::item_category:
      return 1;
    case ScopeKind::assortment:
      return 2;
    case ScopeKind::buyer:
      return 3;
    case ScopeKind::role:
      return 4;
    case ScopeKind::company:
      return 5;
    case ScopeKind::company_and_below:
      return 6;
    case ScopeKind::tag:
      return 7;
    case ScopeKind::company_class:
      return 8;
    case ScopeKind::book:
      return 9;
  }
  return 9;
}

}  // namespace

bool scope_covers(const Book& book, const RuleVersion& rule, const OrderFacts& facts) {
  const Parties& parties = book.parties();
  const Company& company = parties.company(facts.company);
  switch (rule.scope_kind) {
    case ScopeKind::book:
      return true;
    case ScopeKind::company:
      return rule.scope_ordinal == facts.company.value();
    case ScopeKind::company_and_below:
      return parties.is_at_or_above(CompanyId{rule.scope_ordinal}, facts.company);
    case ScopeKind::company_class:
      return company.company_class == rule.scope;
    case ScopeKind::tag:
      return std::find(company.tags.begin(), company.tags.end(), rule.scope) != company.tags.end();
    case ScopeKind::buyer:
      return is_set(facts.buyer) && rule.scope_ordinal == facts.buyer.value();
    case ScopeKind::role:
      return is_set(facts.buyer) &&
             parties.holds_role(facts.buyer, rule.scope, facts.company, true);
    case ScopeKind::item:
    case ScopeKind::item_category:
    case ScopeKind::assortment:
      return has_line_in(book, rule, facts);
  }
  return false;
}

Breadth breadth_of(const Book& book, const RuleVersion& rule, const OrderFacts& facts) {
  Breadth out{kind_breadth(rule.scope_kind), 0};
  const Parties& parties = book.parties();
  if (rule.scope_kind == ScopeKind::company_and_below) {
    for (CompanyId at = facts.company; is_set(at) && at.value() != rule.scope_ordinal;
         at = parties.company(at).parent)
      ++out.within;
  } else if (rule.scope_kind == ScopeKind::tag) {
    const auto& tags = parties.company(facts.company).tags;
    out.within =
        static_cast<std::size_t>(std::find(tags.begin(), tags.end(), rule.scope) - tags.begin());
  } else if (rule.scope_kind == ScopeKind::role && is_set(facts.buyer)) {
    const auto& roles = parties.buyer(facts.buyer).roles;
    const auto first = std::find_if(roles.begin(), roles.end(),
                                    [&](const Grant& grant) { return grant.role == rule.scope; });
    out.within = static_cast<std::size_t>(first - roles.begin());
  }
  return out;
}

}  // namespace kontor
