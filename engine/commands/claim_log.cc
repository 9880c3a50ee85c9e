#include "book_generated.h"
#include "claim_log_generated.h"

#include "engine/commands.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const ClaimLog& command) {
  step.emit<LogClaimed>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto server = text(out, view(command.server()));
    const auto host = text(out, view(command.host()));
    return CreateLogClaimed(out, command.epoch(), server, host);
  });
}

}  // namespace kontor
