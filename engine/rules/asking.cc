#include "engine/rules/asking.h"

#include <algorithm>

#include "engine/rules/budgets.h"
#include "engine/rules/climbing.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool self_is(const Book& book, const AskedOrder& order, std::string_view word) {
  return policy_is(book, PolicyKey::approval_self, {order.company, order.placed_by}, word);
}

bool is_named(const Book& book, const RuleGroup& group, BuyerId person) {
  return contains(group.people, book.parties().name(person));
}

// The role of the group that the person holds for the order's company; empty: none.
std::string_view role_of_group(const Book& book, const RuleGroup& group, BuyerId person,
                               const AskedOrder& order) {
  const auto held =
      std::find_if(group.roles.begin(), group.roles.end(), [&](const std::string& role) {
        return book.parties().holds_role(person, role, order.company, false);
      });
  return held == group.roles.end() ? std::string_view{} : std::string_view(*held);
}

// Calls visit(person) for each at the company and above who holds a role of the group, of those who
// may(person), until it returns false.
template <class May, class Visit>
void for_each_holder(const Book& book, const RuleGroup& group, const AskedOrder& order, May may,
                     Visit visit) {
  const Parties& parties = book.parties();
  for (CompanyId at = order.company; is_set(at); at = parties.company(at).parent) {
    for (const BuyerId person : parties.buyers_of(at)) {
      const bool holds = may(person) && !role_of_group(book, group, person, order).empty();
      if (holds && !visit(person)) return;
    }
  }
}

// Calls visit(person) for each who is asked in the group, once, until it returns false. Not the
// placer, unless with_placer.
template <class Visit>
void for_each_asked(const Book& book, const RuleGroup& group, const AskedOrder& order,
                    bool with_placer, Visit visit) {
  const Parties& parties = book.parties();
  const auto may = [&](BuyerId person) {
    return (with_placer || person != order.placed_by) &&
           parties.buyer(person).status == PersonStatus::active;
  };
  std::vector<BuyerId> seen;  // named people and the owner
  const auto see = [&](BuyerId person) {
    if (!may(person) || contains(seen, person)) return true;
    seen.push_back(person);
    return visit(person);
  };
  for (const std::string& name : group.people) {
    const auto person = parties.find_buyer(name);
    if (person && !see(*person)) return;
  }
  if (group.cost_centre_owner && is_set(order.owner) && !see(order.owner)) return;
  if (group.climb) {
    for (const BuyerId person : climb(book, group, order, with_placer)) {
      if (!contains(seen, person) && !visit(person)) return;
    }
  } else if (!group.roles.empty()) {
    const auto is_new = [&](BuyerId person) { return may(person) && !contains(seen, person); };
    for_each_holder(book, group, order, is_new, visit);
  }
}

bool was_escalated_to(const ApprovalRequest& request, BuyerId person, std::uint16_t tier) {
  return std::any_of(request.escalated.begin(), request.escalated.end(),
                     [&](const Escalation& asked) {
                       return asked.person == person && (asked.tier == 0 || asked.tier == tier);
                     });
}

// The role by which the person may be asked beside the groups; empty: none.
std::string_view role_to_escalate(const Book& book, BuyerId person, const AskedOrder& order,
                                  Limits limits) {
  if (book.parties().holds_role(person, "admin", order.company, false)) return "admin";
  return role_in_climb(book, {}, person, order, limits);
}

// What lets a yes of the person count in the group, once given.
std::optional<Standing> standing_that_counts(const Book& book, const ApprovalRequest& request,
                                             const RuleGroup& group, BuyerId person,
                                             const AskedOrder& order) {
  if (auto standing = standing_in(book, group, person, order)) return standing;
  if (!was_escalated_to(request, person, group.tier)) return std::nullopt;
  const std::string_view role = role_to_escalate(book, person, order, Limits::kOrder);
  if (role.empty()) return std::nullopt;
  return Standing{VotedAs::escalated, std::string(role)};
}

std::uint32_t count_votes(const Book& book, const ApprovalRequest& request, bool together,
                          const RuleGroup& group, const AskedOrder& order) {
  std::vector<BuyerId> counted;
  for (const Vote& vote : request.votes) {
    const bool of_tier = together || vote.tier == group.tier;
    if (of_tier && !contains(counted, vote.by) &&
        standing_that_counts(book, request, group, vote.by, order)) {
      counted.push_back(vote.by);
    }
  }
  return static_cast<std::uint32_t>(counted.size());
}

const Order& order_of(const Book& book, const ApprovalRequest& request) {
  return book.orders().get(request.order);
}

// Of a cost centre that serves the company; not set: there is none, or nobody owns it.
BuyerId owner_of(const Book& book, std::string_view cost_centre, CompanyId company) {
  if (cost_centre.empty()) return no_id<BuyerId>();
  const auto id = book.budgets().find_cost_centre(cost_centre);
  if (!id) return no_id<BuyerId>();  // a free text
  const CostCentre& centre = book.budgets().cost_centre(*id);
  const bool serves = book.parties().is_at_or_above(centre.company, company);
  return serves ? centre.owner : no_id<BuyerId>();
}

bool has_period(const Book& book, BuyerId person) {
  return is_set(person) && book.parties().buyer(person).period_limit.has_value();
}

// Whether the placer would be asked if approval.self allowed it.
bool placer_could(const Book& book, const RuleGroup& group, const AskedOrder& order) {
  if (!is_set(order.placed_by)) return false;
  const auto standing = standing_in(book, group, order.placed_by, order);
  if (!standing || standing->as != VotedAs::climb) return standing.has_value();
  return contains(climb(book, group, order, true), order.placed_by);
}

std::uint32_t wanted_of(const Book& book, const RuleGroup& group, const AskedOrder& order) {
  if (group.needed != kEverybody) return group.needed;
  KONTOR_MARK("a group of which everybody is asked");
  return std::max(1U, count_eligible(book, group, order).count);
}

// For which tier the person's answer is; or why it is for none.
struct Ballot {
  std::optional<Voter> voter;
  std::optional<Voter> one_more;  // in a group that has enough
  ReasonCode why = ReasonCode::not_an_approver;
};

Ballot find_ballot(const Book& book, const ApprovalRequest& request, const Order& order,
                   BuyerId person) {
  Ballot out;
  const AskedOrder about = asked_order(book, order);
  const Asked asked = read_asked(book, request);
  for (std::size_t i = 0; i < asked.groups.size() && !out.voter; ++i) {
    const RuleGroup& group = *asked.groups[i].group;
    auto standing = standing_now(book, request, group, person);
    if (!standing) {
      const bool self = person == about.placed_by && standing_in(book, group, person, about);
      if (self && out.why == ReasonCode::not_an_approver) out.why = ReasonCode::self_approval;
      continue;
    }
    out.why = ReasonCode::not_this_tier;
    if (!asked.is_open(i)) continue;
    std::optional<Voter>& place = asked.satisfied(i) ? out.one_more : out.voter;
    if (!place) place = Voter{person, group.tier, std::move(*standing)};
  }
  return out;
}

}  // namespace

AskedOrder asked_order(const Book& book, const OrderFacts& facts) {
  AskedOrder out{facts.company, facts.buyer, owner_of(book, facts.cost_centre, facts.company),
                 facts.total,   facts.total, facts.currency};
  if (has_period(book, facts.buyer)) out.still_to_take = still_to_take(book, facts);
  return out;
}

AskedOrder asked_order(const Book& book, const Order& order) {
  const CompanyId company{order.company};
  const BuyerId buyer{order.buyer};
  AskedOrder out{
      company,     buyer,       owner_of(book, book.orders().cost_centre(order), company),
      order.total, order.total, CurrencyCode{order.currency}};
  if (has_period(book, buyer)) out.still_to_take = still_to_take(book, order);
  return out;
}

// ---- one group ----------------------------------------------------------------------------------

std::optional<Standing> standing_in(const Book& book, const RuleGroup& group, BuyerId person,
                                    const AskedOrder& order) {
  if (book.parties().buyer(person).status != PersonStatus::active) return std::nullopt;
  if (is_named(book, group, person)) return Standing{VotedAs::named, {}};
  if (group.cost_centre_owner && person == order.owner) {
    return Standing{VotedAs::cost_centre_owner, {}};
  }
  const std::string_view role =
      group.climb ? role_in_climb(book, group.roles, person, order, Limits::kOrder)
                  : role_of_group(book, group, person, order);
  if (role.empty()) return std::nullopt;
  return Standing{group.climb ? VotedAs::climb : VotedAs::role, std::string(role)};
}

std::optional<Standing> standing_to_vote(const Book& book, const RuleGroup& group, BuyerId person,
                                         const AskedOrder& order) {
  auto standing = standing_in(book, group, person, order);
  if (!standing) return std::nullopt;
  const bool allowed = self_is(book, order, "allowed");
  if (person == order.placed_by && !allowed) {
    KONTOR_MARK("a placer who would approve");
    const bool alone =
        self_is(book, order, "sole_holder") && count_eligible(book, group, order).only_placer;
    return alone ? standing : std::nullopt;
  }
  if (standing->as != VotedAs::climb) return standing;
  const std::vector<BuyerId> nearest = climb(book, group, order, allowed);
  return contains(nearest, person) ? standing : std::nullopt;
}

Eligible count_eligible(const Book& book, const RuleGroup& group, const AskedOrder& order) {
  Eligible out;
  for_each_asked(book, group, order, self_is(book, order, "allowed"), [&](BuyerId) {
    ++out.count;
    return true;
  });
  out.only_placer = out.count == 0 && placer_could(book, group, order);
  return out;
}

std::vector<BuyerId> eligible_people(const Book& book, const RuleGroup& group,
                                     const AskedOrder& order, std::size_t most) {
  std::vector<BuyerId> out;
  for_each_asked(book, group, order, self_is(book, order, "allowed"), [&](BuyerId person) {
    out.push_back(person);
    return out.size() < most;
  });
  const bool nobody = out.empty() && is_set(order.placed_by) && most > 0;
  if (nobody && standing_to_vote(book, group, order.placed_by, order)) {
    out.push_back(order.placed_by);
  }
  return out;
}

bool placer_approves(const Book& book, std::span<const RuleVersion* const> asks,
                     const AskedOrder& order) {
  if (!is_set(order.placed_by) || !self_is(book, order, "allowed")) return false;
  return std::all_of(asks.begin(), asks.end(), [&](const RuleVersion* rule) {
    const auto& groups = rule->groups;
    return std::all_of(groups.begin(), groups.end(), [&](const RuleGroup& group) {
      return group.needed == 1 && standing_to_vote(book, group, order.placed_by, order);
    });
  });
}

// ---- a request ----------------------------------------------------------------------------------

std::size_t Asked::first_waiting() const {
  std::size_t at = 0;
  while (at < groups.size() && satisfied(at))
    ++at;
  return at;
}

std::uint16_t Asked::open_tier() const {
  const std::size_t at = first_waiting();
  return at == groups.size() ? std::uint16_t{0} : groups[at].group->tier;
}

bool Asked::is_open(std::size_t index) const {
  return together ? !all_satisfied() : groups[index].group->tier == open_tier();
}

bool asks_together(const Book& book, const Order& order) {
  return policy_is(book, PolicyKey::approval_tiers, policy_context(order), "together");
}

Asked read_asked(const Book& book, const ApprovalRequest& request) {
  Asked out;
  const Order& order = order_of(book, request);
  const AskedOrder about = asked_order(book, order);
  out.together = asks_together(book, order);
  for (const Sequence version : request.rules) {
    const RuleVersion* const rule = book.rules().version_at(version);
    KONTOR_ASSERT(rule != nullptr);
    for (const RuleGroup& group : rule->groups) {
      const std::uint32_t votes = count_votes(book, request, out.together, group, about);
      out.groups.push_back({&group, version, votes, wanted_of(book, group, about)});
    }
  }
  if (request.rules.size() == 1) return out;  // a rule has its groups by tier
  std::stable_sort(
      out.groups.begin(), out.groups.end(),
      [](const AskedGroup& a, const AskedGroup& b) { return a.group->tier < b.group->tier; });
  return out;
}

std::optional<Standing> standing_now(const Book& book, const ApprovalRequest& request,
                                     const RuleGroup& group, BuyerId person) {
  const AskedOrder order = asked_order(book, order_of(book, request));
  if (auto standing = standing_to_vote(book, group, person, order)) return standing;
  if (!was_escalated_to(request, person, group.tier)) return std::nullopt;
  if (person == order.placed_by && !self_is(book, order, "allowed")) return std::nullopt;
  KONTOR_MARK("somebody asked by escalation");
  const std::string_view role = role_to_escalate(book, person, order, Limits::kToday);
  if (role.empty()) return std::nullopt;
  return Standing{VotedAs::escalated, std::string(role)};
}

bool is_wanted(const Book& book, const ApprovalRequest& request, const Asked& asked,
               BuyerId person) {
  for (std::size_t i = 0; i < asked.groups.size(); ++i) {
    if (!asked.is_open(i) || asked.satisfied(i)) continue;
    if (standing_now(book, request, *asked.groups[i].group, person)) return true;
  }
  return false;
}

std::vector<BuyerId> people_wanted(const Book& book, const ApprovalRequest& request,
                                   std::size_t most) {
  const Asked asked = read_asked(book, request);
  const AskedOrder order = asked_order(book, order_of(book, request));
  std::vector<BuyerId> out;
  const auto add = [&](BuyerId person) {
    if (out.size() < most && !contains(out, person)) out.push_back(person);
  };
  for (std::size_t i = 0; i < asked.groups.size(); ++i) {
    if (!asked.is_open(i) || asked.satisfied(i)) continue;
    for (const BuyerId person : eligible_people(book, *asked.groups[i].group, order, most))
      add(person);
  }
  for (const Escalation& escalation : request.escalated) {
    if (is_wanted(book, request, asked, escalation.person)) add(escalation.person);
  }
  return out;
}

std::vector<BuyerId> people_to_escalate_to(const Book& book, const ApprovalRequest& request) {
  constexpr std::size_t kMost = 50;
  const Asked asked = read_asked(book, request);
  const AskedOrder order = asked_order(book, order_of(book, request));
  const bool with_placer = self_is(book, order, "allowed");
  std::vector<BuyerId> out;
  for (CompanyId at = order.company; is_set(at) && out.empty();
       at = book.parties().company(at).parent) {
    for (const BuyerId person : book.parties().buyers_of(at)) {
      const bool placer = person == order.placed_by && !with_placer;
      if (placer || out.size() == kMost) continue;
      if (role_to_escalate(book, person, order, Limits::kToday).empty()) continue;
      if (!is_wanted(book, request, asked, person)) out.push_back(person);
    }
  }
  return out;
}

// ---- who votes ----------------------------------------------------------------------------------

std::optional<Voter> expect_voter(Step& step, const Order& order) {
  const Book& book = step.book();
  const ApprovalRequest* const request = book.approvals().find(OrderRef{order.ref});
  if (request == nullptr) {
    step.refuse(request_is_closed(book, order));
    return std::nullopt;
  }
  const auto person = book.parties().find_buyer(step.context().actor);
  Ballot ballot;
  if (person) ballot = find_ballot(book, *request, order, *person);
  if (ballot.voter) return std::move(ballot.voter);
  if (ballot.one_more) {
    KONTOR_MARK("an answer in a group that has enough yeses");
    return std::move(ballot.one_more);
  }
  Cause cause = about(ballot.why, Subject::buyer, step.actor_name(), person ? person->value() : 0);
  cause.evidence.push_back(request->asked_at);
  step.refuse(std::move(cause));
  return std::nullopt;
}

Cause request_is_closed(const Book& book, const Order& order) {
  Cause cause =
      about(ReasonCode::request_closed, Subject::order, book.orders().name(order), order.ref);
  ApprovalEnd end = ApprovalEnd::never_asked;
  if (order.approval == Approval::kApproved) end = ApprovalEnd::approved;
  if (order.approval == Approval::kRejected) end = ApprovalEnd::rejected;
  if (const EndedRequest* const ended = book.approvals().find_ended(OrderRef{order.ref})) {
    end = ended->end;
    cause.evidence.push_back(ended->ended_at);
  }
  cause.unit = Unit::name;
  cause.found = static_cast<std::int64_t>(end);
  return cause;
}

}  // namespace kontor
