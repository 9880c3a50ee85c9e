#include "projections/rules.h"

#include <algorithm>

#include "book_generated.h"
#include "calendar_generated.h"
#include "rule_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

RuleCondition read_condition(const Condition& c) {
  RuleCondition out;
  out.figure = c.figure();
  out.op = c.operator_();
  out.bucket = c.bucket();
  out.whose = c.whose();
  out.currency = CurrencyCode{c.currency()};
  out.amount = c.amount();
  out.percent = Percent{c.percent()};
  out.days = c.days();
  out.count = c.count();
  out.grace_days = c.grace_days();
  out.names = texts(c.names());
  return out;
}

std::vector<RuleGroup> read_groups(const RuleSet& event) {
  std::vector<RuleGroup> out;
  if (event.tiers() == nullptr) return out;
  for (const Tier* const tier : *event.tiers()) {
    if (tier->groups() == nullptr) continue;
    for (const ApproverGroup* const group : *tier->groups()) {
      out.push_back({tier->number(), group->needed(), texts(group->people()), texts(group->roles()),
                     group->cost_centre_owner(), group->climb()});
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const RuleGroup& a, const RuleGroup& b) { return a.tier < b.tier; });
  return out;
}

void save_version(Sink& out, const RuleVersion& v) {
  out.pod(v.rule.value());
  out.pod(v.set_at.value());
  out.pod(v.version);
  out.text(v.label);
  out.pod(v.scope_kind);
  out.text(v.scope);
  out.pod(v.scope_ordinal);
  out.pod(v.moment);
  out.pod(v.outcome);
  out.pod(v.deposit.value());
  out.pod(std::uint64_t{v.conditions.size()});
  for (const RuleCondition& c : v.conditions) {
    out.pod(c.figure);
    out.pod(c.op);
    out.pod(c.bucket);
    out.pod(c.whose);
    out.pod(c.currency.value());
    out.pod(c.amount);
    out.pod(c.percent.value());
    out.pod(c.days);
    out.pod(c.count);
    out.pod(c.grace_days);
    save_texts(out, c.names);
  }
  out.pod(std::uint64_t{v.groups.size()});
  for (const RuleGroup& g : v.groups) {
    out.pod(g.tier);
    out.pod(g.needed);
    save_texts(out, g.people);
    save_texts(out, g.roles);
    out.pod(static_cast<std::uint8_t>((g.cost_centre_owner ? 1U : 0U) | (g.climb ? 2U : 0U)));
  }
  out.text(v.exclude);
  out.pod(v.valid_from.value());
  out.pod(v.valid_to.value());
  out.pod(std::uint8_t{v.withdrawn});
}

void load_version(Source& in, RuleVersion& v) {
  in.pod(v.rule);
  in.pod(v.set_at);
  in.pod(v.version);
  in.text(v.label);
  in.pod(v.scope_kind);
  in.text(v.scope);
  in.pod(v.scope_ordinal);
  in.pod(v.moment);
  in.pod(v.outcome);
  in.pod(v.deposit);
  v.conditions.resize(in.size_of_run(30));
  for (RuleCondition& c : v.conditions) {
    in.pod(c.figure);
    in.pod(c.op);
    in.pod(c.bucket);
    in.pod(c.whose);
    in.pod(c.currency);
    in.pod(c.amount);
    in.pod(c.percent);
    in.pod(c.days);
    in.pod(c.count);
    in.pod(c.grace_days);
    load_texts(in, c.names);
  }
  v.groups.resize(in.size_of_run(21));
  for (RuleGroup& g : v.groups) {
    in.pod(g.tier);
    in.pod(g.needed);
    load_texts(in, g.people);
    load_texts(in, g.roles);
    std::uint8_t found_by = 0;
    in.pod(found_by);
    in.expect(found_by <= 3);
    g.cost_centre_owner = (found_by & 1U) != 0;
    g.climb = (found_by & 2U) != 0;
  }
  in.text(v.exclude);
  in.pod(v.valid_from);
  in.pod(v.valid_to);
  std::uint8_t withdrawn = 0;
  in.pod(withdrawn);
  v.withdrawn = withdrawn != 0;
}

}  // namespace

void Rules::on(const Envelope& by, const RuleSet& event) {
  if (event.ordinal() == names_.size()) {
    names_.add(view(event.rule()));
    newest_.push_back(0);
  }
  RuleVersion v;
  v.rule = RuleId{event.ordinal()};
  v.set_at = by.sequence;
  v.version = event.version();
  v.label = view(event.label());
  v.scope_kind = event.scope_kind();
  v.scope = view(event.scope());
  v.scope_ordinal = event.scope_ordinal();
  v.moment = event.moment();
  v.outcome = event.outcome();
  v.deposit = Percent{event.deposit()};
  if (event.conditions() != nullptr) {
    for (const Condition* const c : *event.conditions())
      v.conditions.push_back(read_condition(*c));
  }
  v.groups = read_groups(event);
  v.exclude = view(event.exclude());
  v.valid_from = Date{event.valid_from()};
  v.valid_to = Date{event.valid_to()};
  v.withdrawn = event.withdrawn();
  if (v.version > 1) index_.remove(current(v.rule));
  index_.add(v);
  newest_.at(event.ordinal()) = static_cast<std::uint32_t>(versions_.size());
  versions_.push_back(std::move(v));
}

// A later day begins anew: what a look of the day before has not seen is seen now.
void Rules::on(const Envelope& by, const BusinessDayOpened&) {
  if (index_.has(Moment::day)) day_ = DayWork{0, by.sequence.value()};
}

void Rules::on(const Envelope&, const FollowUpAdvanced& event) {
  if (event.kind() != FollowUpKind::apply_day_rules) return;
  KONTOR_ASSERT(day_.has_value());
  day_->from = event.next();
  if (event.finished()) day_.reset();
}

std::optional<FollowUp> Rules::next_follow_up() const {
  if (!day_) return std::nullopt;
  FollowUp work;
  work.kind = FollowUpKind::apply_day_rules;
  work.from = day_->from;
  work.cause = Sequence{day_->cause};
  return work;
}

std::optional<RuleId> Rules::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found ? std::optional(RuleId{*found}) : std::nullopt;
}

const RuleVersion* Rules::version_at(Sequence set_at) const {
  const auto found =
      std::lower_bound(versions_.begin(), versions_.end(), set_at,
                       [](const RuleVersion& v, Sequence wanted) { return v.set_at < wanted; });
  return found == versions_.end() || found->set_at != set_at ? nullptr : &*found;
}

void Rules::save(Sink& out) const {
  names_.save(out);
  out.pods(newest_);
  out.pod(std::uint64_t{versions_.size()});
  for (const RuleVersion& version : versions_)
    save_version(out, version);
  out.pod(std::uint8_t{day_.has_value()});
  if (!day_) return;
  out.pod(day_->from);
  out.pod(day_->cause);
}

void Rules::load(Source& in) {
  *this = Rules{};
  names_.load(in);
  in.pods(newest_);
  versions_.assign(in.size_of_run(60), RuleVersion{});
  for (RuleVersion& version : versions_)
    load_version(in, version);
  std::uint8_t day = 0;
  in.pod(day);
  if (day != 0) {
    day_ = DayWork{};
    in.pod(day_->from);
    in.pod(day_->cause);
  }
  in.expect(newest_.size() == names_.size() && check_invariants().ok());
  if (!in.ok()) return;
  for (std::uint32_t i = 0; i < count(); ++i)
    index_.add(current(RuleId{i}));
}

Status Rules::check_invariants() const {
  for (std::uint32_t i = 0; i < newest_.size(); ++i) {
    if (newest_[i] >= versions_.size()) return broken("a rule without a version");
    if (versions_[newest_[i]].rule != RuleId{i}) return broken("a version of another rule");
  }
  for (const RuleVersion& version : versions_) {
    if (version.rule.value() >= count() || version.scope_kind > ScopeKind::MAX ||
        version.moment > Moment::MAX || version.outcome > Outcome::MAX) {
      return broken("a version of a rule that is none");
    }
  }
  return {};
}

}  // namespace kontor
