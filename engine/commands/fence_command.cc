#include "book_generated.h"
#include "fence_command_generated.h"

#include "engine/commands.h"

namespace kontor {

// The id is the decision's own: with it the outcome is final. The sequencer has seen that it has
// none yet, and that none was forgotten since.
void decide(Step& step, const FenceCommand& command) {
  step.emit<CommandFenced>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateCommandFenced(out, command.since());
  });
}

}  // namespace kontor
