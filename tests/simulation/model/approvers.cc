#include "tests/simulation/model/approvers.h"

#include <algorithm>

namespace kontor::model {
namespace {

int owner_of(const State& state, const std::string& cost_centre, int company) {
  const int place = state.cost_centres.find(cost_centre);
  if (place == kNone) return kNone;
  const CostCentre& centre = state.cost_centres[place];
  return is_at_or_above(state, centre.company, company) ? state.buyers.find(centre.said.owner)
                                                        : kNone;
}

}  // namespace

About about(const State& state, const Facts& facts) {
  return {facts.company, facts.buyer,          owner_of(state, facts.cost_centre, facts.company),
          facts.total,   facts.still_to_spend, facts.currency};
}
About about(const State& state, const Order& order) {
  return {order.company,
          order.buyer,
          owner_of(state, order.cost_centre, order.company),
          order.total,
          spending_worth(order) - spent_sum(order.spent),
          order.currency};
}

bool self_is(const State& state, const About& order, std::string_view word) {
  return policy_is(state, "approval.self", word, order.whom());
}

// ---- one group

namespace {

bool is_named(const State& state, const Group& group, int person) {
  const std::string& name = state.buyers[person].name;
  return std::find(group.people.begin(), group.people.end(), name) != group.people.end();
}

bool holds_one(const State& state, const Names& roles, int person, int company) {
  return std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
    return holds_role(state, person, role, company, false);
  });
}

bool has_no_limits(const State& state, int person) {
  return policy_is(state, "spending.absent_limit", "unlimited",
                   {state.buyers[person].company, person});
}

bool order_limit_covers(const State& state, int person, const About& order) {
  const Buyer& buyer = state.buyers[person];
  if (!buyer.said.order_limit) return has_no_limits(state, person) || order.total <= 0;
  return buyer.currency == order.currency && order.total <= *buyer.said.order_limit;
}

bool period_limit_covers(const State& state, int person, const About& order) {
  const Buyer& buyer = state.buyers[person];
  if (!buyer.said.period_limit) return has_no_limits(state, person) || order.total <= 0;
  const Int more = person == order.placer ? order.still_to_spend : order.total;
  return buyer.currency == order.currency &&
         taken_in_period(state, person) + more <= *buyer.said.period_limit;
}

int root_of(const State& state, int company) {
  while (state.companies[company].parent != kNone)
    company = state.companies[company].parent;
  return company;
}

bool is_root_admin(const State& state, int person, int company) {
  const Buyer& buyer = state.buyers[person];
  if (!buyer.said.active || buyer.company != root_of(state, company)) return false;
  return std::any_of(buyer.said.roles.begin(), buyer.said.roles.end(), [](const Role& role) {
    return role.role == "admin" && role.reach != Reach::kOwn;
  });
}

bool holds_role_of(const State& state, const Group& group, int person, const About& order) {
  const Names roles = group.roles.empty() ? Names{"approver"} : group.roles;
  return holds_one(state, roles, person, order.company);
}

// Whether climbing comes to the person today.
bool covers(const State& state, const Group& group, int person, const About& order) {
  return holds_role_of(state, group, person, order) && order_limit_covers(state, person, order) &&
         period_limit_covers(state, person, order);
}
// Whether it could, had the period room: then a yes that was given counts.
bool could_cover(const State& state, const Group& group, int person, const About& order) {
  return holds_role_of(state, group, person, order) && order_limit_covers(state, person, order);
}

}  // namespace

bool belongs_to(const State& state, const Group& group, int person, const About& order) {
  if (!state.buyers[person].said.active) return false;
  if (is_named(state, group, person)) return true;
  if (group.cost_centre_owner && person == order.owner) return true;
  if (!group.climb) return holds_one(state, group.roles, person, order.company);
  return could_cover(state, group, person, order) || is_root_admin(state, person, order.company);
}

namespace {

People climb(const State& state, const Group& group, const About& order, bool with_placer) {
  const std::size_t needed =
      group.needed == kEverybody ? 1 : static_cast<std::size_t>(group.needed);
  People found;
  const auto add = [&](auto suits) {
    for (int person = 0; person < state.buyers.size(); ++person) {
      if ((with_placer || person != order.placer) && suits(person)) found.insert(person);
    }
  };
  for (int at = order.company; at != kNone; at = state.companies[at].parent) {
    add([&](int person) {
      return state.buyers[person].company == at && covers(state, group, person, order);
    });
    if (found.size() >= needed) return found;
  }
  add([&](int person) { return is_root_admin(state, person, order.company); });
  return found;
}

}  // namespace

People asked_people(const State& state, const Group& group, const About& order) {
  const bool with_placer = self_is(state, order, "allowed");
  People out = group.climb ? climb(state, group, order, with_placer) : People{};
  for (int person = 0; person < state.buyers.size(); ++person) {
    const bool may = (with_placer || person != order.placer) && state.buyers[person].said.active;
    const bool plain = !group.climb && holds_one(state, group.roles, person, order.company);
    const bool owns = group.cost_centre_owner && person == order.owner;
    if (may && (plain || owns || is_named(state, group, person))) out.insert(person);
  }
  return out;
}

bool only_placer(const State& state, const Group& group, const About& order) {
  if (order.placer == kNone || !asked_people(state, group, order).empty()) return false;
  if (!belongs_to(state, group, order.placer, order)) return false;
  Group plain = group;
  plain.climb = false;
  plain.roles.clear();
  const bool climbs = group.climb && !belongs_to(state, plain, order.placer, order);
  return !climbs || climb(state, group, order, true).contains(order.placer);
}

bool may_answer(const State& state, const Group& group, int person, const About& order) {
  if (person == order.placer && !self_is(state, order, "allowed")) {
    return self_is(state, order, "sole_holder") && only_placer(state, group, order);
  }
  return asked_people(state, group, order).contains(person);
}

namespace {

bool is_admin(const State& state, int person, const About& order) {
  return holds_role(state, person, "admin", order.company, false) ||
         is_root_admin(state, person, order.company);
}

}  // namespace

bool may_be_escalated_to(const State& state, int person, const About& order) {
  return is_admin(state, person, order) || covers(state, {}, person, order);
}

bool counts_when_escalated(const State& state, int person, const About& order) {
  return is_admin(state, person, order) || could_cover(state, {}, person, order);
}

}  // namespace kontor::model
