#include <algorithm>

#include "approval_generated.h"
#include "withdraw_approval_generated.h"

#include "engine/commands.h"
#include "engine/rules/asking.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// The tier of the person's vote that can still be taken back: of the open one, or any where all are
// open together. Nothing after refusing.
std::optional<std::uint16_t> expect_vote(Step& step, const ApprovalRequest& request,
                                         std::optional<BuyerId> person) {
  const Asked asked = read_asked(step.book(), request);
  bool voted_before = false;
  for (const Vote& vote : request.votes) {
    if (!person || vote.by != *person) continue;
    if (asked.together || vote.tier == asked.open_tier()) return vote.tier;
    voted_before = true;
  }
  if (voted_before) KONTOR_MARK("a yes kept for a tier that is done");
  const ReasonCode why = voted_before ? ReasonCode::not_this_tier : ReasonCode::nothing_to_withdraw;
  Cause cause = about(why, Subject::buyer, step.actor_name(), person ? person->value() : 0);
  cause.evidence.push_back(request.asked_at);
  step.refuse(std::move(cause));
  return std::nullopt;
}

}  // namespace

void decide(Step& step, const WithdrawApproval& command) {
  const Order* const order = expect_order(step, view(command.order()));
  expect_text(step, "comment", view(command.comment()));
  if (order == nullptr) return;
  const OrderRef ref{order->ref};
  const ApprovalRequest* const request = step.book().approvals().find(ref);
  if (request == nullptr) return step.refuse(request_is_closed(step.book(), *order));
  const auto person = step.book().parties().find_buyer(step.context().actor);
  const auto tier = expect_vote(step, *request, person);
  if (step.refused() || !tier) return;

  step.emit<ApprovalWithdrawn>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, step.actor_name());
    const auto comment = text(out, view(command.comment()));
    return CreateApprovalWithdrawn(out, ref.value(), person->value(), name, *tier, comment);
  });
}

}  // namespace kontor
