// Wishes: what is wanted but not ordered yet, and what is ordered again and again.
#include <iterator>
#include <variant>

#include "tests/simulation/generator.h"

namespace kontor::test {

namespace m = model;

std::string Generator::draft_name(const State& state) {
  if (state.drafts.empty() || random_.one_in(20)) return "no-draft";
  const auto back = static_cast<std::ptrdiff_t>(random_.below(state.drafts.size()));
  return std::next(state.drafts.begin(), back)->first;
}

std::string Generator::recurring_name(const State& state) {
  m::Names known;
  for (const m::Order& order : state.orders.all) {
    if (order.recurs) known.push_back(order.name);
  }
  if (known.empty() || random_.one_in(15))
    return order_name(state, [](const auto&) { return true; });
  return random_.of(known);
}

m::Command Generator::save_draft(const State& state) {
  m::SaveDraft c;
  c.wish = std::get<m::PlaceOrder>(place_order(state));
  const bool again = !state.drafts.empty() && (state.drafts.size() > 12 || random_.one_in(3));
  c.wish.order = again ? draft_name(state) : new_name("draft-");
  const auto known = state.drafts.find(c.wish.order);
  // Most often what it was, in other quantities.
  if (known != state.drafts.end() && !random_.one_in(3)) {
    c.wish = known->second.wish;
    for (m::PlaceLine& line : c.wish.lines)
      line.quantity = quantity(state, line.item);
  }
  return c;
}

m::Command Generator::place_draft(const State& state) {
  return m::PlaceDraft{draft_name(state),
                       random_.one_in(50) ? used_name("order-") : new_name("order-")};
}

m::Command Generator::discard_draft(const State& state) {
  return m::DiscardDraft{draft_name(state)};
}

m::Command Generator::define_template(const State& state) {
  m::DefineTemplate c;
  c.template_name = "template-" + std::to_string(1 + random_.below(3));
  if (random_.one_in(2)) c.company = name_of(companies_);
  const std::uint64_t lines = random_.one_in(40) ? 0 : 1 + random_.below(3);
  for (std::uint64_t i = 0; i < lines; ++i) {
    const std::string item = name_of(items_);
    c.lines.push_back({item, quantity(state, item)});
  }
  c.withdrawn = random_.one_in(8);
  return c;
}

m::Command Generator::reorder(const State& state) {
  m::Reorder c;
  if (random_.one_in(3)) {
    c.template_name = "template-" + std::to_string(1 + random_.below(4));
    if (!random_.one_in(4)) c.company = name_of(companies_);
  }
  if (c.template_name.empty() || random_.one_in(50)) {
    c.order = order_name(state, [](const m::Order&) { return true; });
    if (random_.one_in(10)) c.company = name_of(companies_);
  }
  if (random_.one_in(5)) c.buyer = name_of(buyers_);
  if (random_.one_in(10)) {
    c.requested = state.business_date + static_cast<m::Day>(random_.between(-1, 9));
  }
  const bool draft = random_.one_in(3);
  if (draft) c.new_draft = random_.one_in(10) ? draft_name(state) : new_name("draft-");
  if (!draft || random_.one_in(50)) {
    c.new_order = random_.one_in(40) ? used_name("order-") : new_name("order-");
  }
  c.leave_out = random_.one_in(2);
  return c;
}

m::Command Generator::define_recurring_order(const State& state) {
  m::DefineRecurringOrder c;
  c.wish = std::get<m::PlaceOrder>(place_order(state));
  c.wish.requested.reset();
  c.wish.order = random_.one_in(3) ? recurring_name(state) : new_name("recurring-");
  const m::Order* const known = order_called(state, c.wish.order);
  if (known != nullptr && known->recurs && !random_.one_in(5)) c.wish = known->recurs->said.wish;
  c.unit = random_.of({m::Every::kDay, m::Every::kWeek, m::Every::kMonth});
  c.every = static_cast<int>(random_.between(1, c.unit == m::Every::kDay ? 12 : 3));
  if (random_.one_in(40)) c.every = random_.of({0, 3660, 3661});
  c.from = state.business_date + static_cast<m::Day>(random_.between(0, 6));
  if (random_.one_in(20)) c.from = state.business_date - 1;
  if (random_.one_in(3)) c.until = c.from + static_cast<m::Day>(random_.between(-1, 60));
  if (random_.one_in(2)) c.count = static_cast<int>(random_.between(1, 6));
  return c;
}

m::Command Generator::stop_recurring_order(const State& state) {
  return m::StopRecurringOrder{recurring_name(state)};
}

}  // namespace kontor::test
