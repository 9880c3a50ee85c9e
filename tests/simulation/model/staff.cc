// The seller's people, and what they have authority for (domain: 3).
#include <algorithm>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {
namespace {

std::string_view role_for(Act act) {
  switch (act) {
    case Act::kReleaseHold:
    case Act::kHoldOrder:
    case Act::kOverrideApproval:
      return "credit_manager";
    case Act::kRefund:
    case Act::kReversePayment:
    case Act::kIssueCreditNote:
    case Act::kCancelCreditNote:
      return "accountant";
    case Act::kCountStock:
      return "warehouse";
  }
  return "";
}

bool is_known(Act act) {
  return act >= Act::kReleaseHold && act <= Act::kCountStock;
}

// Whether one of the person's roles lets the act be done for the amount.
struct Found {
  bool may = false;     // at all
  bool enough = false;  // for the amount
};
Found look(const StaffMember& member, Act act, Int amount, Currency currency) {
  Found found;
  if (!member.said.active) return found;
  for (const StaffRole& role : member.said.roles) {
    const auto limit = std::find_if(role.limits.begin(), role.limits.end(),
                                    [&](const ActLimit& l) { return l.act == act; });
    const bool stated = limit != role.limits.end();
    if (!stated && role.role != role_for(act)) continue;
    found.may = true;
    const bool bounded = stated && limit->amount && currency != 0;
    const bool within = bounded && member.currency == currency && amount <= *limit->amount;
    if (!bounded || within) found.enough = true;
  }
  return found;
}

}  // namespace

void expect_authority(Deciding& d, Act act, Int amount, Currency currency) {
  const State& state = d.state;
  if (state.staff.size() == 0 || d.request.actor.empty()) return;
  const int person = state.staff.find(d.request.actor);
  if (person == kNone) return d.refuse("not_permitted");
  const Found found = look(state.staff[person], act, amount, currency);
  if (!found.may) return d.refuse("not_permitted");
  d.refuse_if(!found.enough, "above_authority");
  const bool wanted = policy_is(state, "staff.reason", "required");
  d.refuse_if(wanted && d.request.reason.empty(), "reason_missing");
}

void decide(Deciding& d, const RegisterStaff& command) {
  State& state = d.state;
  const int self = state.staff.find(command.staff);
  d.expect_version(self == kNone ? 0 : state.staff[self].version);
  for (const StaffRole& role : command.roles) {
    std::set<Act> stated;
    for (const ActLimit& limit : role.limits) {
      d.refuse_if(!is_known(limit.act) || !stated.insert(limit.act).second, "invalid_value");
      d.refuse_if(limit.amount && (*limit.amount < 0 || *limit.amount > kMost), "invalid_value");
    }
  }
  if (d.refused()) return;
  StaffMember& member = state.staff[state.staff.place_of(command.staff)];
  member.said = command;
  member.currency = command.currency != 0 ? command.currency : state.currency;
  ++member.version;
}

}  // namespace kontor::model
