#include "define_terms_generated.h"
#include "rule_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "engine/rules/terms.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// Known to the schema, not acted on yet.
bool is_supported(const TermsLine& line) {
  return line.start() == TermsStart::invoice && line.kind() != InstalmentKind::deposit;
}

}  // namespace

void decide(Step& step, const DefineTerms& command) {
  const TermsBook& terms = step.book().terms();
  const std::string_view name = view(command.terms());
  const auto known = terms.find(name);
  expect_version(step, known ? terms.terms(*known).version : 0, Subject::terms, name);
  expect_identifier(step, Subject::terms, name);
  expect_text(step, "label", view(command.label()));
  const auto lines = run(command.lines());
  const char* what = "";
  if (!terms_add_up(lines, what)) {
    step.refuse(about(ReasonCode::terms_incomplete, Subject::terms, what));
  }
  for (const TermsLine& line : lines) {
    if (is_supported(line)) continue;
    step.refuse(about(ReasonCode::not_supported, Subject::terms,
                      "a start other than invoice, or a deposit"));
    break;
  }
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : terms.count();
  const CurrencyCode currency = command.currency() != 0 ? CurrencyCode{command.currency()}
                                                        : step.book().calendar().currency();
  const std::vector<TermsLine> copies(lines.begin(), lines.end());
  step.emit<TermsDefined>(ordinal_reference(ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto terms_name = known ? 0 : text(out, name);
    const auto label = text(out, view(command.label()));
    return CreateTermsDefined(out, ordinal, terms_name, label, currency.value(),
                              structs(out, copies), command.book_default());
  });
}

}  // namespace kontor
