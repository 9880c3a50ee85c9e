// How drafts, templates and schedules are put into bytes and taken back, and what must hold of
// them.
#include <iterator>

#include "draft_generated.h"

#include "projections/drafts.h"
#include "projections/fold.h"

namespace kontor {
namespace {

void save_lines(Sink& out, const std::vector<DraftLine>& lines) {
  out.pod(std::uint64_t{lines.size()});
  for (const DraftLine& line : lines) {
    out.pod(line.quantity.value());
    out.pod(line.unit_price);
    out.pod(line.item.value());
  }
}

void load_lines(Source& in, std::vector<DraftLine>& lines) {
  lines.resize(in.size_of_run(20));
  for (DraftLine& line : lines) {
    in.pod(line.quantity);
    in.pod(line.unit_price);
    in.pod(line.item);
  }
}

void load_flag(Source& in, bool& flag) {
  std::uint8_t value = 0;
  in.pod(value);
  in.expect(value <= 1);
  flag = value != 0;
}

void save_draft(Sink& out, const Draft& draft) {
  out.pod(draft.ref);
  out.pod(draft.saved_at);
  out.text(draft.name);
  out.pod(draft.company.value());
  out.pod(draft.payer.value());
  out.pod(draft.buyer.value());
  out.pod(draft.terms.value());
  out.pod(draft.currency.value());
  out.pod(draft.settlement);
  out.pod(std::uint8_t{draft.no_split});
  out.pod(draft.requested_on.value());
  for (const std::string* text : {&draft.region, &draft.address, &draft.country, &draft.cost_centre,
                                  &draft.buyer_reference}) {
    out.text(*text);
  }
  save_lines(out, draft.lines);
  out.pod(raw(draft.net));
  out.pod(raw(draft.total));
  out.pod(draft.version);
}

void load_draft(Source& in, Draft& draft) {
  in.pod(draft.ref);
  in.pod(draft.saved_at);
  in.text(draft.name);
  in.pod(draft.company);
  in.pod(draft.payer);
  in.pod(draft.buyer);
  in.pod(draft.terms);
  in.pod(draft.currency);
  in.pod(draft.settlement);
  in.expect(draft.settlement <= Settlement::MAX);
  load_flag(in, draft.no_split);
  in.pod(draft.requested_on);
  for (std::string* text : {&draft.region, &draft.address, &draft.country, &draft.cost_centre,
                            &draft.buyer_reference}) {
    in.text(*text);
  }
  load_lines(in, draft.lines);
  std::int64_t net = 0;
  std::int64_t total = 0;
  in.pod(net);
  in.pod(total);
  draft.net = optional_minor(net);
  draft.total = optional_minor(total);
  in.pod(draft.version);
}

void save_recurring(Sink& out, const RecurringOrder& recurring) {
  out.pod(recurring.ref);
  out.pod(recurring.state);
  out.pod(recurring.stop_cause);
  out.pod(recurring.unit);
  out.pod(recurring.every);
  out.pod(recurring.from.value());
  out.pod(recurring.until.value());
  out.pod(recurring.count);
  out.pod(recurring.runs);
  out.pod(recurring.at);
  out.pod(recurring.changed_at);
  out.pod(recurring.last_placed);
  out.text(recurring.address);
  out.text(recurring.buyer_reference);
}

void load_recurring(Source& in, RecurringOrder& recurring) {
  in.pod(recurring.ref);
  in.pod(recurring.state);
  in.pod(recurring.stop_cause);
  in.pod(recurring.unit);
  in.pod(recurring.every);
  in.pod(recurring.from);
  in.pod(recurring.until);
  in.pod(recurring.count);
  in.pod(recurring.runs);
  in.pod(recurring.at);
  in.pod(recurring.changed_at);
  in.pod(recurring.last_placed);
  in.text(recurring.address);
  in.text(recurring.buyer_reference);
  in.expect(recurring.state <= RecurringState::kStopped && recurring.unit <= ScheduleUnit::MAX &&
            recurring.every > 0 &&
            recurring.stop_cause <= static_cast<std::uint8_t>(StopCause::MAX));
}

}  // namespace

void Drafts::save(Sink& out) const {
  out.pod(std::uint64_t{drafts_.size()});
  for (const auto& [ref, draft] : drafts_)
    save_draft(out, draft);
  template_names_.save(out);
  for (const OrderTemplate& of : templates_) {
    out.text(of.label);
    out.pod(of.company.value());
    out.pod(std::uint8_t{of.withdrawn});
    save_lines(out, of.lines);
    out.pod(of.last_change.value());
    out.pod(of.version);
  }
  out.pod(std::uint64_t{recurring_.size()});
  for (const auto& [order, recurring] : recurring_)
    save_recurring(out, recurring);
  out.pod(today_.value());
  out.pod(cause_.value());
}

void Drafts::load(Source& in) {
  *this = Drafts{};
  for (std::uint64_t left = in.size_of_run(100); left > 0 && in.ok(); --left) {
    Draft draft;
    load_draft(in, draft);
    in.expect(draft.ref != 0 && draft_names_.emplace(draft.name, draft.ref).second);
    in.expect(drafts_.emplace(draft.ref, std::move(draft)).second);
  }
  template_names_.load(in);
  if (!in.ok()) return;
  templates_.resize(template_names_.size());
  for (OrderTemplate& of : templates_) {
    in.text(of.label);
    in.pod(of.company);
    load_flag(in, of.withdrawn);
    load_lines(in, of.lines);
    in.pod(of.last_change);
    in.pod(of.version);
  }
  for (std::uint64_t left = in.size_of_run(60); left > 0 && in.ok(); --left) {
    RecurringOrder recurring;
    load_recurring(in, recurring);
    in.expect(recurring.ref != 0 && recurring_.emplace(recurring.ref, recurring).second);
    if (in.ok() && recurring.state == RecurringState::kRunning) wait_for_next(recurring);
  }
  in.pod(today_);
  in.pod(cause_);
}

Status Drafts::check_invariants() const {
  if (draft_names_.size() != drafts_.size()) return broken("drafts and their names");
  for (const auto& [ref, draft] : drafts_) {
    if (draft.lines.empty()) return broken("a draft without lines: " + draft.name);
  }
  std::size_t waiting = 0;
  for (const auto& [order, recurring] : recurring_) {
    const bool runs = recurring.state == RecurringState::kRunning;
    if (runs && recurring.next_due()) ++waiting;
    if (recurring.count != 0 && recurring.runs > recurring.count) {
      return broken("a recurring order that ran too often");
    }
  }
  if (waiting != due_.size()) return broken("the runs that are to come");
  return {};
}

}  // namespace kontor
