// kontord: the Kontor server.
#include <cstdio>
#include <string>
#include <vector>

#include "api/daemon.h"

int main(int argc, char** argv) {
  const std::string version = std::string("kontord ") + KONTOR_VERSION;
  auto options = kontor::parse_daemon_options({argv + 1, argv + argc}, version);
  if (!options) {
    std::fprintf(stderr, "kontord: %s\n", options.error().message.c_str());
    return kontor::kExitUsage;
  }
  if (!options->print.empty()) {
    std::fputs(options->print.c_str(), stdout);
    return kontor::kExitDone;
  }
  return kontor::run_daemon(options.value(), version);
}
