// Deposits of orders: asked, received, deducted, given back (domain: 7, 9 and 11).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

Fund& fund_of(State& state, const FundRef& ref) {
  if (ref.is_note) return state.credit_notes[ref.place];
  return state.payments[ref.place];
}

// What becomes of the sum of an order is told to its payer, where it is another.
void move_deposit(State& state, int place, Int counted_before) {
  const Order& order = state.orders[place];
  if (order.counted_deposit() != counted_before) want_examination(state, order.payer);
}

bool asks_more(DepositDemand& best, Int percent) {
  best.percent = std::max(best.percent, percent);
  return percent > 0;
}

// Moves so much out of the deposit; forward: the oldest first.
std::vector<DepositShare> take(Order& order, Int amount, bool forward) {
  std::vector<DepositShare> out;
  std::vector<DepositShare>& shares = order.deposit_shares;
  for (std::size_t i = 0; i < shares.size() && amount > 0; ++i) {
    DepositShare& share = forward ? shares[i] : shares[shares.size() - 1 - i];
    const Int part = std::min(share.amount, amount);
    out.push_back({share.fund, part});
    share.amount -= part;
    amount -= part;
  }
  std::erase_if(shares, [](const DepositShare& share) { return share.amount == 0; });
  return out;
}

void leave_fund(State& state, int place, const FundRef& ref) {
  const auto& shares = state.orders[place].deposit_shares;
  const bool stays = std::any_of(shares.begin(), shares.end(),
                                 [&](const DepositShare& share) { return share.fund == ref; });
  if (!stays) std::erase(fund_of(state, ref).in_orders, place);
}

// Nothing is unapplied of it any more, or all of it again.
void give_back(State& state, int place, const std::vector<DepositShare>& parts, Int no_longer) {
  Order& order = state.orders[place];
  order.deposit_asked -= no_longer;
  touch(state, place);
  for (const DepositShare& part : parts) {
    Fund& fund = fund_of(state, part.fund);
    fund.deposited -= part.amount;
    ++fund.version;
    leave_fund(state, place, part.fund);
  }
  for (const DepositShare& part : parts)
    want_examination(state, fund_of(state, part.fund).payer);
}

}  // namespace

// ---- what an order has

Int Order::deposit_held() const {
  Int sum = 0;
  for (const DepositShare& share : deposit_shares)
    sum += share.amount;
  return sum;
}

Int Order::undeducted() const {
  return std::max<Int>({deposit_asked - deposit_deducted, deposit_held(), 0});
}

Int Order::counted_deposit() const {
  return std::min(undeducted(), std::max<Int>(counted_ordered() + counted_delivered(), 0));
}

Int Order::lacking() const {
  const Int wanted = std::min(deposit_asked - deposit_deducted, unbilled());
  return std::max<Int>(wanted - deposit_held(), 0);
}

// ---- asked

void set_need(Facts& facts, Int gross, Int undeducted) {
  facts.undeducted = undeducted;
  const Int whole = std::max<Int>(gross + facts.counted, 0);
  facts.deposit = std::min(undeducted, whole) - facts.counted_deposit;
  facts.need = gross - facts.deposit;
}

DepositDemand find_deposit(const State& state, const Facts& facts, const Moments& moments) {
  DepositDemand out;
  if (facts.total <= 0) return out;
  if (facts.prepaid) asks_more(out, kHundredPercent);
  for (const AccountOf& account : limits_met(state, facts.payer)) {
    const bool absent = !state.companies[account.company].limit &&
                        policy_is(state, "credit.absent_limit", "none", {account.company});
    if (absent) asks_more(out, kHundredPercent);
  }
  Facts bare = facts;
  bare.need += facts.deposit + facts.counted_deposit;
  bare.deposit = 0;
  for (const Rule* const rule : matching_rules(state, bare, moments, {Outcome::kDeposit}))
    asks_more(out, rule->said.deposit);
  out.amount = static_cast<Int>(percent_of(facts.total, out.percent));
  return out;
}

void raise(DepositDemand& demand, const DepositDemand& other) {
  if (other.percent >= demand.percent) demand = other;
}

Facts with_deposit(Facts facts, const DepositDemand& demand) {
  set_need(facts, facts.need + facts.deposit,
           std::max(facts.undeducted, demand.amount - facts.deducted));
  return facts;
}

Int room_needed(const Facts& facts) {
  return std::max<Int>(facts.need + facts.deposit + std::max<Int>(facts.deposit, 0), 0);
}

void ask_deposit(State& state, int place, const DepositDemand& demand) {
  Order& order = state.orders[place];
  if (demand.amount <= order.deposit_asked) return;
  const Int before = order.counted_deposit();
  order.deposit_asked = demand.amount;
  touch(state, place);
  move_deposit(state, place, before);
}

// ---- received

std::vector<NamedOrder> named_orders(Deciding& d, const std::vector<PayOrder>& orders,
                                     Currency currency, bool by_hand) {
  std::vector<NamedOrder> out;
  for (const PayOrder& wanted : orders) {
    const int place = d.state.orders.find(wanted.order);
    if (place == kNone) {
      d.refuse("unknown_order");
      continue;
    }
    const Order& order = d.state.orders[place];
    if (order.currency != currency) {
      d.refuse("currency_mismatch");
      continue;
    }
    Int lacks = order.lacking();
    for (const NamedOrder& earlier : out) {
      if (earlier.order == place) lacks -= earlier.most;
    }
    const Int amount = wanted.amount.value_or(lacks);
    if (wanted.amount && amount <= 0) {
      d.refuse("not_positive");
    } else if (by_hand && (amount > lacks || amount == 0)) {
      d.refuse("more_than_open");
    } else {
      out.push_back({place, std::min(amount, lacks)});
    }
  }
  return out;
}

// Each order once, in the order they were named first.
std::vector<NamedOrder> parts_of(const std::vector<NamedOrder>& named, Int left) {
  std::vector<NamedOrder> out;
  for (const NamedOrder& wanted : named) {
    const Int amount = std::min(wanted.most, left);
    if (amount <= 0) continue;
    left -= amount;
    const auto known = std::find_if(out.begin(), out.end(), [&](const NamedOrder& other) {
      return other.order == wanted.order;
    });
    if (known == out.end()) {
      out.push_back({wanted.order, amount});
    } else {
      known->most += amount;
    }
  }
  return out;
}

void receive(State& state, const FundRef& ref, int place, Int amount) {
  Order& order = state.orders[place];
  Fund& fund = fund_of(state, ref);
  const Int before = order.counted_deposit();
  fund.deposited += amount;
  ++fund.version;
  const auto known = std::find_if(order.deposit_shares.begin(), order.deposit_shares.end(),
                                  [&](const DepositShare& share) { return share.fund == ref; });
  if (known == order.deposit_shares.end()) {
    order.deposit_shares.push_back({ref, amount});
    fund.in_orders.push_back(place);
  } else {
    known->amount += amount;
  }
  touch(state, place);
  want_examination(state, fund.payer);
  move_deposit(state, place, before);
  for (const Line& line : order.lines) {
    if (line.waiting > 0) want_serving(state, line.item);
  }
}

// ---- deducted

Int deduct(State& state, int place, const Deducting& of) {
  Order& order = state.orders[place];
  const Int held = order.deposit_held();
  if (held == 0 || of.total <= 0) return 0;
  Int wanted = held;
  const Int worth = of.billed_before + of.left_before;
  if (of.billed < of.left_before && worth > 0) {
    const Wide share =
        divided(Wide{held + order.deposit_deducted} * (of.billed_before + of.billed), worth);
    wanted = static_cast<Int>(share) - order.deposit_deducted;
  }
  const Int amount = std::clamp<Int>(wanted, 0, std::min(held, of.total));
  for (const DepositShare& part : take(order, amount, true)) {
    Fund& fund = fund_of(state, part.fund);
    fund.deposited -= part.amount;
    fund.applied += part.amount;
    fund.parts.push_back({of.invoice, 0, part.amount});
    ++fund.version;
    leave_fund(state, place, part.fund);
    Invoice& invoice = state.invoices[of.invoice];
    (part.fund.is_note ? invoice.credited : invoice.paid) += part.amount;
  }
  order.deposit_deducted += amount;
  return amount;
}

// ---- given back

std::vector<std::pair<int, Int>> newest_deposited(const State& state, const Fund& fund,
                                                  const FundRef& ref, Int amount) {
  std::vector<std::pair<int, Int>> out;
  for (auto place = fund.in_orders.rbegin(); place != fund.in_orders.rend(); ++place) {
    const Int part = std::min(amount, deposited_in(state, ref, *place));
    if (part <= 0) continue;
    out.emplace_back(*place, part);
    amount -= part;
  }
  return out;
}

Int deposited_in(const State& state, const FundRef& ref, int place) {
  for (const DepositShare& share : state.orders[place].deposit_shares) {
    if (share.fund == ref) return share.amount;
  }
  return 0;
}

void take_out(State& state, const FundRef& ref, int place, Int amount) {
  Order& order = state.orders[place];
  const Int before = order.counted_deposit();
  for (DepositShare& share : order.deposit_shares) {
    if (share.fund == ref) share.amount -= amount;
  }
  std::erase_if(order.deposit_shares, [](const DepositShare& share) { return share.amount == 0; });
  give_back(state, place, {{ref, amount}}, 0);
  move_deposit(state, place, before);
}

void return_excess(State& state, int place) {
  Order& order = state.orders[place];
  const Int excess = order.deposit_held() - std::max<Int>(order.unbilled(), 0);
  if (excess <= 0) return;
  const Int before = order.counted_deposit();
  const auto parts = take(order, excess, false);
  give_back(state, place, parts, 0);
  move_deposit(state, place, before);
}

void settle_deposit(State& state, int place) {
  Order& order = state.orders[place];
  const Int unasked = order.deposit_asked - order.deposit_deducted;
  if (order.unbilled() > 0 || unasked <= 0) return return_excess(state, place);
  const Int before = order.counted_deposit();
  const auto parts = take(order, order.deposit_held(), false);
  give_back(state, place, parts, unasked);
  move_deposit(state, place, before);
}

}  // namespace kontor::model
