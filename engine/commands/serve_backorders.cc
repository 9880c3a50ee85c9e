// Follow-up of an arrival: gives it to who has waited longest.
#include "book_generated.h"
#include "serve_backorders_generated.h"

#include "engine/commands.h"
#include "engine/rules/allocation.h"
#include "events/base/limits.h"

namespace kontor {

void decide(Step& step, const ServeBackorders& command) {
  const bool go_on = serve_backorders(step, ItemId{command.item()}, limits::kFollowUpBatch);
  step.emit<FollowUpAdvanced>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateFollowUpAdvanced(out, FollowUpKind::serve_backorders, !go_on, command.item(), 0);
  });
}

}  // namespace kontor
