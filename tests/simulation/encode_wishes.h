// The commands that say what somebody wants: PlaceOrder, and drafts, templates and recurring
// orders.
#pragma once

#include "tests/simulation/encode_parts.h"

namespace kontor::test {

inline auto write(Builder& out, const m::PlaceOrder& c) {
  Pool pool;
  std::vector<PlaceLine> lines;
  for (const m::PlaceLine& line : c.lines)
    lines.emplace_back(line.quantity, amount(line.unit_price), pool.of(line.item), 0);
  const auto order = text(out, c.order);
  const auto company = text(out, c.company);
  const auto buyer = text(out, c.buyer);
  const auto payer = text(out, c.payer);
  const auto terms = text(out, c.terms);
  const auto region = text(out, c.region);
  const auto country = text(out, c.country);
  const auto cost_centre = text(out, c.cost_centre);
  const auto list = structs(out, lines);
  return CreatePlaceOrder(out, pool.write(out), order, company, buyer, payer, c.currency, terms,
                          c.prepaid ? Settlement::prepaid : Settlement::account, day(c.requested),
                          region, 0, country, cost_centre, 0, c.no_split, list);
}

inline auto write(Builder& out, const m::SaveDraft& draft) {
  const m::PlaceOrder& c = draft.wish;
  Pool pool;
  std::vector<PlaceLine> lines;
  for (const m::PlaceLine& line : c.lines)
    lines.emplace_back(line.quantity, amount(line.unit_price), pool.of(line.item), 0);
  const auto name = text(out, c.order);
  const auto company = text(out, c.company);
  const auto buyer = text(out, c.buyer);
  const auto payer = text(out, c.payer);
  const auto terms = text(out, c.terms);
  const auto region = text(out, c.region);
  const auto country = text(out, c.country);
  const auto cost_centre = text(out, c.cost_centre);
  const auto list = structs(out, lines);
  return CreateSaveDraft(out, pool.write(out), name, company, buyer, payer, c.currency, terms,
                         c.prepaid ? Settlement::prepaid : Settlement::account, day(c.requested),
                         region, 0, country, cost_centre, 0, c.no_split, list);
}

inline auto write(Builder& out, const m::PlaceDraft& c) {
  const auto draft = text(out, c.draft);
  return CreatePlaceDraft(out, draft, text(out, c.order));
}

inline auto write(Builder& out, const m::DiscardDraft& c) {
  return CreateDiscardDraft(out, text(out, c.draft));
}

inline auto write(Builder& out, const m::DefineTemplate& c) {
  Pool pool;
  std::vector<TemplateLine> lines;
  for (const m::ItemQuantity& line : c.lines)
    lines.emplace_back(line.quantity, pool.of(line.item), 0);
  const auto name = text(out, c.template_name);
  const auto company = text(out, c.company);
  const auto list = structs(out, lines);
  return CreateDefineTemplate(out, pool.write(out), name, 0, company, list, c.withdrawn);
}

inline auto write(Builder& out, const m::Reorder& c) {
  const auto order = text(out, c.order);
  const auto name = text(out, c.template_name);
  const auto new_order = text(out, c.new_order);
  const auto new_draft = text(out, c.new_draft);
  const auto company = text(out, c.company);
  const auto buyer = text(out, c.buyer);
  return CreateReorder(out, order, name, new_order, new_draft, company, buyer, day(c.requested), 0,
                       c.leave_out ? LeftOut::left_out : LeftOut::refused);
}

inline auto write(Builder& out, const m::DefineRecurringOrder& recurring) {
  const m::PlaceOrder& c = recurring.wish;
  Pool pool;
  std::vector<PlaceLine> lines;
  for (const m::PlaceLine& line : c.lines)
    lines.emplace_back(line.quantity, amount(line.unit_price), pool.of(line.item), 0);
  const auto name = text(out, c.order);
  const auto company = text(out, c.company);
  const auto buyer = text(out, c.buyer);
  const auto payer = text(out, c.payer);
  const auto terms = text(out, c.terms);
  const auto region = text(out, c.region);
  const auto country = text(out, c.country);
  const auto cost_centre = text(out, c.cost_centre);
  const auto list = structs(out, lines);
  return CreateDefineRecurringOrder(
      out, pool.write(out), name, company, buyer, payer, c.currency, terms,
      c.prepaid ? Settlement::prepaid : Settlement::account, region, 0, country, cost_centre, 0,
      c.no_split, list, static_cast<std::uint16_t>(recurring.every),
      static_cast<ScheduleUnit>(recurring.unit), recurring.from, day(recurring.until),
      static_cast<std::uint32_t>(recurring.count));
}

inline auto write(Builder& out, const m::StopRecurringOrder& c) {
  return CreateStopRecurringOrder(out, text(out, c.order));
}

}  // namespace kontor::test
