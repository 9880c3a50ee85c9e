#include "engine/rules/counting.h"

#include <algorithm>
#include <map>

#include "events/base/mark.h"

namespace kontor {
namespace {

bool needs_no_stock(const Book& book, const OrderLineState& line) {
  return !book.catalogue().is_stocked(ItemId{line.item});
}

Minor ordered_value(const Book& book, const Order& order, const OrderLineState& line) {
  if (order.credit != CreditState::kTaken) return Minor{0};
  switch (order.credit_from) {
    case CreditFrom::order:
      return line.open_gross();
    case CreditFrom::allocation:
      return needs_no_stock(book, line) ? line.open_gross() : line.allocated_gross();
    case CreditFrom::shipment:
    case CreditFrom::invoice:
      return Minor{0};
  }
  return Minor{0};
}

bool bills_only(const Order& order) {
  return order.credit_from == CreditFrom::invoice;
}

}  // namespace

// What has left counts whatever became of the order since, unless only bills do.
Counted counted_of(const Book& book, const Order& order, const OrderLineState& line) {
  return {ordered_value(book, order, line), bills_only(order) ? Minor{0} : line.delivered_gross()};
}

Counted counted_of(const Book& book, const Order& order) {
  Counted sum;
  for (const OrderLineState& line : book.orders().lines(order))
    sum += counted_of(book, order, line);
  return sum;
}

Minor uncounted_value(const Book& book, const Order& order) {
  Minor sum;
  for (const OrderLineState& line : book.orders().lines(order)) {
    sum += line.open_gross() - ordered_value(book, order, line);
    if (bills_only(order)) sum += line.delivered_gross();
  }
  return sum;
}

CreditMove order_move(const Order& order, Bucket bucket, Minor amount) {
  return CreditMove(order.ref, amount.value(), amount.value(), order.payer, order.terms,
                    kNoDate.value(), order.currency, order.currency, bucket);
}

Minor undeducted_deposit(const Book& book, const Order& order) {
  const Deposit* const deposit = book.deposits().find(OrderRef{order.ref});
  return deposit == nullptr ? Minor{} : deposit->undeducted();
}

void add_deposit_move(const Book& book, const Order& order, const Counted& whole, Minor undeducted,
                      std::vector<CreditMove>& out) {
  const Minor now = book.credit().counted_deposit(OrderRef{order.ref});
  const Minor then = std::clamp(undeducted, Minor{0}, std::max(whole.sum(), Minor{0}));
  if (then < undeducted) KONTOR_MARK("a deposit beyond what its order counts");
  if (then != now) out.push_back(order_move(order, Bucket::deposits, then - now));
}

namespace {

std::vector<CreditMove> moves_without_deposit(const Order& order, const Counted& before,
                                              const Counted& after) {
  std::vector<CreditMove> moves;
  moves.reserve(4);  // an invoice adds its instalments
  const Minor ordered = after.ordered - before.ordered;
  const Minor delivered = after.delivered - before.delivered;
  if (ordered != Minor{0}) moves.push_back(order_move(order, Bucket::ordered, ordered));
  if (delivered != Minor{0}) moves.push_back(order_move(order, Bucket::delivered, delivered));
  return moves;
}

}  // namespace

std::vector<CreditMove> moves_between(const Book& book, const Order& order, const Counted& before,
                                      const Counted& after) {
  std::vector<CreditMove> moves = moves_without_deposit(order, before, after);
  const Deposit* const deposit = book.deposits().find(OrderRef{order.ref});
  if (deposit != nullptr) add_deposit_move(book, order, after, deposit->undeducted(), moves);
  return moves;
}

std::vector<CreditMove> moves_of_lines(const Book& book, const Order& order, const Counted& before,
                                       const Counted& after) {
  std::vector<CreditMove> moves = moves_without_deposit(order, before, after);
  const Deposit* const deposit = book.deposits().find(OrderRef{order.ref});
  if (deposit == nullptr) return moves;
  const Counted whole = counted_of(book, order).with(before, after);
  add_deposit_move(book, order, whole, deposit->undeducted(), moves);
  return moves;
}

std::vector<CreditMove> moves_of_reserved(const Book& book, OrderRef ref,
                                          std::span<const ReservedPart> parts, int sign) {
  const Order& order = book.orders().get(ref);
  if (order.credit != CreditState::kTaken || order.credit_from != CreditFrom::allocation) return {};
  const auto lines = book.orders().lines(order);
  std::map<std::uint32_t, OrderLineState> after;
  for (const ReservedPart& part : parts) {
    OrderLineState& line = after.try_emplace(part.line(), lines[part.line() - 1]).first->second;
    line.reserved += Quantity{sign * part.quantity()};
  }
  Counted counted_before;
  Counted counted_after;
  for (const auto& [number, line] : after) {
    counted_before += counted_of(book, order, lines[number - 1]);
    counted_after += counted_of(book, order, line);
  }
  return moves_of_lines(book, order, counted_before, counted_after);
}

}  // namespace kontor
