// The handlers: one decide() per command, each in its own file under engine/commands. The list is
// the schema folder's, so a command without a handler does not link.
#pragma once

#include "engine/step.h"

namespace kontor {

#define KONTOR_HANDLER(Name, number) void decide(Step& step, const Name& command);
KONTOR_COMMANDS(KONTOR_HANDLER)
#undef KONTOR_HANDLER

}  // namespace kontor
