#include "item_generated.h"
#include "set_tax_rate_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const SetTaxRate& command) {
  const std::string_view name = view(command.category());
  expect_identifier(step, Subject::tax_category, name);
  expect_text(step, "country", view(command.country()));
  if (command.rate() < 0 || command.rate() > kHundredPercent) {
    step.refuse(about(ReasonCode::invalid_value, Subject::tax_category, "a rate from 0 to 100"));
  }
  if (step.refused()) return;

  const auto known = step.book().catalogue().find_tax_category(name);
  const std::uint32_t category =
      known ? known->value() : step.book().catalogue().tax_category_count();
  step.emit<TaxRateSet>(ordinal_reference(category), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto category_name = known ? 0 : text(out, name);
    const auto country = text(out, view(command.country()));
    return CreateTaxRateSet(out, category, category_name, command.regime(), country, command.rate(),
                            command.valid_from());
  });
}

}  // namespace kontor
