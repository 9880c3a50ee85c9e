#include "engine/rules/authority.h"

#include <algorithm>
#include <array>

#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

constexpr std::string_view kCreditManager = "credit_manager";
constexpr std::string_view kAccountant = "accountant";
constexpr std::string_view kWarehouse = "warehouse";

constexpr std::array kActs = {
    ActRow{SellerAct::release_hold, kCreditManager, true},
    ActRow{SellerAct::hold_order, kCreditManager, false},
    ActRow{SellerAct::refund, kAccountant, true},
    ActRow{SellerAct::reverse_payment, kAccountant, true},
    ActRow{SellerAct::issue_credit_note, kAccountant, true},
    ActRow{SellerAct::cancel_credit_note, kAccountant, true},
    ActRow{SellerAct::override_approval, kCreditManager, true},
    ActRow{SellerAct::count_stock, kWarehouse, false},
};

// What one role of the person says of the act; nothing: it does not allow it.
struct Reach {
  std::optional<Minor> most;
};
std::optional<Reach> reach_of(const StaffGrants& grants, SellerAct act) {
  for (const StaffLimit& limit : grants.limits) {
    if (limit.act == act) return Reach{limit.amount};
  }
  const ActRow* const row = find_act(act);
  if (row == nullptr || row->role != grants.role) return std::nullopt;
  return Reach{};
}

bool goes_farther(const Reach& reach, const Authority& than) {
  if (!than.may()) return true;
  return than.most && (!reach.most || *reach.most > *than.most);
}

}  // namespace

std::span<const ActRow> act_registry() {
  return kActs;
}

const ActRow* find_act(SellerAct act) {
  const auto row =
      std::find_if(kActs.begin(), kActs.end(), [&](const ActRow& r) { return r.act == act; });
  return row == kActs.end() ? nullptr : row;
}

Authority authority_of(const StaffMember& member, SellerAct act) {
  Authority out;
  if (member.status != PersonStatus::active) return out;
  for (const StaffGrants& grants : member.roles) {
    const auto reach = reach_of(grants, act);
    if (reach && goes_farther(*reach, out)) out = {grants.role, reach->most};
  }
  return out;
}

std::optional<std::string> expect_authority(Step& step, SellerAct act,
                                            std::optional<ActAmount> amount) {
  const Staff& staff = step.book().staff();
  if (staff.count() == 0 || step.context().actor.empty()) return std::nullopt;
  const auto id = staff.find(step.context().actor);
  const Authority authority = id ? authority_of(staff.member(*id), act) : Authority{};
  Cause cause =
      about(ReasonCode::not_permitted, Subject::staff, step.actor_name(), id ? id->value() : 0);
  if (!authority.may()) {
    step.refuse(std::move(cause));
    return std::nullopt;
  }
  cause.evidence.push_back(staff.member(*id).last_change);
  if (amount && find_act(act)->has_amount && authority.most) {
    const bool comparable = staff.member(*id).currency == amount->currency;
    const Minor most = comparable ? *authority.most : Minor{0};
    if (amount->amount > most || !comparable) {
      KONTOR_MARK("an act above somebody's authority");
      cause.code = ReasonCode::above_authority;
      step.refuse(with_money(cause, amount->amount, most, amount->currency));
    }
  }
  const bool wanted = step.book().policies().value(PolicyKey::staff_reason) == "required";
  if (wanted && step.context().reason.empty()) {
    cause.code = ReasonCode::reason_missing;
    step.refuse(cause);
  }
  return authority.role;
}

}  // namespace kontor
