#include "credit_generated.h"
#include "release_hold_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// What is put at risk: all that is open of it, with tax.
ActAmount open_value(const Book& book, const Order& order) {
  ActAmount out{Minor{0}, CurrencyCode{order.currency}};
  for (const OrderLineState& line : book.orders().lines(order))
    out.amount += line.open_gross();
  return out;
}

}  // namespace

void decide(Step& step, const ReleaseHold& command) {
  const Order* const order = expect_order(step, view(command.order()));
  if (order == nullptr) return;
  if (order->held_at == 0) {
    step.refuse(about(ReasonCode::not_on_hold, Subject::order, view(command.order()), order->ref));
  }
  const Date expires{command.expires()};
  if (expires != kNoDate && expires < step.context().business_date) {
    step.refuse(with_dates(
        about(ReasonCode::date_not_allowed, Subject::order, view(command.order()), order->ref),
        expires, step.context().business_date));
  }
  expect_authority(step, SellerAct::release_hold, open_value(step.book(), *order));
  if (step.refused()) return;

  const OrderRef ref{order->ref};
  const CompanyId payer{order->payer};
  const Account& account = step.book().credit().account(payer);
  const Minor exposure = account.exposure();
  const std::int64_t limit = raw(account.limit);
  const CurrencyCode currency = account.currency;
  step.emit<HoldReleased>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto by_name = text(out, step.actor_name());
    return CreateHoldReleased(out, ref.value(), payer.value(), ReleaseCause::person, by_name,
                              command.expires(), exposure.value(), limit, currency.value());
  });
  go_on(step, ref, std::nullopt);
}

}  // namespace kontor
