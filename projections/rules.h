// The rules in force, every version of them. Folds RuleSet. Deciding what matches is the engine's
// (engine/rules/matching.h); here is only what was set.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct RuleSet;

struct RuleCondition {
  Figure figure = Figure::order_total_with_tax;
  Operator op = static_cast<Operator>(0);
  Bucket bucket = Bucket::ordered;
  Whose whose = Whose::payer;
  CurrencyCode currency;
  std::int64_t amount = 0;
  Percent percent;
  std::int32_t days = 0;
  std::int64_t count = 0;
  std::int32_t grace_days = 0;
  std::vector<std::string> names;
};

struct RuleGroup {
  std::uint16_t tier = 1;
  std::uint16_t needed = 1;  // 65535: all
  std::vector<std::string> people;
  std::vector<std::string> roles;
  bool cost_centre_owner = false;
  bool climb = false;
};

struct RuleVersion {
  RuleId rule;
  Sequence set_at;  // the version's name in reasons
  std::uint32_t version = 1;
  std::string label;
  ScopeKind scope_kind = ScopeKind::book;
  std::string scope;
  std::uint32_t scope_ordinal = kNoOrdinal;
  Moment moment = Moment::placement;
  Outcome outcome = Outcome::refuse;
  Percent deposit;
  std::vector<RuleCondition> conditions;
  std::vector<RuleGroup> groups;  // by tier
  std::string exclude;
  Date valid_from = kNoDate;
  Date valid_to = kNoDate;  // last day
  bool withdrawn = false;
};

class Rules {
 public:
  static constexpr std::uint32_t kNumber = 6;

  void on(const Envelope& by, const RuleSet& event);

  std::optional<RuleId> find(std::string_view name) const;
  std::string_view name(RuleId id) const { return names_.name(id.value()); }
  std::uint32_t count() const { return names_.size(); }
  const RuleVersion& current(RuleId id) const { return versions_.at(newest_.at(id.value())); }
  const RuleVersion* version_at(Sequence set_at) const;  // null: no such version

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  NameTable names_;
  std::vector<std::uint32_t> newest_;  // by rule, index into versions_
  std::vector<RuleVersion> versions_;  // ascending set_at
};

}  // namespace kontor
