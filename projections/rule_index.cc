#include "projections/rule_index.h"

#include <algorithm>

#include "events/base/assert.h"

namespace kontor {
namespace {

bool reads_above(const RuleVersion& rule) {
  return std::any_of(rule.conditions.begin(), rule.conditions.end(),
                     [](const RuleCondition& c) { return c.whose != Whose::payer; });
}

bool reads_around(const RuleVersion& rule) {
  const bool of_items = rule.scope_kind == ScopeKind::item ||
                        rule.scope_kind == ScopeKind::item_category ||
                        rule.scope_kind == ScopeKind::assortment;
  return of_items ||
         std::any_of(rule.conditions.begin(), rule.conditions.end(), [](const RuleCondition& c) {
           return c.figure == Figure::weight || c.figure == Figure::freight ||
                  c.figure == Figure::terms_longer_than_standard;
         });
}

}  // namespace

RuleIndex::Ids& RuleIndex::place_of(const RuleVersion& rule) {
  if (rule.outcome == Outcome::exclude) return exclusions_[rule.exclude];
  if (rule.scope_kind == ScopeKind::book) return of_book_;
  if (rule.scope_ordinal != kNoOrdinal) return by_ordinal_[{rule.scope_kind, rule.scope_ordinal}];
  return by_word_.at(static_cast<std::size_t>(rule.scope_kind))[rule.scope];
}

void RuleIndex::count(const RuleVersion& rule, int step) {
  const auto by = static_cast<std::uint32_t>(step);  // modulo 2^32: down as well as up
  if (reads_above(rule)) look_up_ += by;
  if (reads_around(rule)) look_around_ += by;
  if (rule.outcome == Outcome::exclude) return;
  if (rule.outcome == Outcome::deposit) ask_deposits_ += by;
  of_kind_.at(static_cast<std::size_t>(rule.scope_kind)) += by;
  at_moment_.at(static_cast<std::size_t>(rule.moment)) += by;
}

void RuleIndex::add(const RuleVersion& rule) {
  if (rule.withdrawn) return;
  Ids& ids = place_of(rule);
  ids.insert(std::lower_bound(ids.begin(), ids.end(), rule.rule), rule.rule);
  count(rule, 1);
}

void RuleIndex::remove(const RuleVersion& rule) {
  if (rule.withdrawn) return;
  Ids& ids = place_of(rule);
  const auto found = std::lower_bound(ids.begin(), ids.end(), rule.rule);
  KONTOR_ASSERT(found != ids.end() && *found == rule.rule);
  ids.erase(found);
  count(rule, -1);
}

std::span<const RuleId> RuleIndex::of(ScopeKind kind, std::uint32_t ordinal) const {
  const auto found = by_ordinal_.find({kind, ordinal});
  return found == by_ordinal_.end() ? std::span<const RuleId>{} : found->second;
}

std::span<const RuleId> RuleIndex::of(ScopeKind kind, std::string_view word) const {
  const auto& words = by_word_.at(static_cast<std::size_t>(kind));
  const auto found = words.find(word);
  return found == words.end() ? std::span<const RuleId>{} : found->second;
}

std::span<const RuleId> RuleIndex::exclusions_of(std::string_view rule) const {
  const auto found = exclusions_.find(rule);
  return found == exclusions_.end() ? std::span<const RuleId>{} : found->second;
}

}  // namespace kontor
