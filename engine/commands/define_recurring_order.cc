// A recurring order asks as a placement would, but nothing is taken: its runs are placed when they
// are due, under the approval it has got.
#include "define_recurring_order_generated.h"
#include "draft_generated.h"

#include "engine/commands.h"
#include "engine/rules/placing.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

constexpr std::size_t kNameBytesMax = 40;  // a run's name is longer, and an identifier
constexpr std::uint16_t kEveryMax = 3660;

// The recurring order the name is for; null: a new one, or refused.
const Order* check_name(Step& step, const DefineRecurringOrder& command) {
  const std::string_view name = view(command.order());
  const Order* const known = step.book().orders().find(name);
  expect_version(step, known == nullptr ? 0 : known->version, Subject::recurring_order, name);
  expect_identifier(step, Subject::recurring_order, name);
  if (name.size() > kNameBytesMax) {
    step.refuse(about(ReasonCode::invalid_value, Subject::recurring_order,
                      "a name of at most 40 bytes: its runs are named after it"));
  }
  if (known == nullptr || known->recurring != 0) return known;
  step.refuse(about(ReasonCode::order_exists, Subject::order, name));
  return nullptr;
}

void check_schedule(Step& step, const DefineRecurringOrder& command) {
  const std::string_view name = view(command.order());
  const Date from{command.from()};
  const Date until{command.until()};
  if (command.every() == 0 || command.every() > kEveryMax) {
    step.refuse(
        about(ReasonCode::invalid_value, Subject::recurring_order, "every: from 1 to 3660"));
  }
  const Date today = step.context().business_date;
  if (from < today) {
    step.refuse(with_dates(about(ReasonCode::date_not_allowed, Subject::recurring_order, name),
                           from, today));
  }
  if (until != kNoDate && until < from) {
    step.refuse(with_dates(about(ReasonCode::date_not_allowed, Subject::recurring_order, name),
                           until, from));
  }
}

// For others it would be another recurring order.
void check_parties(Step& step, const Order& known, const OrderParties& who) {
  const std::string_view name = step.book().orders().name(known);
  if (known.company != who.company.value() || known.payer != who.payer.value()) {
    step.refuse(about(ReasonCode::wrong_company, Subject::recurring_order, name, known.ref));
  }
  if (known.currency != who.currency.value()) {
    step.refuse(about(ReasonCode::currency_mismatch, Subject::recurring_order, name, known.ref));
  }
}

OrderRef emit_defined(Step& step, const DefineRecurringOrder& command, const Order* known,
                      const Placement& found) {
  const std::uint64_t ref = known == nullptr ? step.next_sequence().value() : known->ref;
  const OrderParties& who = found.who;
  const PricedOrder& priced = found.priced;
  const bool is_new = known == nullptr;
  step.emit<RecurringOrderDefined>(is_new ? 0 : ref, [&](Builder& out) {
    const auto name = is_new ? text(out, view(command.order())) : 0;
    const auto region = text(out, view(command.region()));
    const auto address = text(out, view(command.address()));
    const auto country = text(out, view(command.country()));
    const auto cost_centre = text(out, found.cost_centre);
    const auto buyer_reference = text(out, view(command.buyer_reference()));
    const auto lines = structs(out, priced.lines);
    const auto taxes = structs(out, priced.taxes);
    return CreateRecurringOrderDefined(
        out, ref, name, who.company.value(), who.payer.value(), who.buyer.value(),
        who.currency.value(), who.terms.value(), command.settlement(), region, address, country,
        cost_centre, buyer_reference, command.no_split(), lines, taxes, priced.net.value(),
        priced.tax.value(), priced.total.value(), command.every(), command.unit(), command.from(),
        command.until(), command.count());
  });
  return OrderRef{ref};
}

}  // namespace

void decide(Step& step, const DefineRecurringOrder& command) {
  const Order* const known = check_name(step, command);
  check_schedule(step, command);
  const OrderWish wish = wish_of(command);
  check_wish(step, wish, Subject::recurring_order, view(command.order()));
  std::optional<Placement> found = price_wish(step, wish);
  if (!found) return;
  if (known != nullptr) check_parties(step, *known, found->who);
  found->facts.recurring = true;
  found->wishes = assess_rules(step, found->facts, Asking::kAsk);
  if (step.refused()) return;

  const OrderRef order = emit_defined(step, command, known, *found);
  warn(step, order, found->wishes);
  approve_or_ask(step, order, found->facts, found->wishes);
}

}  // namespace kontor
