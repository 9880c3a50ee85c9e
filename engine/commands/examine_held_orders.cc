// Follow-up of whatever could change a hold: the payer's held orders are examined again, oldest
// first; smaller ones may overtake.
#include "book_generated.h"
#include "examine_held_orders_generated.h"

#include "engine/commands.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"

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
  for (const OrderRef order : batch) {
    if (step.is_half_full()) {
      next = order.value();
      break;
    }
    go_on(step, order);
  }

  const Credit& credit = step.book().credit();
  const auto work = credit.next_follow_up();
  const bool only_room = work && !work->whole;
  const bool finished = next == 0 || (only_room && !credit.account(payer).may_release());
  step.emit<FollowUpAdvanced>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateFollowUpAdvanced(out, FollowUpKind::examine_held_orders, finished, payer.value(),
                                  finished ? 0 : next);
  });
}

}  // namespace kontor
