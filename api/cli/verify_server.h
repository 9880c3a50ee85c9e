// kontor verify without --data: a running server's books, checked from what it tells.
#pragma once

namespace kontor::cli {

struct Environment;

// Fetches every page of --book (all books without it), follows its tree, derives the state again
// and compares it with the state the server answers from. Returns the exit status.
int run_verify_server(const Environment& env);

}  // namespace kontor::cli
