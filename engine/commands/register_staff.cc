#include <set>

#include "register_staff_generated.h"
#include "staff_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

constexpr std::size_t kRolesMax = 64;

void check_limits(Step& step, const StaffGrant& grant, CurrencyCode currency) {
  if (grant.limits() == nullptr) return;
  std::set<SellerAct> stated;
  for (const ActLimit* const limit : *grant.limits()) {
    if (find_act(limit->act()) == nullptr || !stated.insert(limit->act()).second) {
      step.refuse(
          about(ReasonCode::invalid_value, Subject::staff, "limits: each known act at most once"));
    }
    const std::int64_t amount = limit->amount();
    if (amount == kAbsent || (amount >= 0 && amount <= limits::kDocumentMinorMax)) continue;
    step.refuse(with_money(about(ReasonCode::invalid_value, Subject::staff, view(grant.role())),
                           Minor{amount}, Minor{limits::kDocumentMinorMax}, currency));
  }
}

void check_roles(Step& step, const RegisterStaff& command, CurrencyCode currency) {
  if (command.roles() == nullptr) return;
  if (command.roles()->size() > kRolesMax) {
    step.refuse(too_many(Subject::staff, kRolesMax, "roles"));
  }
  for (const StaffGrant* const grant : *command.roles()) {
    expect_identifier(step, Subject::staff, view(grant->role()));
    check_limits(step, *grant, currency);
  }
}

auto copy_roles(Builder& out, const RegisterStaff& command) {
  std::vector<flatbuffers::Offset<StaffRole>> roles;
  if (command.roles() != nullptr) {
    for (const StaffGrant* const grant : *command.roles()) {
      std::vector<flatbuffers::Offset<ActLimit>> limits;
      if (grant->limits() != nullptr) {
        for (const ActLimit* const limit : *grant->limits())
          limits.push_back(CreateActLimit(out, limit->act(), limit->amount()));
      }
      const auto role = text(out, view(grant->role()));
      roles.push_back(CreateStaffRole(out, role, out.CreateVector(limits)));
    }
  }
  return out.CreateVector(roles);
}

}  // namespace

void decide(Step& step, const RegisterStaff& command) {
  const Staff& staff = step.book().staff();
  const std::string_view name = view(command.staff());
  const auto known = staff.find(name);
  const CurrencyCode currency = command.currency() != 0 ? CurrencyCode{command.currency()}
                                                        : step.book().calendar().currency();
  expect_version(step, known ? staff.member(*known).version : 0, Subject::staff, name);
  expect_identifier(step, Subject::staff, name);
  expect_text(step, "name", view(command.name()));
  check_roles(step, command, currency);
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : staff.count();
  step.emit<StaffRegistered>(ordinal_reference(ordinal), [&](Builder& out) {
    const auto person = known ? 0 : text(out, name);
    const auto full_name = text(out, view(command.name()));
    const auto roles = copy_roles(out, command);
    return CreateStaffRegistered(out, ordinal, person, full_name, roles, currency.value(),
                                 command.status());
  });
}

}  // namespace kontor
