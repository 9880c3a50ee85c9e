// The command line as a function: main and the tests call it.
#pragma once

#include "api/cli/environment.h"

namespace kontor::cli {

// Reads the arguments (arguments[0] is the program), runs the verb, returns the exit status.
int run_program(int count, const char* const* arguments, Environment& env);

}  // namespace kontor::cli
