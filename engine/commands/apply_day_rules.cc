// Follow-up of a business day that opened, where rules of the moment day are: approved orders with
// something left to ship are looked at, some at a time, and held where one of them says so.
#include <algorithm>

#include "apply_day_rules_generated.h"
#include "book_generated.h"

#include "engine/commands.h"
#include "engine/rules/holding.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

constexpr std::uint64_t kPlacesMax = 1024;  // of orders that a step looks at

bool is_on_its_way(const Order& order) {
  return order.ref != 0 && order.recurring == 0 && order.approval == Approval::kApproved &&
         order.cancelled == 0 && order.fulfilled == 0 && order.failed_at == 0 && order.held_at == 0;
}

}  // namespace

void decide(Step& step, const ApplyDayRules& command) {
  const Orders& orders = step.book().orders();
  const std::uint64_t count = orders.places().size();
  const std::uint64_t end = std::min(count, command.from_place() + kPlacesMax);
  std::size_t held = 0;
  std::uint64_t at = command.from_place();
  for (; at < end && held < limits::kFollowUpBatch && !step.is_half_full(); ++at) {
    const Order& order = orders.places()[at];
    if (!is_on_its_way(order)) continue;
    const Holds holds = find_day_holds(step.book(), order);
    if (holds.causes.empty()) continue;
    KONTOR_MARK("an order held by a new day");
    hold(step, OrderRef{order.ref}, holds);
    ++held;
  }
  const bool finished = at >= count;
  step.emit<FollowUpAdvanced>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateFollowUpAdvanced(out, FollowUpKind::apply_day_rules, finished, 0,
                                  finished ? 0 : at);
  });
}

}  // namespace kontor
