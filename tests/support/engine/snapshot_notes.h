// What an engine says of its snapshots, and waiting for it.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "tests/support/engine/live_engine.h"
#include "tests/support/engine/memory_snapshots.h"

namespace kontor::test {

class SnapshotNotes {
 public:
  // Options with these files, and everything said kept here; made only when asked for.
  EngineOptions options(SnapshotFiles& files) {
    EngineOptions out;
    out.snapshots.files = &files;
    out.snapshots.events = 1'000'000;
    out.snapshots.at_stop = false;
    out.snapshots.idle_priority = false;
    out.snapshots.note = [this](const std::string& text) { say(text); };
    out.snapshots.differs = [this](const Error& error) { say(error.message); };
    return out;
  }
  // Waits until something with these words has been said `times` times.
  bool wait_for(const std::string& words, std::size_t times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWaitMax, [&] { return count(words) >= times; });
  }
  bool has(const std::string& words) {
    const std::lock_guard lock(mutex_);
    return count(words) > 0;
  }
  std::string all() {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const std::string& text : said_)
      out += text + "\n";
    return out;
  }

 private:
  void say(const std::string& text) {
    const std::lock_guard lock(mutex_);
    said_.push_back(text);
    changed_.notify_all();
  }
  std::size_t count(const std::string& words) const {
    return static_cast<std::size_t>(std::count_if(
        said_.begin(), said_.end(),
        [&](const std::string& text) { return text.find(words) != std::string::npos; }));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> said_;
};

}  // namespace kontor::test
