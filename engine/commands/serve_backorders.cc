// Follow-up of an arrival: gives it to who has waited longest.
#include "book_generated.h"
#include "serve_backorders_generated.h"

#include "engine/commands.h"
#include "engine/rules/allocation.h"

namespace kontor {

void decide(Step& step, const ServeBackorders& command) {
  const auto next = serve_backorders(step, ItemId{command.item()},
                                     {command.from_sequence(), command.from_line()});
  const QueuePlace place = next.value_or(QueuePlace{});
  step.emit<FollowUpAdvanced>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateFollowUpAdvanced(out, FollowUpKind::serve_backorders, !next.has_value(),
                                  command.item(), place.first, place.second);
  });
}

}  // namespace kontor
