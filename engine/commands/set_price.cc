#include "item_generated.h"
#include "set_price_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/currency.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kBreaksMax = 64;

void check_breaks(Step& step, std::span<const PriceBreak> breaks) {
  if (breaks.size() > kBreaksMax) step.refuse(too_many(Subject::item, kBreaksMax, "breaks"));
  std::int64_t last = -1;
  for (const PriceBreak& price : breaks) {
    const bool ascends =
        price.from_quantity() > last && price.from_quantity() <= limits::kQuantityMax;
    const bool fits = price.unit_price() >= 0 && price.unit_price() <= limits::kDocumentMinorMax;
    if (!ascends || !fits) {
      return step.refuse(about(ReasonCode::invalid_value, Subject::item,
                               "breaks of ascending quantity with prices from 0 on"));
    }
    last = price.from_quantity();
  }
}

CurrencyCode find_list_currency(Step& step, const SetPrice& command,
                                std::optional<PriceListId> list) {
  const CurrencyCode given{command.currency()};
  const CurrencyCode base = step.book().calendar().currency();
  if (!list) {
    const CurrencyCode currency = given.value() != 0 ? given : base;
    if (!find_currency(currency)) {
      step.refuse(
          about(ReasonCode::unknown_currency, Subject::currency, std::to_string(given.value())));
    }
    return currency;
  }
  const CurrencyCode had = step.book().prices().currency(*list);
  if (given.value() != 0 && given != had) {
    step.refuse(about(ReasonCode::currency_fixed, Subject::price_list, view(command.list()),
                      list->value()));
  }
  return had;
}

}  // namespace

void decide(Step& step, const SetPrice& command) {
  const std::string_view list_name = view(command.list());
  const std::string_view item_name = view(command.item());
  expect_identifier(step, Subject::price_list, list_name);
  const auto item = step.book().catalogue().find_item(item_name);
  if (!item) step.refuse(about(ReasonCode::unknown_item, Subject::item, item_name));
  const auto breaks = run(command.breaks());
  check_breaks(step, breaks);
  const auto list = step.book().prices().find_list(list_name);
  const CurrencyCode currency = find_list_currency(step, command, list);
  if (step.refused()) return;

  const std::uint32_t ordinal = list ? list->value() : step.book().prices().list_count();
  const std::vector<PriceBreak> copies(breaks.begin(), breaks.end());
  step.emit<PriceSet>(ordinal_reference(item->value()), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = list ? 0 : text(out, list_name);
    return CreatePriceSet(out, ordinal, name, currency.value(), item->value(), structs(out, copies),
                          command.valid_from(), command.valid_to());
  });
}

}  // namespace kontor
