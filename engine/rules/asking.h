// Asking people: which groups must say yes to an order, tier by tier, and who may.
// Rules: domain, One kind of rule (asking people).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/rules/matching.h"
#include "engine/step.h"

namespace kontor {

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
  bool all_satisfied() const;
  // Whether the group's tier is open: no earlier one still waits.
  bool is_open(std::size_t index) const;
};

// What is asked for an order by these rule versions, with the votes given so far.
Asked read_asked(const Book& book, const Order& order, std::span<const Sequence> rules,
                 std::span<const Vote> votes);

// Whether the person may vote in the group for an order of `company` placed by `placed_by`: named
// or holding a role that reaches the company, active; not the placer, unless approval.self allows
// it, or says sole_holder and nobody else could.
bool may_vote(const Book& book, const RuleGroup& group, BuyerId person, CompanyId company,
              BuyerId placed_by);
// The same without looking at who placed it.
bool belongs_to(const Book& book, const RuleGroup& group, BuyerId person, CompanyId company);

// People who may vote in the group; sole_holder: only the placer could.
struct Eligible {
  std::uint32_t count = 0;
  bool only_placer = false;
};
Eligible count_eligible(const Book& book, const RuleGroup& group, CompanyId company,
                        BuyerId placed_by);

// Whether placing is approving: approval.self is `allowed` and the placer belongs to every group.
bool placer_approves(const Book& book, std::span<const Match> asks, CompanyId company,
                     BuyerId placed_by);

// The person behind the command, with the tier the vote is for; or nothing after refusing
// request_closed, not_an_approver, self_approval or not_this_tier.
struct Voter {
  BuyerId person;
  std::uint16_t tier = 1;
};
std::optional<Voter> expect_voter(Step& step, const Order& order);

}  // namespace kontor
