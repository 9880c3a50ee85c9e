#include <algorithm>

#include "cancel_order_generated.h"
#include "order_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// The quantities to cancel by line, checked; refuses what is not there to be cancelled.
std::vector<Quantity> read_quantities(Step& step, const CancelOrder& command, const Order& order) {
  const auto lines = step.book().orders().lines(order);
  const std::string_view name = view(command.order());
  std::vector<Quantity> out(lines.size());
  for (const CancelLine& wanted : run(command.lines())) {
    if (wanted.line() < 1 || wanted.line() > lines.size()) {
      Cause cause = about(ReasonCode::unknown_line, Subject::order, name, order.ref);
      cause.line = wanted.line();
      step.refuse(std::move(cause));
      continue;
    }
    const Quantity open = lines[wanted.line() - 1].open();
    const Quantity quantity{wanted.quantity()};
    Quantity& sum = out[wanted.line() - 1];
    const bool fits = quantity > Quantity{0} && quantity <= open - sum;
    if (!fits) {
      const ReasonCode code = quantity <= Quantity{0} ? ReasonCode::not_positive
                              : open == Quantity{0}   ? ReasonCode::nothing_left_to_cancel
                                                      : ReasonCode::more_than_open;
      Cause cause =
          with_quantity(about(code, Subject::order, name, order.ref), quantity, open - sum);
      cause.line = wanted.line();
      step.refuse(std::move(cause));
      continue;
    }
    sum += quantity;
  }
  return out;
}

void check_document(Step& step, const CancelOrder& command, bool has_lines) {
  const std::string_view document = view(command.cancellation());
  if (document.empty() && has_lines) {
    return step.refuse(about(ReasonCode::invalid_value, Subject::cancellation,
                             "a cancellation by line names its document"));
  }
  if (document.empty()) return;
  expect_identifier(step, Subject::cancellation, document);
  if (step.book().orders().has_cancellation(document)) {
    step.refuse(about(ReasonCode::cancellation_exists, Subject::cancellation, document));
  }
}

}  // namespace

void decide(Step& step, const CancelOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  const bool whole = run(command.lines()).empty();
  check_document(step, command, !whole);
  if (order == nullptr) return;
  expect_not_recurring(step, *order);
  const OrderRef ref{order->ref};
  std::vector<Quantity> quantities;
  if (whole) {
    for (const OrderLineState& line : step.book().orders().lines(*order)) {
      quantities.push_back(line.open());
    }
  } else {
    quantities = read_quantities(step, command, *order);
  }
  const bool anything = std::any_of(quantities.begin(), quantities.end(),
                                    [](Quantity quantity) { return quantity > Quantity{0}; });
  if (!anything && !step.refused()) {
    step.refuse(about(ReasonCode::nothing_left_to_cancel, Subject::order, view(command.order()),
                      order->ref));
  }
  if (step.refused()) return;

  cancel_quantities(step, ref, quantities, view(command.cancellation()));
  end_if_done(step, ref, CancelCause::cancelled);
  look_again(step, ref);
}

}  // namespace kontor
