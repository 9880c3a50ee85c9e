// kontor list documents; a word of `kontor list` with options of its own.
#pragma once

namespace CLI {
class App;
}

namespace kontor::cli {

struct Environment;

void add_list_documents(CLI::App& list, Environment& env, int& status);

}  // namespace kontor::cli
