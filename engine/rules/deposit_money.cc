#include "engine/rules/deposit_money.h"

#include <algorithm>
#include <map>

#include "engine/rules/counting.h"
#include "engine/rules/depositing.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

CreditMove unapplied_move(const DepositShare& share, Minor amount, std::uint16_t currency) {
  const Subject kind = share.is_credit_note ? Subject::credit_note : Subject::payment;
  return kontor::unapplied_move(
      CreditSource{kind, share.source, share.payer, CurrencyCode{currency}, Minor{}}, amount);
}

DepositPart part_of(const DepositShare& share, Minor amount) {
  return DepositPart(share.is_credit_note ? 0 : share.source,
                     share.is_credit_note ? share.source : 0, amount.value(), share.payer.value(),
                     0);
}

// Takes so much of shares, in the order of the iterators.
template <class Iterator>
std::vector<DepositShare> take_shares(Iterator begin, Iterator end, Minor amount) {
  std::vector<DepositShare> out;
  for (auto share = begin; share != end && amount > Minor{0}; ++share) {
    DepositShare part = *share;
    part.amount = std::min(part.amount, amount);
    amount -= part.amount;
    out.push_back(part);
  }
  return out;
}

struct Release {
  DepositRelease cause{};
  std::vector<DepositShare> shares;
  Minor no_longer_asked;
  std::string_view undo;
};

void emit_released(Step& step, OrderRef ref, const Release& release) {
  const Book& book = step.book();
  const Order& order = book.orders().get(ref);
  Deposit then = *book.deposits().find(ref);
  std::vector<DepositPart> parts;
  std::vector<CreditMove> moves;
  for (const DepositShare& share : release.shares) {
    const auto held = std::find_if(then.shares.begin(), then.shares.end(),
                                   [&](const auto& s) { return s.source == share.source; });
    held->amount -= share.amount;
    parts.push_back(part_of(share, share.amount));
    moves.push_back(unapplied_move(share, share.amount, order.currency));
  }
  then.asked -= release.no_longer_asked;
  add_deposit_move(book, order, counted_of(book, order), then.undeducted(), moves);
  const std::uint16_t currency = order.currency;
  step.emit<DepositReleased>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto part_list = structs(out, parts);
    const auto move_list = structs(out, moves);
    return CreateDepositReleased(out, ref.value(), release.cause, part_list,
                                 release.no_longer_asked.value(), currency, move_list,
                                 text(out, release.undo));
  });
}

Minor share_of(const Deposit& deposit, std::uint64_t source) {
  for (const DepositShare& share : deposit.shares) {
    if (share.source == source) return share.amount;
  }
  return Minor{0};
}

}  // namespace

// ---- received -----------------------------------------------------------------------------------

std::vector<DepositWish> find_deposits(Step& step, const NamedOrders& named, CurrencyCode currency,
                                       bool stated) {
  const Book& book = step.book();
  std::vector<DepositWish> out;
  std::map<std::uint64_t, Minor> left;  // that lacks, by order
  for (const PayOrder& wanted : run(named.orders)) {
    const std::string_view name = pool_name(named.names, wanted.order());
    const Order* const order = book.orders().find(name);
    if (order == nullptr) {
      step.refuse(about(ReasonCode::unknown_order, Subject::order, name));
      continue;
    }
    if (order->currency != currency.value()) {
      step.refuse(about(ReasonCode::currency_mismatch, Subject::order, name, order->ref));
      continue;
    }
    const bool whole = wanted.amount() == kAbsent;
    Minor& lacks = left.try_emplace(order->ref, lacking_deposit(book, *order)).first->second;
    const Minor amount = whole ? lacks : Minor{wanted.amount()};
    if (!whole && amount <= Minor{0}) {
      step.refuse(with_money(about(ReasonCode::not_positive, Subject::order, name, order->ref),
                             amount, Minor{0}, currency));
      continue;
    }
    if (stated && (amount > lacks || amount == Minor{0})) {
      step.refuse(with_money(about(ReasonCode::more_than_open, Subject::order, name, order->ref),
                             amount, lacks, currency));
      continue;
    }
    const Minor most = std::min(amount, lacks);
    lacks -= most;
    out.push_back({OrderRef{order->ref}, most});
  }
  return out;
}

std::vector<DepositWish> plan_deposits(const Book& book, const std::vector<DepositWish>& wishes,
                                       std::uint64_t source, Minor left) {
  std::vector<DepositWish> out;
  std::size_t room =
      kDepositOrdersMax - std::min(kDepositOrdersMax, book.deposits().orders_of(source).size());
  for (const DepositWish& wish : wishes) {
    const Minor amount = std::min(wish.most, left);
    if (amount <= Minor{0}) continue;
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const DepositWish& of) { return of.order == wish.order; });
    if (same != out.end()) {
      same->most += amount;
      left -= amount;
      continue;
    }
    const Deposit& deposit = *book.deposits().find(wish.order);
    const bool known = share_of(deposit, source) > Minor{0};
    if (!known && (room == 0 || deposit.shares.size() >= kDepositSharesMax)) continue;
    if (!known) --room;
    out.push_back({wish.order, amount});
    left -= amount;
  }
  return out;
}

void emit_deposited(Step& step, const CreditSource& source, std::string_view application,
                    const std::vector<DepositWish>& deposits) {
  const bool is_payment = source.kind == Subject::payment;
  for (const DepositWish& wish : deposits) {
    const Book& book = step.book();
    const Order& order = book.orders().get(wish.order);
    Deposit then = *book.deposits().find(wish.order);
    then.shares.push_back({source.ref, wish.most, source.payer, !is_payment});
    std::vector<CreditMove> moves = {unapplied_move(source, -wish.most)};
    add_deposit_move(book, order, counted_of(book, order), then.undeducted(), moves);
    step.emit<DepositApplied>(wish.order.value(), [&](flatbuffers::FlatBufferBuilder& out) {
      const auto move_list = structs(out, moves);
      return CreateDepositApplied(out, wish.order.value(), is_payment ? source.ref : 0,
                                  is_payment ? 0 : source.ref, source.payer.value(),
                                  wish.most.value(), source.currency.value(), move_list,
                                  text(out, application));
    });
  }
}

// ---- deducted -----------------------------------------------------------------------------------

Deduction plan_deduction(const Book& book, const Order& order, Minor billed, Minor total) {
  Deduction out;
  const Deposit* const deposit = book.deposits().find(OrderRef{order.ref});
  if (deposit == nullptr || deposit->shares.empty() || total <= Minor{0}) return out;
  const Minor held = deposit->held();
  const Minor left = book.orders().unbilled_gross(order);
  Minor before;  // billed of it so far
  for (const OrderLineState& line : book.orders().lines(order))
    before += line.gross_of(line.billed());
  const Minor worth = before + left;
  Minor wanted = held;
  if (billed < left && worth > Minor{0}) {  // what is deducted in all, less what was before
    const Minor upto = before + billed;
    const auto share =
        div_half_away(Int128{deposit->received().value()} * upto.value(), Int128{worth.value()});
    wanted = Minor{share.value_or(held.value())} - deposit->deducted;
  }
  out.amount = std::clamp(wanted, Minor{0}, std::min(held, total));
  const auto shares = take_shares(deposit->shares.begin(), deposit->shares.end(), out.amount);
  for (const DepositShare& share : shares)
    out.parts.push_back(part_of(share, share.amount));
  if (out.amount < held) KONTOR_MARK("a deposit deducted in part");
  if (out.parts.size() > 1) KONTOR_MARK("a deposit of several payments deducted");
  return out;
}

std::vector<Application> payments_of(const Deduction& deduction, std::uint64_t invoice, Date due,
                                     std::uint16_t currency) {
  std::vector<Application> out;
  for (const DepositPart& part : deduction.parts) {
    if (part.payment() != 0) out.emplace_back(invoice, part.amount(), due.value(), 1, currency);
  }
  return out;
}

// ---- given back ---------------------------------------------------------------------------------

std::vector<DepositBack> newest_deposited(const Book& book, std::uint64_t source, Minor amount) {
  std::vector<DepositBack> out;
  const auto orders = book.deposits().orders_of(source);
  for (auto order = orders.rbegin(); order != orders.rend() && amount > Minor{0}; ++order) {
    const Minor part = std::min(amount, deposited_in(book, source, OrderRef{*order}));
    out.push_back({OrderRef{*order}, part});
    amount -= part;
  }
  return out;
}

Minor sum_of(const std::vector<DepositBack>& parts) {
  Minor sum;
  for (const DepositBack& part : parts)
    sum += part.amount;
  return sum;
}

Minor deposited_in(const Book& book, std::uint64_t source, OrderRef order) {
  const Deposit* const deposit = book.deposits().find(order);
  return deposit == nullptr ? Minor{0} : share_of(*deposit, source);
}

void emit_undeposited(Step& step, const CreditSource& source, DepositRelease cause,
                      std::string_view undo, const std::vector<DepositBack>& parts) {
  for (const DepositBack& part : parts) {
    KONTOR_MARK("a deposit given back to its payment");
    Release release{cause, {}, Minor{}, undo};
    release.shares.push_back(
        {source.ref, part.amount, source.payer, source.kind == Subject::credit_note});
    emit_released(step, part.order, release);
  }
}

namespace {

std::vector<DepositShare> excess_of(const Deposit& deposit, Minor left) {
  const Minor excess = deposit.held() - std::max(left, Minor{0});
  return take_shares(deposit.shares.rbegin(), deposit.shares.rend(), excess);
}

}  // namespace

void return_excess_deposit(Step& step, OrderRef ref) {
  const Book& book = step.book();
  const Deposit* const deposit = book.deposits().find(ref);
  if (deposit == nullptr || deposit->shares.empty()) return;
  const Minor left = book.orders().unbilled_gross(book.orders().get(ref));
  Release release{DepositRelease::reduced, excess_of(*deposit, left), Minor{}, {}};
  if (release.shares.empty()) return;
  KONTOR_MARK("a deposit that has become more than its order");
  emit_released(step, ref, release);
}

void settle_deposit(Step& step, OrderRef ref) {
  const Book& book = step.book();
  const Deposit* const deposit = book.deposits().find(ref);
  if (deposit == nullptr) return;
  const Minor left = book.orders().unbilled_gross(book.orders().get(ref));
  const Minor unasked = deposit->asked - deposit->deducted;
  if (left > Minor{0} || unasked <= Minor{0}) return return_excess_deposit(step, ref);
  KONTOR_MARK("a deposit that is asked no longer");
  emit_released(step, ref, {DepositRelease::ended, excess_of(*deposit, left), unasked, {}});
}

}  // namespace kontor
