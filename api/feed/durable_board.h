// DurableBoard: how far each book is durable, from the committer's thread to the I/O thread. One
// wake for all that comes before the I/O thread has looked. Shared by both, outliving neither's
// calls.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "events/base/ids.h"

namespace kontor {

class DurableBoard {
 public:
  // wake: makes the I/O thread call take soon; called with the lock held, so it must not call back.
  explicit DurableBoard(std::function<void()> wake) : wake_(std::move(wake)) {}

  // Without anybody watching a commit is not noted.
  void set_watched(bool watched) { watched_ = watched; }

  void note(BookNumber book, Sequence last) {  // committer's thread
    if (!watched_) return;
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    const bool first = noted_.empty();
    noted_[book] = last;
    if (first) wake_();
  }

  std::map<BookNumber, Sequence> take() {  // I/O thread
    const std::lock_guard lock(mutex_);
    return std::exchange(noted_, {});
  }

  void close() {  // no wake after this returns
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

 private:
  std::function<void()> wake_;
  std::atomic<bool> watched_{false};
  std::mutex mutex_;
  std::map<BookNumber, Sequence> noted_;
  bool closed_ = false;
};

}  // namespace kontor
