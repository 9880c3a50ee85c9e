// Asking people: which groups must say yes to an order, tier by tier, and who may.
// Rules: domain, One kind of rule (asking people).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "approval_generated.h"

#include "engine/rules/matching.h"
#include "engine/step.h"

namespace kontor {

inline constexpr std::uint16_t kEverybody = 65535;  // RuleGroup::needed

// The order as who is asked about it depends on it.
struct AskedOrder {
  CompanyId company;
  BuyerId placed_by;
  BuyerId owner;  // of its cost centre, as it is today; not set: it has none
  Minor total;
  Minor still_to_take;  // of its placer's period
  CurrencyCode currency;
};
AskedOrder asked_order(const Book& book, const OrderFacts& facts);
AskedOrder asked_order(const Book& book, const Order& order);

// What makes a person one of those who are asked.
struct Standing {
  VotedAs as = VotedAs::untold;
  std::string role;  // empty: none does
};

// Whether a yes of the person counts in the group: named, owning the order's cost centre, holding a
// role that reaches the company, or, where the group climbs, somebody whom climbing could come to,
// whatever the person's period has taken since. Whoever placed the order.
std::optional<Standing> standing_in(const Book& book, const RuleGroup& group, BuyerId person,
                                    const AskedOrder& order);
// Whether the person is asked: of those whom climbing could come to, only the nearest are. Not who
// placed it, unless approval.self allows that, or says sole_holder and nobody else could.
std::optional<Standing> standing_to_vote(const Book& book, const RuleGroup& group, BuyerId person,
                                         const AskedOrder& order);

// People who may vote in the group; only_placer: nobody else could.
struct Eligible {
  std::uint32_t count = 0;
  bool only_placer = false;
};
Eligible count_eligible(const Book& book, const RuleGroup& group, const AskedOrder& order);
// The first of them, `most` at most.
std::vector<BuyerId> eligible_people(const Book& book, const RuleGroup& group,
                                     const AskedOrder& order, std::size_t most);

// Whether placing is approving: approval.self is `allowed` and the placer is asked in every group.
bool placer_approves(const Book& book, std::span<const RuleVersion* const> asks,
                     const AskedOrder& order);

// A group of a frozen rule version, and who of it has said yes.
struct AskedGroup {
  const RuleGroup* group = nullptr;
  Sequence rule;
  std::uint32_t votes = 0;   // counted in its tier
  std::uint32_t wanted = 1;  // needed, or all who may
};

struct Asked {
  std::vector<AskedGroup> groups;  // by tier
  bool together = false;           // all tiers are open at once

  bool satisfied(std::size_t index) const { return groups[index].votes >= groups[index].wanted; }
  bool all_satisfied() const { return first_waiting() == groups.size(); }
  // The first tier that still waits; 0: none does.
  std::uint16_t open_tier() const;
  // Whether an answer of the group's tier can still be given or changed.
  bool is_open(std::size_t index) const;

 private:
  std::size_t first_waiting() const;
};

// Whether all tiers of what is asked about the order are open at once (approval.tiers).
bool asks_together(const Book& book, const Order& order);
// What is asked of whom, with the yeses given so far by people who still may give them.
Asked read_asked(const Book& book, const ApprovalRequest& request);

// What lets the person vote in a group of the request now, its tier aside.
std::optional<Standing> standing_now(const Book& book, const ApprovalRequest& request,
                                     const RuleGroup& group, BuyerId person);
// Whether the person's yes is wanted now.
bool is_wanted(const Book& book, const ApprovalRequest& request, const Asked& asked,
               BuyerId person);
// People whose yes is wanted now, `most` at most.
std::vector<BuyerId> people_wanted(const Book& book, const ApprovalRequest& request,
                                   std::size_t most);

// Whom to ask beside the groups of the open tier: the nearest people up the tree, not yet asked,
// who hold `approver` with limits that cover the order, or `admin`; in the end the root's admin.
std::vector<BuyerId> people_to_escalate_to(const Book& book, const ApprovalRequest& request);

// The person behind the command, with the tier the answer is for: the first open one that waits for
// the person, else an open one whose groups of the person have enough yeses already. Or nothing
// after refusing request_closed, not_an_approver, self_approval or not_this_tier.
struct Voter {
  BuyerId person;
  std::uint16_t tier = 1;
  Standing standing;
};
std::optional<Voter> expect_voter(Step& step, const Order& order);

// request_closed, with what the order's last request ended as.
Cause request_is_closed(const Book& book, const Order& order);

}  // namespace kontor
