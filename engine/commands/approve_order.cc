#include <algorithm>

#include "approval_generated.h"
#include "approve_order_generated.h"
#include "order_generated.h"

#include "engine/commands.h"
#include "engine/rules/approving.h"
#include "engine/rules/asking.h"
#include "engine/rules/refusals.h"
#include "projections/fold.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

bool has_voted(const ApprovalRequest& request, BuyerId person, std::uint16_t tier) {
  return std::any_of(request.votes.begin(), request.votes.end(),
                     [&](const Vote& vote) { return vote.by == person && vote.tier == tier; });
}

}  // namespace

void decide(Step& step, const ApproveOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  expect_text(step, "comment", view(command.comment()));
  if (order == nullptr) return;
  const OrderRef ref{order->ref};
  const std::optional<Voter> voter = expect_voter(step, *order);
  if (step.refused() || !voter) return;

  const ApprovalRequest& request = *step.book().approvals().find(ref);
  if (has_voted(request, voter->person, voter->tier)) {
    return step.refuse(
        about(ReasonCode::not_this_tier, Subject::buyer, step.actor_name(), voter->person.value()));
  }
  step.emit<ApprovalGranted>(ref.value(), [&](Builder& out) {
    const auto name = text(out, step.actor_name());
    const auto comment = text(out, view(command.comment()));
    return CreateApprovalGranted(out, ref.value(), voter->person.value(), name, voter->tier,
                                 comment);
  });
  const ApprovalRequest& now = *step.book().approvals().find(ref);
  const Asked asked = read_asked(step.book(), step.book().orders().get(ref), now.rules, now.votes);
  if (!asked.all_satisfied()) return;

  approve_order(step, ref, ApprovalCause::people);
}

}  // namespace kontor
