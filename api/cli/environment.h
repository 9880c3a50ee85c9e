// What a verb of the command line runs in: the options every verb has, the streams, and the way to
// the server. Made by main (or a test), used by one thread.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include "api/client/client.h"
#include "events/base/result.h"

namespace kontor::cli {

// interfaces.md fixes these.
enum ExitStatus : int {
  kExitDone = 0,
  kExitRefused = 1,
  kExitUsage = 2,      // wrong usage, or malformed input
  kExitUnreached = 3,  // not reached, not started, or unknown: may be retried
  kExitCorrupt = 4,    // damaged, or a verification that failed
};

int exit_status(ErrorKind kind);
int exit_status(StatusCode code);

struct Environment {
  std::istream& in;
  std::ostream& out;  // data
  std::ostream& err;  // messages
  bool out_terminal = false;
  bool err_terminal = false;
  std::string program_folder{};  // where this program lies; kontord is looked for there

  std::string server = "127.0.0.1:7411";
  std::string book{};  // empty: the server's only one
  bool json = false;
};

// Says what went wrong, and returns the exit status for it.
int fail(const Environment& env, const Error& error);

// Connects to --server. `options` has everything but the address.
Result<std::unique_ptr<Client>> connect(const Environment& env, ClientOptions options = {});

// The book of --book, else the server's only one; kUsage lists them when there are several.
Result<ServerBook> target_book(const Environment& env, Client& client);

}  // namespace kontor::cli
