// One order with its lines, and lists of orders.
#include <algorithm>
#include <map>

#include "api/questions/document_answers.h"
#include "api/questions/groups.h"
#include "api/questions/order_state.h"
#include "api/questions/present.h"

namespace kontor::questions {
namespace {

using wire::OrderState;
using Held = std::map<std::uint32_t, std::vector<const HeldPart*>>;  // by line

Held by_line(std::span<const HeldPart> parts) {
  Held held;
  for (const HeldPart& part : parts)
    held[part.line].push_back(&part);
  return held;
}

void fill_line(const Book& book, const OrderLineState& line, wire::OrderLineRowT& row) {
  row.item = name_of(book, "item", ItemId{line.item});
  row.ordered = line.ordered.value();
  row.open = line.open().value();
  row.reserved = line.reserved.value();
  row.backordered = line.backordered.value();
  row.shipped = line.shipped.value();
  row.delivered = line.delivered().value();
  row.invoiced = line.invoiced.value();
  row.cancelled = line.cancelled.value();
  row.voided = line.voided.value();
  row.returned = line.returned_unbilled.value();
  row.returned_in_all = line.returned.value();
  row.credited = line.credited.value();
  row.unit_price = line.unit_price;
  row.net = line.net.value();
  row.gross = line.gross.value();
  row.tax_category = name_of(book, "tax_category", TaxCategoryId{line.tax_category});
  row.tax_rate = line.tax_rate;
}

void fill_lines(const Book& book, std::span<const OrderLineState> lines, const Held& held,
                wire::OrderAnswerT& out) {
  std::uint32_t number = 0;
  for (const OrderLineState& line : lines) {
    auto& row = add_row(out.lines);
    row.line = ++number;
    fill_line(book, line, row);
    const auto of_line = held.find(number);
    if (of_line == held.end()) continue;
    for (const HeldPart* const reservation : of_line->second) {
      auto& reserved = add_row(row.reservations);
      reserved.warehouse = name_of(book, "warehouse", WarehouseId{reservation->warehouse});
      reserved.quantity = reservation->quantity.value();
    }
  }
}

// What the goods of an order that nothing keeps back have come to.
OrderState progress_of(const Orders& orders, const Order& order) {
  bool all_shipped = true;
  bool all_billed = true;
  bool some_shipped = false;
  bool some_billed = false;
  for (const OrderLineState& line : orders.lines(order)) {
    const Quantity wanted = line.ordered - line.cancelled - line.voided;
    all_shipped = all_shipped && line.shipped >= wanted;
    all_billed = all_billed && line.billed() + line.returned_unbilled >= wanted;
    some_shipped = some_shipped || line.shipped > Quantity{0};
    some_billed = some_billed || line.billed() > Quantity{0};
  }
  if (some_billed) return all_billed ? OrderState::invoiced : OrderState::partly_invoiced;
  if (some_shipped) return all_shipped ? OrderState::shipped : OrderState::partly_shipped;
  return order.fulfilled != 0 ? OrderState::fulfilled : OrderState::open;
}

std::string words_of(const Book& book, const DepositCause& cause) {
  const RuleVersion* const rule = book.rules().version_at(Sequence{cause.rule});
  if (rule != nullptr) return "rule " + std::string(book.rules().name(rule->rule));
  return EnumNameReasonCode(static_cast<ReasonCode>(cause.code));
}

// left: what of the order is not billed.
std::unique_ptr<wire::DepositRowT> deposit_row(const Book& book, const Deposit& deposit,
                                               Minor left) {
  auto out = std::make_unique<wire::DepositRowT>();
  out->percent = deposit.percent.value();
  out->asked = deposit.asked.value();
  out->received = deposit.received().value();
  out->deducted = deposit.deducted.value();
  out->outstanding = deposit.lacking(left).value();
  out->asked_at = deposit.asked_at.value();
  out->changed_at = deposit.changed_at.value();
  for (const DepositCause& cause : deposit.causes)
    out->causes.push_back(words_of(book, cause));
  for (const DepositShare& share : deposit.shares) {
    auto& row = add_row(out->parts);
    (share.is_credit_note ? row.credit_note : row.payment) =
        book.name(share.is_credit_note ? "credit_note" : "payment", share.source).value_or("");
    row.amount = share.amount.value();
  }
  return out;
}

std::optional<OrderState> parse_state(std::string_view word) {
  for (const OrderState state : wire::EnumValuesOrderState()) {
    if (word == state_word(state)) return state;
  }
  return std::nullopt;
}

std::string all_states() {
  std::string out;
  for (const OrderState state : wire::EnumValuesOrderState()) {
    if (!out.empty()) out += ", ";
    out += state_word(state);
  }
  return out;
}

void fill_row(const Book& book, const Order& order, OrderState state, wire::OrderRowT& row) {
  row.order = book.orders().name(order);
  row.state = state;
  row.company = name_of(book, "company", CompanyId{order.company});
  row.payer = name_of(book, "company", CompanyId{order.payer});
  row.placed_on = order.placed_on;
  row.lines = order.line_count;
  row.total = order.total.value();
  row.currency = order.currency;
  row.version = order.version;
}

}  // namespace

std::string_view state_word(OrderState state) {
  return wire::EnumNameOrderState(state);
}

OrderState state_of(const Orders& orders, const Deposits& deposits, const Order& order) {
  if (order.cancelled != 0) {
    return order.approval == Approval::kRejected ? OrderState::rejected : OrderState::cancelled;
  }
  if (order.approval == Approval::kRejected) return OrderState::rejected;
  if (order.approval == Approval::kPending) return OrderState::awaiting_approval;
  if (order.recurring != 0) return OrderState::recurring;
  if (order.failed_at != 0) return OrderState::failed;
  if (order.held_at != 0) return OrderState::on_hold;
  const Deposit* const deposit = deposits.find(OrderRef{order.ref});
  if (deposit != nullptr && deposit->lacking(orders.unbilled_gross(order)) > Minor{0}) {
    return OrderState::awaiting_deposit;
  }
  return progress_of(orders, order);
}

wire::OrderAnswerT order_answer(const Book& names, const Orders& orders, const Order& order,
                                const OrderParts& parts) {
  wire::OrderAnswerT out;
  out.order = orders.name(order);
  out.state = state_of(orders, parts.deposits, order);
  out.company = name_of(names, "company", CompanyId{order.company});
  out.payer = name_of(names, "company", CompanyId{order.payer});
  out.buyer = name_of(names, "buyer", BuyerId{order.buyer});
  out.currency = order.currency;
  out.net = order.net.value();
  out.total = order.total.value();
  out.terms = name_of(names, "terms", TermsId{order.terms});
  out.region = orders.region(order);
  out.no_split = order.no_split != 0;
  out.placed_on = order.placed_on;
  out.requested_on = order.requested_on;
  out.approval = static_cast<wire::OrderApproval>(order.approval);
  out.credit = static_cast<wire::OrderCredit>(order.credit);
  out.fulfilled = order.fulfilled != 0;
  out.cancelled = order.cancelled != 0;
  out.placed_at = order.ref;
  out.asked_at = order.asked_at;
  out.held_at = order.held_at;
  out.released_at = order.released_at;
  out.version = order.version;
  out.failed_at = order.failed_at;
  out.credit_from = order.credit_from;
  out.settlement = order.settlement;
  if (const Deposit* const deposit = parts.deposits.find(OrderRef{order.ref})) {
    out.deposit = deposit_row(names, *deposit, orders.unbilled_gross(order));
  }
  if (order.run_of != 0) {
    out.run_of = names.name("order", order.run_of).value_or("");
    out.run_of_at = order.run_of;
  }
  fill_lines(names, orders.lines(order), by_line(parts.held), out);
  const EndedRequest* const ended = names.approvals().find_ended(OrderRef{order.ref});
  // Of an order as it was: what had ended by then.
  if (ended != nullptr && ended->ended_at.value() <= order.touched_at) {
    out.approval_ended = ended_row(names, *ended);
  }
  return out;
}

Answered answer_order(const Book& book, const Query& query) {
  const Order* const order = book.orders().find(query.name);
  if (order == nullptr) return not_found("order", query.name, "orders");
  std::vector<HeldPart> held;
  book.stock().for_each_reservation(OrderRef{order->ref}, [&](const Reservation& part) {
    held.push_back({part.quantity, part.line, part.warehouse});
  });
  return answered(order_answer(book, book.orders(), *order, {held, book.deposits()}));
}

Answered list_orders(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  OrderState only = OrderState::any;
  if (!query.second.empty()) {
    const auto state = parse_state(query.second);
    if (!state) {
      return refused(StatusCode::kMalformed,
                     "'" + query.second + "' is no state of an order; there are " + all_states());
    }
    only = *state;
  }
  // By place, which stays an order's as long as it is in memory; settled ones have left theirs.
  const auto orders = book.orders().places();
  wire::OrdersAnswerT out;
  auto next = fill_page(query, orders.size(), [&](std::uint64_t index, PageRoom& page) {
    const Order& order = orders[index];
    if (order.ref == 0) return false;
    if (!filter.takes(order.company)) return false;
    page.examine(order.line_count);
    const OrderState state = state_of(book.orders(), book.deposits(), order);
    if (only != OrderState::any && state != only) return false;
    fill_row(book, order, state, add_row(out.orders));
    return true;
  });
  return answered(out, std::move(next));
}

}  // namespace kontor::questions
