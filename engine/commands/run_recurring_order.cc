// Follow-up of a new day, or of an approval: the run that is due is placed as any order is. One
// that would be refused stops its recurring order, with every reason.
#include "draft_generated.h"
#include "run_recurring_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/recurring.h"
#include "engine/rules/taking.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

void emit_ran(Step& step, OrderRef ref, OrderRef placed) {
  RecurringOrder after = *step.book().drafts().recurring(ref);
  const Date due = after.date_of(after.at);
  ++after.at;
  ++after.runs;
  const std::optional<Date> next = after.next_due();
  step.emit<RecurringOrderRan>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateRecurringOrderRan(out, ref.value(), placed.value(), after.runs, due.value(),
                                   next.value_or(kNoDate).value());
  });
  if (next) return;
  KONTOR_MARK("a recurring order that has made all its runs");
  stop_recurring(step, ref, StopCause::ended, {});
}

}  // namespace

void decide(Step& step, const RunRecurringOrder& command) {
  const OrderRef ref{command.order()};
  const Order& order = step.book().orders().get(ref);
  const RecurringOrder& recurring = *step.book().drafts().recurring(ref);
  const std::string name =
      name_of_run(step.book(), step.book().orders().name(order), recurring.runs + 1);
  const OrderWish wish = wish_of(step.book(), order, recurring, step.context().effective_date);
  PlacingAs as{name};
  as.run_of = ref;
  as.agreed = order.agreed;
  Step today = step.look();
  const auto found = plan_placement(today, wish, as);
  if (!found) {
    KONTOR_MARK("a run that stops its recurring order");
    return stop_recurring(step, ref, StopCause::failed, today.refusals());
  }
  const OrderRef placed = emit_placed(step, wish, *found, name);
  emit_ran(step, ref, placed);
  take_placed_on(step, placed, *found);
}

}  // namespace kontor
