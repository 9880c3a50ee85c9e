#include "projections/approvals.h"

#include <algorithm>

#include "approval_generated.h"
#include "calendar_generated.h"
#include "draft_generated.h"
#include "order_generated.h"

#include "projections/fold.h"

namespace kontor {

Date ApprovalRequest::next_due() const {
  Date first = kNoDate;
  for (const Date date : {expires_on, remind_on, escalate_on}) {
    if (date != kNoDate && (first == kNoDate || date < first)) first = date;
  }
  return first;
}

// ---- folds --------------------------------------------------------------------------------------

void Approvals::on(const Envelope& by, const ApprovalRequested& event) {
  ApprovalRequest& request = begin(event.order());
  request.asked_at = by.sequence;
  request.company = CompanyId{event.company()};
  request.asked_on = Date{event.asked_on()};
  request.expires_on = Date{event.expires_on()};
  request.remind_on = Date{event.remind_on()};
  request.escalate_on = Date{event.escalate_on()};
  request.named = ids<BuyerId>(event.named());
  const auto rules = run(event.rules());
  request.rules.reserve(rules.size());
  for (const AskedRule& asked : rules)
    request.rules.emplace_back(asked.rule());
  index(request);
}

void Approvals::on(const Envelope& by, const ApprovalGranted& event) {
  Vote& vote = waiting(event.order()).votes.emplace_back();
  vote.by = BuyerId{event.by()};
  vote.tier = event.tier();
  vote.placed = event.placed();
  vote.as = event.voted_as();
  vote.at = by.sequence;
  vote.role = view(event.role());
  if (event.comment() != nullptr) vote.comment = view(event.comment());
}

void Approvals::on(const Envelope&, const ApprovalWithdrawn& event) {
  std::erase_if(waiting(event.order()).votes, [&](const Vote& vote) {
    return vote.by.value() == event.by() && vote.tier == event.tier();
  });
}

void Approvals::on(const Envelope& by, const ApprovalOverridden& event) {
  end(event.order(), by.sequence, ApprovalEnd::approved, view(event.by_name()),
      view(event.comment()));
}

void Approvals::on(const Envelope& by, const ApprovalExpired& event) {
  if (event.outcome() == ExpiryOutcome::reject) {
    end(event.order(), by.sequence, ApprovalEnd::expired, "", "");
    return;
  }
  reschedule(event.order(),
             [&](ApprovalRequest& request) { request.expires_on = Date{event.expires_on()}; });
}

void Approvals::on(const Envelope&, const ApprovalReminded& event) {
  reschedule(event.order(),
             [&](ApprovalRequest& request) { request.remind_on = Date{event.remind_on()}; });
}

void Approvals::on(const Envelope&, const ApprovalEscalated& event) {
  reschedule(event.order(), [&](ApprovalRequest& request) {
    request.escalate_on = Date{event.escalate_on()};
    for (const std::uint32_t person : run(event.people()))
      request.escalated.push_back({BuyerId{person}, event.tier()});
  });
}

void Approvals::on(const Envelope& by, const OrderApproved& event) {
  end(event.order(), by.sequence, ApprovalEnd::approved, "", "");
}

void Approvals::on(const Envelope& by, const OrderRejected& event) {
  end(event.order(), by.sequence, ApprovalEnd::rejected, view(event.by_name()),
      view(event.comment()));
}

void Approvals::on(const Envelope& by, const OrderCancelled& event) {
  end(event.order(), by.sequence, ApprovalEnd::cancelled, "", "");
}

void Approvals::on(const Envelope& by, const RecurringOrderStopped& event) {
  end(event.order(), by.sequence, ApprovalEnd::cancelled, "", view(event.comment()));
}

void Approvals::on(const Envelope& by, const OrderFulfilled& event) {
  end(event.order(), by.sequence, ApprovalEnd::fulfilled, "", "");
}

void Approvals::on(const Envelope& by, const BusinessDayOpened& event) {
  today_ = Date{event.date()};
  today_opened_at_ = by.sequence;
}

ApprovalRequest& Approvals::begin(std::uint64_t order) {
  const std::size_t before = pending_.size();
  // Nearly always the youngest order.
  Pending::iterator place;
  if (spare_.empty()) {
    place = pending_.try_emplace(pending_.end(), order);
  } else {
    spare_.back().key() = order;
    place = pending_.insert(pending_.end(), std::move(spare_.back()));
    if (pending_.size() > before) spare_.pop_back();
  }
  ApprovalRequest& request = place->second;
  if (pending_.size() == before) {  // asked anew, as the order is now
    unindex(request);
    request = {};
  }
  request.order = OrderRef{order};
  return request;
}

ApprovalRequest& Approvals::waiting(std::uint64_t order) {
  const auto found = pending_.find(order);
  KONTOR_ASSERT(found != pending_.end());
  return found->second;
}

void Approvals::index(const ApprovalRequest& request) {
  const std::uint64_t order = request.order.value();
  if (const Date due = request.next_due(); due != kNoDate) due_.insert({due.value(), order});
  for (const BuyerId person : request.named)
    by_person_.insert({person.value(), order});
  by_company_.insert({request.company.value(), order});
}

void Approvals::unindex(const ApprovalRequest& request) {
  const std::uint64_t order = request.order.value();
  if (const Date due = request.next_due(); due != kNoDate) due_.erase({due.value(), order});
  for (const BuyerId person : request.named)
    by_person_.erase({person.value(), order});
  by_company_.erase({request.company.value(), order});
}

template <class Change>
void Approvals::reschedule(std::uint64_t order, Change change) {
  ApprovalRequest& request = waiting(order);
  due_.erase({request.next_due().value(), order});
  change(request);
  if (const Date due = request.next_due(); due != kNoDate) due_.insert({due.value(), order});
}

void Approvals::end(std::uint64_t order, Sequence at, ApprovalEnd how, std::string_view by,
                    std::string_view comment) {
  const auto found = pending_.find(order);
  if (found == pending_.end()) return;
  unindex(found->second);
  // The oldest goes, and its memory serves the youngest.
  EndedRequest ended;
  if (ended_.size() == kEndedKept) {
    ended = std::move(ended_.front());
    ended_.pop_front();
  }
  ended.order = OrderRef{order};
  ended.ended_at = at;
  ended.end = how;
  ended.by = by;
  ended.comment = comment;
  ended.votes.clear();
  ended.votes.swap(found->second.votes);
  ended_.push_back(std::move(ended));
  put_away(pending_.extract(found));
}

void Approvals::put_away(Pending::node_type request) {
  if (spare_.size() == kSpare) return;
  ApprovalRequest& empty = request.mapped();
  empty.rules.clear();
  empty.named.clear();
  empty.votes.clear();
  empty.escalated.clear();
  spare_.push_back(std::move(request));
}

// ---- questions ----------------------------------------------------------------------------------

const ApprovalRequest* Approvals::find(OrderRef order) const {
  const auto found = pending_.find(order.value());
  return found == pending_.end() ? nullptr : &found->second;
}

const EndedRequest* Approvals::find_ended(OrderRef order) const {
  const auto found = std::find_if(ended_.rbegin(), ended_.rend(),
                                  [&](const EndedRequest& ended) { return ended.order == order; });
  return found == ended_.rend() ? nullptr : &*found;
}

std::optional<OrderRef> Approvals::next_due() const {
  if (due_.empty() || due_.begin()->day > today_.value()) return std::nullopt;
  return OrderRef{due_.begin()->order};
}

std::optional<FollowUp> Approvals::next_follow_up() const {
  if (!next_due()) return std::nullopt;
  FollowUp work;
  work.kind = FollowUpKind::review_approvals;
  work.cause = today_opened_at_;
  return work;
}

// ---- state --------------------------------------------------------------------------------------

namespace {

void save_votes(Sink& out, const std::vector<Vote>& votes) {
  out.pod(std::uint64_t{votes.size()});
  for (const Vote& vote : votes) {
    out.pod(vote.by.value());
    out.pod(vote.tier);
    out.pod(std::uint8_t{vote.placed});
    out.pod(vote.as);
    out.pod(vote.at.value());
    out.text(vote.role);
    out.text(vote.comment);
  }
}

void load_votes(Source& in, std::vector<Vote>& votes) {
  votes.resize(in.size_of_run(32));
  for (Vote& vote : votes) {
    std::uint8_t placed = 0;
    in.pod(vote.by);
    in.pod(vote.tier);
    in.pod(placed);
    in.pod(vote.as);
    in.pod(vote.at);
    in.text(vote.role);
    in.text(vote.comment);
    vote.placed = placed != 0;
  }
}

void save_request(Sink& out, const ApprovalRequest& request) {
  out.pod(request.asked_at.value());
  out.pod(request.company.value());
  for (const Date date :
       {request.asked_on, request.expires_on, request.remind_on, request.escalate_on}) {
    out.pod(date.value());
  }
  save_ids(out, request.rules);
  save_ids(out, request.named);
  save_votes(out, request.votes);
  out.pod(std::uint64_t{request.escalated.size()});
  for (const Escalation& escalation : request.escalated) {
    out.pod(escalation.person.value());
    out.pod(escalation.tier);
  }
}

void load_request(Source& in, ApprovalRequest& request) {
  in.pod(request.asked_at);
  in.pod(request.company);
  for (Date* const date :
       {&request.asked_on, &request.expires_on, &request.remind_on, &request.escalate_on}) {
    in.pod(*date);
  }
  load_ids(in, request.rules);
  load_ids(in, request.named);
  load_votes(in, request.votes);
  request.escalated.resize(in.size_of_run(6));
  for (Escalation& escalation : request.escalated) {
    in.pod(escalation.person);
    in.pod(escalation.tier);
  }
}

}  // namespace

void Approvals::save(Sink& out) const {
  out.pod(today_.value());
  out.pod(today_opened_at_.value());
  out.pod(std::uint64_t{pending_.size()});
  for (const auto& [order, request] : pending_) {
    out.pod(order);
    save_request(out, request);
  }
  out.pod(std::uint64_t{ended_.size()});
  for (const EndedRequest& ended : ended_) {
    out.pod(ended.order.value());
    out.pod(ended.ended_at.value());
    out.pod(ended.end);
    out.text(ended.by);
    out.text(ended.comment);
    save_votes(out, ended.votes);
  }
}

void Approvals::load(Source& in) {
  pending_.clear();
  ended_.clear();
  due_.clear();
  by_person_.clear();
  by_company_.clear();
  in.pod(today_);
  in.pod(today_opened_at_);
  for (std::uint64_t left = in.size_of_run(60); left > 0 && in.ok(); --left) {
    std::uint64_t order = 0;
    in.pod(order);
    const auto [place, is_new] = pending_.try_emplace(order);
    in.expect(is_new);
    place->second.order = OrderRef{order};
    load_request(in, place->second);
  }
  for (std::uint64_t left = in.size_of_run(41); left > 0 && in.ok(); --left) {
    EndedRequest& ended = ended_.emplace_back();
    in.pod(ended.order);
    in.pod(ended.ended_at);
    in.pod(ended.end);
    in.text(ended.by);
    in.text(ended.comment);
    load_votes(in, ended.votes);
  }
  if (!in.ok()) return;
  for (const auto& [order, request] : pending_)
    index(request);
  in.expect(check_invariants().ok());
}

Status Approvals::check_invariants() const {
  std::size_t due = 0;
  for (const auto& [order, request] : pending_) {
    if (request.rules.empty()) return broken("an approval request that no rule asked for");
    if (request.next_due() != kNoDate) ++due;
    if (!by_company_.contains({request.company.value(), order})) {
      return broken("an approval request that is not found by its company");
    }
  }
  if (due != due_.size()) return broken("the days on which approval requests are due");
  if (by_company_.size() != pending_.size()) return broken("approval requests by company");
  if (ended_.size() > kEndedKept) return broken("too many approval requests kept that ended");
  return {};
}

}  // namespace kontor
