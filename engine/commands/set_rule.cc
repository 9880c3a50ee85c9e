#include <string>

#include "rule_generated.h"
#include "set_rule_generated.h"

#include "engine/commands.h"
#include "engine/rules/matching.h"
#include "engine/rules/refusals.h"
#include "engine/rules/scopes.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kConditionsMax = 32;
constexpr std::size_t kTiersMax = 16;
constexpr std::size_t kGroupsMax = 16;

using Builder = flatbuffers::FlatBufferBuilder;

Cause unsupported(std::string_view what) {
  return about(ReasonCode::not_supported, Subject::rule, what);
}
Cause invalid(std::string_view what) {
  return about(ReasonCode::invalid_value, Subject::rule, what);
}

void check_conditions(Step& step, const SetRule& command) {
  if (command.conditions() == nullptr) return;
  if (command.conditions()->size() > kConditionsMax) step.refuse(invalid("at most 32 conditions"));
  for (const Condition* const condition : *command.conditions()) {
    const std::string figure = EnumNameFigure(condition->figure());
    const FigureRow* const row = find_figure(condition->figure());
    if (row == nullptr) {
      step.refuse(unsupported("figure " + figure));
      continue;
    }
    const std::string_view wrong = what_is_wrong(*condition, *row);
    if (!wrong.empty()) step.refuse(invalid(figure + ": " + std::string(wrong)));
  }
}

void check_groups(Step& step, const Tier& tier) {
  if (tier.groups() == nullptr || tier.groups()->size() == 0 ||
      tier.groups()->size() > kGroupsMax) {
    return step.refuse(invalid("a tier has 1 to 16 groups"));
  }
  for (const ApproverGroup* const group : *tier.groups()) {
    const bool nobody = (group->people() == nullptr || group->people()->size() == 0) &&
                        (group->roles() == nullptr || group->roles()->size() == 0);
    const bool found = group->climb() || group->cost_centre_owner();
    if ((nobody && !found) || group->needed() == 0) {
      step.refuse(invalid("a group names people or roles, climbs, or is the cost centre's owner"));
    }
    for (const std::string& person : texts(group->people())) {
      if (!step.book().parties().find_buyer(person)) {
        step.refuse(about(ReasonCode::unknown_buyer, Subject::buyer, person));
      }
    }
  }
}

void check_outcome(Step& step, const SetRule& command) {
  if (!makes_sense(command.moment(), command.outcome())) {
    step.refuse(invalid(std::string("at ") + EnumNameMoment(command.moment()) + " the outcome " +
                        EnumNameOutcome(command.outcome()) + " means nothing"));
  }
  const bool deposit = command.outcome() == Outcome::deposit;
  if (deposit && (command.deposit() <= 0 || command.deposit() > kHundredPercent)) {
    step.refuse(invalid("a deposit is more than 0 and at most 100 %"));
  }
  if (!deposit && command.deposit() != 0) step.refuse(invalid("only deposit states a deposit"));
  const std::size_t tiers = command.tiers() == nullptr ? 0 : command.tiers()->size();
  if (command.outcome() == Outcome::ask && (tiers == 0 || tiers > kTiersMax)) {
    step.refuse(invalid("ask has 1 to 16 tiers"));
  }
  if (command.outcome() != Outcome::ask && tiers > 0) step.refuse(invalid("only ask has tiers"));
  if (tiers > 0) {
    for (const Tier* const tier : *command.tiers())
      check_groups(step, *tier);
  }
  const std::string_view exclude = view(command.exclude());
  if (command.outcome() == Outcome::exclude && !step.book().rules().find(exclude)) {
    step.refuse(about(ReasonCode::unknown_rule, Subject::rule, exclude));
  }
}

auto copy_names(Builder& out,
                const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* in) {
  return out.CreateVectorOfStrings(texts(in));
}

auto copy_conditions(Builder& out, const SetRule& command) {
  std::vector<flatbuffers::Offset<Condition>> copies;
  if (command.conditions() != nullptr) {
    for (const Condition* const c : *command.conditions()) {
      const auto names = copy_names(out, c->names());
      copies.push_back(CreateCondition(out, c->figure(), c->operator_(), c->amount(), c->currency(),
                                       c->percent(), c->days(), c->count(), names, c->bucket(),
                                       c->whose(), c->grace_days()));
    }
  }
  return out.CreateVector(copies);
}

auto copy_tiers(Builder& out, const SetRule& command) {
  std::vector<flatbuffers::Offset<Tier>> tiers;
  if (command.tiers() != nullptr) {
    for (const Tier* const tier : *command.tiers()) {
      std::vector<flatbuffers::Offset<ApproverGroup>> groups;
      for (const ApproverGroup* const group : *tier->groups()) {
        const auto people = copy_names(out, group->people());
        const auto roles = copy_names(out, group->roles());
        groups.push_back(CreateApproverGroup(out, people, roles, group->cost_centre_owner(),
                                             group->climb(), group->needed()));
      }
      tiers.push_back(CreateTier(out, tier->number(), out.CreateVector(groups)));
    }
  }
  return out.CreateVector(tiers);
}

}  // namespace

void decide(Step& step, const SetRule& command) {
  const Rules& rules = step.book().rules();
  const std::string_view name = view(command.rule());
  const auto known = rules.find(name);
  const std::uint32_t version = known ? rules.current(*known).version : 0;
  expect_version(step, version, Subject::rule, name);
  expect_identifier(step, Subject::rule, name);
  expect_text(step, "label", view(command.label()));
  const std::uint32_t scope =
      find_scope(step, Subject::rule, command.scope_kind(), view(command.scope()));
  check_conditions(step, command);
  check_outcome(step, command);
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : rules.count();
  step.emit<RuleSet>(ordinal_reference(ordinal), [&](Builder& out) {
    const auto rule = text(out, name);
    const auto label = text(out, view(command.label()));
    const auto scope_name = text(out, view(command.scope()));
    const auto conditions = copy_conditions(out, command);
    const auto tiers = copy_tiers(out, command);
    const auto exclude = text(out, view(command.exclude()));
    return CreateRuleSet(out, ordinal, rule, label, command.scope_kind(), scope_name, scope,
                         command.moment(), conditions, command.outcome(), command.deposit(), tiers,
                         exclude, command.valid_from(), command.valid_to(), command.withdrawn(),
                         version + 1);
  });
}

}  // namespace kontor
