// Follow-up of whatever could change a hold: the payer's held orders are examined again, oldest
// first; smaller ones may overtake. What one released takes may free one passed over before it (a
// rule that holds below an exposure), and so may what is decided between two steps: then once more,
// which ends, since each further look had a release or a command before it.
#include "book_generated.h"
#include "examine_held_orders_generated.h"

#include "engine/commands.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {

void decide(Step& step, const ExamineHeldOrders& command) {
  const CompanyId payer{command.payer()};
  std::vector<OrderRef> batch;
  const auto& held = step.book().credit().account(payer).held();
  auto at = held.lower_bound(command.from_order());
  for (; at != held.end() && batch.size() < limits::kFollowUpBatch; ++at) {
    if (!at->second.forced) batch.push_back(at->second.order);
  }
  std::uint64_t next = at == held.end() ? 0 : at->first;
  bool released = false;
  for (const OrderRef order : batch) {
    if (step.is_half_full()) {
      next = order.value();
      break;
    }
    go_on(step, order, std::nullopt);
    released = released || step.book().orders().get(order).held_at == 0;
  }

  const Credit& credit = step.book().credit();
  const auto work = credit.next_follow_up();
  const bool only_room = work && !work->whole;
  const bool one_may_pass = credit.may_release(payer);
  const bool again = (released || (work && work->again)) && one_may_pass;
  const bool finished = (next == 0 && !again) || (only_room && !one_may_pass);
  if (next == 0 && !finished) KONTOR_MARK("held orders examined once more");
  step.emit<FollowUpAdvanced>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateFollowUpAdvanced(out, FollowUpKind::examine_held_orders, finished, payer.value(),
                                  finished ? 0 : next, 0, next != 0 && !finished && again);
  });
}

}  // namespace kontor
