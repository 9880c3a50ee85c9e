// What the rules want of an order that is about to be placed or changed: whom they ask, what they
// warn of, what they refuse. Rules: domain, One kind of rule.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/rules/depositing.h"
#include "engine/rules/matching.h"
#include "engine/step.h"

namespace kontor {

struct Wishes {
  std::vector<const RuleVersion*> asks;  // those that ask; valid until the next RuleSet
  Causes ask_causes;
  Causes warnings;
  DepositDemand deposit;
  bool approved_by_rule = false;
  // Nobody but the placer could approve in any group, and the policy lets that be a yes.
  bool sole_holder = false;

  bool wants_people() const { return !asks.empty() && !approved_by_rule; }
};

enum class Asking : std::uint8_t {
  kAsk,   // people will be asked: each group has somebody who may answer, or no_approver
  kLook,  // only whether they would be
};
// Refuses what a rule refuses. Deposits come first: everything else sees the order with what is
// asked.
Wishes assess_rules(Step& step, const OrderFacts& facts, Asking asking);

// Refuses amount_overflow where the payer's account could not count the order.
void check_room(Step& step, const OrderFacts& facts);

// Emits the warnings, if there are any.
void warn(Step& step, OrderRef order, const Wishes& wishes);

// Whether approve_or_ask would approve it: nobody is asked, or placing is approving.
bool approves_at_once(const Book& book, const OrderFacts& facts, const Wishes& wishes);

// Emits ApprovalRequested, or OrderApproved where nobody is asked or placing is approving.
void approve_or_ask(Step& step, OrderRef order, const OrderFacts& facts, const Wishes& wishes);

}  // namespace kontor
