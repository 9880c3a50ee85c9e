// Who is asked about an order in one group of people (domain: 7).
#pragma once

#include <set>
#include <string_view>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {

using People = std::set<int>;

// What is asked about.
struct About {
  int company = kNone;
  int placer = kNone;
  int owner = kNone;  // of the cost centre
  Int total = 0;
  Int still_to_spend = 0;  // of the placer's period
  Currency currency = 0;
  Whom whom() const { return {company, placer}; }
};
About about(const State& state, const Facts& facts);
About about(const State& state, const Order& order);

bool self_is(const State& state, const About& order, std::string_view word);

// Whoever's yes counts, once given.
bool belongs_to(const State& state, const Group& group, int person, const About& order);
// People who are asked in the group.
People asked_people(const State& state, const Group& group, const About& order);
bool only_placer(const State& state, const Group& group, const About& order);
bool may_answer(const State& state, const Group& group, int person, const About& order);

// Whether the person may be asked beside the groups, today; and whether a yes so given counts.
bool may_be_escalated_to(const State& state, int person, const About& order);
bool counts_when_escalated(const State& state, int person, const About& order);

}  // namespace kontor::model
