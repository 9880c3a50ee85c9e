#include "engine/rules/answering.h"

#include <algorithm>

#include "order_generated.h"

#include "engine/rules/policy.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

// Where the placer's yes is wanted in the open tier, and was not given or taken back there.
std::optional<Voter> placer_as_voter(const Book& book, const ApprovalRequest& request,
                                     const Asked& asked) {
  const BuyerId placer = asked_order(book, book.orders().get(request.order)).placed_by;
  if (!is_set(placer)) return std::nullopt;
  for (std::size_t i = 0; i < asked.groups.size(); ++i) {
    if (!asked.is_open(i) || asked.satisfied(i)) continue;
    const RuleGroup& group = *asked.groups[i].group;
    auto standing = standing_now(book, request, group, placer);
    if (standing) return Voter{placer, group.tier, std::move(*standing)};
  }
  return std::nullopt;
}

}  // namespace

void grant(Step& step, OrderRef order, const Voter& voter, std::string_view comment) {
  const bool placed = voter.person == BuyerId{step.book().orders().get(order).buyer};
  const std::string person(step.book().parties().name(voter.person));
  step.emit<ApprovalGranted>(order.value(), [&](Builder& out) {
    const auto name = text(out, person);
    const auto words = text(out, comment);
    const auto role = text(out, voter.standing.role);
    return CreateApprovalGranted(out, order.value(), voter.person.value(), name, voter.tier, words,
                                 placed, voter.standing.as, role);
  });
}

bool answer_by_placing(Step& step, OrderRef order) {
  while (true) {
    const ApprovalRequest& request = *step.book().approvals().find(order);
    const Asked asked = read_asked(step.book(), request);
    const auto placer = placer_as_voter(step.book(), request, asked);
    if (!placer) return asked.all_satisfied();
    KONTOR_MARK("a yes by placing the order");
    grant(step, order, *placer, "");
    const Asked then = read_asked(step.book(), *step.book().approvals().find(order));
    if (then.all_satisfied()) return true;
    if (then.together || then.open_tier() == placer->tier) return false;
  }
}

bool conclude(Step& step, OrderRef order, std::uint16_t tier) {
  const Asked asked = read_asked(step.book(), *step.book().approvals().find(order));
  if (asked.all_satisfied()) return true;
  if (asked.together || asked.open_tier() == tier) return false;
  return answer_by_placing(step, order);
}

ApprovalCause cause_of_approval(const ApprovalRequest& request) {
  const bool by_placer = std::all_of(request.votes.begin(), request.votes.end(),
                                     [](const Vote& vote) { return vote.placed; });
  return by_placer ? ApprovalCause::self : ApprovalCause::people;
}

Date day_after(Date today, std::int64_t days) {
  return days == 0 ? kNoDate : add_days(today, days);
}

AskingDays asking_days(const Book& book, const AskedOrder& order, Date today) {
  const PolicyContext context{order.company, order.placed_by};
  const auto after = [&](PolicyKey key) {
    return day_after(today, policy_number(book, key, context));
  };
  return {after(PolicyKey::approval_expiry_days), after(PolicyKey::approval_reminder_days),
          after(PolicyKey::approval_escalation_days)};
}

}  // namespace kontor
