#include "engine/rules/refusals.h"

#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {

Cause about(ReasonCode code, Subject kind, std::string_view name, std::uint64_t subject) {
  Cause cause;
  cause.code = code;
  cause.subject_kind = kind;
  cause.name = name;
  cause.subject = subject;
  return cause;
}

Cause too_many(Subject kind, std::size_t most, std::string_view of_what) {
  return about(ReasonCode::too_many, kind,
               "at most " + std::to_string(most) + " " + std::string(of_what));
}

Cause about_line(ReasonCode code, std::uint32_t line, std::string_view name) {
  Cause cause = about(code, Subject::item, name);
  cause.line = line;
  return cause;
}

Cause with_money(Cause cause, Minor found, Minor allowed, CurrencyCode currency) {
  cause.unit = Unit::money;
  cause.currency = currency;
  cause.found = found.value();
  cause.allowed = allowed.value();
  return cause;
}

Cause with_quantity(Cause cause, Quantity found, Quantity allowed) {
  cause.unit = Unit::quantity;
  cause.found = found.value();
  cause.allowed = allowed.value();
  return cause;
}

Cause with_dates(Cause cause, Date found, Date allowed) {
  cause.unit = Unit::date;
  cause.found = found.value();
  cause.allowed = allowed.value();
  return cause;
}

void expect_version(Step& step, std::uint64_t version, Subject kind, std::string_view name) {
  const std::uint64_t expected = step.context().expected_version;
  if (expected == kAnyVersion || expected == version) return;
  Cause cause = about(ReasonCode::wrong_version, kind, name);
  cause.unit = Unit::version;
  cause.found = static_cast<std::int64_t>(version);
  cause.allowed = static_cast<std::int64_t>(expected);
  step.refuse(std::move(cause));
}

void expect_identifier(Step& step, Subject kind, std::string_view name) {
  if (!is_identifier(name)) {
    step.refuse(about(ReasonCode::invalid_value, kind, "an identifier of 1 to 64 bytes of text"));
  }
}

void expect_effective_date(Step& step) {
  const Policies& policies = step.book().policies();
  const Date today = step.context().business_date;
  const Date earliest = add_days(today, -policies.number(PolicyKey::effective_days_back));
  const Date latest = add_days(today, policies.number(PolicyKey::effective_days_ahead));
  const Date date = step.context().effective_date;
  if (date >= earliest && date <= latest) return;
  KONTOR_MARK("an effective date the policies forbid");
  step.refuse(with_dates(about(ReasonCode::date_not_allowed, Subject::command, "effective_date"),
                         date, date > latest ? latest : earliest));
}

void expect_text(Step& step, std::string_view what, std::string_view value) {
  if (!is_text(value, limits::kTextBytesMax)) {
    step.refuse(about(ReasonCode::invalid_value, Subject::command, what));
  }
}

const Order* expect_order(Step& step, std::string_view name) {
  const Order* const order = step.book().orders().find(name);
  if (order == nullptr) {
    step.refuse(about(ReasonCode::unknown_order, Subject::order, name));
    return nullptr;
  }
  expect_version(step, order->version, Subject::order, name);
  return order;
}

void expect_not_closed(Step& step, const Order& order) {
  const bool closed =
      order.cancelled != 0 || order.fulfilled != 0 || order.approval == Approval::kRejected;
  if (!closed) return;
  step.refuse(
      about(ReasonCode::order_closed, Subject::order, step.book().orders().name(order), order.ref));
}

void expect_not_recurring(Step& step, const Order& order) {
  if (order.recurring == 0) return;
  step.refuse(about(ReasonCode::is_recurring_order, Subject::recurring_order,
                    step.book().orders().name(order), order.ref));
}

void expect_taken(Step& step, const Order& order) {
  const std::string_view name = step.book().orders().name(order);
  expect_not_recurring(step, order);
  if (order.failed_at != 0) {
    Cause cause = about(ReasonCode::order_failed, Subject::order, name, order.ref);
    cause.evidence.emplace_back(order.failed_at);
    step.refuse(std::move(cause));
  }
  // Of one with nothing left to ship, what was delivered needs nobody's yes any more.
  if (order.approval != Approval::kApproved && order.fulfilled == 0) {
    Cause cause = about(ReasonCode::not_approved, Subject::order, name, order.ref);
    if (order.asked_at != 0) cause.evidence.emplace_back(order.asked_at);
    step.refuse(std::move(cause));
  }
  if (order.held_at != 0) {
    Cause cause = about(ReasonCode::on_hold, Subject::order, name, order.ref);
    cause.evidence.emplace_back(order.held_at);
    step.refuse(std::move(cause));
  }
}

}  // namespace kontor
