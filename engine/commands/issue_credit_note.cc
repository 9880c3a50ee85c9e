// A credit note credits parts of one invoice. Where it names a quantity it is itself the return:
// what was billed ahead of being shipped is voided, the rest comes back. It pays its own invoice at
// once; what is left of it is unapplied. Rules: domain, Orders, Stock, Terms.
#include <algorithm>
#include <map>

#include "credit_note_generated.h"
#include "issue_credit_note_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/budgets.h"
#include "engine/rules/counting.h"
#include "engine/rules/crediting.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/returning.h"
#include "engine/rules/spending.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// With what a line gives back, voids and returns, a decision carries no more.
constexpr std::size_t kCreditedLinesMax = 3000;

struct Part {
  std::uint32_t line = 0;
  Quantity quantity;
  Quantity voided;
  Quantity returned;
  Quantity from_backorder;
  Minor net;
  std::uint64_t goods_return = 0;
};

// What a command asks for, read against the invoice and its order as they stand; every part read
// lessens what the next may take.
class Reading {
 public:
  Reading(Step& step, const IssueCreditNote& command, const Invoice& invoice)
      : step_(step),
        command_(command),
        order_(step.book().orders().get(OrderRef{invoice.order})),
        currency_(invoice.currency),
        crediting_(step.book(), invoice) {
    const auto lines = step.book().orders().lines(order_);
    states_.assign(lines.begin(), lines.end());
  }

  void read_lines() {
    for (const CreditLine& wanted : run(command_.lines()))
      read_line(wanted);
  }
  void read_returns() {
    for (const CreditReturn& wanted : run(command_.returns()))
      read_return(wanted);
  }
  void read_amounts() {
    for (const CreditAmount& wanted : run(command_.amounts()))
      read_amount(wanted);
  }
  // The shelf that what comes back is put on.
  void find_place();
  // What is voided gives up what it had waited for or reserved.
  void free_voided();

  std::vector<Part>& parts() { return parts_; }
  const Crediting& crediting() const { return crediting_; }
  std::optional<WarehouseId> place() const { return place_; }
  const std::vector<ReservedPart>& released() const { return released_; }
  std::vector<ReturnedLine> returned() const;
  // Changes of the order's boxes, by rounding alone.
  Counted counted_after() const;

 private:
  void read_line(const CreditLine& wanted);
  void read_return(const CreditReturn& wanted);
  void read_amount(const CreditAmount& wanted);
  const InvoiceLineState* find_line(std::uint32_t number);
  bool take_part(const InvoiceLineState& line, Quantity quantity);
  void refuse(ReasonCode code, std::uint32_t line, Quantity found, Quantity allowed);

  Step& step_;
  const IssueCreditNote& command_;
  const Order& order_;
  CurrencyCode currency_;
  Crediting crediting_;
  std::vector<OrderLineState> states_;  // of the order, as the parts leave them
  std::vector<Part> parts_;
  std::map<std::pair<std::uint32_t, Disposition>, Quantity> coming_back_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, Quantity> named_;  // of returns, by line
  std::optional<WarehouseId> place_;
  std::vector<ReservedPart> released_;
};

void Reading::refuse(ReasonCode code, std::uint32_t line, Quantity found, Quantity allowed) {
  Cause cause =
      with_quantity(about(code, Subject::invoice, view(command_.invoice())), found, allowed);
  cause.line = line;
  step_.refuse(std::move(cause));
}

const InvoiceLineState* Reading::find_line(std::uint32_t number) {
  const InvoiceLineState* const line = crediting_.find(number);
  if (line == nullptr) {
    Cause cause = about(ReasonCode::unknown_line, Subject::invoice, view(command_.invoice()));
    cause.line = number;
    step_.refuse(std::move(cause));
  }
  return line;
}

// Adds a part of the line with its worth, if that much of it is left.
bool Reading::take_part(const InvoiceLineState& line, Quantity quantity) {
  if (quantity <= Quantity{0} || quantity > line.left()) {
    refuse(quantity <= Quantity{0} ? ReasonCode::not_positive : ReasonCode::more_than_invoiced,
           line.line, quantity, quantity <= Quantity{0} ? Quantity{0} : line.left());
    return false;
  }
  Part part;
  part.line = line.line;
  part.quantity = quantity;
  part.net = crediting_.take_quantity(line.line, quantity);
  parts_.push_back(part);
  return true;
}

void Reading::read_line(const CreditLine& wanted) {
  const InvoiceLineState* const line = find_line(wanted.line());
  if (line == nullptr || !take_part(*line, Quantity{wanted.quantity()})) return;
  Part& part = parts_.back();
  OrderLineState& state = states_[part.line - 1];
  const Quantity ahead = state.billed() + state.returned_unbilled - state.shipped;
  part.voided = std::min(part.quantity, std::max(Quantity{0}, ahead));
  part.returned = part.quantity - part.voided;
  // Billed units that are still with the customer.
  const Quantity most =
      std::min(state.shipped - state.returned,
               state.billed() - part.voided - (state.returned - state.returned_unbilled));
  if (part.returned > most) {
    return refuse(ReasonCode::more_than_shipped, part.line, part.returned, most);
  }
  state.voided += part.voided;
  state.returned += part.returned;
  state.credited += part.returned;
  if (part.returned > Quantity{0}) {
    check_disposition(step_, state, part.line, wanted.disposition());
    coming_back_[{part.line, wanted.disposition()}] += part.returned;
  }
}

void Reading::read_return(const CreditReturn& wanted) {
  const std::string_view name = pool_name(command_.names(), wanted.goods_return());
  const Returns& returns = step_.book().orders().returns();
  const Return* const known = returns.find(name);
  if (known == nullptr || known->order != order_.ref) {
    return step_.refuse(about(ReasonCode::unknown_return, Subject::goods_return, name));
  }
  const InvoiceLineState* const line = find_line(wanted.line());
  if (line == nullptr) return;
  Quantity& named = named_[{known->ref, wanted.line()}];
  Quantity most = -named;
  for (const ReturnedPart& part : returns.parts(*known)) {
    if (part.line == wanted.line()) most += part.creditable();
  }
  const bool whole = wanted.quantity() == kAbsent;
  const Quantity quantity = whole ? most : Quantity{wanted.quantity()};
  if (quantity > most || (whole && most == Quantity{0})) {
    Cause cause = with_quantity(
        about(ReasonCode::more_than_returned, Subject::goods_return, name, known->ref), quantity,
        most);
    cause.line = wanted.line();
    return step_.refuse(std::move(cause));
  }
  if (!take_part(*line, quantity)) return;
  parts_.back().goods_return = known->ref;
  named += quantity;
  states_[wanted.line() - 1].credited += quantity;
}

void Reading::read_amount(const CreditAmount& wanted) {
  const InvoiceLineState* const line = find_line(wanted.line());
  if (line == nullptr) return;
  const Minor amount{wanted.amount()};
  if (amount <= Minor{0} || amount > line->net_left()) {
    const bool wrong = amount <= Minor{0};
    Cause cause =
        with_money(about(wrong ? ReasonCode::not_positive : ReasonCode::more_than_invoiced,
                         Subject::invoice, view(command_.invoice())),
                   amount, wrong ? Minor{0} : line->net_left(), currency_);
    cause.line = wanted.line();
    return step_.refuse(std::move(cause));
  }
  crediting_.take_amount(wanted.line(), amount);
  Part part;
  part.line = wanted.line();
  part.net = amount;
  parts_.push_back(part);
}

void Reading::find_place() {
  const std::string_view name = view(command_.warehouse());
  std::map<std::uint32_t, Quantity> shelf;  // by item
  for (const auto& [where, quantity] : coming_back_) {
    if (where.second == Disposition::restock) shelf[states_[where.first - 1].item] += quantity;
  }
  if (name.empty() && shelf.empty()) return;
  place_ = step_.book().stock().find_warehouse(name);
  if (!place_) {
    return step_.refuse(about(ReasonCode::unknown_warehouse, Subject::warehouse, name));
  }
  for (const auto& [item, quantity] : shelf)
    check_shelf(step_, ItemId{item}, *place_, quantity);
}

void Reading::free_voided() {
  std::map<std::uint32_t, Quantity> voided;
  for (const Part& part : parts_)
    voided[part.line] += part.voided;
  for (const auto& [line, quantity] : voided) {
    if (quantity == Quantity{0}) continue;
    KONTOR_MARK("goods credited that never left");
    Quantity waiting = cut_line(step_.book(), order_, line, quantity, released_);
    for (Part& part : parts_) {
      if (part.line != line) continue;
      part.from_backorder = std::min(part.voided, waiting);
      waiting -= part.from_backorder;
    }
  }
}

std::vector<ReturnedLine> Reading::returned() const {
  std::vector<ReturnedLine> out;
  for (const auto& [where, quantity] : coming_back_) {
    out.emplace_back(quantity.value(), 0, states_[where.first - 1].item, where.first, where.second);
  }
  return out;
}

// What the order counts once the note stands; stock has been given back by then.
Counted Reading::counted_after() const {
  Counted sum;
  const auto now = step_.book().orders().lines(order_);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    OrderLineState state = states_[i];
    state.reserved = now[i].reserved;
    sum += counted_of(step_.book(), order_, state);
  }
  return sum;
}

// ---- the document -------------------------------------------------------------------------------

void check_document(Step& step, const IssueCreditNote& command) {
  const std::string_view name = view(command.credit_note());
  expect_identifier(step, Subject::credit_note, name);
  if (step.book().credit_notes().find(name) != nullptr) {
    step.refuse(about(ReasonCode::credit_note_exists, Subject::credit_note, name));
  }
  const std::size_t count =
      run(command.lines()).size() + run(command.returns()).size() + run(command.amounts()).size();
  if (count == 0) {
    step.refuse(about(ReasonCode::nothing_to_credit, Subject::credit_note, name));
  }
  if (count > kCreditedLinesMax) {
    step.refuse(
        too_many(Subject::credit_note, kCreditedLinesMax, "lines; issue another for the rest"));
  }
  const Date last = step.book().credit_notes().last_date();
  const Date date = step.context().effective_date;
  if (last != kNoDate && date < last) {
    step.refuse(with_dates(about(ReasonCode::date_before_last_invoice, Subject::credit_note, name),
                           date, last));
  }
}

const Invoice* expect_invoice(Step& step, const IssueCreditNote& command) {
  const std::string_view name = view(command.invoice());
  const Invoice* const invoice = step.book().receivables().find_invoice(name);
  if (invoice == nullptr) {
    step.refuse(about(ReasonCode::unknown_invoice, Subject::invoice, name));
    return nullptr;
  }
  expect_version(step, invoice->version, Subject::invoice, name);
  if (step.context().effective_date.value() < invoice->date) {
    step.refuse(with_dates(
        about(ReasonCode::date_before_last_invoice, Subject::invoice, name, invoice->ref),
        step.context().effective_date, Date{invoice->date}));
  }
  if (command.currency() != 0 && command.currency() != invoice->currency) {
    step.refuse(about(ReasonCode::currency_mismatch, Subject::invoice, name, invoice->ref));
  }
  return invoice;
}

struct Sums {
  std::vector<CreditedLine> lines;  // once they are known to be right
  std::vector<TaxAmount> taxes;
  Minor net;
  Minor tax;
  Minor total() const { return net + tax; }
};

Sums sum_up(const Crediting& crediting) {
  Sums out;
  out.taxes = crediting.taxes();
  for (const TaxAmount& tax : out.taxes) {
    out.net += Minor{tax.net()};
    out.tax += Minor{tax.tax()};
  }
  return out;
}

void check_total(Step& step, const Invoice& invoice, std::string_view name, Minor total) {
  const CurrencyCode currency{invoice.currency};
  if (total < Minor{0}) {
    step.refuse(with_money(about(ReasonCode::negative_total, Subject::credit_note, name), total,
                           Minor{0}, currency));
  } else if (!account_has_room(step.book(), CompanyId{invoice.payer}, total)) {
    step.refuse(with_money(about(ReasonCode::amount_overflow, Subject::credit_note, name), total,
                           Minor{limits::kSumMax}, currency));
  }
}

std::vector<CreditedLine> lines_of(const Reading& reading, const std::vector<Part>& parts) {
  std::vector<CreditedLine> out;
  for (const Part& part : parts) {
    const InvoiceLineState& line = *reading.crediting().find(part.line);
    const InvoiceTaxState& tax = reading.crediting().tax_of(line);
    out.emplace_back(part.quantity.value(), part.voided.value(), part.returned.value(),
                     part.from_backorder.value(), part.net.value(), part.goods_return, line.item,
                     part.line, tax.category, tax.rate);
  }
  return out;
}

CreditSource emit_note(Step& step, const IssueCreditNote& command, const Invoice& invoice,
                       const Sums& sums, std::vector<CreditMove> moves) {
  const Date date = step.context().effective_date;
  const std::uint16_t year = step.book().calendar().fiscal_year(date);
  const std::uint32_t number = step.book().credit_notes().next_number(year);
  const CreditSource note{Subject::credit_note, step.next_sequence().value(),
                          CompanyId{invoice.payer}, CurrencyCode{invoice.currency}, sums.total()};
  if (sums.total() != Minor{0}) moves.push_back(unapplied_move(note, sums.total()));
  const std::uint64_t invoice_ref = invoice.ref;
  const std::uint64_t order_ref = invoice.order;
  step.emit<CreditNoteIssued>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, view(command.credit_note()));
    const auto line_list = structs(out, sums.lines);
    const auto taxes = structs(out, sums.taxes);
    const auto move_list = structs(out, moves);
    return CreateCreditNoteIssued(out, name, invoice_ref, order_ref, note.payer.value(),
                                  command.cause(), year, number, date.value(),
                                  note.currency.value(), line_list, taxes, sums.net.value(),
                                  sums.tax.value(), sums.total().value(), move_list);
  });
  return note;
}

}  // namespace

void decide(Step& step, const IssueCreditNote& command) {
  check_document(step, command);
  const Invoice* const invoice = expect_invoice(step, command);
  if (invoice == nullptr || step.refused()) return;
  Reading reading(step, command, *invoice);
  reading.read_lines();
  reading.read_returns();
  reading.read_amounts();
  reading.find_place();
  if (step.refused()) return;
  Sums sums = sum_up(reading.crediting());
  check_total(step, *invoice, view(command.credit_note()), sums.total());
  expect_authority(step, SellerAct::issue_credit_note,
                   ActAmount{sums.total(), CurrencyCode{invoice->currency}});
  if (step.refused()) return;

  reading.free_voided();
  const OrderRef order{invoice->order};
  const InvoiceRef billed{invoice->ref};
  const SpendingChange spending(step.book(), step.book().orders().get(order));
  sums.lines = lines_of(reading, reading.parts());
  release_parts(step, order, reading.released());
  const std::vector<ReturnedLine> returned = reading.returned();
  if (!returned.empty()) emit_return(step, order, "", reading.place(), returned);
  const Order& now = step.book().orders().get(order);
  const auto moves =
      moves_between(step.book(), now, counted_of(step.book(), now), reading.counted_after());
  const CreditSource note = emit_note(step, command, *invoice, sums, moves);
  apply_to_own_invoice(step, note, billed);
  return_excess_deposit(step, order);
  spending.settle(step, order);
  end_if_done(step, order, CancelCause::cancelled);
  look_again(step, order);
}

}  // namespace kontor
