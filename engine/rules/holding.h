// Why an order is held, at any moment: what rules hold it, what of a hold changed, and the events
// that say so. Rules: domain, One kind of rule, and Credit.
#pragma once

#include "engine/rules/depositing.h"
#include "engine/rules/matching.h"
#include "engine/step.h"

namespace kontor {

// Why the order would be held now; empty causes: nothing holds it. A person's release in force
// satisfies all.
struct Holds {
  Causes causes;
  bool credit_only = true;
  bool needs_room = false;  // see RoomNeed; changes with rules, people and days, not with exposure
  Moment moment = Moment::placement;  // the last one it is held at
};
Holds find_holds(const Book& book, const Order& order, const OrderFacts& facts, MomentSet moments);
// When it is looked at again.
Holds find_holds(const Book& book, const Order& order);
// The same with figures of the order of which some may be supposed.
Holds find_holds(const Book& book, const Order& order, const OrderFacts& facts);
// The same of one that is not there yet.
Holds find_holds(const Book& book, const OrderFacts& facts, MomentSet moments);

// The moments whose rules may hold the order when it is looked at again, at `now` or at none in
// particular: those of the moment it was held at, and while it does not count, those it has passed.
MomentSet moments_to_examine(const Book& book, const Order& order, std::optional<Moment> now);

// Emits OrderHeld.
void hold(Step& step, OrderRef order, const Holds& holds);
// Whether a held order would be held otherwise than it was said: what it waits for has changed.
bool hold_has_changed(const Book& book, const Order& order, const Holds& holds);

// What the rules of a moment want of an order that is there: refuses refused_by_rule for each that
// refuses; what holds it and what warns is the answer.
struct AtMoment {
  Holds holds;
  Causes warnings;
  DepositDemand deposit;  // of approval
};
AtMoment assess_moment(Step& step, const Order& order, Moment moment,
                       const Supposed& supposed = {});
// What the rules of the moment day hold it for.
Holds find_day_holds(const Book& book, const Order& order);
// Whether stock may be reserved for it without a command that says so. Holds it where a rule does.
bool may_allocate(Step& step, OrderRef order);

// Emits CommandWarned, if there is anything to warn of.
void warn(Step& step, OrderRef order, const Causes& warnings);

}  // namespace kontor
