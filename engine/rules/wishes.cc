#include "engine/rules/wishes.h"

#include <set>

#include "approval_generated.h"
#include "order_generated.h"

#include "engine/rules/answering.h"
#include "engine/rules/asking.h"
#include "engine/rules/holding.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

// Every group that is asked has somebody who may answer, or the order is refused.
void check_approvers(Step& step, const OrderFacts& facts, Wishes& wishes) {
  const PolicyContext placer{facts.company, facts.buyer};
  const bool sole_ok = policy_is(step.book(), PolicyKey::approval_self, placer, "sole_holder");
  wishes.sole_holder = sole_ok && !wishes.asks.empty();
  for (const RuleVersion* const rule : wishes.asks) {
    for (const RuleGroup& group : rule->groups) {
      const Eligible eligible = count_eligible(step.book(), group, asked_order(step.book(), facts));
      if (eligible.only_placer && sole_ok) continue;
      wishes.sole_holder = false;
      if (eligible.count >= (group.needed == kEverybody ? 1U : group.needed)) continue;
      Cause cause = about(ReasonCode::no_approver, Subject::rule,
                          step.book().rules().name(rule->rule), rule->rule.value());
      cause.rule = rule->set_at;
      step.refuse(std::move(cause));
    }
  }
}

// People that the groups name, each once.
std::vector<std::uint32_t> named_people(const Book& book, const Wishes& wishes) {
  std::set<std::uint32_t> out;
  for (const RuleVersion* const rule : wishes.asks) {
    for (const RuleGroup& group : rule->groups) {
      for (const std::string& name : group.people) {
        if (const auto person = book.parties().find_buyer(name)) out.insert(person->value());
      }
    }
  }
  return {out.begin(), out.end()};
}

void emit_request(Step& step, OrderRef order, const OrderFacts& facts, const Wishes& wishes) {
  std::vector<AskedRule> rules;
  rules.reserve(wishes.asks.size());
  for (const RuleVersion* const rule : wishes.asks)
    rules.emplace_back(rule->set_at.value(), rule->groups.front().tier, 0, 0);
  const Date today = step.context().business_date;
  const AskingDays days = asking_days(step.book(), asked_order(step.book(), facts), today);
  const std::vector<std::uint32_t> named = named_people(step.book(), wishes);
  step.emit<ApprovalRequested>(order.value(), [&](Builder& out) {
    const auto grounds = wishes.ask_causes.write(out);
    const auto rule_list = structs(out, rules);
    const auto people = out.CreateVector(named);
    return CreateApprovalRequested(out, order.value(), grounds, rule_list, facts.total.value(),
                                   facts.currency.value(), facts.company.value(), people,
                                   today.value(), days.expires_on.value(), days.remind_on.value(),
                                   days.escalate_on.value());
  });
}

void collect(Step& step, const OrderFacts& facts, Moment moment, Wishes& out) {
  static constexpr OutcomeSet kOutcomes = {Outcome::refuse, Outcome::warn, Outcome::ask,
                                           Outcome::approve};
  for (Match& match : match_rules(step.book(), facts, {moment}, kOutcomes)) {
    switch (match.rule->outcome) {
      case Outcome::refuse:
        for (Cause& cause : match.causes) {
          cause.code = ReasonCode::refused_by_rule;
          step.refuse(std::move(cause));
        }
        break;
      case Outcome::warn:
        for (Cause& cause : match.causes)
          out.warnings.add(std::move(cause));
        break;
      case Outcome::approve:
        out.approved_by_rule = true;
        break;
      default:
        for (Cause& cause : match.causes)
          out.ask_causes.add(std::move(cause));
        out.asks.push_back(match.rule);
        break;
    }
  }
}

}  // namespace

Wishes assess_rules(Step& step, const OrderFacts& bare, Asking asking) {
  Wishes out;
  const Book& book = step.book();
  out.deposit = find_deposit(book, bare, {Moment::placement});
  OrderFacts facts = with_deposit(book, bare, out.deposit);
  collect(step, facts, Moment::placement, out);
  if (!out.approved_by_rule && asking == Asking::kAsk) check_approvers(step, facts, out);
  // Where nobody will be asked, this is the approval.
  const bool matters = asking == Asking::kAsk && book.rules().index().has(Moment::approval);
  if (matters && approves_at_once(book, facts, out)) {
    KONTOR_MARK("rules of approval where nobody is asked");
    raise(out.deposit, find_deposit(book, bare, {Moment::approval}));
    facts = with_deposit(book, bare, out.deposit);
    collect(step, facts, Moment::approval, out);
  }
  return out;
}

void check_room(Step& step, const OrderFacts& facts) {
  const Minor needed = room_needed(facts);
  if (account_has_room(step.book(), facts.payer, needed)) return;
  step.refuse(with_money(about(ReasonCode::amount_overflow, Subject::company,
                               step.book().parties().name(facts.payer), facts.payer.value()),
                         needed, Minor{limits::kSumMax}, facts.currency));
}

void warn(Step& step, OrderRef order, const Wishes& wishes) {
  if (!wishes.warnings.empty()) KONTOR_MARK("an order placed with warnings");
  warn(step, order, wishes.warnings);
}

bool approves_at_once(const Book& book, const OrderFacts& facts, const Wishes& wishes) {
  return !wishes.wants_people() || wishes.sole_holder ||
         placer_approves(book, wishes.asks, asked_order(book, facts));
}

void approve_or_ask(Step& step, OrderRef order, const OrderFacts& facts, const Wishes& wishes) {
  const bool asked = wishes.wants_people();
  const bool self = asked && approves_at_once(step.book(), facts, wishes);
  if (self) KONTOR_MARK("an order approved by placing it");
  if (wishes.approved_by_rule) KONTOR_MARK("an order approved by a rule");
  if (!asked || self) {
    const ApprovalCause cause = self                      ? ApprovalCause::self
                                : wishes.approved_by_rule ? ApprovalCause::rule
                                                          : ApprovalCause::no_rule_asks;
    step.emit<OrderApproved>(order.value(), [&](Builder& out) {
      return CreateOrderApproved(out, order.value(), cause);
    });
    return;
  }
  emit_request(step, order, facts, wishes);
  if (!answer_by_placing(step, order)) return;
  const ApprovalCause cause = cause_of_approval(*step.book().approvals().find(order));
  step.emit<OrderApproved>(
      order.value(), [&](Builder& out) { return CreateOrderApproved(out, order.value(), cause); });
}

}  // namespace kontor
