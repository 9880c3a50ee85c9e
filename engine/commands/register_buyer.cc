#include "company_generated.h"
#include "register_buyer_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kRolesMax = 64;

void check_limit(Step& step, std::string_view name, std::int64_t limit, CurrencyCode currency) {
  if (limit == kAbsent || (limit >= 0 && limit <= limits::kDocumentMinorMax)) return;
  step.refuse(with_money(about(ReasonCode::invalid_value, Subject::buyer, name), Minor{limit},
                         Minor{limits::kDocumentMinorMax}, currency));
}

void check_roles(Step& step, const RegisterBuyer& command) {
  if (command.roles() == nullptr) return;
  if (command.roles()->size() > kRolesMax) {
    step.refuse(too_many(Subject::buyer, kRolesMax, "roles"));
  }
  for (const RoleGrant* const grant : *command.roles()) {
    expect_identifier(step, Subject::buyer, view(grant->role()));
  }
}

}  // namespace

void decide(Step& step, const RegisterBuyer& command) {
  const Parties& parties = step.book().parties();
  const std::string_view name = view(command.buyer());
  const auto known = parties.find_buyer(name);
  const auto company = parties.find_company(view(command.company()));
  expect_version(step, known ? parties.buyer(*known).version : 0, Subject::buyer, name);
  expect_identifier(step, Subject::buyer, name);
  expect_text(step, "name", view(command.name()));
  expect_text(step, "cost_centre", view(command.cost_centre()));
  check_roles(step, command);
  if (!company) {
    return step.refuse(
        about(ReasonCode::unknown_company, Subject::company, view(command.company())));
  }
  const CurrencyCode currency = command.currency() != 0 ? CurrencyCode{command.currency()}
                                                        : parties.company(*company).currency;
  check_limit(step, name, command.order_limit(), currency);
  check_limit(step, name, command.period_limit(), currency);
  const bool has_limit = command.period_limit() != kAbsent;
  const bool has_period = command.period() != PeriodKind::none;
  if (has_limit != has_period) {
    step.refuse(about(ReasonCode::invalid_value, Subject::buyer,
                      "a period limit and its period are stated together"));
  }
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : parties.buyer_count();
  step.emit<BuyerRegistered>(ordinal_reference(ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto buyer = known ? 0 : text(out, name);
    const auto full_name = text(out, view(command.name()));
    std::vector<flatbuffers::Offset<GrantedRole>> grants;
    if (command.roles() != nullptr) {
      for (const RoleGrant* const grant : *command.roles()) {
        grants.push_back(CreateGrantedRole(out, text(out, view(grant->role())), grant->reach(),
                                           grant->may_override()));
      }
    }
    const auto roles = out.CreateVector(grants);
    const auto cost_centre = text(out, view(command.cost_centre()));
    return CreateBuyerRegistered(out, ordinal, buyer, company->value(), full_name, roles,
                                 command.order_limit(), command.period_limit(), currency.value(),
                                 command.period(), cost_centre, command.status());
  });
}

}  // namespace kontor
