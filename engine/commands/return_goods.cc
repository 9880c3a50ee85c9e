// Goods that came back of an order. What of them was never billed leaves what the payer owes; for
// the rest a credit note names this return. They are taken whatever became of the order.
#include <algorithm>
#include <map>

#include "return_goods_generated.h"
#include "stock_generated.h"

#include "engine/commands.h"
#include "engine/rules/budgets.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/refusals.h"
#include "engine/rules/returning.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// By line and what becomes of it.
using Wanted = std::map<std::pair<std::uint32_t, Disposition>, Quantity>;

void check_document(Step& step, const ReturnGoods& command) {
  const std::string_view name = view(command.return_());
  expect_identifier(step, Subject::goods_return, name);
  if (step.book().orders().returns().find(name) != nullptr) {
    step.refuse(about(ReasonCode::return_exists, Subject::goods_return, name));
  }
  const std::size_t lines = run(command.lines()).size();
  if (lines == 0 || lines > limits::kLinesMax) {
    step.refuse(too_many(Subject::goods_return, limits::kLinesMax, "lines, and one at least"));
  }
}

// The warehouse that takes what is restocked; nothing where none is named and none is needed.
std::optional<WarehouseId> find_place(Step& step, const ReturnGoods& command) {
  const std::string_view name = view(command.warehouse());
  const auto lines = run(command.lines());
  const bool needed = std::any_of(lines.begin(), lines.end(), [](const ReturnLine& line) {
    return line.disposition() == Disposition::restock;
  });
  if (name.empty() && !needed) return std::nullopt;
  const auto place = step.book().stock().find_warehouse(name);
  if (!place) step.refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, name));
  return place;
}

Wanted read_lines(Step& step, const ReturnGoods& command, const Order& order) {
  const auto lines = step.book().orders().lines(order);
  const std::string_view name = view(command.order());
  Wanted out;
  std::map<std::uint32_t, Quantity> sums;
  for (const ReturnLine& wanted : run(command.lines())) {
    const auto refuse = [&](Cause cause) {
      cause.line = wanted.line();
      step.refuse(std::move(cause));
    };
    if (wanted.line() < 1 || wanted.line() > lines.size()) {
      refuse(about(ReasonCode::unknown_line, Subject::order, name, order.ref));
      continue;
    }
    const OrderLineState& line = lines[wanted.line() - 1];
    Quantity& sum = sums[wanted.line()];
    const Quantity most = line.shipped - line.returned - sum;
    const Quantity quantity{wanted.quantity()};
    if (quantity <= Quantity{0} || quantity > most) {
      const ReasonCode code =
          quantity <= Quantity{0} ? ReasonCode::not_positive : ReasonCode::more_than_shipped;
      refuse(with_quantity(about(code, Subject::order, name, order.ref), quantity, most));
      continue;
    }
    check_disposition(step, line, wanted.line(), wanted.disposition());
    sum += quantity;
    out[{wanted.line(), wanted.disposition()}] += quantity;
  }
  return out;
}

void check_shelves(Step& step, const Order& order, const Wanted& wanted, WarehouseId place) {
  const auto lines = step.book().orders().lines(order);
  std::map<std::uint32_t, Quantity> sums;
  for (const auto& [where, quantity] : wanted) {
    if (where.second == Disposition::restock) sums[lines[where.first - 1].item] += quantity;
  }
  for (const auto& [item, quantity] : sums)
    check_shelf(step, ItemId{item}, place, quantity);
}

// What was delivered and never billed comes back first.
std::vector<ReturnedLine> part_lines(std::span<const OrderLineState> lines, const Wanted& wanted) {
  std::vector<ReturnedLine> out;
  std::uint32_t number = 0;
  Quantity unbilled;  // left of the line
  for (const auto& [where, quantity] : wanted) {
    const OrderLineState& line = lines[where.first - 1];
    if (where.first != number) unbilled = line.delivered();
    number = where.first;
    const Quantity part = std::min(quantity, unbilled);
    if (part < quantity) KONTOR_MARK("billed goods that come back");
    unbilled -= part;
    out.emplace_back(quantity.value(), part.value(), line.item, number, where.second);
  }
  return out;
}

}  // namespace

void decide(Step& step, const ReturnGoods& command) {
  const Order* const order = expect_order(step, view(command.order()));
  check_document(step, command);
  const std::optional<WarehouseId> place = find_place(step, command);
  if (order == nullptr || step.refused()) return;
  const Wanted wanted = read_lines(step, command, *order);
  if (place && !step.refused()) check_shelves(step, *order, wanted, *place);
  if (step.refused()) return;

  const OrderRef ref{order->ref};
  const SpendingChange spending(step.book(), *order);
  emit_return(step, ref, view(command.return_()), place,
              part_lines(step.book().orders().lines(*order), wanted));
  return_excess_deposit(step, ref);
  spending.settle(step, ref);
  look_again(step, ref);
}

}  // namespace kontor
