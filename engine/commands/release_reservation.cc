// A person gives reserved stock back. The line waits again, at the end of its item's queue with all
// that it waits for: in its old place it would be the first to get what was just given back. Free
// stock is served oldest first by the engine's own ServeBackorders.
#include <map>

#include "release_reservation_generated.h"
#include "stock_generated.h"

#include "engine/commands.h"
#include "engine/rules/counting.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// By line and warehouse.
using Parts = std::map<std::pair<std::uint32_t, std::uint32_t>, Quantity>;

Parts everything_reserved(const Book& book, const Order& order) {
  Parts out;
  book.stock().for_each_reservation(OrderRef{order.ref}, [&](const Reservation& held) {
    out[{held.line, held.warehouse}] += held.quantity;
  });
  return out;
}

Parts read_lines(Step& step, const ReleaseReservation& command, const Order& order) {
  Parts out;
  const Book& book = step.book();
  for (const ReleaseLine& wanted : run(command.lines())) {
    const auto refuse = [&](Cause cause) {
      cause.line = wanted.line();
      step.refuse(std::move(cause));
    };
    const std::string_view place = pool_name(command.names(), wanted.warehouse());
    const auto warehouse = book.stock().find_warehouse(place);
    if (!warehouse) {
      refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, place));
      continue;
    }
    if (wanted.line() < 1 || wanted.line() > order.line_count) {
      refuse(about(ReasonCode::unknown_line, Subject::order, view(command.order()), order.ref));
      continue;
    }
    Quantity& sum = out[{wanted.line(), warehouse->value()}];
    const Quantity most =
        book.stock().reserved(OrderRef{order.ref}, wanted.line(), *warehouse) - sum;
    const Quantity quantity{wanted.quantity()};
    if (quantity <= Quantity{0} || quantity > most) {
      const ReasonCode code =
          quantity <= Quantity{0} ? ReasonCode::not_positive : ReasonCode::more_than_reserved;
      refuse(with_quantity(about(code, Subject::warehouse, place, warehouse->value()), quantity,
                           most));
      continue;
    }
    sum += quantity;
  }
  return out;
}

void check_document(Step& step, const ReleaseReservation& command) {
  const std::string_view name = view(command.release());
  expect_identifier(step, Subject::release, name);
  if (step.book().stock().has_release(name)) {
    step.refuse(about(ReasonCode::release_exists, Subject::release, name));
  }
  if (run(command.lines()).size() > limits::kLinesMax) {
    step.refuse(too_many(Subject::release, limits::kLinesMax, "lines"));
  }
}

void emit_released(Step& step, OrderRef ref, std::string_view release, const Parts& wanted) {
  const auto lines = step.book().orders().lines(step.book().orders().get(ref));
  std::vector<ReservedPart> released;
  std::map<std::uint32_t, Quantity> by_line;
  for (const auto& [where, quantity] : wanted) {
    released.emplace_back(quantity.value(), lines[where.first - 1].item, where.second, where.first,
                          kNoDate.value());
    by_line[where.first] += quantity;
  }
  std::vector<BackorderedLine> waiting;
  for (const auto& [line, quantity] : by_line) {
    waiting.emplace_back(quantity.value(), lines[line - 1].item, line);
  }
  const std::vector<CreditMove> moves = moves_of_reserved(step.book(), ref, released, -1);
  step.emit<ReservationReleased>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, release);
    const auto parts = structs(out, released);
    return CreateReservationReleased(out, ref.value(), parts, name, structs(out, moves));
  });
  step.emit<LineBackordered>(ref.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateLineBackordered(out, ref.value(), structs(out, waiting), true);
  });
}

}  // namespace

void decide(Step& step, const ReleaseReservation& command) {
  const Order* const order = expect_order(step, view(command.order()));
  check_document(step, command);
  if (order == nullptr || step.refused()) return;
  const bool whole = run(command.lines()).empty();
  const Parts parts =
      whole ? everything_reserved(step.book(), *order) : read_lines(step, command, *order);
  if (parts.empty() && !step.refused()) {
    step.refuse(
        about(ReasonCode::nothing_reserved, Subject::order, view(command.order()), order->ref));
  }
  if (step.refused()) return;
  emit_released(step, OrderRef{order->ref}, view(command.release()), parts);
}

}  // namespace kontor
