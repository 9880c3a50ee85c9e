#include "engine/rules/holding.h"

#include "book_generated.h"
#include "credit_generated.h"

#include "engine/rules/depositing.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

bool release_in_force(const Order& order, Date today) {
  if (order.released_at == 0) return false;
  KONTOR_MARK("an order a person has released");
  const Date expires{order.release_expires};
  return expires == kNoDate || expires >= today;
}
bool release_in_force(const Book& book, const Order& order) {
  return release_in_force(order, book.calendar().business_date());
}

// Null: it is not held.
const HeldOrder* held_state(const Book& book, const Order& order) {
  const auto& held = book.credit().account(CompanyId{order.payer}).held();
  const auto found = held.find(order.ref);
  return found == held.end() ? nullptr : &found->second;
}

// later: the moments whose rules look at it when it is looked at again.
void collect_holds(const Book& book, const OrderFacts& facts, MomentSet moments, MomentSet later,
                   Holds& out) {
  for (Match& match : match_rules(book, facts, moments, {Outcome::hold})) {
    out.credit_only = out.credit_only && match.credit_only;
    out.moment = std::max(out.moment, match.rule->moment);
    for (Cause& cause : match.causes)
      out.causes.add(std::move(cause));
  }
  out.needs_room = !out.causes.empty() && room_is_needed(book, facts, later);
}

// released: by a person, and that is in force.
Holds find_holds_of(const Book& book, const OrderFacts& facts, MomentSet moments, bool released) {
  Holds out;
  const Minor need = room_needed(facts);
  if (!account_has_room(book, facts.payer, need)) {  // nobody can release that
    out.credit_only = false;
    out.causes.add(with_money(about(ReasonCode::amount_overflow, Subject::company,
                                    book.parties().name(facts.payer), facts.payer.value()),
                              need, Minor{limits::kSumMax}, facts.currency));
    out.needs_room = !released && room_is_needed(book, facts, moments);
  } else if (!released) {
    collect_holds(book, facts, moments, moments, out);
  }
  return out;
}

void add_warnings(const Book& book, const OrderFacts& facts, Moment moment, Causes& out) {
  for (Match& match : match_rules(book, facts, {moment}, {Outcome::warn})) {
    for (Cause& cause : match.causes)
      out.add(std::move(cause));
  }
}

}  // namespace

Holds find_holds(const Book& book, const Order& order) {
  return find_holds(book, order, facts_of(book, order));
}

Holds find_holds(const Book& book, const Order& order, const OrderFacts& facts) {
  return find_holds(book, order, facts, moments_to_examine(book, order, std::nullopt));
}

Holds find_holds(const Book& book, const Order& order, const OrderFacts& facts, MomentSet moments) {
  return find_holds_of(book, facts, moments, release_in_force(order, today_of(book, facts)));
}

Holds find_holds(const Book& book, const OrderFacts& facts, MomentSet moments) {
  return find_holds_of(book, facts, moments, false);
}

MomentSet moments_to_examine(const Book& book, const Order& order, std::optional<Moment> now) {
  MomentSet out;
  if (now) out.add(*now);
  if (const HeldOrder* const held = held_state(book, order)) out.add(held->moment);
  // One that counts part by part is looked at anew with each part.
  const bool whole = order.credit_from == CreditFrom::order;
  if (order.credit == CreditState::kTaken && whole) return out;
  out.add(Moment::placement);
  if (order.approval == Approval::kApproved) out.add(Moment::approval);
  return out;
}

void hold(Step& step, OrderRef ref, const Holds& holds) {
  const Order& order = step.book().orders().get(ref);
  const CompanyId payer{order.payer};
  const CompanyId company{order.company};
  const BuyerId buyer{order.buyer};
  const Minor need = facts_of(step.book(), order).need;
  const CurrencyCode currency{order.currency};
  const Watched watched = watched_accounts(step.book(), payer);
  std::vector<std::uint32_t> limits;
  for (const CompanyId of : watched.limits)
    limits.push_back(of.value());
  step.emit<OrderHeld>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto grounds = holds.causes.write(out);
    flatbuffers::Offset<flatbuffers::Vector<std::uint32_t>> whose;
    if (!limits.empty()) whose = out.CreateVector(limits);
    return CreateOrderHeld(out, ref.value(), payer.value(), grounds, need.value(), currency.value(),
                           holds.credit_only, false, 0, company.value(), buyer.value(),
                           holds.needs_room ? RoomNeed::needed : RoomNeed::not_needed, holds.moment,
                           whose, watched.looks_up, watched.looks_around);
  });
}

bool hold_has_changed(const Book& book, const Order& order, const Holds& holds) {
  const HeldOrder* const held = held_state(book, order);
  if (held == nullptr) return false;
  HoldMark why;
  for (const Cause& cause : holds.causes.list())
    why.add(cause.rule.value(), static_cast<std::uint16_t>(cause.code));
  const CompanyId payer{order.payer};
  return held->need != facts_of(book, order).need || held->needs_room != holds.needs_room ||
         held->why != why.value() || held->moment != holds.moment ||
         book.credit().account(payer).watched() != watched_accounts(book, payer);
}

AtMoment assess_moment(Step& step, const Order& order, Moment moment, const Supposed& supposed) {
  AtMoment out;
  const Book& book = step.book();
  const bool has_rules = book.rules().index().has(moment);
  if (!has_rules && moment != Moment::approval) return out;
  OrderFacts facts = facts_of(book, order);
  facts.supposed = supposed;
  cancel_worth(book, facts, supposed.cancelled_worth);
  if (moment == Moment::approval) {
    out.deposit = find_deposit(book, facts, {moment});
    facts = with_deposit(book, std::move(facts), out.deposit);
  }
  if (!has_rules) return out;
  for (Match& match : match_rules(book, facts, {moment}, {Outcome::refuse})) {
    KONTOR_MARK("a command refused by a rule of a later moment");
    for (Cause& cause : match.causes) {
      cause.code = ReasonCode::refused_by_rule;
      step.refuse(std::move(cause));
    }
  }
  add_warnings(book, facts, moment, out.warnings);
  if (!release_in_force(book, order)) {
    collect_holds(book, facts, {moment}, moments_to_examine(book, order, moment), out.holds);
  }
  return out;
}

Holds find_day_holds(const Book& book, const Order& order) {
  Holds out;
  if (!release_in_force(book, order)) {
    collect_holds(book, facts_of(book, order), {Moment::day},
                  moments_to_examine(book, order, Moment::day), out);
  }
  return out;
}

bool may_allocate(Step& step, OrderRef ref) {
  const Book& book = step.book();
  if (!book.rules().index().has(Moment::allocation)) return true;
  const Order& order = book.orders().get(ref);
  const OrderFacts facts = facts_of(book, order);
  if (!match_rules(book, facts, {Moment::allocation}, {Outcome::refuse}).empty()) {
    KONTOR_MARK("stock that a rule refuses to an order");
    return false;
  }
  if (release_in_force(book, order)) return true;
  Holds holds;
  collect_holds(book, facts, {Moment::allocation},
                moments_to_examine(book, order, Moment::allocation), holds);
  if (holds.causes.empty()) return true;
  KONTOR_MARK("an order held when it would get stock");
  hold(step, ref, holds);
  return false;
}

void warn(Step& step, OrderRef order, const Causes& warnings) {
  if (warnings.empty()) return;
  step.emit<CommandWarned>(order.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateCommandWarned(out, warnings.write(out));
  });
}

}  // namespace kontor
