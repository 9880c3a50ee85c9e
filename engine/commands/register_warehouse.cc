#include "register_warehouse_generated.h"
#include "stock_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::int32_t kLeadDaysMax = 3660;

}  // namespace

void decide(Step& step, const RegisterWarehouse& command) {
  const Stock& stock = step.book().stock();
  const std::string_view name = view(command.warehouse());
  const auto known = stock.find_warehouse(name);
  expect_version(step, known ? stock.warehouse(*known).version : 0, Subject::warehouse, name);
  expect_identifier(step, Subject::warehouse, name);
  expect_text(step, "name", view(command.name()));
  for (const std::string& region : texts(command.regions()))
    expect_text(step, "regions", region);
  if (command.lead_time_days() < 0 || command.lead_time_days() > kLeadDaysMax) {
    step.refuse(about(ReasonCode::invalid_value, Subject::warehouse, "lead_time_days 0 to 3660"));
  }
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : stock.warehouse_count();
  step.emit<WarehouseRegistered>(
      ordinal_reference(ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
        const auto warehouse = known ? 0 : text(out, name);
        const auto full_name = text(out, view(command.name()));
        const auto regions = out.CreateVectorOfStrings(texts(command.regions()));
        return CreateWarehouseRegistered(out, ordinal, warehouse, full_name, regions,
                                         command.priority(), command.lead_time_days(),
                                         command.status());
      });
}

}  // namespace kontor
