// Goods that come back (domain: 5 and 10).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

void check_return_line(Deciding& d, const Order& order, const ReturnGoods& command,
                       const ReturnLine& wanted) {
  if (wanted.line < 1 || wanted.line > static_cast<int>(order.lines.size())) {
    return d.refuse("unknown_line");
  }
  const Line& line = order.lines[static_cast<std::size_t>(wanted.line - 1)];
  Int most = line.shipped - line.returned;
  for (const ReturnLine& earlier : command.lines) {
    if (&earlier == &wanted) break;
    const bool fits = earlier.quantity > 0 && earlier.quantity <= most;
    if (earlier.line == wanted.line && fits) most -= earlier.quantity;
  }
  d.refuse_if(wanted.quantity <= 0, "not_positive");
  d.refuse_if(wanted.quantity > 0 && wanted.quantity > most, "more_than_shipped");
  const bool fits = wanted.quantity > 0 && wanted.quantity <= most;
  const bool on_a_shelf = wanted.disposition == Disposition::kRestock;
  d.refuse_if(fits && on_a_shelf && line.charge, "not_stocked");
}

bool restocks(const ReturnGoods& command) {
  return std::any_of(command.lines.begin(), command.lines.end(), [](const ReturnLine& line) {
    return line.disposition == Disposition::kRestock;
  });
}

}  // namespace

void decide(Deciding& d, const ReturnGoods& command) {
  State& state = d.state;
  const int place = d.expect_order(command.order);
  d.refuse_if(state.returns.find(command.goods_return) != kNone, "return_exists");
  d.refuse_if(command.lines.empty(), "too_many");
  const int warehouse = state.warehouses.find(command.warehouse);
  const bool needed = !command.warehouse.empty() || restocks(command);
  d.refuse_if(needed && warehouse == kNone, "unknown_warehouse");
  if (d.refused()) return;
  Order& order = state.orders[place];
  for (const ReturnLine& wanted : command.lines)
    check_return_line(d, order, command, wanted);
  if (d.refused()) return;

  GoodsReturn& document = state.returns[state.returns.place_of(command.goods_return)];
  document.order = place;
  const Int delivered_before = order.delivered_value();
  for (const ReturnLine& wanted : command.lines) {
    Line& line = order.lines[static_cast<std::size_t>(wanted.line - 1)];
    // What was delivered and never billed comes back first.
    const Int unbilled = std::min(wanted.quantity, line.delivered());
    line.returned_unbilled += unbilled;
    line.returned += wanted.quantity;
    document.creditable[wanted.line - 1] += wanted.quantity - unbilled;
    if (wanted.disposition != Disposition::kRestock) continue;
    state.stock[{line.item, warehouse}].on_hand += wanted.quantity;
    if (!state.items[line.item].queue.empty()) want_serving(state, line.item);
  }
  touch(state, place);
  if (order.delivered_value() != delivered_before) want_examination(state, order.payer);
  return_excess(state, place);
  if (order.held) go_on(state, place, std::nullopt);  // it has become less, and may pass now
}

}  // namespace kontor::model
