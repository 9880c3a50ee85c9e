// Asking people (domain: 7).
#include <algorithm>

#include "tests/simulation/model/approvers.h"

namespace kontor::model {
namespace {

// ---- a request

struct AskedGroup {
  Group group;
  int tier = 1;
};
std::vector<AskedGroup> asked_groups(const Order& order) {
  std::vector<AskedGroup> out;
  for (const Rule& rule : order.asked->rules) {
    for (const Tier& tier : rule.said.tiers) {
      for (const Group& group : tier.groups)
        out.push_back({group, tier.number});
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const AskedGroup& a, const AskedGroup& b) { return a.tier < b.tier; });
  return out;
}

bool are_together(const State& state, const Order& order) {
  return policy_is(state, "approval.tiers", "together", whom(order));
}

bool was_escalated_to(const Order& order, int person, int tier) {
  const auto& all = order.asked->escalated;
  return std::any_of(all.begin(), all.end(), [&](const Vote& vote) {
    return vote.buyer == person && (vote.tier == 0 || vote.tier == tier);
  });
}

bool is_satisfied(const State& state, const Order& order, const AskedGroup& asked) {
  const About of = about(state, order);
  People yes;
  for (const Vote& vote : order.asked->votes) {
    const bool of_tier = are_together(state, order) || vote.tier == asked.tier;
    const bool counts = belongs_to(state, asked.group, vote.buyer, of) ||
                        (was_escalated_to(order, vote.buyer, asked.tier) &&
                         counts_when_escalated(state, vote.buyer, of));
    if (of_tier && counts) yes.insert(vote.buyer);
  }
  std::size_t wanted = static_cast<std::size_t>(asked.group.needed);
  if (asked.group.needed == kEverybody) {
    wanted = std::max<std::size_t>(1, asked_people(state, asked.group, of).size());
  }
  return yes.size() >= wanted;
}

// The first tier that waits; 0: none does.
int open_tier(const State& state, const Order& order) {
  for (const AskedGroup& asked : asked_groups(order)) {
    if (!is_satisfied(state, order, asked)) return asked.tier;
  }
  return 0;
}

bool is_open(const State& state, const Order& order, const AskedGroup& asked) {
  const int open = open_tier(state, order);
  return are_together(state, order) ? open != 0 : asked.tier == open;
}

bool may_answer_now(const State& state, const Order& order, const AskedGroup& asked, int person) {
  const About of = about(state, order);
  if (may_answer(state, asked.group, person, of)) return true;
  if (person == of.placer && !self_is(state, of, "allowed")) return false;
  return was_escalated_to(order, person, asked.tier) && may_be_escalated_to(state, person, of);
}

// The tier of a group that still wants the person's yes; 0: none does.
int wanted_in(const State& state, const Order& order, int person) {
  for (const AskedGroup& asked : asked_groups(order)) {
    const bool waits = is_open(state, order, asked) && !is_satisfied(state, order, asked);
    if (waits && may_answer_now(state, order, asked, person)) return asked.tier;
  }
  return 0;
}

People people_to_escalate_to(const State& state, const Order& order) {
  const About of = about(state, order);
  const bool with_placer = self_is(state, of, "allowed");
  People out;
  for (int at = order.company; at != kNone && out.empty(); at = state.companies[at].parent) {
    for (int person = 0; person < state.buyers.size(); ++person) {
      if (state.buyers[person].company != at) continue;
      if (person == of.placer && !with_placer) continue;
      if (may_be_escalated_to(state, person, of) && wanted_in(state, order, person) == 0) {
        out.insert(person);
      }
    }
  }
  return out;
}

std::optional<Day> days_from_today(const State& state, std::string_view name, const Whom& of) {
  const Int days = policy_number(state, name, of);
  return days == 0 ? std::nullopt : std::optional(static_cast<Day>(state.business_date + days));
}

void give_yes(State& state, int place, int person, int tier) {
  state.orders[place].asked->votes.push_back({person, tier});
  touch(state, place);
}

void approve(State& state, int place) {
  Order& order = state.orders[place];
  order.approval = Approval::kApproved;
  order.agreed = order.total;
  order.asked.reset();
  touch(state, place);
  begin_runs(state, place);
}

// The placer's own yes, in the open tier and those it opens. Whether nobody is left to ask.
bool answer_by_placing(State& state, int place) {
  Order& order = state.orders[place];
  while (open_tier(state, order) != 0) {
    const int tier = order.buyer == kNone ? 0 : wanted_in(state, order, order.buyer);
    if (tier == 0) return false;
    give_yes(state, place, order.buyer, tier);
    const int open = open_tier(state, order);
    if (open != 0 && (are_together(state, order) || open == tier)) return false;
  }
  return true;
}

void reject(State& state, int place) {
  Order& order = state.orders[place];
  order.approval = Approval::kRejected;
  order.asked.reset();
  touch(state, place);
  if (order.recurs) {
    order.recurs->running = false;
    order.recurs->stopped = true;
    return;
  }
  std::vector<Int> open;
  for (const Line& line : order.lines)
    open.push_back(line.open());
  const bool anything = std::any_of(open.begin(), open.end(), [](Int q) { return q > 0; });
  if (anything) cancel_quantities(state, place, open, "");
  end_if_done(state, place);
}

struct Answerable {
  int tier = 0;
  std::string_view why = "not_an_approver";  // where it is 0
};

Answerable find_tier(const State& state, const Order& order, int person) {
  Answerable out;
  for (const AskedGroup& asked : asked_groups(order)) {
    if (!may_answer_now(state, order, asked, person)) {
      const bool self =
          person == order.buyer && belongs_to(state, asked.group, person, about(state, order));
      if (self && out.why == "not_an_approver") out.why = "self_approval";
      continue;
    }
    out.why = "not_this_tier";
    if (!is_open(state, order, asked)) continue;
    if (!is_satisfied(state, order, asked)) return {asked.tier, {}};
    if (out.tier == 0) out.tier = asked.tier;
  }
  return out;
}

// The tier the actor may answer in now, first one that waits for him; 0 after refusing.
int expect_voter(Deciding& d, const Order& order) {
  if (!order.asked) {
    d.refuse("request_closed");
    return 0;
  }
  const int person = d.state.buyers.find(d.request.actor);
  const Answerable found = person == kNone ? Answerable{} : find_tier(d.state, order, person);
  if (found.tier == 0) d.refuse(found.why);
  return found.tier;
}

// ---- days

void escalate(State& state, Order& order, const People& people) {
  const int tier = are_together(state, order) ? 0 : open_tier(state, order);
  order.asked->escalate_on.reset();
  if (people.empty()) return;
  order.asked->escalate_on = days_from_today(state, "approval.escalation_days", whom(order));
  for (const int person : people)
    order.asked->escalated.push_back({person, tier});
}

void expire(State& state, int place) {
  Order& order = state.orders[place];
  if (policy_is(state, "approval.expiry", "reject", whom(order))) return reject(state, place);
  const People people = people_to_escalate_to(state, order);
  order.asked->expires_on.reset();
  if (!people.empty()) {
    order.asked->expires_on = days_from_today(state, "approval.expiry_days", whom(order));
  }
  touch(state, place);
  escalate(state, order, people);
}

bool is_due(const State& state, const std::optional<Day>& day) {
  return day && *day <= state.business_date;
}

std::optional<Day> first_day(const Asked& asked) {
  std::optional<Day> first;
  for (const auto& day : {asked.expires_on, asked.remind_on, asked.escalate_on}) {
    if (day && (!first || *day < *first)) first = day;
  }
  return first;
}

// The order whose request has been due longest; kNone: none is.
int longest_due(const State& state) {
  int found = kNone;
  for (int place = 0; place < state.orders.size(); ++place) {
    const Order& order = state.orders[place];
    if (!order.asked || !is_due(state, first_day(*order.asked))) continue;
    if (found == kNone || first_day(*order.asked) < first_day(*state.orders[found].asked)) {
      found = place;
    }
  }
  return found;
}

}  // namespace

bool review_requests(State& state) {
  constexpr int kAtOnce = 64;
  int place = longest_due(state);
  if (place == kNone) return false;
  for (int i = 0; i < kAtOnce && place != kNone; ++i) {
    Order& order = state.orders[place];
    if (is_due(state, order.asked->expires_on)) {
      expire(state, place);
    } else if (is_due(state, order.asked->escalate_on)) {
      escalate(state, order, people_to_escalate_to(state, order));
    } else {
      order.asked->remind_on = days_from_today(state, "approval.reminder_days", whom(order));
    }
    place = longest_due(state);
  }
  return true;
}

void check_approvers(Deciding& d, const Facts& facts, Wishes& wishes) {
  const About order = about(d.state, facts);
  const bool sole_ok = self_is(d.state, order, "sole_holder");
  wishes.only_placer = sole_ok && !wishes.asks.empty();
  for (const Rule* const rule : wishes.asks) {
    for (const Tier& tier : rule->said.tiers) {
      for (const Group& group : tier.groups) {
        if (sole_ok && only_placer(d.state, group, order)) continue;
        wishes.only_placer = false;
        const std::size_t needed =
            group.needed == kEverybody ? 1 : static_cast<std::size_t>(group.needed);
        d.refuse_if(asked_people(d.state, group, order).size() < needed, "no_approver");
      }
    }
  }
}

bool approves_at_once(const State& state, const Facts& facts, const Wishes& wishes) {
  if (!wishes.wants_people() || wishes.only_placer) return true;
  const About of = about(state, facts);
  bool self = of.placer != kNone && self_is(state, of, "allowed");
  for (const Rule* const rule : wishes.asks) {
    for (const Tier& tier : rule->said.tiers) {
      for (const Group& group : tier.groups)
        self = self && group.needed == 1 && may_answer(state, group, of.placer, of);
    }
  }
  return self;
}

void approve_or_ask(State& state, int place, const Facts& facts, const Wishes& wishes) {
  Order& order = state.orders[place];
  if (approves_at_once(state, facts, wishes)) return approve(state, place);
  const About of = about(state, facts);
  order.approval = Approval::kPending;
  order.agreed = order.total;
  order.asked.emplace();
  for (const Rule* const rule : wishes.asks)
    order.asked->rules.push_back(*rule);
  order.asked->expires_on = days_from_today(state, "approval.expiry_days", of.whom());
  order.asked->remind_on = days_from_today(state, "approval.reminder_days", of.whom());
  order.asked->escalate_on = days_from_today(state, "approval.escalation_days", of.whom());
  touch(state, place);
  if (answer_by_placing(state, place)) approve(state, place);
}

// ---- the commands

void decide(Deciding& d, const ApproveOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  const int tier = expect_voter(d, order);
  if (d.refused()) return;
  const int person = d.state.buyers.find(d.request.actor);
  const bool together = are_together(d.state, order);
  const auto& votes = order.asked->votes;
  d.refuse_if(
      std::any_of(votes.begin(), votes.end(),
                  [&](const Vote& v) { return v.buyer == person && (together || v.tier == tier); }),
      "not_this_tier");
  if (d.refused()) return;
  give_yes(d.state, place, person, tier);
  const int open = open_tier(d.state, order);
  const bool opens = open != 0 && !together && open != tier;
  if (open == 0 || (opens && answer_by_placing(d.state, place))) approve_order(d, place);
}

void decide(Deciding& d, const RejectOrder& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  expect_voter(d, d.state.orders[place]);
  if (d.refused()) return;
  reject(d.state, place);
}

void decide(Deciding& d, const WithdrawApproval& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  if (!order.asked) return d.refuse("request_closed");
  const int person = d.state.buyers.find(d.request.actor);
  const int open = open_tier(d.state, order);
  std::string_view why = "nothing_to_withdraw";
  auto& votes = order.asked->votes;
  for (auto vote = votes.begin(); vote != votes.end(); ++vote) {
    if (person == kNone || vote->buyer != person) continue;
    why = "not_this_tier";
    if (!are_together(d.state, order) && vote->tier != open) continue;
    if (d.refused()) return;
    votes.erase(vote);
    return touch(d.state, place);
  }
  d.refuse(why);
}

void decide(Deciding& d, const OverrideApproval& command) {
  const int place = d.expect_order(command.order);
  if (place == kNone) return;
  Order& order = d.state.orders[place];
  if (!order.asked) return d.refuse("request_closed");
  const State& state = d.state;
  const std::string& actor = d.request.actor;
  const int person = state.buyers.find(actor);
  if (state.staff.find(actor) != kNone) {
    expect_authority(d, Act::kOverrideApproval, order.total, order.currency);
  } else if (!actor.empty()) {
    bool may = false;
    const std::vector<Role> roles =
        person == kNone ? std::vector<Role>{} : state.buyers[person].said.roles;
    for (const Role& role : roles) {
      may = may || (role.may_override &&
                    grant_reaches(state, person, role, order.company, person == order.buyer));
    }
    d.refuse_if(!may, "not_permitted");
    d.refuse_if(may && person == order.buyer && !self_is(state, about(state, order), "allowed"),
                "self_approval");
  }
  if (d.refused()) return;
  touch(d.state, place);
  approve_order(d, place);
}

}  // namespace kontor::model
