// Events as they come, by a subscription: history first, then what becomes durable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kontor::cli {

struct Environment;

struct FollowOptions {
  std::string stream;
  std::string company;
  std::vector<std::string> kinds;  // names of events
  std::uint64_t from = 0;
  std::uint64_t to = 0;     // 0: no end
  std::uint64_t limit = 0;  // events; 0: no end
  bool follow = false;      // go on after what there is
};

// Prints events until their end, or until SIGINT or SIGTERM, or until nobody reads standard output.
// Returns the exit status.
int run_follow(const Environment& env, const FollowOptions& options);

}  // namespace kontor::cli
