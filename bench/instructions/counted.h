// Counted: a fixed piece of work whose instructions ops/instructions counts. Set-up is the
// constructor's and is not counted; nothing in run() may depend on time, addresses or the machine.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace kontor::bench {

class Counted {
 public:
  Counted() = default;
  virtual ~Counted() = default;
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  // Once. How many operations it was: commands, decisions or events.
  virtual std::uint64_t run() = 0;
};

struct CountedWork {
  std::string_view name;  // of its row in bench/instructions.toml
  std::unique_ptr<Counted> (*make)();
};

// decide, fold and page.
std::span<const CountedWork> engine_work();
// codec: JSON and frames.
std::span<const CountedWork> codec_work();

}  // namespace kontor::bench
