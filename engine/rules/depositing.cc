#include "engine/rules/depositing.h"

#include <algorithm>

#include "credit_generated.h"

#include "engine/rules/accounts.h"
#include "engine/rules/counting.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

constexpr Percent kAll{static_cast<std::int32_t>(kHundredPercent)};

Minor counted_sum(const Book& book, const OrderFacts& facts) {
  if (facts.order.value() == 0) return Minor{0};
  return counted_of(book, book.orders().get(facts.order)).sum();
}

OrderFacts without_deposit(const Book& book, OrderFacts facts) {
  facts.need += facts.deposit + book.credit().counted_deposit(facts.order);
  facts.deposit = Minor{0};
  return facts;
}

void want(DepositDemand& demand, Percent percent, const std::vector<Cause>& causes) {
  if (percent < demand.percent) return;
  if (percent > demand.percent) demand.causes = Causes{};
  demand.percent = percent;
  for (const Cause& cause : causes)
    demand.causes.add(cause);
}

std::vector<Cause> prepaid(const Book& book, const OrderFacts& facts) {
  const std::string_view name =
      facts.order.value() == 0 ? "" : book.orders().name(book.orders().get(facts.order));
  Cause cause = about(ReasonCode::settlement_prepaid, Subject::order, name, facts.order.value());
  cause.outcome = Outcome::deposit;
  return {std::move(cause)};
}

// credit.absent_limit = none: of a limit that the order meets and that nobody has set.
std::vector<Cause> no_credit(const Book& book, const OrderFacts& facts) {
  std::vector<Cause> out;
  for_each_limit(book, facts.payer, [&](AccountOf account) {
    const LimitInForce in_force = limit_in_force(book, facts, account.company);
    if (!in_force.limit || in_force.why != ReasonCode::no_credit_limit) return;
    Cause cause = with_money(about(in_force.why, Subject::company,
                                   book.parties().name(account.company), account.company.value()),
                             facts.total, Minor{0}, facts.currency);
    cause.outcome = Outcome::deposit;
    out.push_back(std::move(cause));
  });
  return out;
}

}  // namespace

// ---- what is wanted -----------------------------------------------------------------------------

DepositDemand find_deposit(const Book& book, const OrderFacts& facts, MomentSet moments) {
  DepositDemand out;
  if (facts.total <= Minor{0}) return out;
  if (facts.settlement == Settlement::prepaid) want(out, kAll, prepaid(book, facts));
  const std::vector<Cause> no_limit = no_credit(book, facts);
  if (!no_limit.empty()) want(out, kAll, no_limit);
  if (book.rules().index().asks_deposits()) {
    const OrderFacts bare = without_deposit(book, facts);
    for (const Match& match : match_rules(book, bare, moments, {Outcome::deposit}))
      want(out, match.rule->deposit, match.causes);
  }
  out.amount = percent_of(facts.total, out.percent).value_or(Minor{0});
  return out;
}

void raise(DepositDemand& demand, DepositDemand other) {
  if (other.percent > demand.percent) {
    demand = std::move(other);
  } else if (other.percent == demand.percent) {
    demand.amount = other.amount;
  }
}

void set_need(const Book& book, OrderFacts& facts, Minor gross, Minor undeducted) {
  const Minor counted_deposit = book.credit().counted_deposit(facts.order);
  if (undeducted == Minor{0} && counted_deposit == Minor{0}) {
    facts.need = gross;
    facts.deposit = Minor{0};
    return;
  }
  const Minor whole = std::max(gross + counted_sum(book, facts), Minor{0});
  facts.deposit = std::min(undeducted, whole) - counted_deposit;
  facts.need = gross - facts.deposit;
}

void cancel_worth(const Book& book, OrderFacts& facts, Minor worth) {
  if (worth == Minor{0}) return;
  const Deposit* const deposit = book.deposits().find(facts.order);
  set_need(book, facts, facts.need + facts.deposit - worth,
           deposit == nullptr ? Minor{} : deposit->undeducted());
}

OrderFacts with_deposit(const Book& book, OrderFacts facts, const DepositDemand& demand) {
  const Deposit* const deposit = book.deposits().find(facts.order);
  const Minor before = deposit == nullptr ? Minor{} : deposit->undeducted();
  const Minor deducted = deposit == nullptr ? Minor{} : deposit->deducted;
  set_need(book, facts, facts.need + facts.deposit, std::max(before, demand.amount - deducted));
  return facts;
}

Minor room_needed(const OrderFacts& facts) {
  return std::max(facts.need + facts.deposit + std::max(facts.deposit, Minor{0}), Minor{0});
}

void ask_deposit(Step& step, OrderRef ref, const DepositDemand& demand) {
  const Book& book = step.book();
  const Order& order = book.orders().get(ref);
  const Deposit* const known = book.deposits().find(ref);
  const Minor previous = known == nullptr ? Minor{} : known->asked;
  if (demand.amount <= previous) return;
  if (previous > Minor{0}) KONTOR_MARK("a higher deposit asked than before");
  Deposit then = known == nullptr ? Deposit{} : *known;
  then.asked = demand.amount;
  std::vector<CreditMove> moves;
  add_deposit_move(book, order, counted_of(book, order), then.undeducted(), moves);
  const std::uint32_t payer = order.payer;
  const std::uint16_t currency = order.currency;
  const Minor total = order.total;
  step.emit<DepositRequested>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto grounds = demand.causes.write(out);
    return CreateDepositRequested(out, ref.value(), payer, demand.percent.value(), total.value(),
                                  demand.amount.value(), previous.value(), currency, grounds,
                                  structs(out, moves));
  });
}

// ---- what lacks ---------------------------------------------------------------------------------

Minor lacking_deposit(const Book& book, const Order& order) {
  const Deposit* const deposit = book.deposits().find(OrderRef{order.ref});
  if (deposit == nullptr) return Minor{0};
  return deposit->lacking(book.orders().unbilled_gross(order));
}

void expect_deposit(Step& step, const Order& order) {
  const Book& book = step.book();
  if (lacking_deposit(book, order) == Minor{0}) return;
  const Deposit& deposit = *book.deposits().find(OrderRef{order.ref});
  Cause cause = with_money(
      about(ReasonCode::deposit_outstanding, Subject::order, book.orders().name(order), order.ref),
      deposit.received(), deposit.asked, CurrencyCode{order.currency});
  cause.evidence.push_back(deposit.asked_at);
  if (deposit.changed_at.value() != 0) cause.evidence.push_back(deposit.changed_at);
  step.refuse(std::move(cause));
}

bool lacks_deposit_for_stock(const Book& book, const Order& order) {
  if (lacking_deposit(book, order) == Minor{0}) return false;
  const std::string_view at =
      policy_in_force(book, PolicyKey::stock_at, policy_context(order)).value;
  return at != "placement" && at != "approval";
}

}  // namespace kontor
