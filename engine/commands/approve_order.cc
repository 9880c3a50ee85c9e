#include <algorithm>

#include "approve_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/answering.h"
#include "engine/rules/approving.h"
#include "engine/rules/asking.h"
#include "engine/rules/refusals.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// A person says yes once in a tier, also where the others asked have said enough of them; once in
// all tiers where they are open together.
bool has_voted(const Book& book, const Order& order, const Voter& voter) {
  const ApprovalRequest& request = *book.approvals().find(OrderRef{order.ref});
  const bool together = asks_together(book, order);
  return std::any_of(request.votes.begin(), request.votes.end(), [&](const Vote& vote) {
    return vote.by == voter.person && (together || vote.tier == voter.tier);
  });
}

}  // namespace

void decide(Step& step, const ApproveOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  expect_text(step, "comment", view(command.comment()));
  if (order == nullptr) return;
  const OrderRef ref{order->ref};
  const std::optional<Voter> voter = expect_voter(step, *order);
  if (step.refused() || !voter) return;

  if (has_voted(step.book(), *order, *voter)) {
    return step.refuse(
        about(ReasonCode::not_this_tier, Subject::buyer, step.actor_name(), voter->person.value()));
  }
  grant(step, ref, *voter, view(command.comment()));
  if (!conclude(step, ref, voter->tier)) return;
  approve_order(step, ref, cause_of_approval(*step.book().approvals().find(ref)));
}

}  // namespace kontor
