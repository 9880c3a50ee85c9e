// check: what an order would come to if it were placed now. Nothing is written.
#include "place_order_generated.h"

#include "api/questions/history.h"
#include "api/questions/present.h"
#include "engine/rules/asking.h"
#include "engine/rules/checking.h"
#include "engine/rules/figures.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"

namespace kontor::questions {
namespace {

using Reasons = std::vector<std::unique_ptr<wire::WhyReasonT>>;

void fill_reasons(const Book& book, const Causes& causes, Reasons& out) {
  if (causes.empty()) return;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(causes.write(builder));
  const auto& grounds = *flatbuffers::GetRoot<Grounds>(builder.GetBufferPointer());
  for (const ReasonText& reason : read_grounds(grounds, BookNames(book))) {
    auto& row = add_row(out);
    row.reason = reason.reason;
    row.outcome = reason.outcome;
    row.subject = reason.subject;
    row.name = reason.name;
    row.line = reason.line;
    row.found = reason.found;
    row.allowed = reason.allowed;
    row.unit = reason.unit;
    row.currency = reason.currency;
    row.rule_version = reason.rule;
    row.evidence = reason.evidence;
    const RuleVersion* const rule = book.rules().version_at(Sequence{reason.rule});
    if (rule != nullptr) row.rule = book.rules().name(rule->rule);
  }
}

constexpr std::size_t kPeopleShown = 50;

void fill_asks(const Book& book, const Placement& placement, wire::CheckAnswerT& out) {
  const AskedOrder order = asked_order(book, placement.facts);
  for (const RuleVersion* const rule : placement.wishes.asks) {
    for (const RuleGroup& group : rule->groups) {
      auto& row = add_row(out.asks);
      row.rule = book.rules().name(rule->rule);
      row.rule_version = rule->set_at.value();
      row.tier = group.tier;
      row.people = group.people;
      row.roles = group.roles;
      row.needed = group.needed;
      row.climb = group.climb;
      row.cost_centre_owner = group.cost_centre_owner;
      for (const BuyerId person : eligible_people(book, group, order, kPeopleShown))
        row.may.push_back(name_of(book, "buyer", person));
    }
  }
}

void fill_lines(const Book& book, const CheckedOrder& found, wire::CheckAnswerT& out) {
  std::uint32_t number = 0;
  for (const OrderLine& line : found.placement->priced.lines) {
    auto& row = add_row(out.lines);
    row.line = ++number;
    row.item = name_of(book, "item", ItemId{line.item()});
    row.quantity = line.quantity();
    row.unit_price = line.unit_price();
    row.net = line.net();
    row.gross = line.gross();
    row.tax_category = name_of(book, "tax_category", TaxCategoryId{line.tax_category()});
    row.tax_rate = line.tax_rate();
  }
  for (const ReservedPart& part : found.stock.parts) {
    auto& row = add_row(out.lines[part.line() - 1]->parts);
    row.warehouse = name_of(book, "warehouse", WarehouseId{part.warehouse()});
    row.quantity = part.quantity();
    row.promised = part.promised();
  }
  for (const auto& [line, quantity] : found.stock.missing)
    out.lines[line - 1]->missing = quantity.value();
}

void fill_totals(const Book& book, const Placement& found, wire::CheckAnswerT& out) {
  out.company = name_of(book, "company", found.who.company);
  out.payer = name_of(book, "company", found.who.payer);
  out.buyer = name_of(book, "buyer", found.who.buyer);
  out.currency = found.who.currency.value();
  out.terms = name_of(book, "terms", found.who.terms);
  out.net = found.priced.net.value();
  out.tax = found.priced.tax.value();
  out.total = found.priced.total.value();
  out.exposure = book.credit().account(found.who.payer).exposure().value();
  const auto limit = limit_in_force(book, found.who.payer).limit;
  if (limit) out.limit = limit->value();
  for (const TaxAmount& tax : found.priced.taxes) {
    auto& row = add_row(out.taxes);
    row.category = name_of(book, "tax_category", TaxCategoryId{tax.category()});
    row.rate = tax.rate();
    row.net = tax.net();
    row.tax = tax.tax();
  }
}

void fill_found(const Book& book, const CheckedOrder& found, wire::CheckAnswerT& out) {
  const Placement& placement = *found.placement;
  out.outcome = placement.asks ? wire::CheckOutcome::asks : wire::CheckOutcome::approved;
  if (placement.asks) {
    fill_reasons(book, placement.wishes.ask_causes, out.reasons);
    fill_asks(book, placement, out);
  }
  out.held = !found.holds.causes.empty();
  fill_reasons(book, found.holds.causes, out.hold_reasons);
  fill_reasons(book, placement.wishes.warnings, out.warnings);
  out.deposit_percent = placement.wishes.deposit.percent.value();
  out.deposit = placement.wishes.deposit.amount.value();
  fill_reasons(book, placement.wishes.deposit.causes, out.deposit_reasons);
  fill_totals(book, placement, out);
  fill_lines(book, found, out);
}

Context context_of(const Book& book, const Query& query) {
  Context context;
  context.recorded_at = book.last_recorded();
  context.business_date = book.calendar().business_date();
  context.effective_date = query.date_from != kNoDate ? query.date_from : context.business_date;
  context.actor = query.second;
  return context;
}

}  // namespace

Answered answer_check(const Book& book, const Query& query) {
  if (query.number != number_of<PlaceOrder>) {
    return refused(StatusCode::kUnknownCommand, "only PlaceOrder can be checked");
  }
  if (query.command == nullptr || !verify_command(number_of<PlaceOrder>, query.command->bytes())) {
    return refused(StatusCode::kMalformed,
                   "command: not a well-formed, 8-aligned FlatBuffers root of PlaceOrder");
  }
  const auto& command = *flatbuffers::GetRoot<PlaceOrder>(query.command->data());
  const CheckedOrder found = check_order(book, context_of(book, query), command);
  wire::CheckAnswerT out;
  out.order = command.order()->str();
  out.outcome = wire::CheckOutcome::refused;
  fill_reasons(book, found.refusals, out.reasons);
  if (found.placement) fill_found(book, found, out);
  return answered(out);
}

}  // namespace kontor::questions
