// Requests that wait for people: the rules frozen into them, and who has said yes. Folds the events
// of approval. Rules: domain, One kind of rule (asking people).
#pragma once

#include <map>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"

namespace kontor {

struct ApprovalRequested;
struct ApprovalGranted;
struct OrderApproved;
struct OrderRejected;
struct OrderCancelled;
struct OrderFulfilled;

struct Vote {
  BuyerId by;
  std::uint16_t tier = 1;
};

struct ApprovalRequest {
  OrderRef order;
  Sequence asked_at;
  std::vector<Sequence> rules;  // versions that asked, frozen
  std::vector<Vote> votes;      // in order
};

class Approvals {
 public:
  static constexpr std::uint32_t kNumber = 9;

  void on(const Envelope& by, const ApprovalRequested& event);
  void on(const Envelope& by, const ApprovalGranted& event);
  void on(const Envelope& by, const OrderApproved& event);
  void on(const Envelope& by, const OrderRejected& event);
  void on(const Envelope& by, const OrderCancelled& event);
  void on(const Envelope& by, const OrderFulfilled& event);

  const ApprovalRequest* find(OrderRef order) const;  // null: nothing waits
  const std::map<std::uint64_t, ApprovalRequest>& pending() const { return pending_; }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  std::map<std::uint64_t, ApprovalRequest> pending_;  // by order's birth
};

}  // namespace kontor
