// AmendOrder: an order as its parties now want it. Lines are priced and taxed anew, the whole order
// is assessed like a new one, and goes on from there: asked, taken or held.
#include <algorithm>

#include "amend_order_generated.h"
#include "order_generated.h"

#include "engine/commands.h"
#include "engine/rules/allocation.h"
#include "engine/rules/amending.h"
#include "engine/rules/approving.h"
#include "engine/rules/budgets.h"
#include "engine/rules/counting.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/depositing.h"
#include "engine/rules/policy.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "engine/rules/wishes.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

void check_header(Step& step, const AmendOrder& command) {
  const std::string_view amendment = view(command.amendment());
  expect_identifier(step, Subject::amendment, amendment);
  if (step.book().orders().has_amendment(amendment)) {
    step.refuse(about(ReasonCode::amendment_exists, Subject::amendment, amendment));
  }
  for (const auto* value : {command.region(), command.address(), command.country(),
                            command.cost_centre(), command.buyer_reference()}) {
    expect_text(step, "text", view(value));
  }
  const Date requested{command.requested_date()};
  if (requested != kNoDate && requested < step.context().effective_date) {
    step.refuse(
        with_dates(about(ReasonCode::date_before_order, Subject::order, view(command.order())),
                   requested, step.context().effective_date));
  }
}

void check_order(Step& step, const AmendOrder& command, const Order& order) {
  expect_not_closed(step, order);
  expect_not_recurring(step, order);
  const CompanyId company{order.company};
  if (step.book().parties().company(company).status != CompanyStatus::active) {
    step.refuse(about(ReasonCode::company_blocked, Subject::company,
                      step.book().parties().name(company), company.value()));
  }
  if (command.cost_centre() != nullptr) {
    expect_cost_centre(step, company, BuyerId{order.buyer}, view(command.cost_centre()));
  }
  const bool other = command.currency() != 0 && command.currency() != order.currency;
  if (other) {
    step.refuse(
        about(ReasonCode::currency_mismatch, Subject::order, view(command.order()), order.ref));
  }
}

std::vector<LineWish> read_lines(const AmendOrder& command) {
  std::vector<LineWish> out;
  for (const AmendLine& line : run(command.lines())) {
    const bool named = line.item() != kNoOrdinal;
    out.push_back({line.line(),
                   named,
                   {named ? pool_name(command.names(), line.item()) : std::string_view{},
                    Quantity{line.quantity()}, line.unit_price()}});
  }
  return out;
}

// Whether the header says anything that is not so already. What the book does not decide by is not
// compared: saying it is a change.
bool changes_header(const Book& book, const AmendOrder& command, const Order& order) {
  const Date requested{command.requested_date()};
  const auto differs = [](const flatbuffers::String* now, std::string_view before) {
    return now != nullptr && view(now) != before;
  };
  return (requested != kNoDate && requested.value() != order.requested_on) ||
         differs(command.region(), book.orders().region(order)) ||
         differs(command.country(), book.orders().country(order)) || command.address() != nullptr ||
         command.cost_centre() != nullptr || command.buyer_reference() != nullptr;
}

// What every line will still need: an amendment takes first what nobody holds or waits for.
std::vector<StockNeed> needs_after(const Book& book, const Order& order,
                                   const std::vector<AmendedLine>& amended) {
  std::vector<StockNeed> out;
  const auto lines = book.orders().lines(order);
  const auto count = static_cast<std::uint32_t>(lines.size());
  for (std::uint32_t number = 1; number <= count; ++number) {
    out.push_back({number, ItemId{lines[number - 1].item}, needs_stock(lines[number - 1])});
  }
  for (const AmendedLine& line : amended) {
    if (line.line() > count) out.push_back({line.line(), ItemId{line.item()}, Quantity{0}});
    out[line.line() - 1].quantity += Quantity{line.more()} - Quantity{line.less()};
  }
  leave_out_needless(book, out);
  return out;
}

void check_stock(Step& step, const AmendOrder& command, const Order& order,
                 const std::vector<AmendedLine>& lines, bool approved) {
  const PolicyContext context = policy_context(order);
  const std::string_view at = policy_in_force(step.book(), PolicyKey::stock_at, context).value;
  if (at != "placement" && !(at == "approval" && approved)) return;
  const std::string_view region =
      command.region() != nullptr ? view(command.region()) : step.book().orders().region(order);
  check_stock_for(step, needs_after(step.book(), order, lines), {region, order.no_split != 0},
                  context);
}

// All that an amendment may say has to fit into one decision: what is allocated anew and waited for
// is bounded by the lines that change.
void check_size(Step& step, const AmendOrder& command, const Amendment& amendment) {
  constexpr std::size_t kOfALine =
      sizeof(AmendedLine) + sizeof(ReservedPart) + sizeof(BackorderedLine) + sizeof(TaxAmount);
  constexpr std::size_t kOfTheRest = 128U << 10;  // header, reasons, requests
  const std::size_t bytes = step.bytes() + kOfTheRest + amendment.lines.size() * kOfALine +
                            amendment.released.size() * sizeof(ReservedPart);
  if (bytes <= limits::kDecisionBytesMax) return;
  step.refuse(about(ReasonCode::too_many, Subject::amendment, view(command.amendment())));
}

// Under a hold by a person nothing is examined: what counts goes on counting, as it will be.
Counted counted_after(const Book& book, const Order& order, const Amendment& amendment, bool kept) {
  if (!kept) {
    Order untaken = order;
    untaken.credit = CreditState::kNotTaken;
    return counted_of(book, untaken);
  }
  const auto now = book.orders().lines(order);
  std::vector<OrderLineState> lines(now.begin(), now.end());
  for (const AmendedLine& amended : amendment.lines) {
    if (amended.line() > lines.size()) lines.emplace_back();
    amend_line(lines[amended.line() - 1], amended);
  }
  Counted sum;
  for (const OrderLineState& line : lines)
    sum += counted_of(book, order, line);
  return sum;
}

void emit_amended(Step& step, const AmendOrder& command, const Order& order,
                  const Amendment& amendment) {
  const OrderRef ref{order.ref};
  const bool kept = order.credit == CreditState::kTaken && order.forced_hold != 0;
  const std::vector<CreditMove> moves =
      moves_between(step.book(), order, counted_of(step.book(), order),
                    counted_after(step.book(), order, amendment, kept));
  const Minor previous = order.total;
  const CurrencyCode currency{order.currency};
  const PricedOrder& priced = amendment.priced;
  step.emit<OrderAmended>(ref.value(), [&](Builder& out) {
    const auto name = text(out, view(command.amendment()));
    const auto region = text(out, view(command.region()));
    const auto address = text(out, view(command.address()));
    const auto country = text(out, view(command.country()));
    const auto cost_centre = text(out, view(command.cost_centre()));
    const auto buyer_reference = text(out, view(command.buyer_reference()));
    const auto lines = structs(out, amendment.lines);
    const auto taxes = structs(out, priced.taxes);
    const auto move_list = structs(out, moves);
    return CreateOrderAmended(out, ref.value(), name, command.requested_date(), region, address,
                              country, cost_centre, buyer_reference, lines, taxes,
                              priced.net.value(), priced.tax.value(), priced.total.value(),
                              previous.value(), currency.value(), kept, move_list);
  });
}

OrderFacts facts_after(const Book& book, const Order& order, const AmendOrder& command,
                       const Amendment& amendment) {
  OrderFacts facts = facts_after(book, order, amendment);
  const Date requested{command.requested_date()};
  if (requested != kNoDate) facts.requested_on = requested;
  if (command.country() != nullptr) facts.country = view(command.country());
  if (command.cost_centre() != nullptr) facts.cost_centre = view(command.cost_centre());
  return facts;
}

// What approval will be once it is amended: of one whose people are not asked.
bool will_be_approved(const Book& book, const Order& order, const OrderFacts& facts,
                      const Wishes& wishes, bool again) {
  if (again && wishes.wants_people()) return approves_at_once(book, facts, wishes);
  return order.approval == Approval::kApproved;
}

// A request that nobody would make any more ends with a yes, unless approvals are kept as they are.
void approve(Step& step, OrderRef ref, const OrderFacts& facts, const Wishes& wishes, bool again) {
  const Order& order = step.book().orders().get(ref);
  const bool pending = order.approval == Approval::kPending;
  const bool keep =
      policy_is(step.book(), PolicyKey::approval_on_change, policy_context(order), "keep");
  const bool ask = again && wishes.wants_people();
  const bool drop = pending && !keep && !wishes.wants_people();
  if (ask) KONTOR_MARK("an amendment that asks people again");
  if (drop) KONTOR_MARK("an amendment that ends a request");
  if (ask || drop) approve_or_ask(step, ref, facts, wishes);
}

}  // namespace

void decide(Step& step, const AmendOrder& command) {
  const Order* const order = expect_order(step, view(command.order()));
  check_header(step, command);
  if (order == nullptr) return;
  check_order(step, command, *order);
  if (order->failed_at != 0) check_items(step, *order);
  if (step.refused()) return;
  const std::string_view country =
      command.country() != nullptr ? view(command.country()) : step.book().orders().country(*order);
  const Amendment amendment = plan_amendment(step, *order, country, read_lines(command));
  if (step.refused()) return;
  if (amendment.lines.empty() && !changes_header(step.book(), command, *order)) {
    return step.refuse(
        about(ReasonCode::nothing_changed, Subject::order, view(command.order()), order->ref));
  }
  OrderFacts facts = facts_after(step.book(), *order, command, amendment);
  const bool again = asks_again(step.book(), *order, facts.total);
  Wishes wishes = assess_rules(step, facts, again ? Asking::kAsk : Asking::kLook);
  const bool approved = will_be_approved(step.book(), *order, facts, wishes, again);
  if (approved) raise(wishes.deposit, find_deposit(step.book(), facts, {Moment::approval}));
  facts = with_deposit(step.book(), facts, wishes.deposit);
  check_room(step, facts);
  check_spending_room(step, facts);
  check_stock(step, command, *order, amendment.lines, approved);
  check_size(step, command, amendment);
  if (step.refused()) return;

  // Nothing below refuses.
  const OrderRef ref{order->ref};
  const SpendingChange spending(step.book(), *order);
  release_parts(step, ref, amendment.released);
  emit_amended(step, command, step.book().orders().get(ref), amendment);
  return_excess_deposit(step, ref);
  ask_deposit(step, ref, wishes.deposit);
  warn(step, ref, wishes);
  approve(step, ref, facts, wishes, again);
  spending.settle(step, ref);
  go_on(step, ref, Moment::placement);
}

}  // namespace kontor
