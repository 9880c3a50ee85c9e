// Requests that wait for people: the rules frozen into them, who has said yes, and the days on
// which something comes of waiting. Folds the events of approval. Rules: domain, One kind of rule
// (asking people).
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/follow_up.h"
#include "projections/sink.h"
#include "projections/sorted_blocks.h"

namespace kontor {

enum class VotedAs : std::uint8_t;  // approval_generated.h

struct ApprovalRequested;
struct ApprovalGranted;
struct ApprovalWithdrawn;
struct ApprovalOverridden;
struct ApprovalExpired;
struct ApprovalReminded;
struct ApprovalEscalated;
struct OrderApproved;
struct OrderRejected;
struct OrderCancelled;
struct RecurringOrderStopped;
struct OrderFulfilled;
struct BusinessDayOpened;

struct Vote {
  BuyerId by;
  std::uint16_t tier = 1;
  bool placed = false;  // by who placed the order
  VotedAs as{};
  Sequence at;
  std::string role;  // that let the person vote; empty: none did
  std::string comment;
};

// Somebody asked beside the groups; tier 0: all are open together.
struct Escalation {
  BuyerId person;
  std::uint16_t tier = 0;
};

struct ApprovalRequest {
  OrderRef order;
  Sequence asked_at;
  CompanyId company = no_id<CompanyId>();  // none: of a log that did not tell it
  Date asked_on = kNoDate;
  Date expires_on = kNoDate;  // kNoDate: never; of all three
  Date remind_on = kNoDate;
  Date escalate_on = kNoDate;
  std::vector<Sequence> rules;  // versions that asked, frozen
  std::vector<BuyerId> named;   // people their groups name
  std::vector<Vote> votes;      // in order
  std::vector<Escalation> escalated;

  Date next_due() const;  // the first of the three; kNoDate: none
};

// What a request that waits no more came to, for people.
struct EndedRequest {
  OrderRef order;
  Sequence ended_at;
  ApprovalEnd end = ApprovalEnd::approved;
  std::string by;  // empty: nobody
  std::string comment;
  std::vector<Vote> votes;
};

// An order with a request that waits, by whose it is: a person's or company's number.
struct WaitingFor {
  std::uint32_t whose = 0;
  std::uint64_t order = 0;
  friend auto operator<=>(const WaitingFor&, const WaitingFor&) = default;
};

class Approvals {
 public:
  static constexpr std::uint32_t kNumber = 9;
  static constexpr std::size_t kEndedKept = 4096;  // the last so many

  void on(const Envelope& by, const ApprovalRequested& event);
  void on(const Envelope& by, const ApprovalGranted& event);
  void on(const Envelope& by, const ApprovalWithdrawn& event);
  void on(const Envelope& by, const ApprovalOverridden& event);
  void on(const Envelope& by, const ApprovalExpired& event);
  void on(const Envelope& by, const ApprovalReminded& event);
  void on(const Envelope& by, const ApprovalEscalated& event);
  void on(const Envelope& by, const OrderApproved& event);
  void on(const Envelope& by, const OrderRejected& event);
  void on(const Envelope& by, const OrderCancelled& event);
  void on(const Envelope& by, const RecurringOrderStopped& event);
  void on(const Envelope& by, const OrderFulfilled& event);
  void on(const Envelope& by, const BusinessDayOpened& event);

  const ApprovalRequest* find(OrderRef order) const;  // null: nothing waits
  const std::map<std::uint64_t, ApprovalRequest>& pending() const { return pending_; }
  const EndedRequest* find_ended(OrderRef order) const;  // null: not among the last

  // The order whose request has been due longest, by the day that is open; nothing: none is.
  std::optional<OrderRef> next_due() const;
  std::optional<FollowUp> next_follow_up() const;

  // Where somebody's requests are to be looked for: those that name the person, and those of the
  // companies he may act for.
  const SortedBlocks<WaitingFor>& by_person() const { return by_person_; }
  const SortedBlocks<WaitingFor>& by_company() const { return by_company_; }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  using Pending = std::map<std::uint64_t, ApprovalRequest>;
  static constexpr std::size_t kSpare = 1024;

  struct Due {
    std::int32_t day = 0;
    std::uint64_t order = 0;
    friend auto operator<=>(const Due&, const Due&) = default;
  };

  ApprovalRequest& waiting(std::uint64_t order);
  ApprovalRequest& begin(std::uint64_t order);  // as new, not in the indexes
  void index(const ApprovalRequest& request);
  void unindex(const ApprovalRequest& request);
  // Changes the request while it is not in the index of days.
  template <class Change>
  void reschedule(std::uint64_t order, Change change);
  void put_away(Pending::node_type request);
  void end(std::uint64_t order, Sequence at, ApprovalEnd end, std::string_view by,
           std::string_view comment);

  Pending pending_;                        // by order's birth
  std::vector<Pending::node_type> spare_;  // of those that ended, with their memory; no state
  std::deque<EndedRequest> ended_;         // oldest first
  Date today_ = kNoDate;
  Sequence today_opened_at_;

  // Made of pending_.
  SortedBlocks<Due> due_;
  SortedBlocks<WaitingFor> by_person_;
  SortedBlocks<WaitingFor> by_company_;
};

}  // namespace kontor
