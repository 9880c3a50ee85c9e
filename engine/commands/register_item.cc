#include "item_generated.h"
#include "register_item_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::uint8_t kDecimalsMax = 6;

void check_quantities(Step& step, const RegisterItem& command) {
  const std::string_view name = view(command.item());
  for (const std::int64_t value : {command.minimum(), command.maximum(), command.multiple()}) {
    if (value >= 0 && value <= limits::kQuantityMax) continue;
    step.refuse(with_quantity(about(ReasonCode::invalid_value, Subject::item, name),
                              Quantity{value}, Quantity{limits::kQuantityMax}));
  }
  const Quantity minimum{command.minimum()};
  const Quantity maximum{command.maximum()};
  const Quantity multiple{command.multiple()};
  const Quantity none;
  if (minimum > none && multiple > none && minimum.value() % multiple.value() != 0) {
    step.refuse(with_quantity(about(ReasonCode::quantity_rule_conflict, Subject::item, name),
                              minimum, multiple));
  }
  if (maximum > none && maximum < minimum) {
    step.refuse(with_quantity(about(ReasonCode::quantity_rule_conflict, Subject::item, name),
                              maximum, minimum));
  }
}

// What an item is it stays: orders and shelves that name it count on it.
void check_kind(Step& step, const RegisterItem& command, std::optional<ItemId> known) {
  if (command.kind() == ItemKind::bundle) {
    step.refuse(about(ReasonCode::not_supported, Subject::item, "an item that is a bundle"));
  }
  if (command.freight() && command.kind() != ItemKind::not_stocked) {
    step.refuse(about(ReasonCode::invalid_value, Subject::item, "freight that is not not_stocked"));
  }
  if (!known) return;
  const Item& item = step.book().catalogue().item(*known);
  if (item.kind == command.kind()) return;
  Cause cause = about(ReasonCode::kind_fixed, Subject::item, view(command.item()), known->value());
  cause.evidence.push_back(item.last_change);
  step.refuse(std::move(cause));
}

void check_item(Step& step, const RegisterItem& command, std::optional<ItemId> known) {
  const std::string_view name = view(command.item());
  const std::uint32_t version = known ? step.book().catalogue().item(*known).version : 0;
  expect_version(step, version, Subject::item, name);
  expect_identifier(step, Subject::item, name);
  expect_identifier(step, Subject::tax_category, view(command.tax_category()));
  expect_text(step, "description", view(command.description()));
  expect_text(step, "unit", view(command.unit()));
  expect_text(step, "category", view(command.category()));
  if (command.decimals() > kDecimalsMax) {
    step.refuse(about(ReasonCode::invalid_value, Subject::item, "decimals 0 to 6"));
  }
  check_kind(step, command, known);
  check_quantities(step, command);
}

}  // namespace

void decide(Step& step, const RegisterItem& command) {
  const Catalogue& catalogue = step.book().catalogue();
  const std::string_view name = view(command.item());
  const auto known = catalogue.find_item(name);
  check_item(step, command, known);
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : catalogue.item_count();
  const auto category = catalogue.find_tax_category(view(command.tax_category()));
  const std::uint32_t tax = category ? category->value() : catalogue.tax_category_count();
  step.emit<ItemRegistered>(ordinal_reference(ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto item = known ? 0 : text(out, name);
    const auto description = text(out, view(command.description()));
    const std::string_view unit_name = view(command.unit());
    const auto unit = text(out, unit_name.empty() ? std::string_view("piece") : unit_name);
    const auto tax_name = category ? 0 : text(out, view(command.tax_category()));
    const auto item_category = text(out, view(command.category()));
    return CreateItemRegistered(out, ordinal, item, description, unit, command.decimals(), tax,
                                tax_name, item_category, command.minimum(), command.maximum(),
                                command.multiple(), command.kind(), 0, command.weight_grams(),
                                command.status(), command.freight());
  });
}

}  // namespace kontor
