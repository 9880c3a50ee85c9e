#include "define_template_generated.h"
#include "draft_generated.h"

#include "engine/commands.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

std::vector<TemplateItem> read_lines(Step& step, const DefineTemplate& command) {
  std::vector<TemplateItem> out;
  const auto lines = run(command.lines());
  if (lines.empty() || lines.size() > limits::kLinesMax) {
    step.refuse(too_many(Subject::order_template, limits::kLinesMax, "lines, and one at least"));
  }
  std::uint32_t number = 0;
  for (const TemplateLine& line : lines) {
    ++number;
    const std::string_view name = pool_name(command.names(), line.item());
    const Quantity quantity{line.quantity()};
    const auto item = step.book().catalogue().find_item(name);
    if (!item) step.refuse(about_line(ReasonCode::unknown_item, number, name));
    if (quantity <= Quantity{0}) {
      step.refuse(
          with_quantity(about_line(ReasonCode::not_positive, number, name), quantity, Quantity{0}));
    } else if (quantity.value() > limits::kQuantityMax) {
      step.refuse(with_quantity(about_line(ReasonCode::amount_overflow, number, name), quantity,
                                Quantity{limits::kQuantityMax}));
    }
    if (item) out.emplace_back(quantity.value(), item->value(), 0);
  }
  return out;
}

}  // namespace

void decide(Step& step, const DefineTemplate& command) {
  const Drafts& drafts = step.book().drafts();
  const std::string_view name = view(command.template_());
  const auto known = drafts.find_template(name);
  expect_version(step, known ? drafts.order_template(*known).version : 0, Subject::order_template,
                 name);
  expect_identifier(step, Subject::order_template, name);
  expect_text(step, "label", view(command.label()));
  CompanyId company = no_id<CompanyId>();
  if (command.company() != nullptr) {
    const auto found = step.book().parties().find_company(view(command.company()));
    if (found) company = *found;
    if (!found) {
      step.refuse(about(ReasonCode::unknown_company, Subject::company, view(command.company())));
    }
  }
  const std::vector<TemplateItem> lines = read_lines(step, command);
  if (step.refused()) return;

  const std::uint32_t ordinal = known.value_or(drafts.template_count());
  step.emit<TemplateDefined>(ordinal, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto of_name = known ? 0 : text(out, name);
    const auto label = text(out, view(command.label()));
    return CreateTemplateDefined(out, ordinal, of_name, label, company.value(), structs(out, lines),
                                 command.withdrawn());
  });
}

}  // namespace kontor
