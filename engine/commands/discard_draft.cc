#include "discard_draft_generated.h"
#include "draft_generated.h"

#include "engine/commands.h"
#include "engine/rules/drafting.h"

namespace kontor {

void decide(Step& step, const DiscardDraft& command) {
  const Draft* const draft = expect_draft(step, view(command.draft()));
  if (step.refused() || draft == nullptr) return;
  const std::uint64_t ref = draft->ref;
  const std::vector<ReservedPart> released = parts_held(step.book(), ref);
  step.emit<DraftDiscarded>(ref, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateDraftDiscarded(out, ref, kNoPosition, structs(out, released));
  });
}

}  // namespace kontor
