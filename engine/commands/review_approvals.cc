// Follow-up of a new day: what comes of requests that have waited long enough, the longest due
// first. Of several things due at once the last word is said: an expired request is not reminded
// of.
#include "approval_generated.h"
#include "book_generated.h"
#include "review_approvals_generated.h"

#include "engine/commands.h"
#include "engine/rules/answering.h"
#include "engine/rules/policy.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

constexpr std::size_t kPeopleTold = 50;

std::vector<std::uint32_t> ordinals(const std::vector<BuyerId>& people) {
  std::vector<std::uint32_t> out;
  for (const BuyerId person : people)
    out.push_back(person.value());
  return out;
}

// `days` of the policy from today, where it still says some.
Date again(const Step& step, OrderRef order, PolicyKey key) {
  const Book& book = step.book();
  const PolicyContext context = policy_context(book.orders().get(order));
  return day_after(step.context().business_date, policy_number(book, key, context));
}

void remind(Step& step, OrderRef order) {
  KONTOR_MARK("a request reminded of");
  const ApprovalRequest& request = *step.book().approvals().find(order);
  const auto people = ordinals(people_wanted(step.book(), request, kPeopleTold));
  const Date next = again(step, order, PolicyKey::approval_reminder_days);
  step.emit<ApprovalReminded>(order.value(), [&](Builder& out) {
    return CreateApprovalReminded(out, order.value(), out.CreateVector(people), next.value());
  });
}

// Asks further people; with nobody left to ask it is not tried again.
void escalate(Step& step, OrderRef order, const std::vector<BuyerId>& people) {
  const ApprovalRequest& request = *step.book().approvals().find(order);
  const Asked asked = read_asked(step.book(), request);
  const std::uint16_t tier = asked.together ? std::uint16_t{0} : asked.open_tier();
  if (people.empty()) KONTOR_MARK("nobody left to escalate to");
  const Date next =
      people.empty() ? kNoDate : again(step, order, PolicyKey::approval_escalation_days);
  step.emit<ApprovalEscalated>(order.value(), [&](Builder& out) {
    return CreateApprovalEscalated(out, order.value(), tier, out.CreateVector(ordinals(people)),
                                   next.value());
  });
}

void expire(Step& step, OrderRef order) {
  const Book& book = step.book();
  const ApprovalRequest& request = *book.approvals().find(order);
  const Date asked_on = request.asked_on;
  const PolicyContext context = policy_context(book.orders().get(order));
  const bool ask_further = policy_is(book, PolicyKey::approval_expiry, context, "escalate");
  const std::vector<BuyerId> people =
      ask_further ? people_to_escalate_to(book, request) : std::vector<BuyerId>{};
  const Date next = people.empty() ? kNoDate : again(step, order, PolicyKey::approval_expiry_days);
  const ExpiryOutcome outcome = ask_further ? ExpiryOutcome::escalate : ExpiryOutcome::reject;
  step.emit<ApprovalExpired>(order.value(), [&](Builder& out) {
    return CreateApprovalExpired(out, order.value(), outcome, asked_on.value(), next.value());
  });
  if (ask_further) {
    KONTOR_MARK("a request escalated when it expired");
    return escalate(step, order, people);
  }
  KONTOR_MARK("a request that expired with its order");
  cancel_everything(step, order, CancelCause::expired, "");
}

void review(Step& step, OrderRef order) {
  const ApprovalRequest& request = *step.book().approvals().find(order);
  const Date today = step.context().business_date;
  const auto is_due = [&](Date date) { return date != kNoDate && date <= today; };
  if (is_due(request.expires_on)) return expire(step, order);
  if (is_due(request.escalate_on)) {
    return escalate(step, order, people_to_escalate_to(step.book(), request));
  }
  remind(step, order);
}

}  // namespace

void decide(Step& step, const ReviewApprovals&) {
  const Approvals& approvals = step.book().approvals();
  for (std::size_t left = limits::kFollowUpBatch; left > 0 && !step.is_half_full(); --left) {
    const auto order = approvals.next_due();
    if (!order) break;
    review(step, *order);
  }
  const bool finished = !approvals.next_due().has_value();
  step.emit<FollowUpAdvanced>(0, [&](Builder& out) {
    return CreateFollowUpAdvanced(out, FollowUpKind::review_approvals, finished);
  });
}

}  // namespace kontor
