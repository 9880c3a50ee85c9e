// The rules in force, every version of them, and the work a new day leaves where rules of the
// moment day are. Folds RuleSet and BusinessDayOpened. Deciding what matches is the engine's
// (engine/rules/matching.h); here is only what was set, and where to find it.
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
#include "projections/follow_up.h"
#include "projections/rule_index.h"
#include "projections/rule_version.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct RuleSet;
struct BusinessDayOpened;
struct FollowUpAdvanced;

class Rules {
 public:
  static constexpr std::uint32_t kNumber = 6;

  void on(const Envelope& by, const RuleSet& event);
  void on(const Envelope& by, const BusinessDayOpened& event);
  void on(const Envelope& by, const FollowUpAdvanced& event);

  std::optional<RuleId> find(std::string_view name) const;
  std::string_view name(RuleId id) const { return names_.name(id.value()); }
  std::uint32_t count() const { return names_.size(); }
  const RuleVersion& current(RuleId id) const { return versions_.at(newest_.at(id.value())); }
  const RuleVersion* version_at(Sequence set_at) const;                // null: no such version
  std::span<const RuleVersion> versions() const { return versions_; }  // of all, as they were set
  const RuleIndex& index() const { return index_; }

  std::optional<FollowUp> next_follow_up() const;
  std::size_t follow_up_count() const { return day_ ? 1 : 0; }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  NameTable names_;
  std::vector<std::uint32_t> newest_;  // by rule, index into versions_
  std::vector<RuleVersion> versions_;  // ascending set_at
  RuleIndex index_;                    // of those in force, derived

  // The orders of the day that opened are still to be looked at, from one place on.
  struct DayWork {
    std::uint64_t from = 0;
    std::uint64_t cause = 0;
  };
  std::optional<DayWork> day_;
};

}  // namespace kontor
