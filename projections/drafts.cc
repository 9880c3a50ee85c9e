#include "projections/drafts.h"

#include <iterator>

#include "book_generated.h"
#include "calendar_generated.h"
#include "draft_generated.h"
#include "order_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {

// ---- schedules ----------------------------------------------------------------------------------

Date RecurringOrder::date_of(std::uint32_t place) const {
  const std::int64_t steps = std::int64_t{every} * place;
  switch (unit) {
    case ScheduleUnit::day:
      return add_days(from, steps);
    case ScheduleUnit::week:
      return add_days(from, steps * 7);
    case ScheduleUnit::month:
      break;
  }
  // Each is counted from the first: after the 28th of February comes the 31st of March again.
  return add_months(from, static_cast<std::int32_t>(steps));
}

std::optional<Date> RecurringOrder::next_due() const {
  if (count != 0 && runs >= count) return std::nullopt;
  const Date next = date_of(at);
  if (until != kNoDate && next > until) return std::nullopt;
  return next;
}

// ---- drafts -------------------------------------------------------------------------------------

void Drafts::on(const Envelope& by, const DraftSaved& event) {
  Draft& draft = drafts_[event.draft()];
  if (draft.ref == 0) {
    draft.ref = event.draft();
    draft.name = view(event.name());
    draft_names_.emplace(draft.name, draft.ref);
  }
  const DraftContent& content = *event.content();
  draft.saved_at = by.sequence.value();
  draft.company = CompanyId{content.company()};
  draft.payer = CompanyId{content.payer()};
  draft.buyer = BuyerId{content.buyer()};
  draft.terms = TermsId{content.terms()};
  draft.currency = CurrencyCode{content.currency()};
  draft.settlement = content.settlement();
  draft.no_split = content.no_split();
  draft.requested_on = Date{content.requested_date()};
  draft.region = view(content.region());
  draft.address = view(content.address());
  draft.country = view(content.country());
  draft.cost_centre = view(content.cost_centre());
  draft.buyer_reference = view(content.buyer_reference());
  draft.lines.clear();
  for (const WantedLineOf& line : run(content.lines()))
    draft.lines.push_back({Quantity{line.quantity()}, line.unit_price(), ItemId{line.item()}});
  draft.net = optional_minor(event.net());
  draft.total = optional_minor(event.total());
  ++draft.version;
}

void Drafts::on(const Envelope&, const DraftDiscarded& event) {
  const auto found = drafts_.find(event.draft());
  KONTOR_ASSERT(found != drafts_.end());
  draft_names_.erase(found->second.name);
  drafts_.erase(found);
}

const Draft* Drafts::find(std::string_view name) const {
  const auto found = draft_names_.find(name);
  return found == draft_names_.end() ? nullptr : find(found->second);
}

const Draft* Drafts::find(std::uint64_t ref) const {
  const auto found = drafts_.find(ref);
  return found == drafts_.end() ? nullptr : &found->second;
}

// ---- templates ----------------------------------------------------------------------------------

void Drafts::on(const Envelope& by, const TemplateDefined& event) {
  if (event.ordinal() == templates_.size()) {
    template_names_.add(view(event.name()));
    templates_.emplace_back();
  }
  OrderTemplate& of = templates_.at(event.ordinal());
  of.label = view(event.label());
  of.company = CompanyId{event.company()};
  of.withdrawn = event.withdrawn();
  of.lines.clear();
  for (const TemplateItem& line : run(event.lines()))
    of.lines.push_back({Quantity{line.quantity()}, kAbsent, ItemId{line.item()}});
  of.last_change = by.sequence;
  ++of.version;
}

std::optional<std::uint32_t> Drafts::find_template(std::string_view name) const {
  return template_names_.find(name);
}

// ---- recurring orders ---------------------------------------------------------------------------

void Drafts::on(const Envelope&, const BookOpened& event) {
  today_ = Date{event.business_date()};
}

void Drafts::on(const Envelope& by, const BusinessDayOpened& event) {
  today_ = Date{event.date()};
  cause_ = by.sequence;
}

void Drafts::on(const Envelope& by, const RecurringOrderDefined& event) {
  RecurringOrder& recurring = recurring_[event.order()];
  forget_due(recurring);
  recurring = RecurringOrder{};
  recurring.ref = event.order();
  recurring.unit = event.unit();
  recurring.every = event.every();
  recurring.from = Date{event.from()};
  recurring.until = Date{event.until()};
  recurring.count = event.count();
  recurring.changed_at = by.sequence.value();
  recurring.address = view(event.address());
  recurring.buyer_reference = view(event.buyer_reference());
}

// What would have been due before anybody had agreed is not made up for.
void Drafts::on(const Envelope& by, const OrderApproved& event) {
  const auto found = recurring_.find(event.order());
  if (found == recurring_.end()) return;
  RecurringOrder& recurring = found->second;
  forget_due(recurring);
  recurring.state = RecurringState::kRunning;
  recurring.changed_at = by.sequence.value();
  while (recurring.date_of(recurring.at) < today_)
    ++recurring.at;
  if (recurring.at > 0) KONTOR_MARK("a recurring order approved after its first day");
  cause_ = by.sequence;
  wait_for_next(recurring);
}

void Drafts::on(const Envelope& by, const RecurringOrderStopped& event) {
  RecurringOrder& recurring = get(event.order());
  forget_due(recurring);
  recurring.state = RecurringState::kStopped;
  recurring.stop_cause = static_cast<std::uint8_t>(event.cause());
  recurring.changed_at = by.sequence.value();
}

void Drafts::on(const Envelope& by, const RecurringOrderRan& event) {
  RecurringOrder& recurring = get(event.order());
  forget_due(recurring);
  ++recurring.runs;
  ++recurring.at;
  recurring.last_placed = event.placed();
  recurring.changed_at = by.sequence.value();
  wait_for_next(recurring);
}

RecurringOrder& Drafts::get(std::uint64_t order) {
  const auto found = recurring_.find(order);
  KONTOR_ASSERT(found != recurring_.end());
  return found->second;
}

void Drafts::forget_due(const RecurringOrder& recurring) {
  if (recurring.state != RecurringState::kRunning) return;
  due_.erase({recurring.date_of(recurring.at).value(), recurring.ref});
}

void Drafts::wait_for_next(RecurringOrder& recurring) {
  const std::optional<Date> next = recurring.next_due();
  if (next) due_.emplace(next->value(), recurring.ref);
}

const RecurringOrder* Drafts::recurring(OrderRef order) const {
  const auto found = recurring_.find(order.value());
  return found == recurring_.end() ? nullptr : &found->second;
}

std::optional<FollowUp> Drafts::next_follow_up() const {
  if (due_.empty() || Date{due_.begin()->first} > today_) return std::nullopt;
  FollowUp work;
  work.kind = FollowUpKind::run_recurring_order;
  work.from = due_.begin()->second;
  work.cause = cause_;
  return work;
}

std::size_t Drafts::follow_up_count() const {
  const auto end = due_.lower_bound({today_.value(), UINT64_MAX});
  return static_cast<std::size_t>(std::distance(due_.begin(), end));
}

}  // namespace kontor
