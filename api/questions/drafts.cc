// What is wanted but not ordered: drafts, templates and recurring orders.
#include "draft_generated.h"

#include "api/questions/present.h"

namespace kontor::questions {
namespace {

using wire::RecurringState;

void fill_line(const Book& book, std::uint32_t number, const DraftLine& line,
               wire::WantedRowT& row) {
  row.line = number;
  row.item = name_of(book, "item", line.item);
  row.quantity = line.quantity.value();
  row.unit_price = line.unit_price;
}

void fill_lines(const Book& book, const std::vector<DraftLine>& lines,
                std::vector<std::unique_ptr<wire::WantedRowT>>& out) {
  std::uint32_t number = 0;
  for (const DraftLine& line : lines)
    fill_line(book, ++number, line, add_row(out));
}

RecurringState state_of(const RecurringOrder& recurring) {
  if (recurring.state == kontor::RecurringState::kAsked) return RecurringState::awaiting_approval;
  if (recurring.state == kontor::RecurringState::kRunning) return RecurringState::running;
  switch (static_cast<StopCause>(recurring.stop_cause)) {
    case StopCause::person:
      return RecurringState::stopped;
    case StopCause::ended:
      return RecurringState::ended;
    case StopCause::failed:
      return RecurringState::failed;
    case StopCause::rejected:
      return RecurringState::rejected;
  }
  return RecurringState::stopped;
}

std::int32_t next_of(const RecurringOrder& recurring) {
  const bool runs = recurring.state == kontor::RecurringState::kRunning;
  return (runs ? recurring.next_due() : std::nullopt).value_or(kNoDate).value();
}

// The entry of a map at the place a list goes on from: the key behind which it begins.
template <class Map>
auto begin_after(const Map& map, const Query& query) {
  return map.upper_bound(query.after.first);
}

}  // namespace

Answered answer_draft(const Book& book, const Query& query) {
  const Draft* const draft = book.drafts().find(query.name);
  if (draft == nullptr) return not_found("draft", query.name, "drafts");
  wire::DraftAnswerT out;
  out.draft = draft->name;
  out.company = name_of(book, "company", draft->company);
  out.buyer = name_of(book, "buyer", draft->buyer);
  out.payer = name_of(book, "company", draft->payer);
  out.currency = draft->currency.value();
  out.terms = name_of(book, "terms", draft->terms);
  out.requested_on = draft->requested_on.value();
  out.region = draft->region;
  out.address = draft->address;
  out.country = draft->country;
  out.cost_centre = draft->cost_centre;
  out.buyer_reference = draft->buyer_reference;
  out.no_split = draft->no_split;
  out.net = draft->net ? draft->net->value() : kAbsent;
  out.total = draft->total ? draft->total->value() : kAbsent;
  fill_lines(book, draft->lines, out.lines);
  book.stock().for_each_reservation(OrderRef{draft->ref}, [&](const Reservation& held) {
    out.lines[held.line - 1]->reserved += held.quantity.value();
  });
  out.saved_at = draft->saved_at;
  out.first_saved_at = draft->ref;
  out.version = draft->version;
  out.settlement = draft->settlement;
  return answered(out);
}

Answered answer_template(const Book& book, const Query& query) {
  const auto id = book.drafts().find_template(query.name);
  if (!id) return not_found("template", query.name, "templates");
  const OrderTemplate& of = book.drafts().order_template(*id);
  wire::TemplateAnswerT out;
  out.template_ = query.name;
  out.label = of.label;
  out.company = name_of(book, "company", of.company);
  out.withdrawn = of.withdrawn;
  fill_lines(book, of.lines, out.lines);
  out.last_change = of.last_change.value();
  out.version = of.version;
  return answered(out);
}

Answered answer_recurring(const Book& book, const Query& query) {
  const Order* const order = book.orders().find(query.name);
  if (order == nullptr || order->recurring == 0) {
    return not_found("recurring", query.name, "recurrings");
  }
  const RecurringOrder& recurring = *book.drafts().recurring(OrderRef{order->ref});
  wire::RecurringAnswerT out;
  out.order = query.name;
  out.state = state_of(recurring);
  out.company = name_of(book, "company", CompanyId{order->company});
  out.payer = name_of(book, "company", CompanyId{order->payer});
  out.buyer = name_of(book, "buyer", BuyerId{order->buyer});
  out.currency = order->currency;
  out.net = order->net.value();
  out.total = order->total.value();
  out.agreed = order->agreed.value();
  out.every = recurring.every;
  out.unit = recurring.unit;
  out.from = recurring.from.value();
  out.until = recurring.until.value();
  out.count = recurring.count;
  out.runs = recurring.runs;
  out.next = next_of(recurring);
  if (recurring.last_placed != 0) {
    out.last_order = book.name("order", recurring.last_placed).value_or("");
  }
  std::uint32_t number = 0;
  for (const OrderLineState& line : book.orders().lines(*order)) {
    fill_line(book, ++number, {line.ordered, line.unit_price, ItemId{line.item}},
              add_row(out.lines));
  }
  out.settlement = order->settlement;
  out.changed_at = recurring.changed_at;
  out.version = order->version;
  return answered(out);
}

Answered list_drafts(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  wire::DraftsAnswerT out;
  PageRoom page(query);
  const auto& all = book.drafts().all();
  auto at = begin_after(all, query);
  std::uint64_t last = query.after.first;
  for (; at != all.end() && page.room(); ++at) {
    const Draft& draft = at->second;
    page.examine(1);
    last = at->first;
    if (!filter.takes(draft.company.value())) continue;
    auto& row = add_row(out.drafts);
    row.draft = draft.name;
    row.company = name_of(book, "company", draft.company);
    row.buyer = name_of(book, "buyer", draft.buyer);
    row.lines = static_cast<std::uint32_t>(draft.lines.size());
    row.total = draft.total ? draft.total->value() : kAbsent;
    row.currency = draft.currency.value();
    row.version = draft.version;
    page.row();
  }
  return answered(out, at == all.end() ? std::string{} : format_place({last, 0}));
}

Answered list_templates(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  wire::TemplatesAnswerT out;
  const Drafts& drafts = book.drafts();
  auto next = fill_page(query, drafts.template_count(), [&](std::uint64_t index, PageRoom&) {
    const auto id = static_cast<std::uint32_t>(index);
    const OrderTemplate& of = drafts.order_template(id);
    if (is_set(of.company) && !filter.takes(of.company.value())) return false;
    auto& row = add_row(out.templates);
    row.template_ = drafts.template_name(id);
    row.label = of.label;
    row.company = name_of(book, "company", of.company);
    row.lines = static_cast<std::uint32_t>(of.lines.size());
    row.withdrawn = of.withdrawn;
    row.version = of.version;
    return true;
  });
  return answered(out, std::move(next));
}

Answered list_recurrings(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  wire::RecurringsAnswerT out;
  PageRoom page(query);
  const auto& all = book.drafts().recurrings();
  auto at = begin_after(all, query);
  std::uint64_t last = query.after.first;
  for (; at != all.end() && page.room(); ++at) {
    const RecurringOrder& recurring = at->second;
    const Order& order = book.orders().get(OrderRef{at->first});
    page.examine(1);
    last = at->first;
    if (!filter.takes(order.company)) continue;
    auto& row = add_row(out.recurrings);
    row.order = book.orders().name(order);
    row.state = state_of(recurring);
    row.company = name_of(book, "company", CompanyId{order.company});
    row.every = recurring.every;
    row.unit = recurring.unit;
    row.runs = recurring.runs;
    row.next = next_of(recurring);
    row.total = order.total.value();
    row.currency = order.currency;
    page.row();
  }
  return answered(out, at == all.end() ? std::string{} : format_place({last, 0}));
}

}  // namespace kontor::questions
