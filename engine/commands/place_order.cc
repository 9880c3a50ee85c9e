// PlaceOrder: gather who and what, assess everything, refuse with all reasons, then make it so.
#include <array>

#include "approval_generated.h"
#include "book_generated.h"
#include "order_generated.h"
#include "place_order_generated.h"

#include "engine/commands.h"
#include "engine/rules/allocation.h"
#include "engine/rules/asking.h"
#include "engine/rules/matching.h"
#include "engine/rules/pool.h"
#include "engine/rules/pricing.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

// What the rules want of the order.
struct Wishes {
  std::vector<Match> asks;
  Causes ask_causes;
  Causes warnings;
  bool approved_by_rule = false;
  // Nobody but the placer could approve in any group, and the policy lets that be a yes.
  bool sole_holder = false;
};

void check_header(Step& step, const PlaceOrder& command) {
  const std::string_view name = view(command.order());
  expect_version(step, 0, Subject::order, name);
  expect_identifier(step, Subject::order, name);
  if (step.book().orders().find(name) != nullptr) {
    step.refuse(about(ReasonCode::order_exists, Subject::order, name));
  }
  for (const auto* value : {command.region(), command.address(), command.country(),
                            command.cost_centre(), command.buyer_reference()}) {
    expect_text(step, "text", view(value));
  }
  const std::size_t lines = run(command.lines()).size();
  if (lines == 0 || lines > limits::kLinesMax) {
    step.refuse(about(ReasonCode::too_many, Subject::order, "1 to 4096 lines"));
  }
  const Date requested{command.requested_date()};
  if (requested != kNoDate && requested < step.context().effective_date) {
    step.refuse(with_dates(about(ReasonCode::date_before_order, Subject::order, name), requested,
                           step.context().effective_date));
  }
  if (command.settlement() != Settlement::account) {
    step.refuse(about(ReasonCode::not_supported, Subject::order, "settlement prepaid"));
  }
}

std::vector<WantedLine> read_lines(const PlaceOrder& command) {
  std::vector<WantedLine> out;
  const auto lines = run(command.lines());
  out.reserve(lines.size());
  for (const PlaceLine& line : lines) {
    out.push_back(
        {pool_name(command.names(), line.item()), Quantity{line.quantity()}, line.unit_price()});
  }
  return out;
}

void check_room(Step& step, const OrderParties& who, Minor total) {
  if (account_has_room(step.book(), who.payer, total)) return;
  step.refuse(with_money(about(ReasonCode::amount_overflow, Subject::company,
                               step.book().parties().name(who.payer), who.payer.value()),
                         total, Minor{limits::kSumMax}, who.currency));
}

// Every group that is asked has somebody who may answer, or the order is refused.
void check_approvers(Step& step, const OrderFacts& facts, Wishes& wishes) {
  const bool sole_ok = step.book().policies().is(PolicyKey::approval_self, "sole_holder");
  wishes.sole_holder = sole_ok && !wishes.asks.empty();
  for (const Match& match : wishes.asks) {
    for (const RuleGroup& group : match.rule->groups) {
      const Eligible eligible = count_eligible(step.book(), group, facts.company, facts.buyer);
      if (eligible.only_placer && sole_ok) continue;
      wishes.sole_holder = false;
      if (eligible.count >= (group.needed == 65535 ? 1U : group.needed)) continue;
      Cause cause = about(ReasonCode::no_approver, Subject::rule,
                          step.book().rules().name(match.rule->rule), match.rule->rule.value());
      cause.rule = match.rule->set_at;
      step.refuse(std::move(cause));
    }
  }
}

Wishes assess_rules(Step& step, const OrderFacts& facts) {
  static constexpr std::array kOutcomes = {Outcome::refuse, Outcome::warn, Outcome::ask,
                                           Outcome::approve};
  Wishes out;
  for (Match& match : match_rules(step.book(), facts, kOutcomes)) {
    switch (match.rule->outcome) {
      case Outcome::refuse:
        for (Cause& cause : match.causes) {
          cause.code = ReasonCode::refused_by_rule;
          step.refuse(cause);
        }
        break;
      case Outcome::warn:
        for (const Cause& cause : match.causes)
          out.warnings.add(cause);
        break;
      case Outcome::approve:
        out.approved_by_rule = true;
        break;
      default:
        for (const Cause& cause : match.causes)
          out.ask_causes.add(cause);
        out.asks.push_back(std::move(match));
        break;
    }
  }
  if (!out.approved_by_rule) check_approvers(step, facts, out);
  return out;
}

void check_stock(Step& step, const PricedOrder& priced, const PlaceOrder& command,
                 CompanyId company) {
  const Policies& policies = step.book().policies();
  if (!policies.is(PolicyKey::stock_at, "placement")) return;
  if (!policies.is(PolicyKey::stock_short, "refuse")) return;
  check_stock_for(step, priced.lines, view(command.region()), company);
}

OrderRef emit_order(Step& step, const PlaceOrder& command, const OrderParties& who,
                    const PricedOrder& priced) {
  const Sequence birth = step.emit<OrderPlaced>(0, [&](Builder& out) {
    const auto order = text(out, view(command.order()));
    const auto region = text(out, view(command.region()));
    const auto address = text(out, view(command.address()));
    const auto country = text(out, view(command.country()));
    const auto cost_centre = text(out, view(command.cost_centre()));
    const auto buyer_reference = text(out, view(command.buyer_reference()));
    const auto lines = structs(out, priced.lines);
    const auto taxes = structs(out, priced.taxes);
    OrderPlacedBuilder event(out);
    event.add_order(order);
    event.add_company(who.company.value());
    event.add_payer(who.payer.value());
    event.add_buyer(who.buyer.value());
    event.add_currency(who.currency.value());
    event.add_terms(who.terms.value());
    event.add_settlement(command.settlement());
    event.add_requested_date(command.requested_date());
    event.add_region(region);
    event.add_address(address);
    event.add_country(country);
    event.add_cost_centre(cost_centre);
    event.add_buyer_reference(buyer_reference);
    event.add_no_split(command.no_split());
    event.add_lines(lines);
    event.add_taxes(taxes);
    event.add_net(priced.net.value());
    event.add_tax(priced.tax.value());
    event.add_total(priced.total.value());
    return event.Finish();
  });
  return OrderRef{birth.value()};
}

void approve_or_ask(Step& step, OrderRef order, const OrderFacts& facts, const Wishes& wishes) {
  const bool asked = !wishes.asks.empty() && !wishes.approved_by_rule;
  const bool self = asked && (wishes.sole_holder || placer_approves(step.book(), wishes.asks,
                                                                    facts.company, facts.buyer));
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
  std::vector<AskedRule> rules;
  for (const Match& match : wishes.asks) {
    rules.emplace_back(match.rule->set_at.value(), match.rule->groups.front().tier, 0, 0);
  }
  step.emit<ApprovalRequested>(order.value(), [&](Builder& out) {
    const auto grounds = wishes.ask_causes.write(out);
    return CreateApprovalRequested(out, order.value(), grounds, structs(out, rules),
                                   facts.total.value(), facts.currency.value());
  });
}

}  // namespace

void decide(Step& step, const PlaceOrder& command) {
  check_header(step, command);
  const OrderParties who = find_order_parties(
      step, {view(command.company()), view(command.buyer()), view(command.payer()),
             view(command.terms()), CurrencyCode{command.currency()}});
  if (!is_set(who.company) || !is_set(who.payer)) return;
  const std::vector<WantedLine> wanted = read_lines(command);
  const PricedOrder priced = price_lines(step, who, view(command.country()), wanted);
  if (step.refused()) return;

  OrderFacts facts{who.company,           who.payer,   who.buyer,
                   who.currency,          priced.net,  priced.total,
                   priced.distinct_items, priced.total};
  const Wishes wishes = assess_rules(step, facts);
  check_room(step, who, priced.total);
  check_stock(step, priced, command, who.company);
  if (step.refused()) return;

  // Nothing below refuses.
  const OrderRef order = emit_order(step, command, who, priced);
  if (!wishes.warnings.empty()) {
    KONTOR_MARK("an order placed with warnings");
    step.emit<CommandWarned>(order.value(), [&](Builder& out) {
      return CreateCommandWarned(out, wishes.warnings.write(out));
    });
  }
  approve_or_ask(step, order, facts, wishes);
  go_on(step, order);
}

}  // namespace kontor
