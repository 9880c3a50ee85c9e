// Credit notes (domain: 5, 10 and 11): a line is an amount, or names the billed part of an earlier
// return, or is itself the return.
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

Int within(Int amount, Int left) {
  return std::clamp(amount, std::min<Int>(left, 0), std::max<Int>(left, 0));
}

// What is asked for, read against the invoice and its order; every part lessens what is left.
struct Reading {
  Deciding& d;
  const IssueCreditNote& command;
  Invoice invoice;          // as the parts leave it
  std::vector<Line> lines;  // of the order, likewise
  std::vector<CreditPart> parts;
  std::map<std::pair<int, Disposition>, Int> coming_back;
  std::map<std::size_t, Int> taken;  // net, by tax of the invoice

  BilledLine* find(int number) {
    for (BilledLine& line : invoice.lines) {
      if (line.line == number - 1) return &line;
    }
    d.refuse("unknown_line");
    return nullptr;
  }

  // Adds a part of the line with its worth, if that much of it is left.
  bool take(BilledLine& line, Int quantity) {
    d.refuse_if(quantity <= 0, "not_positive");
    d.refuse_if(quantity > 0 && quantity > line.left(), "more_than_invoiced");
    if (quantity <= 0 || quantity > line.left()) return false;
    const Int worth = line.net - line.reduced_net;
    const Int upto = value_of_part(worth, line.credited + quantity, line.quantity);
    const Int net = within(upto - line.credited_net, line.net_left());
    line.credited += quantity;
    line.credited_net += net;
    taken[line.tax] += net;
    parts.push_back({line.line, kNone, quantity, 0, 0, 0, net});
    return true;
  }

  void read(const ReturnLine& wanted) {
    BilledLine* const billed = find(wanted.line);
    if (billed == nullptr || !take(*billed, wanted.quantity)) return;
    CreditPart& part = parts.back();
    Line& line = lines[static_cast<std::size_t>(part.line)];
    const Int ahead = line.billed() + line.returned_unbilled - line.shipped;
    part.voided = std::min(part.quantity, std::max<Int>(0, ahead));
    part.returned = part.quantity - part.voided;
    const Int with_customer =
        std::min(line.shipped - line.returned,
                 line.billed() - part.voided - (line.returned - line.returned_unbilled));
    if (part.returned > with_customer) return d.refuse("more_than_shipped");
    line.voided += part.voided;
    line.returned += part.returned;
    line.credited += part.returned;
    const bool on_a_shelf = part.returned > 0 && wanted.disposition == Disposition::kRestock;
    d.refuse_if(on_a_shelf && line.charge, "not_stocked");
    if (part.returned > 0) coming_back[{part.line, wanted.disposition}] += part.returned;
  }

  void read(const CreditReturn& wanted) {
    const int document = d.state.returns.find(wanted.goods_return);
    if (document == kNone || d.state.returns[document].order != invoice.order) {
      return d.refuse("unknown_return");
    }
    BilledLine* const billed = find(wanted.line);
    if (billed == nullptr) return;
    const auto& creditable = d.state.returns[document].creditable;
    const auto known = creditable.find(wanted.line - 1);
    Int most = known == creditable.end() ? 0 : known->second;
    for (const CreditPart& part : parts) {
      if (part.goods_return == document && part.line == wanted.line - 1) most -= part.quantity;
    }
    const Int quantity = wanted.quantity.value_or(most);
    if (quantity > most || (!wanted.quantity && most == 0)) return d.refuse("more_than_returned");
    if (!take(*billed, quantity)) return;
    parts.back().goods_return = document;
    lines[static_cast<std::size_t>(wanted.line - 1)].credited += quantity;
  }

  void read(const CreditAmount& wanted) {
    BilledLine* const billed = find(wanted.line);
    if (billed == nullptr) return;
    if (wanted.amount <= 0) return d.refuse("not_positive");
    if (wanted.amount > billed->net_left()) return d.refuse("more_than_invoiced");
    billed->reduced_net += wanted.amount;
    taken[billed->tax] += wanted.amount;
    parts.push_back({billed->line, kNone, 0, 0, 0, 0, wanted.amount});
  }

  // What exhausts a tax takes the rest of it.
  Int tax_of(std::size_t place) const {
    const BilledTax& tax = invoice.taxes[place];
    const Int left = tax.tax - tax.credited_tax;
    const Int net = taken.at(place);
    if (tax.credited_net + net == tax.net) return left;
    return within(static_cast<Int>(percent_of(net, tax.rate)), left);
  }

  bool restocks() const {
    return std::any_of(coming_back.begin(), coming_back.end(), [](const auto& entry) {
      return entry.first.second == Disposition::kRestock;
    });
  }
};

// What is voided will not leave any more: it gives up what it had waited for or reserved.
std::vector<Reservation> free_voided(const Order& order, std::vector<CreditPart>& parts) {
  std::map<int, Int> voided;
  for (const CreditPart& part : parts)
    voided[part.line] += part.voided;
  std::vector<Reservation> released;
  for (const auto& [line, quantity] : voided) {
    if (quantity == 0) continue;
    const GivenUp given_up = give_up(order, line, quantity);
    released.insert(released.end(), given_up.released.begin(), given_up.released.end());
    Int waiting = given_up.from_queue;
    for (CreditPart& part : parts) {
      if (part.line != line) continue;
      part.from_queue = std::min(part.voided, waiting);
      waiting -= part.from_queue;
    }
  }
  return released;
}

void put_back(State& state, const Reading& reading, int place, int warehouse) {
  if (reading.coming_back.empty()) return;
  for (const auto& [where, quantity] : reading.coming_back) {
    if (where.second != Disposition::kRestock) continue;
    const int item = reading.lines[static_cast<std::size_t>(where.first)].item;
    state.stock[{item, warehouse}].on_hand += quantity;
    if (!state.items[item].queue.empty()) want_serving(state, item);
  }
  touch(state, place);
}

CreditNote& add_note(Deciding& d, const Reading& reading, int invoice_place) {
  State& state = d.state;
  CreditNote& note = state.credit_notes[state.credit_notes.place_of(reading.command.credit_note)];
  note.invoice = invoice_place;
  note.order = reading.invoice.order;
  note.payer = reading.invoice.payer;
  note.currency = reading.invoice.currency;
  note.date = d.effective;
  note.year = fiscal_year(state, d.effective);
  note.number = 1;
  for (const CreditNote& other : state.credit_notes.all)
    note.number += &other != &note && other.year == note.year ? 1 : 0;
  note.credited = reading.parts;
  note.version = 1;
  for (const CreditPart& part : reading.parts)
    note.moved_goods = note.moved_goods || part.voided > 0 || part.returned > 0;
  note.taxes.resize(reading.invoice.taxes.size());
  for (const auto& [place, net] : reading.taken) {
    note.taxes[place] = {net, reading.tax_of(place)};
    note.net += net;
    note.tax += reading.tax_of(place);
  }
  note.amount = note.net + note.tax;
  return note;
}

// Adds what the note credits to what its invoice and order say, or takes it away again.
void count(State& state, const CreditNote& note, int sign) {
  Invoice& invoice = state.invoices[note.invoice];
  for (const CreditPart& part : note.credited) {
    for (BilledLine& line : invoice.lines) {
      if (line.line != part.line) continue;
      line.credited += sign * part.quantity;
      (part.quantity == 0 ? line.reduced_net : line.credited_net) += sign * part.net;
    }
    Line& line = state.orders[note.order].lines[static_cast<std::size_t>(part.line)];
    line.voided += sign * part.voided;
    line.returned += sign * part.returned;
    line.credited += sign * (part.quantity - part.voided);
    if (part.goods_return == kNone) continue;
    state.returns[part.goods_return].creditable[part.line] -= sign * part.quantity;
  }
  for (std::size_t i = 0; i < note.taxes.size(); ++i) {
    invoice.taxes[i].credited_net += sign * note.taxes[i].first;
    invoice.taxes[i].credited_tax += sign * note.taxes[i].second;
  }
  ++invoice.version;
  touch(state, note.order);
}

int check_header(Deciding& d, const IssueCreditNote& command) {
  const State& state = d.state;
  d.refuse_if(state.credit_notes.find(command.credit_note) != kNone, "credit_note_exists");
  const bool nothing = command.lines.empty() && command.returns.empty() && command.amounts.empty();
  d.refuse_if(nothing, "nothing_to_credit");
  const auto& notes = state.credit_notes.all;
  d.refuse_if(!notes.empty() && d.effective < notes.back().date, "date_before_last_invoice");
  const int place = state.invoices.find(command.invoice);
  if (place == kNone) {
    d.refuse("unknown_invoice");
    return kNone;
  }
  const Invoice& invoice = state.invoices[place];
  d.expect_version(invoice.version);
  d.refuse_if(d.effective < invoice.date, "date_before_last_invoice");
  d.refuse_if(command.currency != 0 && command.currency != invoice.currency, "currency_mismatch");
  return place;
}

}  // namespace

void decide(Deciding& d, const IssueCreditNote& command) {
  State& state = d.state;
  const int place = check_header(d, command);
  if (d.refused()) return;
  const Invoice& invoice = state.invoices[place];
  const int order = invoice.order;
  Reading reading{d, command, invoice, state.orders[order].lines, {}, {}, {}};
  for (const ReturnLine& wanted : command.lines)
    reading.read(wanted);
  for (const CreditReturn& wanted : command.returns)
    reading.read(wanted);
  for (const CreditAmount& wanted : command.amounts)
    reading.read(wanted);
  const int warehouse = state.warehouses.find(command.warehouse);
  const bool needed = !command.warehouse.empty() || reading.restocks();
  d.refuse_if(needed && warehouse == kNone, "unknown_warehouse");
  if (d.refused()) return;
  Int total = 0;
  for (const auto& [tax, net] : reading.taken)
    total += net + reading.tax_of(tax);
  d.refuse_if(total < 0, "negative_total");
  d.refuse_if(total >= 0 && !has_room(state, invoice.payer, total), "amount_overflow");
  expect_authority(d, Act::kIssueCreditNote, total, invoice.currency);
  if (d.refused()) return;

  const std::vector<Reservation> released = free_voided(state.orders[order], reading.parts);
  release_and_wake(state, order, released);
  put_back(state, reading, order, warehouse);
  CreditNote& note = add_note(d, reading, place);
  for (const CreditPart& part : note.credited) {
    if (part.from_queue > 0) leave_queue(state, order, part.line, part.from_queue);
  }
  count(state, note, 1);
  want_examination(state, note.payer);
  apply_to_own_invoice(state, note);
  return_excess(state, order);
  end_if_done(state, order);
  if (state.orders[order].held) go_on(state, order, std::nullopt);
}

void decide(Deciding& d, const CancelCreditNote& command) {
  State& state = d.state;
  const int place = state.credit_notes.find(command.credit_note);
  if (place == kNone) return d.refuse("unknown_credit_note");
  CreditNote& note = state.credit_notes[place];
  d.expect_version(note.version);
  expect_authority(d, Act::kCancelCreditNote, note.amount, note.currency);
  if (note.cancelled) return d.refuse("credit_note_cancelled");
  d.refuse_if(note.moved_goods, "goods_moved");
  d.refuse_if(note.refunded > 0, "more_than_unapplied");
  const std::vector<AppliedPart> parts = newest_applied(note, note.applied);
  d.refuse_if(!has_room_to_return(state, note, parts), "amount_overflow");
  if (d.refused()) return;
  const FundRef ref{true, place};
  for (const auto& [order, amount] : newest_deposited(state, note, ref, note.deposited))
    take_out(state, ref, order, amount);
  take_back(state, note, parts, true);
  count(state, note, -1);
  note.cancelled = true;
  ++note.version;
  want_examination(state, note.payer);
}

}  // namespace kontor::model
