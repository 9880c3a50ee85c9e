// Daemon: kontord between its options and its exit status: opens the log, starts engine, server and
// HTTP, serves until told to stop, and stops in the order that loses nothing.
#pragma once

#include "api/daemon_options.h"

namespace kontor {

enum DaemonExit : int {
  kExitDone = 0,
  kExitFailed = 1,  // the disk or the system; see the log
  kExitUsage = 2,
  kExitInUse = 3,    // data folder or port
  kExitDamaged = 4,  // or written by a newer version
};

int exit_status_of(ErrorKind kind);

// Runs until SIGTERM or SIGINT; those are blocked in every thread from here on. Prints one line
// `ready ...` to stdout when it serves; everything else goes to stderr.
int run_daemon(const DaemonOptions& options, const std::string& version);

}  // namespace kontor
