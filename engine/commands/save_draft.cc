#include "save_draft_generated.h"

#include "engine/commands.h"
#include "engine/rules/drafting.h"
#include "engine/rules/refusals.h"

namespace kontor {

void decide(Step& step, const SaveDraft& command) {
  const std::string_view name = view(command.draft());
  const Draft* const known = step.book().drafts().find(name);
  expect_version(step, known == nullptr ? 0 : known->version, Subject::draft, name);
  const OrderWish wish = wish_of(command);
  const auto found = plan_draft(step, wish, name);
  if (found) save_draft(step, wish, *found, name);
}

}  // namespace kontor
