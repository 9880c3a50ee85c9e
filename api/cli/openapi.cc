// kontor openapi: the description of the HTTP side, without a server.
#include "api/client/openapi.h"

#include <ostream>

#include <CLI/CLI.hpp>

#include "api/cli/environment.h"
#include "api/cli/verbs.h"

namespace kontor::cli {

void add_openapi(CLI::App& program, Environment& env, int& status) {
  CLI::App* verb = program.add_subcommand(
      "openapi", "Print the OpenAPI 3.1 description of HTTP under /v1; needs no server");
  verb->footer("Example: kontor openapi > openapi.json");
  verb->callback([&env, &status] {
    env.out << openapi_json();
    status = kExitDone;
  });
}

}  // namespace kontor::cli
