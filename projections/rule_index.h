// Where the rules in force are found by what they concern, so that an order looks only at those
// that can concern it, however many there are. Owned by Rules and derived from what was set: it is
// not saved.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "projections/rule_version.h"

namespace kontor {

class RuleIndex {
 public:
  // Withdrawn ones are left out; outside of their validity they are in.
  void add(const RuleVersion& rule);
  void remove(const RuleVersion& rule);  // one that was added

  // Of a scope, ascending; exclusions are not among them.
  std::span<const RuleId> of_book() const { return of_book_; }
  std::span<const RuleId> of(ScopeKind kind, std::uint32_t ordinal) const;  // company, buyer, item
  std::span<const RuleId> of(ScopeKind kind, std::string_view word) const;  // tag, class, role ...
  bool has(ScopeKind kind) const { return of_kind_[static_cast<std::size_t>(kind)] != 0; }
  bool has(Moment moment) const { return at_moment_[static_cast<std::size_t>(moment)] != 0; }
  bool asks_deposits() const { return ask_deposits_ != 0; }
  // Those that take the rule out, of whatever scope and moment.
  std::span<const RuleId> exclusions_of(std::string_view rule) const;

  // Whether a condition of any of them, exclusions too, reads accounts above the payer's; or items,
  // assortments or terms, by a condition or a scope.
  bool looks_up() const { return look_up_ != 0; }
  bool looks_around() const { return look_around_ != 0; }

 private:
  using Ids = std::vector<RuleId>;
  Ids& place_of(const RuleVersion& rule);
  void count(const RuleVersion& rule, int step);

  Ids of_book_;
  std::map<std::pair<ScopeKind, std::uint32_t>, Ids> by_ordinal_;
  std::array<std::map<std::string, Ids, std::less<>>, 16> by_word_;  // by kind of scope
  std::map<std::string, Ids, std::less<>> exclusions_;               // by what they take out
  std::array<std::uint32_t, 16> of_kind_{};
  std::array<std::uint32_t, 8> at_moment_{};
  std::uint32_t look_up_ = 0;
  std::uint32_t look_around_ = 0;
  std::uint32_t ask_deposits_ = 0;
};

}  // namespace kontor
