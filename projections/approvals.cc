#include "projections/approvals.h"

#include "approval_generated.h"
#include "order_generated.h"

#include "projections/fold.h"

namespace kontor {

void Approvals::on(const Envelope& by, const ApprovalRequested& event) {
  ApprovalRequest& request = pending_[event.order()];
  request = {OrderRef{event.order()}, by.sequence, {}, {}};
  for (const AskedRule& asked : run(event.rules()))
    request.rules.emplace_back(asked.rule());
}

void Approvals::on(const Envelope&, const ApprovalGranted& event) {
  const auto found = pending_.find(event.order());
  KONTOR_ASSERT(found != pending_.end());
  found->second.votes.push_back({BuyerId{event.by()}, event.tier()});
}

void Approvals::on(const Envelope&, const OrderApproved& event) {
  pending_.erase(event.order());
}

void Approvals::on(const Envelope&, const OrderRejected& event) {
  pending_.erase(event.order());
}

void Approvals::on(const Envelope&, const OrderCancelled& event) {
  pending_.erase(event.order());
}

void Approvals::on(const Envelope&, const OrderFulfilled& event) {
  pending_.erase(event.order());
}

const ApprovalRequest* Approvals::find(OrderRef order) const {
  const auto found = pending_.find(order.value());
  return found == pending_.end() ? nullptr : &found->second;
}

void Approvals::save(Sink& out) const {
  out.pod(std::uint64_t{pending_.size()});
  for (const auto& [order, request] : pending_) {
    out.pod(order);
    out.pod(request.asked_at.value());
    save_ids(out, request.rules);
    out.pod(std::uint64_t{request.votes.size()});
    for (const Vote& vote : request.votes) {
      out.pod(vote.by.value());
      out.pod(vote.tier);
    }
  }
}

void Approvals::load(Source& in) {
  pending_.clear();
  for (std::uint64_t left = in.size_of_run(32); left > 0 && in.ok(); --left) {
    std::uint64_t order = 0;
    in.pod(order);
    ApprovalRequest& request = pending_[order];
    request.order = OrderRef{order};
    in.pod(request.asked_at);
    load_ids(in, request.rules);
    request.votes.resize(in.size_of_run(6));
    for (Vote& vote : request.votes) {
      in.pod(vote.by);
      in.pod(vote.tier);
    }
  }
}

Status Approvals::check_invariants() const {
  for (const auto& [order, request] : pending_) {
    if (request.rules.empty()) return broken("an approval request that no rule asked for");
  }
  return {};
}

}  // namespace kontor
