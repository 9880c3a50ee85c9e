// A version of a rule, as it was set. Rules: domain, One kind of rule.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/time.h"

namespace kontor {

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

}  // namespace kontor
