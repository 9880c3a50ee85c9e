// The verbs of the command line, one file each. add_<verb> declares its options and, when the verb
// was given, leaves its exit status in `status`; run_<verb> does the work.
#pragma once

namespace CLI {
class App;
}

namespace kontor::cli {

struct Environment;

void add_submit(CLI::App& program, Environment& env, int& status);
void add_resolve(CLI::App& program, Environment& env, int& status);
void add_import(CLI::App& program, Environment& env, int& status);
void add_bench(CLI::App& program, Environment& env, int& status);
void add_check(CLI::App& program, Environment& env, int& status);
void add_get(CLI::App& program, Environment& env, int& status);
void add_list(CLI::App& program, Environment& env, int& status);
void add_events(CLI::App& program, Environment& env, int& status);
void add_why(CLI::App& program, Environment& env, int& status);
void add_four_eyes(CLI::App& program, Environment& env, int& status);
void add_explain(CLI::App& program, Environment& env, int& status);
void add_replay(CLI::App& program, Environment& env, int& status);
void add_verify(CLI::App& program, Environment& env, int& status);
void add_export(CLI::App& program, Environment& env, int& status);
void add_openapi(CLI::App& program, Environment& env, int& status);

}  // namespace kontor::cli
