// What becomes of the snapshots of a run: they are made all along, on a disk that forgets and rots.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/engine.h"
#include "tests/simulation/finding.h"
#include "tests/simulation/frame.h"
#include "tests/simulation/random.h"
#include "tests/support/engine/memory_snapshots.h"

namespace kontor::test {

class SnapshotWatch {
 public:
  // Which snapshots there are is a matter of time, so what happens to them is told by other dice
  // than those that tell what happens to the engine.
  SnapshotWatch(std::uint64_t seed, Bell& bell, Coverage& coverage)
      : rot_(seed), bell_(bell), coverage_(coverage) {}

  void set(SnapshotOptions& options, Random& random);
  SnapshotFiles& files() { return *files_; }
  // Asks for one; sometimes with a disk that fails under it. How many were tried before.
  std::uint64_t ask(Engine& engine, Random& random);
  // Whether one more was tried. Under the bell.
  bool has_tried_since(std::uint64_t before) const { return tried_ > before || wrong_; }

  // Between two processes: the disk keeps what was synced, and some of it may rot.
  void crash();
  // A snapshot that is not what replay gives, or that was skipped and is sound.
  const std::optional<std::string>& wrong() const { return wrong_; }

 private:
  void note(const std::string& text);  // what the engine says of them, on whichever thread

  Random rot_;
  Bell& bell_;
  Coverage& coverage_;
  std::unique_ptr<MemorySnapshots> files_ = std::make_unique<MemorySnapshots>();
  std::set<std::string> rotten_;      // places of damaged ones
  std::uint64_t tried_ = 0;           // under the bell
  std::optional<std::string> wrong_;  // under the bell
};

}  // namespace kontor::test
