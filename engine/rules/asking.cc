#include "engine/rules/asking.h"

#include <algorithm>

#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

constexpr std::uint16_t kAll = 65535;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Calls visit(person) for everyone who acts for the company or for one above it.
template <class Visit>
void for_each_person_above(const Book& book, CompanyId company, Visit visit) {
  for (CompanyId at = company; is_set(at); at = book.parties().company(at).parent) {
    for (const BuyerId person : book.parties().buyers_of(at))
      visit(person);
  }
}

}  // namespace

bool Asked::all_satisfied() const {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!satisfied(i)) return false;
  }
  return true;
}

bool Asked::is_open(std::size_t index) const {
  if (together) return true;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].group->tier < groups[index].group->tier && !satisfied(i)) return false;
  }
  return true;
}

bool belongs_to(const Book& book, const RuleGroup& group, BuyerId person, CompanyId company) {
  const Parties& parties = book.parties();
  if (parties.buyer(person).status != PersonStatus::active) return false;
  if (contains(group.people, parties.name(person))) return true;
  return std::any_of(group.roles.begin(), group.roles.end(), [&](const std::string& role) {
    return parties.holds_role(person, role, company, false);
  });
}

bool may_vote(const Book& book, const RuleGroup& group, BuyerId person, CompanyId company,
              BuyerId placed_by) {
  if (!belongs_to(book, group, person, company)) return false;
  const PolicyContext placer{company, placed_by};
  if (person != placed_by || policy_is(book, PolicyKey::approval_self, placer, "allowed")) {
    return true;
  }
  KONTOR_MARK("a placer who would approve");
  return policy_is(book, PolicyKey::approval_self, placer, "sole_holder") &&
         count_eligible(book, group, company, placed_by).only_placer;
}

Eligible count_eligible(const Book& book, const RuleGroup& group, CompanyId company,
                        BuyerId placed_by) {
  Eligible out;
  const bool self = policy_is(book, PolicyKey::approval_self, {company, placed_by}, "allowed");
  const bool placer_belongs = is_set(placed_by) && belongs_to(book, group, placed_by, company);
  const auto counts = [&](BuyerId person) {
    return (self || person != placed_by) && belongs_to(book, group, person, company);
  };
  for_each_person_above(book, company, [&](BuyerId person) {
    if (counts(person)) ++out.count;
  });
  for (auto name = group.people.begin(); name != group.people.end(); ++name) {
    if (std::find(group.people.begin(), name, *name) != name) continue;  // said twice, asked once
    const auto person = book.parties().find_buyer(*name);  // may act for another company
    if (!person || book.parties().is_at_or_above(book.parties().buyer(*person).company, company)) {
      continue;
    }
    if (counts(*person)) ++out.count;
  }
  out.only_placer = out.count == 0 && placer_belongs;
  return out;
}

bool placer_approves(const Book& book, std::span<const Match> asks, CompanyId company,
                     BuyerId placed_by) {
  const bool allowed = policy_is(book, PolicyKey::approval_self, {company, placed_by}, "allowed");
  if (!is_set(placed_by) || !allowed) return false;
  return std::all_of(asks.begin(), asks.end(), [&](const Match& match) {
    const auto& groups = match.rule->groups;
    return std::all_of(groups.begin(), groups.end(), [&](const RuleGroup& group) {
      return group.needed == 1 && belongs_to(book, group, placed_by, company);
    });
  });
}

std::optional<Voter> expect_voter(Step& step, const Order& order) {
  const Book& book = step.book();
  const ApprovalRequest* const request = book.approvals().find(OrderRef{order.ref});
  if (request == nullptr) {
    step.refuse(
        about(ReasonCode::request_closed, Subject::order, book.orders().name(order), order.ref));
    return std::nullopt;
  }
  const auto person = book.parties().find_buyer(step.context().actor);
  ReasonCode why = ReasonCode::not_an_approver;
  if (person) {
    const CompanyId company{order.company};
    const BuyerId placer{order.buyer};
    const Asked asked = read_asked(book, order, request->rules, request->votes);
    for (std::size_t i = 0; i < asked.groups.size(); ++i) {
      const RuleGroup& group = *asked.groups[i].group;
      if (!may_vote(book, group, *person, company, placer)) {
        if (belongs_to(book, group, *person, company)) why = ReasonCode::self_approval;
        continue;
      }
      if (asked.is_open(i) && !asked.satisfied(i)) return Voter{*person, group.tier};
      KONTOR_MARK("a vote for a tier that is not open");
      why = ReasonCode::not_this_tier;
    }
  }
  Cause cause = about(why, Subject::buyer, step.actor_name(), person ? person->value() : 0);
  cause.evidence.push_back(request->asked_at);
  step.refuse(std::move(cause));
  return std::nullopt;
}

Asked read_asked(const Book& book, const Order& order, std::span<const Sequence> rules,
                 std::span<const Vote> votes) {
  Asked out;
  out.together = policy_is(book, PolicyKey::approval_tiers, policy_context(order), "together");
  const CompanyId company{order.company};
  for (const Sequence version : rules) {
    const RuleVersion* const rule = book.rules().version_at(version);
    KONTOR_ASSERT(rule != nullptr);
    for (const RuleGroup& group : rule->groups) {
      AskedGroup asked;
      asked.group = &group;
      asked.rule = version;
      asked.wanted = group.needed;
      if (group.needed == kAll) {
        KONTOR_MARK("a group of which everybody is asked");
        asked.wanted =
            std::max(1U, count_eligible(book, group, company, BuyerId{order.buyer}).count);
      }
      for (const Vote& vote : votes) {
        const bool counts = out.together || vote.tier == group.tier;
        if (counts && belongs_to(book, group, vote.by, company)) ++asked.votes;
      }
      out.groups.push_back(asked);
    }
  }
  std::stable_sort(
      out.groups.begin(), out.groups.end(),
      [](const AskedGroup& a, const AskedGroup& b) { return a.group->tier < b.group->tier; });
  return out;
}

}  // namespace kontor
