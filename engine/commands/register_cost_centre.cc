#include "register_cost_centre_generated.h"
#include "spending_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const RegisterCostCentre& command) {
  const Budgets& budgets = step.book().budgets();
  const Parties& parties = step.book().parties();
  const std::string_view name = view(command.cost_centre());
  const auto known = budgets.find_cost_centre(name);
  expect_version(step, known ? budgets.cost_centre(*known).version : 0, Subject::cost_centre, name);
  expect_identifier(step, Subject::cost_centre, name);
  expect_text(step, "name", view(command.name()));
  const auto company = parties.find_company(view(command.company()));
  if (!company) {
    step.refuse(about(ReasonCode::unknown_company, Subject::company, view(command.company())));
  }
  const std::string_view owner_name = view(command.owner());
  const auto owner = parties.find_buyer(owner_name);
  if (!owner && !owner_name.empty()) {
    step.refuse(about(ReasonCode::unknown_buyer, Subject::buyer, owner_name));
  }
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : budgets.cost_centre_count();
  step.emit<CostCentreRegistered>(
      ordinal_reference(ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
        const auto identifier = known ? 0 : text(out, name);
        const auto full_name = text(out, view(command.name()));
        return CreateCostCentreRegistered(out, ordinal, identifier, company->value(), full_name,
                                          owner.value_or(no_id<BuyerId>()).value(),
                                          command.mandatory(), command.status());
      });
}

}  // namespace kontor
