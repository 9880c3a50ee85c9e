// Books in which people are asked: one tree of companies whose people may answer for each other.
#include "tests/simulation/generator.h"

namespace kontor::test {

namespace m = model;

void Generator::make_approver(m::RegisterBuyer& buyer) {
  if (random_.one_in(2)) buyer.company = companies_.front();
  buyer.roles.clear();
  for (const char* const role : {"buyer", "approver"})
    buyer.roles.push_back({role, m::Reach::kCompanyAndBelow, random_.one_in(8)});
  if (random_.one_in(3)) buyer.roles.push_back({"admin", m::Reach::kCompanyAndBelow, false});
  if (buyer.order_limit) *buyer.order_limit = random_.between(10'000, 3'000'000);
  if (buyer.period_limit) *buyer.period_limit = random_.between(10'000, 3'000'000);
  buyer.active = true;
}

// A rule of its own name stays when others are set anew.
void Generator::set_asking_up() {
  m::SetRule rule;
  rule.rule = "people";
  rule.outcome = m::Outcome::kAsk;
  if (random_.one_in(2)) rule.conditions.emplace_back().amount = random_.between(1, 20'000);
  for (int number = 1; number <= 2; ++number) {
    m::Tier tier;
    tier.number = number;
    for (std::uint64_t i = 1 + random_.below(2); i > 0; --i) {
      m::Group& group = tier.groups.emplace_back();
      group.climb = random_.one_in(2);
      group.cost_centre_owner = random_.one_in(3);
      if (!group.climb || random_.one_in(4)) group.roles.emplace_back("approver");
      group.needed = random_.of({1, 1, 1, 2});
    }
    rule.tiers.push_back(tier);
    if (random_.one_in(2)) break;
  }
  to_set_up_.emplace_back(rule);
}

}  // namespace kontor::test
